import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("What a reduced copy carries over")
struct ReducerMetadataTests {
    private static func reduce(_ main: [UInt8], edge: Int = 200) throws -> [UInt8] {
        try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: edge, quality: 85)
    }

    @Test("keeps the orientation, and both are seen upright", arguments: 1...8)
    func orientation(_ orientation: Int) throws {
        let main = try TestJPEG.photo(orientation: orientation)
        let copy = try Self.reduce(main)
        let upright = orientation < 5 ? PixelSize(width: 640, height: 480) : PixelSize(width: 480, height: 640)
        #expect(ImageInspector.facts(of: main).size == upright)
        #expect(ImageInspector.facts(of: main).orientation == orientation)
        let facts = ImageInspector.facts(of: copy)
        #expect(facts.orientation == orientation)
        #expect(facts.size == PixelSize(width: upright.width * 3 / 8, height: upright.height * 3 / 8))
        #expect(try ImagingTool.exif(["Orientation"], of: copy) == ["\(orientation)"])
    }

    @Test("keeps date, place and camera, and tells its own size")
    func exif() throws {
        let main = try ImagingTool.run(
            "exiftool",
            [
                "-GPSLatitude=47.5", "-GPSLatitudeRef=N", "-GPSLongitude=8.25", "-GPSLongitudeRef=E",
                "-InteropIndex=R98", "-Artist=Someone With A Name", "-ISO=200", "-o", "-", "-",
            ], input: TestJPEG.photo())
        let tags = [
            "GPSLatitude", "GPSLongitude", "Artist", "ISO", "DateTimeOriginal", "Make", "ExifImageWidth",
            "InteropIndex",
        ]
        let copy = try Self.reduce(main)
        #expect(
            try ImagingTool.exif(tags, of: copy) == [
                "47.5", "8.25", "Someone With A Name", "200", "2026:05:17 18:30:00", "Mainstay", "240", "R98",
            ])
        #expect(ImageInspector.facts(of: copy).captured == 1_779_042_600)
        // exiftool finds no more fault with the copy's structure than with the main's.
        let validation = ["Validate", "Warning", "Error"]
        #expect(try ImagingTool.exif(validation, of: copy) == ImagingTool.exif(validation, of: main))
    }

    @Test("drops the embedded thumbnail, other programs' pictures and what stands behind the picture")
    func leavesOut() throws {
        let thumbnail = try TestJPEG.photo(seed: 99, width: 160, height: 120)
        var main = try TestJPEG.photo()
        // IFD1 with a thumbnail, linked behind IFD0, in a hand-made block.
        var writer = TIFFWriter(isLittleEndian: false)
        writer.main = [writer.short(TIFFTag.orientation, 6), writer.ascii(TIFFTag.make, "Camera")]
        var block = writer.bytes()
        let next = 8 + 2 + 12 * 2
        let second = block.count
        func big(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        block.replaceSubrange(next..<next + 4, with: big(second))
        block += [0, 2, 2, 1, 0, 4, 0, 0, 0, 1] + big(second + 30)
        block += [2, 2, 0, 4, 0, 0, 0, 1] + big(thumbnail.count) + [0, 0, 0, 0] + thumbnail
        main = TestJPEG.inserting(JPEGMarker.segment(JPEGMarker.app1, Array("Exif\0\0".utf8) + block), in: main)
        main = TestJPEG.inserting(JPEGMarker.segment(JPEGMarker.app2, Array("MPF\0and more".utf8)), in: main)
        main += thumbnail
        #expect(try ImagingTool.exif(["ThumbnailLength"], of: main) == ["\(thumbnail.count)"])

        let copy = try Self.reduce(main)
        #expect(try ImagingTool.exif(["ThumbnailLength", "Orientation", "Make"], of: copy) == ["-", "6", "Camera"])
        #expect(!String(decoding: copy, as: UTF8.self).contains("MPF\0"))
        #expect(JPEGLayout(copy.span).end == copy.count)
        #expect(copy.count < main.count / 2)
    }

    @Test(
        "keeps small maker notes that can be moved, and no others",
        arguments: [("Apple iOS\0", 1_000, true), ("Apple iOS\0", 10_000, false), ("Canon EOS", 1_000, false)])
    func makerNotes(_ head: String, _ length: Int, _ isKept: Bool) throws {
        var writer = TIFFWriter(isLittleEndian: true)
        let note = Array(head.utf8) + [UInt8](repeating: 0x5A, count: length)
        writer.main = [writer.short(TIFFTag.orientation, 3)]
        writer.exif = [TIFFWriter.Entry(tag: TIFFTag.makerNote, type: 7, count: note.count, value: note)]
        let segment = JPEGMarker.segment(JPEGMarker.app1, Array("Exif\0\0".utf8) + writer.bytes())
        let copy = try Self.reduce(TestJPEG.inserting(segment, in: TestJPEG.photo()))
        #expect(ImageInspector.facts(of: copy).orientation == 3)
        let text = String(decoding: copy, as: UTF8.self)
        #expect(text.contains(head + String(repeating: "Z", count: 100)) == isKept)
    }

    @Test("keeps a colour profile of several chunks, whatever their order", arguments: [3_000, 65_519, 200_000])
    func profile(_ length: Int) throws {
        let profile = Self.profile(space: "RGB ", length: length)
        let chunks = stride(from: 0, to: length, by: 60_000).map { Array(profile[$0..<min(length, $0 + 60_000)]) }
        let segments = chunks.enumerated().reversed().flatMap { index, chunk in
            JPEGMarker.segment(
                JPEGMarker.app2, Array("ICC_PROFILE\0".utf8) + [UInt8(index + 1), UInt8(chunks.count)] + chunk)
        }
        let copy = try Self.reduce(TestJPEG.inserting(segments, in: TestJPEG.photo()))
        // exiftool complains of what stands in it, which is noise, and hands it out all the same.
        #expect(try ImagingTool.outcome("exiftool", ["-icc_profile", "-b", "-"], input: copy).output == profile)
    }

    @Test(
        "drops a profile that is not whole, or is for other colours",
        arguments: [("RGB ", 1, 2), ("CMYK", 1, 1), ("GRAY", 1, 1), ("RGB ", 0, 1), ("RGB ", 1, 0)])
    func wrongProfile(_ space: String, _ number: UInt8, _ count: UInt8) throws {
        let chunk = Array("ICC_PROFILE\0".utf8) + [number, count] + Self.profile(space: space, length: 500)
        let main = TestJPEG.inserting(JPEGMarker.segment(JPEGMarker.app2, chunk), in: try TestJPEG.photo())
        #expect(!String(decoding: try Self.reduce(main), as: UTF8.self).contains("ICC_PROFILE"))
    }

    @Test("keeps a grey profile with a grey picture")
    func greyProfile() throws {
        let chunk = Array("ICC_PROFILE\0".utf8) + [1, 1] + Self.profile(space: "GRAY", length: 500)
        let main = TestJPEG.inserting(
            JPEGMarker.segment(JPEGMarker.app2, chunk), in: try TestJPEG.photo(subsampling: .grey))
        #expect(String(decoding: try Self.reduce(main), as: UTF8.self).contains("ICC_PROFILE"))
    }

    @Test("has the marker though the main has none of the other metadata")
    func bareMain() throws {
        let main = try ImagingTool.run("jpegtran", ["-copy", "none"], input: TestJPEG.photo())
        let facts = ImageInspector.facts(of: try Self.reduce(main))
        #expect(facts.marker?.image == TestJPEG.image)
        #expect(facts.captured == nil)
        #expect(facts.orientation == 1)
    }

    @Test("makes the same bytes of the same main")
    func isDeterministic() throws {
        let main = try TestJPEG.photo()
        #expect(try Self.reduce(main) == Self.reduce(main))
    }

    private static func profile(space: String, length: Int) -> [UInt8] {
        var noise = SeededNoise(seed: UInt64(length))
        var profile = (0..<length).map { _ in UInt8(truncatingIfNeeded: noise.next()) }
        profile.replaceSubrange(0..<4, with: [0, UInt8(length >> 16), UInt8(length >> 8 & 255), UInt8(length & 255)])
        profile.replaceSubrange(16..<20, with: space.utf8)
        return profile
    }
}
