import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Metadata that cameras never write, and some that they do")
struct BearMetadataTests {
    private static let captured: Int64 = 1_779_042_600
    private static let date = "2026:05:17 18:30:00"

    private static func reduce(_ main: [UInt8]) throws -> [UInt8] {
        try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 40, quality: 85)
    }

    /// A bare picture of 64 by 48 pixels.
    private static func bare() throws -> [UInt8] {
        try TurboEncoder().jpeg(SamplePhoto(seed: 4, width: 64, height: 48).picture(.s420), quality: 85)
    }

    /// EXIF with what every node has to know.
    private static func writer(isLittleEndian: Bool = true, orientation: Int = 6) -> TIFFWriter {
        var writer = TIFFWriter(isLittleEndian: isLittleEndian)
        writer.main = [writer.short(TIFFTag.orientation, orientation)]
        writer.exif = [writer.ascii(TIFFTag.dateTimeOriginal, date)]
        return writer
    }

    private static func blob(_ tag: UInt16, _ length: Int) -> TIFFWriter.Entry {
        TIFFWriter.Entry(tag: tag, type: 7, count: length, value: [UInt8](repeating: 0x20, count: length))
    }

    /// Expects that the copy is turned as the main is, and taken when the main was.
    private static func expectSameFacts(
        _ main: [UInt8], orientation: Int? = nil, captured: Int64? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let (before, after) = (ImageInspector.facts(of: main), ImageInspector.facts(of: try reduce(main)))
        if let orientation { #expect(before.orientation == orientation, sourceLocation: sourceLocation) }
        if let captured { #expect(before.captured == captured, sourceLocation: sourceLocation) }
        #expect(after.orientation == before.orientation, sourceLocation: sourceLocation)
        #expect(after.captured == before.captured, sourceLocation: sourceLocation)
        #expect(after.marker?.image == TestJPEG.image, sourceLocation: sourceLocation)
        let isTall = (before.size?.height ?? 0) > (before.size?.width ?? 0)
        #expect(isTall == ((after.size?.height ?? 0) > (after.size?.width ?? 0)), sourceLocation: sourceLocation)
    }

    @Test("keeps every orientation and the time, in both byte orders", arguments: 1...8, [true, false])
    func orientations(_ orientation: Int, _ isLittleEndian: Bool) throws {
        let exif = BearJPEG.exif(Self.writer(isLittleEndian: isLittleEndian, orientation: orientation))
        let main = TestJPEG.inserting(exif, in: try Self.bare())
        let size = PixelSize(width: orientation < 5 ? 64 : 48, height: orientation < 5 ? 48 : 64)
        #expect(ImageInspector.facts(of: main).size == size)
        try Self.expectSameFacts(main, orientation: orientation, captured: Self.captured)
    }

    @Test(
        "keeps orientation and time beside a value that leaves no room for others",
        arguments: [47_970, 47_980, 47_990, 47_998, 47_999, 48_000, 48_001, 60_000], [0x010E, 0xC4A5] as [UInt16])
    func hugeValue(_ length: Int, _ tag: UInt16) throws {
        var writer = Self.writer()
        writer.main.append(Self.blob(tag, length))
        let main = TestJPEG.inserting(BearJPEG.exif(writer), in: try Self.bare())
        try Self.expectSameFacts(main, orientation: 6, captured: Self.captured)
    }

    @Test("keeps orientation and time beside a thousand other entries", arguments: [900, 970, 990, 998])
    func manyEntries(_ count: Int) throws {
        var writer = Self.writer()
        for tag in 0..<count { writer.main.append(writer.short(UInt16(0x5000 + tag), 1)) }
        for tag in 0..<200 { writer.exif.append(writer.short(UInt16(0x8800 + tag), 1)) }
        let main = TestJPEG.inserting(BearJPEG.exif(writer), in: try Self.bare())
        try Self.expectSameFacts(main, orientation: 6, captured: Self.captured)
    }

    @Test("fits a segment whatever the main's EXIF holds", arguments: [1, 2, 3, 5, 7])
    func fullBlock(_ length: Int) throws {
        var writer = Self.writer()
        for tag in 0..<900 { writer.main.append(Self.blob(UInt16(0x5000 + tag), length)) }
        for tag in 0..<900 { writer.gps.append(Self.blob(UInt16(tag), length * 5)) }
        let main = TestJPEG.inserting(BearJPEG.exif(writer), in: try Self.bare())
        try Self.expectSameFacts(main, orientation: 6, captured: Self.captured)
    }

    @Test(
        "takes the first EXIF that can be read",
        arguments: [[], Array("II".utf8), Array("no TIFF at all".utf8), Array("MM\0\u{2B}\0\0\0\u{8}".utf8)])
    func brokenBeforeWhole(_ broken: [UInt8]) throws {
        let first = JPEGMarker.segment(JPEGMarker.app1, Array("Exif\0\0".utf8) + broken)
        let second = BearJPEG.exif(Self.writer(orientation: 8))
        let third = BearJPEG.exif(Self.writer(orientation: 3))
        let main = TestJPEG.inserting(first + second + third, in: try Self.bare())
        try Self.expectSameFacts(main, orientation: 8, captured: Self.captured)
    }

    @Test("finds EXIF and profile behind any number of other programs' segments", arguments: [0, 1, 254, 255, 600])
    func behindOthers(_ count: Int) throws {
        let extended = JPEGMarker.segment(
            JPEGMarker.app1, Array("http://ns.adobe.com/xmp/extension/\0".utf8) + [UInt8](repeating: 65, count: 80))
        let other = JPEGMarker.segment(JPEGMarker.app2, Array("FPXR\0".utf8) + [UInt8](repeating: 66, count: 80))
        let photoshop = JPEGMarker.segment(0xED, Array("Photoshop 3.0\0".utf8) + [UInt8](repeating: 0xFF, count: 99))
        let comment = JPEGMarker.segment(0xFE, Array("a comment".utf8))
        let profile = Self.profile(255 * 4)
        var chunks: [UInt8] = []
        for index in 0..<255 {
            let head = Array("ICC_PROFILE\0".utf8) + [UInt8(index + 1), 255]
            chunks += JPEGMarker.segment(JPEGMarker.app2, head + profile[4 * index..<4 * index + 4])
        }
        let others = Array([[UInt8]](repeating: extended + other, count: count).joined())
        let main = TestJPEG.inserting(
            others + photoshop + comment + chunks + BearJPEG.exif(Self.writer()), in: try Self.bare())
        try Self.expectSameFacts(main, orientation: 6, captured: Self.captured)
        let copy = try Self.reduce(main)
        // exiftool complains of what stands in it, which is noise.
        #expect(try ImagingTool.outcome("exiftool", ["-icc_profile", "-b", "-"], input: copy).output == profile)
    }

    @Test("keeps a profile byte for byte, wherever it is cut", arguments: [65_519, 50_000, 10_000, 589])
    func profileChunks(_ part: Int) throws {
        let profile = Self.profile(150_000)
        let pieces = stride(from: 0, to: profile.count, by: part).map { profile[$0..<min(profile.count, $0 + part)] }
        let chunks = pieces.enumerated().map { index, piece in
            JPEGMarker.segment(
                JPEGMarker.app2, Array("ICC_PROFILE\0".utf8) + [UInt8(index + 1), UInt8(pieces.count)] + piece)
        }
        let mpf = JPEGMarker.segment(JPEGMarker.app2, Array("MPF\0II*\0".utf8))
        let main = TestJPEG.inserting(Array(chunks.joined(separator: mpf)), in: try Self.bare())
        let copy = try Self.reduce(main)
        #expect(try ImagingTool.outcome("exiftool", ["-icc_profile", "-b", "-"], input: copy).output == profile)
    }

    @Test("is turned and dated like its main whatever is wrong with the EXIF", arguments: 1...8 as ClosedRange<UInt64>)
    func mutated(_ seed: UInt64) throws {
        var writer = Self.writer(isLittleEndian: seed % 2 == 0)
        writer.main.append(writer.ascii(TIFFTag.dateTime, "2025:01:02 03:04:05"))
        writer.exif += [writer.ascii(TIFFTag.dateTimeDigitized, "2024:01:02 03:04:05"), Self.blob(0x9286, 300)]
        writer.gps = [writer.ascii(1, "N")]
        writer.interoperability = [writer.ascii(1, "R98")]
        let block = writer.bytes()
        let bare = try Self.bare()
        var random = SeededNoise(seed: seed)
        for _ in 0..<100 {
            var broken = block
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<broken.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: broken[place] = UInt8.random(in: 0...255, using: &random)
                case 1: broken[place] = [0, 0xFF, 0x7F, 0x80].randomElement(using: &random) ?? 0
                case 2: broken.swapAt(place, Int.random(in: 0..<min(110, broken.count), using: &random))
                default:
                    if Int.random(in: 0..<8, using: &random) == 0, broken.count > 20 {
                        broken.removeLast(broken.count / 4)
                    }
                }
            }
            let segment = JPEGMarker.segment(JPEGMarker.app1, Array("Exif\0\0".utf8) + broken)
            try Self.expectSameFacts(TestJPEG.inserting(segment, in: bare))
        }
    }

    private static func profile(_ length: Int) -> [UInt8] {
        var noise = SeededNoise(seed: UInt64(length))
        var profile = (0..<length).map { _ in UInt8(truncatingIfNeeded: noise.next()) }
        profile.replaceSubrange(0..<4, with: [0, UInt8(length >> 16), UInt8(length >> 8 & 255), UInt8(length & 255)])
        profile.replaceSubrange(16..<20, with: "RGB ".utf8)
        return profile
    }
}
