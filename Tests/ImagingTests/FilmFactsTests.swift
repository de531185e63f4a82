import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Facts of films")
struct FilmFactsTests {
    /// 2019-07-24 08:25:57, from 1904.
    private static let created = 1_563_956_757 + 2_082_844_800

    @Test(
        "are found before and behind what is shown, in either form of the boxes", arguments: [false, true],
        [false, true])
    func places(_ isFirst: Bool, _ isLong: Bool) {
        let film = TestFilm(created: Self.created, isLong: isLong, isMovieFirst: isFirst)
        let file = film.file()
        let facts = ImageInspector.facts(of: file)
        #expect(facts.type == .mov)
        #expect(facts.size == PixelSize(width: 1_920, height: 1_080))
        #expect(facts.duration == .milliseconds(2_500))
        #expect(facts.captured == 1_563_956_757)
        #expect(facts.orientation == 1)
        for size in [1, 13, 4_096] { #expect(ImageInspectorTests.facts(of: file, inChunksOf: size) == facts) }
    }

    @Test(
        "turn as the matrix says",
        arguments: [
            ([0, 1, -1, 0], 6), ([-1, 0, 0, -1], 3), ([0, -1, 1, 0], 8), ([-1, 0, 0, 1], 2), ([1, 1, 0, 1], 1),
        ])
    func matrix(_ matrix: [Int], _ orientation: Int) {
        let facts = ImageInspector.facts(of: TestFilm(matrix: matrix).file())
        #expect(facts.orientation == orientation)
        #expect(facts.size?.width == (orientation >= 5 ? 1_080 : 1_920))
    }

    @Test("take the time that says its zone before that which does not", arguments: [false, true])
    func creationDate(_ isFull: Bool) {
        var film = TestFilm(
            created: Self.created, creationDate: "2019-07-24T11:25:40+0300", hasFullMetadata: isFull,
            day: "2019-07-24T11:25:41+0300")
        #expect(ImageInspector.facts(of: film.file()).captured == 1_563_967_540)
        film.creationDate = nil
        #expect(ImageInspector.facts(of: film.file()).captured == 1_563_967_541)
        film.day = "2019"
        #expect(ImageInspector.facts(of: film.file()).captured == 1_563_956_757)
        film.created = 0
        #expect(ImageInspector.facts(of: film.file()).captured == nil)
    }

    @Test("of twenty gigabytes cost what is read of them")
    func large() {
        var inspector = ImageInspector()
        let length = 20 << 30
        TestFilm.head(mediaBytes: length).withUnsafeBytes { inspector.consume($0) }
        let chunk = [UInt8](repeating: 0x6D, count: 1 << 20)
        let time = ContinuousClock().measure {
            for _ in 0..<length >> 20 { chunk.withUnsafeBytes { inspector.consume($0) } }
        }
        TestFilm(created: Self.created).movie().withUnsafeBytes { inspector.consume($0) }
        #expect(inspector.finish().size == PixelSize(width: 1_920, height: 1_080))
        #expect(time < .seconds(2))
    }

    @Test("of Matroska are in its own elements")
    func matroska() {
        func element(_ id: [UInt8], _ content: [UInt8]) -> [UInt8] {
            id + [0x40 | UInt8(content.count >> 8), UInt8(content.count & 255)] + content
        }
        let video = element([0xE0], element([0xB0], [5, 0]) + element([0xBA], [2, 0xD0]))
        let info =
            element([0x2A, 0xD7, 0xB1], [0x0F, 0x42, 0x40])
            + element([0x44, 0x89], TestBoxes.big(Int(Float(2_500).bitPattern), 4))
            + element([0x44, 0x61], TestBoxes.big(86_400 * 1_000_000_000, 8))
        let file =
            element([0x1A, 0x45, 0xDF, 0xA3], element([0x42, 0x82], Array("matroska".utf8)))
            + [0x18, 0x53, 0x80, 0x67, 1, 255, 255, 255, 255, 255, 255, 255]
            + element([0xEC], [UInt8](repeating: 0, count: 300)) + element([0x15, 0x49, 0xA9, 0x66], info)
            + element([0x16, 0x54, 0xAE, 0x6B], element([0xAE], element([0x83], [1]) + video))
        let facts = ImageInspector.facts(of: file)
        #expect(facts.size == PixelSize(width: 1_280, height: 720))
        #expect(facts.duration == .milliseconds(2_500))
        #expect(facts.captured == 978_393_600)
        for size in [1, 13] { #expect(ImageInspectorTests.facts(of: file, inChunksOf: size) == facts) }
    }

    @Test("of AVI are in its header")
    func avi() {
        func little(_ value: Int) -> [UInt8] { TestBoxes.big(value, 4).reversed() }
        func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
            Array(name.utf8) + little(content.count) + content + (content.count % 2 == 1 ? [0] : [])
        }
        let header = [UInt8](repeating: 0, count: 32) + little(640) + little(480) + [UInt8](repeating: 0, count: 16)
        let stream =
            Array("vidsXVID".utf8) + [UInt8](repeating: 0, count: 12) + little(1_001) + little(30_000) + little(0)
            + little(300) + [UInt8](repeating: 0, count: 20)
        let lists =
            chunk(
                "LIST",
                Array("hdrl".utf8) + chunk("avih", header) + chunk("LIST", Array("strl".utf8) + chunk("strh", stream))
                    + chunk("IDIT", Array("Mon Mar 10 15:04:43 2003\n\0".utf8)))
            + chunk("LIST", Array("movi".utf8) + chunk("00dc", [1, 2, 3]))
        let file = Array("RIFF".utf8) + little(lists.count + 4) + Array("AVI ".utf8) + lists
        let facts = ImageInspector.facts(of: file)
        #expect(facts.size == PixelSize(width: 640, height: 480))
        #expect(facts.duration == .milliseconds(10_010))
        #expect(facts.captured == 1_047_308_683)
        for size in [1, 13] { #expect(ImageInspectorTests.facts(of: file, inChunksOf: size) == facts) }
        // As many frames as can be said, each as long as can be said.
        let long = file.map { $0 }.replacing(little(1_001), with: little(-1)).replacing(little(300), with: little(-1))
        #expect(ImageInspector.facts(of: long).duration == nil)
    }

    @Test("are none where there are none, or where lengths lie")
    func lies() {
        for length in [-1, 0, 7, 1 << 40] {
            let file = TestFilm.head(mediaBytes: length) + TestFilm().movie()
            let facts = ImageInspector.facts(of: file)
            #expect(facts.type == .mp4)
            for size in [1, 13] { #expect(ImageInspectorTests.facts(of: file, inChunksOf: size) == facts) }
        }
        #expect(ImageInspector.facts(of: TestFilm(length: 0xFFFF_FFFF).file()).duration == nil)
        #expect(ImageInspector.facts(of: TestFilm(length: 0).file()).duration == nil)
    }
}
