import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Facts of pictures in containers")
struct PictureFactsTests {
    private static let taken: Int64 = 1_500_000_000

    private static func exif(orientation: Int) -> [UInt8] {
        var writer = TIFFWriter(isLittleEndian: true)
        writer.main = [writer.short(TIFFTag.orientation, orientation)]
        writer.exif = [writer.ascii(TIFFTag.dateTimeOriginal, ExifDate.text(taken))]
        return writer.bytes()
    }

    /// Compares what is known of a file that is shown at once and in pieces.
    private static func facts(_ file: [UInt8]) -> ImageFacts {
        let facts = ImageInspector.facts(of: file)
        for size in [1, 5, 1_000, 65_536] { #expect(ImageInspectorTests.facts(of: file, inChunksOf: size) == facts) }
        return facts
    }

    @Test("of a HEIF are its boxes' size and turns, and the time of its EXIF", arguments: [false, true])
    func heif(_ isCut: Bool) {
        var heif = TestHEIF.grid()
        heif.properties += [TestBoxes.box("irot", [3])] + (isCut ? [TestHEIF.crop(1_200, 900, 0, 0)] : [])
        heif.items[6].properties += isCut ? [5, 4] : [4]
        heif.items.append(
            TestHEIF.Item(
                id: 101, type: "Exif", content: [0, 0, 0, 6] + Array("Exif\0\0".utf8) + Self.exif(orientation: 3)))
        heif.references.append(("cdsc", 101, [100]))
        let facts = Self.facts(heif.file())
        #expect(facts.type == .heic)
        #expect(facts.size == (isCut ? PixelSize(width: 900, height: 1_200) : PixelSize(width: 1_000, height: 1_400)))
        #expect(facts.orientation == 6)
        #expect(facts.captured == Self.taken)
    }

    @Test("of a HEIF whose pixels come first are the same, wherever in them its EXIF stands", arguments: [0, 200_000])
    func mediaFirst(_ before: Int) {
        var heif = TestHEIF.grid()
        // What only looks like EXIF comes first.
        heif.items[0].content = [UInt8](repeating: 0x45, count: before) + Array("Exif\0\0nothing".utf8)
        heif.items.append(
            TestHEIF.Item(
                id: 101, type: "Exif", content: [0, 0, 0, 6] + Array("Exif\0\0".utf8) + Self.exif(orientation: 3)))
        heif.items.append(TestHEIF.Item(id: 102, type: "hvc1", content: [UInt8](repeating: 0x45, count: 70_000)))
        heif.isMediaFirst = true
        let facts = Self.facts(heif.file())
        #expect(facts.size == PixelSize(width: 1_400, height: 1_000))
        #expect(facts.captured == Self.taken)
        let picture = try? HEIFPicture(heif.file().span)
        #expect(picture?.exif == Self.exif(orientation: 3))
    }

    @Test("of a PNG stand before or behind its pixels")
    func png() {
        func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
            TestBoxes.big(content.count, 4) + Array(name.utf8) + content + [0, 0, 0, 0]
        }
        let head =
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", TestBoxes.big(640, 4) + TestBoxes.big(480, 4) + [8, 2, 0, 0, 0])
        let pixels = chunk("IDAT", [UInt8](repeating: 1, count: 100_000))
        let words = chunk("tEXt", Array("Creation Time\0Fri, 14 Jul 2017 02:40:01 +0000".utf8))
        let packet = "<x exif:DateTimeOriginal='2017-07-14T02:40:02+02:00'/>"
        let xmp = chunk("iTXt", Array("XML:com.adobe.xmp\0\0\0\0\0\(packet)".utf8))
        let exif = chunk("eXIf", Self.exif(orientation: 6))
        #expect(Self.facts(head + pixels + chunk("IEND", [])).captured == nil)
        #expect(Self.facts(head + pixels + words).captured == Self.taken + 1)
        #expect(Self.facts(head + pixels + words + xmp).captured == Self.taken + 2)
        let facts = Self.facts(head + words + xmp + pixels + exif + chunk("IEND", []))
        #expect(facts.captured == Self.taken)
        #expect(facts.size == PixelSize(width: 480, height: 640))
        #expect(facts.orientation == 6)
        // Behind the end nothing counts.
        #expect(Self.facts(head + chunk("IEND", []) + exif).captured == nil)
    }

    @Test("of a WebP stand behind its pixels", arguments: [true, false])
    func webp(_ hasSignature: Bool) throws {
        func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
            Array(name.utf8) + TestBoxes.big(content.count, 4).reversed() + content
                + (content.count % 2 == 1 ? [0] : [])
        }
        let exif = (hasSignature ? Array("Exif\0\0".utf8) : []) + Self.exif(orientation: 8)
        let chunks =
            chunk("VP8X", [0x08, 0, 0, 0, 0x7F, 2, 0, 0xDF, 1, 0]) + chunk("VP8 ", [UInt8](repeating: 3, count: 70_001))
            + chunk("EXIF", exif)
        let facts = Self.facts(Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBP".utf8) + chunks)
        #expect(facts.size == PixelSize(width: 480, height: 640))
        #expect(facts.captured == Self.taken)
        #expect(facts.orientation == 8)
    }

    @Test(
        "of a JPEG XL are in its codestream, bare, whole or in parts",
        arguments: [
            // What cjxl 0.7 writes for 1,600×1,200, for the same turned by EXIF, and for 1,440×1,080.
            ("ff0a7a251b0184d7", 1_600, 1_200, 1), ("ff0a7a25b3404271", 1_200, 1_600, 6),
            ("ff0aba210301c585", 1_440, 1_080, 1),
        ])
    func jpegXL(_ text: String, _ width: Int, _ height: Int, _ orientation: Int) throws {
        let codestream = try #require(Hex.decode(text)) + [UInt8](repeating: 0x55, count: 70)
        let head =
            TestBoxes.box("JXL ", [0x0D, 0x0A, 0x87, 0x0A]) + TestBoxes.box("ftyp", Array("jxl \0\0\0\0jxl ".utf8))
        let exif = TestBoxes.box("Exif", [0, 0, 0, 0] + Self.exif(orientation: 3))
        for file in [
            codestream, head + TestBoxes.box("jxlc", codestream), head + exif + TestBoxes.box("jxlc", codestream),
            head + TestBoxes.box("jxlp", [0, 0, 0, 0] + codestream)
                + TestBoxes.box("jxlp", [128, 0, 0, 1] + codestream) + exif,
        ] {
            let facts = Self.facts(file)
            #expect(facts.type == .jpegXL)
            #expect(facts.size == PixelSize(width: width, height: height))
            #expect(facts.orientation == orientation)
            let hasExif = file.span.firstOffset(of: Array("Exif".utf8)) != nil
            #expect(facts.captured == (hasExif ? Self.taken : nil))
        }
    }

    @Test("of a TIFF are found where its directory and its values lie behind the pixels")
    func tiff() {
        var tiff = TestTIFF()
        _ = tiff.add([UInt8](repeating: 7, count: 200_000))
        let behind = tiff.bytes.count + 2 + 4 * 12 + 4
        let first = tiff.directory([
            (0x100, .long(640)), (0x101, .long(480)), (0x112, .short(6)), (0x132, .placed(at: behind, count: 20)),
        ])
        #expect(tiff.add(Array(ExifDate.text(Self.taken).utf8) + [0]) == behind)
        let facts = Self.facts(tiff.file(first: first))
        #expect(facts.size == PixelSize(width: 480, height: 640))
        #expect(facts.captured == Self.taken)
        #expect(facts.orientation == 6)
    }
}
