import Control
import Foundation
import TestSupport
import Testing

@testable import Console

@Suite("The demo copies what it is given and shows what is there", .timeLimit(.minutes(2)))
struct DemoTests {
    @Test("pictures are copied with their places and times; everything else stays behind; the source is as it was")
    func copy() throws {
        let scratch = try CommandScratch()
        let manager = FileManager.default
        for (name, text) in [
            ("2026/05/a.JPG", "a"), ("b.heic", "bb"), ("notes.txt", "n"), (".hidden/c.jpg", "c"), (".d.jpg", "d"),
        ] {
            let url = URL(fileURLWithPath: scratch("source/\(name)"))
            try manager.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        try manager.createSymbolicLink(atPath: scratch("source/link.jpg"), withDestinationPath: "b.heic")
        let time = Date(timeIntervalSince1970: 1_700_000_000)
        try manager.setAttributes([.modificationDate: time], ofItemAtPath: scratch("source/b.heic"))
        var last = (0, Int64(0))
        try DemoFolder.copy(scratch("source"), to: scratch("target")) { last = ($0, $1) }
        #expect(last == (2, 3))
        let found = try manager.subpathsOfDirectory(atPath: scratch("target")).filter { $0.contains(".") }.sorted()
        #expect(found == ["2026/05/a.JPG", "b.heic"])
        #expect(try manager.attributesOfItem(atPath: scratch("target/b.heic"))[.modificationDate] as? Date == time)
        #expect(try manager.subpathsOfDirectory(atPath: scratch("source")).count == 9)
    }

    @Test("a folder without photos, or none, is said to be", arguments: ["empty", "nowhere"])
    func nothing(name: String) throws {
        let scratch = try CommandScratch()
        try FileManager.default.createDirectory(atPath: scratch("empty"), withIntermediateDirectories: false)
        let failure = #expect(throws: ControlFailure.self) {
            try DemoFolder.copy(scratch(name), to: scratch("target")) { _, _ in }
        }
        #expect(failure?.code == .usage)
    }

    @Test("the tree")
    func tree() throws {
        let scratch = try CommandScratch()
        try FileManager.default.createDirectory(atPath: scratch("l/2026"), withIntermediateDirectories: true)
        for index in 1...8 {
            try Data(count: 1000 * index).write(to: URL(fileURLWithPath: scratch("l/2026/\(index).JPG")))
        }
        try Data(count: 5).write(to: URL(fileURLWithPath: scratch("l/写真.jpg")))
        try Data(count: 5).write(to: URL(fileURLWithPath: scratch("l/.hidden")))
        let tree = TreeText(of: scratch("l"), style: Style(isTerminal: false, hasColour: false, width: 80))
        let pad = { (count: Int) in String(repeating: " ", count: count) }
        #expect(
            tree.text(title: "desktop") == """
                desktop  9 files, 36.0 kB
                  \(scratch("l"))/
                      写真.jpg\(pad(32))       5 B
                    2026/
                      1.JPG\(pad(35))    1.0 kB
                      2.JPG\(pad(35))    2.0 kB
                      3.JPG\(pad(35))    3.0 kB
                      4.JPG\(pad(35))    4.0 kB
                      5.JPG\(pad(35))    5.0 kB
                      6.JPG\(pad(35))    6.0 kB
                      … and 2 more like these

                """)
    }

    @Test("two real agents exchange, the photos given are only read, and nothing is left")
    func whole() async throws {
        let scratch = try CommandScratch()
        let manager = FileManager.default
        let photos = scratch("photos")
        let made = try await CommandProgram(built: "syncd").run(
            ["make-photos", photos, "--count", "3", "--width", "2400", "--height", "1600"])
        #expect(made.status == 0, "\(made.errors)")
        let before = try Self.contents(of: photos)
        try manager.createDirectory(atPath: scratch("t"), withIntermediateDirectories: false)
        let result = try await CommandProgram(built: "syncctl").run(
            ["demo", "--photos", photos], environment: ["TMPDIR": scratch("t")])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("laptop: in sync; 0 mains and 3 reduced copies here"))
        #expect(result.output.contains("desktop: in sync; 3 mains and 0 reduced copies here"))
        #expect(result.output.contains("IMG_0003.JPG.reduced.jpg"))
        #expect(!result.output.contains("\u{1B}"))
        #expect(try Self.contents(of: photos) == before)
        #expect(try manager.contentsOfDirectory(atPath: scratch("t")) == [])
    }

    @Test("what has no reduced copy yet is counted and named, not waited for; a small file comes as it is")
    func others() async throws {
        let scratch = try CommandScratch()
        let photos = scratch("photos")
        let made = try await CommandProgram(built: "syncd").run(
            ["make-photos", photos, "--count", "2", "--width", "2400", "--height", "1600"])
        #expect(made.status == 0, "\(made.errors)")
        let manager = FileManager.default
        try manager.copyItem(atPath: photos + "/2026/05/IMG_0001.JPG", toPath: photos + "/again.JPG")
        try Data("no photo".utf8).write(to: URL(fileURLWithPath: photos + "/none.jpg"))
        // Larger than what is taken whole; the agent looks at the head only.
        try Data(Self.png + [UInt8](repeating: 7, count: 400_000)).write(
            to: URL(fileURLWithPath: photos + "/drawing.png"))
        let began = ContinuousClock.now
        let result = try await CommandProgram(built: "syncctl").run(["demo", "--photos", photos])
        #expect(result.status == 0, "\(result.errors)")
        #expect(ContinuousClock.now - began < .seconds(25))
        #expect(result.output.contains("  desktop: 1 file is the same as another, or left alone\n"))
        #expect(
            result.output.contains(
                """
                  laptop: in sync; 1 main and 3 reduced copies here
                  1 photo has no reduced copy yet:
                    drawing.png: it cannot be done at desktop, which says: The picture is damaged:
                """), "\(result.output)")
    }

    /// The head of a picture of 4000×3000.
    private static let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
        + [0, 0, 0x0F, 0xA0, 0, 0, 0x0B, 0xB8, 8, 2, 0, 0, 0, 0, 0, 0, 0]

    private static func contents(of folder: String) throws -> [String: Data] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".JPG") }.reduce(into: [:]) {
            $0[$1] = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $1))
        }
    }
}
