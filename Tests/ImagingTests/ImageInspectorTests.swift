import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Facts from bytes that stream by")
struct ImageInspectorTests {
    static func facts(of file: [UInt8], inChunksOf size: Int) -> ImageFacts {
        var inspector = ImageInspector()
        file.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: size) {
                inspector.consume(UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + size)]))
            }
        }
        return inspector.finish()
    }

    @Test("are the same for chunks of any size", arguments: [1, 2, 3, 7, 31, 32, 33, 1_000, 65_536])
    func chunks(_ size: Int) throws {
        let photo = try TestJPEG.photo(captured: 1_000_000_000, orientation: 6)
        let marker = ReducedMarker(image: TestJPEG.image, edge: 2048, quality: 85)
        let file = TestJPEG.inserting(
            JPEGMarker.segment(0xE5, []) + JPEGMarker.segment(0xE7, [UInt8](repeating: 0xFF, count: 5_000))
                + marker.segment, in: photo)
        let expected = ImageFacts(
            type: .jpeg, size: PixelSize(width: 480, height: 640),
            capture: CaptureFacts(time: CaptureTime(1_000_000_000), camera: "Mainstay Sample 7"), orientation: 6,
            marker: marker)
        #expect(ImageInspector.facts(of: file) == expected)
        #expect(Self.facts(of: file, inChunksOf: size) == expected)
    }

    @Test("are found behind megabytes of other programs' segments, and behind fill bytes")
    func manySegments() throws {
        let other = JPEGMarker.segment(JPEGMarker.app1, [UInt8](repeating: 0xE1, count: 65_000))
        var file = try TestJPEG.photo(captured: 5)
        file = TestJPEG.inserting((0..<100).flatMap { _ in other } + [0xFF, 0xFF, 0xFF], in: file)
        let facts = Self.facts(of: file, inChunksOf: 4_096)
        #expect(facts.size == PixelSize(width: 640, height: 480))
        #expect(facts.captured == 5)
    }

    @Test("take the first EXIF of several")
    func severalExif() throws {
        let second = try TestJPEG.photo(captured: 5, orientation: 8)
        let first = try TestJPEG.photo(captured: 9, orientation: 3)
        let segments = JPEGLayout(first.span).exifAndXMP.flatMap {
            JPEGMarker.segment(JPEGMarker.app1, Array(first[$0]))
        }
        let facts = ImageInspector.facts(of: TestJPEG.inserting(segments, in: second))
        #expect(facts.captured == 9)
        #expect(facts.orientation == 3)
    }

    @Test(
        "fall back from the time of taking to that of digitizing and of changing",
        arguments: [(3, 300), (2, 200), (1, 100), (0, nil)] as [(Int, Int64?)])
    func dates(_ present: Int, _ expected: Int64?) {
        var writer = TIFFWriter(isLittleEndian: false)
        writer.main = [writer.short(TIFFTag.orientation, 1)]
        if present >= 1 { writer.main.append(writer.ascii(TIFFTag.dateTime, ExifDate.text(100))) }
        if present >= 2 { writer.exif.append(writer.ascii(TIFFTag.dateTimeDigitized, ExifDate.text(200))) }
        let original = present >= 3 ? ExifDate.text(300) : "0000:00:00 00:00:00"
        writer.exif.append(writer.ascii(TIFFTag.dateTimeOriginal, original))
        #expect(TIFFBlock(writer.bytes()).map { ExifFacts($0).captured } == .some(expected))
    }

    @Test(
        "bear EXIF that lies",
        arguments: [
            // The directory is itself its EXIF directory; a count of four thousand million; an offset behind the end.
            "49492A0008000000" + "0100" + "69870400 01000000 08000000" + "08000000",
            "49492A0008000000" + "FFFF" + "12010300 FFFFFFFF 00000000",
            "49492A0008000000" + "0100" + "32010200 14000000 FFFFFFFF" + "00000000",
            "4D4D002AFFFFFFFF", "49492A0000000000", "49492A0007000000", "4D4D002A00000008", "4949", "",
            "49492A0008000000" + "0100" + "12010300 00000000 06000000" + "00000000",
            "49492A0008000000" + "0100" + "12010C00 01000000 06000000" + "00000000",
        ])
    func lyingExif(_ text: String) throws {
        let digits = Array(text.lowercased().filter { $0 != " " })
        let block = try #require(Hex.decode(String(digits)))
        let segment = JPEGMarker.segment(JPEGMarker.app1, Array("Exif\0\0".utf8) + block)
        let bare = try ImagingTool.run("jpegtran", ["-copy", "none"], input: TestJPEG.photo())
        let main = TestJPEG.inserting(segment, in: bare)
        let facts = ImageInspector.facts(of: main)
        #expect(facts == ImageFacts(type: .jpeg, size: PixelSize(width: 640, height: 480)))
        let copy = try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 100, quality: 85)
        #expect(ImageInspector.facts(of: copy).marker?.image == TestJPEG.image)
    }

    @Test(
        "know the type and size of other pictures by their head",
        arguments: [
            ("89504E470D0A1A0A 0000000D49484452 00000280 000001E0 0802000000", ImageType.png, 640, 480),
            ("474946383961 8002 E001 F70000", .gif, 640, 480),
            ("424D 36840300 00000000 36000000 28000000 80020000 20FEFFFF 0100 1800", .bmp, 640, 480),
            ("52494646 00000000 57454250 56503858 0A000000 00000000 7F0200 DF0100", .webp, 640, 480),
            ("52494646 00000000 57454250 56503820 00000000 300100 9D012A 8002 E001 00", .webp, 640, 480),
            ("52494646 00000000 57454250 5650384C 00000000 2F 7FC27700 000000", .webp, 640, 480),
            (
                "49492A0008000000 0300 0001 0300 01000000 80020000 0101 0300 01000000 E0010000"
                    + "1201 0300 01000000 06000000 00000000", .tiff, 480, 640
            ),
            ("89504E470D0A1A0A 0000000D49484452 80000000 000001E0 0802000000", .png, nil, nil),
            ("00000018 66747970 68656963 00000000", .heic, nil, nil),
            ("49492A00", .tiff, nil, nil), ("474946383961", .gif, nil, nil),
        ] as [(String, ImageType, Int?, Int?)])
    func otherTypes(_ text: String, _ type: ImageType, _ width: Int?, _ height: Int?) throws {
        let file = try #require(Hex.decode(text.lowercased().filter { $0 != " " }))
        let facts = ImageInspector.facts(of: file)
        #expect(facts.type == type)
        #expect(facts.size?.width == width)
        #expect(facts.size?.height == height)
        #expect(Self.facts(of: file, inChunksOf: 1) == facts)
    }

    @Test(
        "say that text is no picture, and that nothing is nothing",
        arguments: ["", "x", "Dear diary, this is not a photo at all, is it?"])
    func noPicture(_ text: String) {
        #expect(ImageInspector.facts(of: Array(text.utf8)) == ImageFacts(type: text.isEmpty ? nil : .other))
    }

    @Test("tell the type by the bytes, so that a JPEG named .png is a JPEG, even one that is cut short")
    func cutShort() throws {
        let photo = try TestJPEG.photo()
        #expect(ImageInspector.facts(of: Array(photo[..<3])).type == .jpeg)
        #expect(ImageInspector.facts(of: Array(photo[..<400])).captured != nil)
    }
}
