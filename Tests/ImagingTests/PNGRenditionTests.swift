import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Renditions as PNG")
struct PNGRenditionTests {
    private static func look(_ operations: String) throws -> Look {
        try Look(json: Array("{\"recipe\":1,\(operations),\"png\":true}".utf8))
    }

    @Test("have the very samples of the main where pixels are taken as they are, and say of what they are made")
    func samples() throws {
        let main = try TestJPEG.photo(seed: 4, width: 1_203, height: 751, quality: 95, orientation: 6)
        let look = try Self.look("\"turn\":180")
        let png = try Edit.rendition(of: main, look)
        let facts = ImageInspector.facts(of: png)
        #expect(facts.type == .png)
        #expect(facts.orientation == 8)
        #expect(facts.size == PixelSize(width: 751, height: 1_203))
        #expect(facts.captured == 1_779_042_600)
        #expect(facts.marker == nil)
        let marker = RenditionMarker(source: TestJPEG.image, recipe: Edit.recipe(look).id)
        #expect(facts.rendition == marker)
        #expect(png[24] == 8, "bits")
        let seen = try ImagingTool.run("convert", ["png:-", "ppm:-"], input: png)
        let whole = try ImagingTool.run("djpeg", [], input: main)
        #expect(seen.suffix(1_203 * 751 * 3) == whole.suffix(1_203 * 751 * 3))
        let again = try Edit.rendition(of: main, look, threads: 1)
        #expect(again == png)
    }

    @Test("look as the JPEG does, of grey, of colours and of inks", arguments: ["-grayscale", "-optimize", "cmyk"])
    func alike(_ kind: String) throws {
        let photo = try TestJPEG.photo(seed: 5, width: 160, height: 120)
        let inks = ["jpeg:-", "-colorspace", "CMYK", "-quality", "95", "jpeg:-"]
        let isInk = kind == "cmyk"
        let rows = try ImagingTool.run("djpeg", kind == "-grayscale" ? [kind] : [], input: photo)
        let main = try ImagingTool.run(isInk ? "convert" : "cjpeg", isInk ? inks : [kind], input: isInk ? photo : rows)
        let png = try Edit.rendition(of: main, Self.look("\"exposure\":0.3,\"sharpen\":20"))
        #expect(png[25] == (kind == "-grayscale" ? 0 : 2), "its colours")
        let look = try Look(json: Array("{\"recipe\":1,\"exposure\":0.3,\"sharpen\":20}".utf8))
        let plain = try Edit.rendition(of: main, look)
        let seen = try ImagingTool.run("convert", ["-", "ppm:-"], input: png)
        let other = try ImagingTool.run("convert", ["-", "ppm:-"], input: plain)
        #expect(seen.count == other.count)
        var distance = 0
        for index in 0..<min(seen.count, other.count) { distance += abs(Int(seen[index]) - Int(other[index])) }
        #expect(distance < 3 * seen.count)
    }

    @Test("have the main's words and profile, and come in pieces that are whole chunks")
    func metadata() async throws {
        let packet = "<rdf:RDF xmlns:rdf='r'><rdf:Description xmp:Rating='4'/></rdf:RDF>"
        let words = JPEGMarker.segment(JPEGMarker.app1, XMPProperties.signature + Array(packet.utf8))
        let profile = try #require(ICCProfile(EditProfile.linear, limit: 1 << 20))
        let photo = try TestJPEG.photo(seed: 8, width: 1_600, height: 1_200, quality: 98)
        let main = TestJPEG.inserting(words + profile.segments, in: photo)
        let recipe = Edit.recipe(try Self.look("\"sharpen\":100"))
        let pool = RenderingPool(threads: 2)
        let pieces = Pieces()
        let rendition = try await pool.render(
            recipe, for: Sample.node(1), load: { main }, into: { pieces.add($0) })
        pool.shutdown()
        #expect(rendition.type == .png)
        let file = pieces.all
        #expect(rendition.bytes == Int64(file.count))
        var names: [String] = []
        var place = 8
        while place + 12 <= file.count {
            names.append(String(decoding: file[place + 4..<place + 8], as: UTF8.self))
            var length = 0
            for index in 0..<4 { length = length << 8 | Int(file[place + index]) }
            place += 12 + length
        }
        #expect(place == file.count)
        #expect(Array(names.prefix(5)) == ["IHDR", "iTXt", "eXIf", "iCCP", "IDAT"])
        #expect(names.last == "IEND")
        #expect(file.span.firstOffset(of: Array("xmp:Rating='4'".utf8)) != nil)
        let model = try ImagingTool.exif(["Model"], of: file)
        #expect(model == ["Sample 8"])
        let kept = try ImagingTool.run("exiftool", ["-icc_profile", "-b", "-"], input: file)
        #expect(kept == EditProfile.linear)
    }
}
