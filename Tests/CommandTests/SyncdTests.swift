import Control
import Foundation
import TestSupport
import Testing

@Suite("The built syncd", .timeLimit(.minutes(2)))
struct SyncdTests {
    private static let syncd = CommandProgram(built: "syncd")

    @Test("a fault in the configuration exits 78 with key, file and line")
    func configuration() async throws {
        let scratch = try CommandScratch()
        try Data("keep: mains\n\nmdsn: off\n".utf8).write(to: URL(fileURLWithPath: scratch("c.yaml")))
        let result = try await Self.syncd.run(["--config", scratch("c.yaml")])
        #expect(result.status == 78)
        #expect(result.errors.hasPrefix("syncd: \(scratch("c.yaml")), line 3: unknown key 'mdsn'"))
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    @Test("wrong usage exits 64", arguments: [["--nope"], ["--listen", "here"], ["--keep", "all"], ["run"]])
    func usage(arguments: [String]) async throws {
        #expect(try await Self.syncd.run(arguments).status == 64)
    }

    @Test("help and version")
    func help() async throws {
        let help = try await Self.syncd.run(["--help"])
        #expect(help.status == 0)
        #expect(help.output.contains("USAGE: syncd [<options>]"))
        #expect(!help.output.contains("make-photos"))
        #expect(try await Self.syncd.run(["--version"]).output == MainstayVersion.current + "\n")
    }

    @Test("photos are made as a camera names them, the same for the same seed, and nothing is written over")
    func photos() async throws {
        let scratch = try CommandScratch()
        let options = ["--count", "12", "--seed", "7", "--width", "160", "--height", "120", "--start", "2026-05-31"]
        for folder in ["a", "b"] {
            let result = try await Self.syncd.run(["make-photos", scratch(folder)] + options)
            #expect(result.status == 0, "\(result.errors)")
        }
        let names = try FileManager.default.subpathsOfDirectory(atPath: scratch("a")).filter { $0.hasSuffix(".JPG") }
            .sorted()
        #expect(names.count == 12)
        #expect(names.first == "2026/05/IMG_0001.JPG")
        #expect(names.last == "2026/06/IMG_0012.JPG")
        var contents = Set<Data>()
        for name in names {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: scratch("a/\(name)")))
            #expect(bytes.prefix(3) == Data([0xFF, 0xD8, 0xFF]))
            #expect(try bytes == Data(contentsOf: URL(fileURLWithPath: scratch("b/\(name)"))))
            contents.insert(bytes)
        }
        #expect(contents.count == 12)
        let attributes = try FileManager.default.attributesOfItem(atPath: scratch("a/2026/05/IMG_0001.JPG"))
        #expect(attributes[.modificationDate] as? Date == Date(timeIntervalSince1970: 1_780_218_000))
        let again = try await Self.syncd.run(["make-photos", scratch("a")] + options)
        #expect(again.status == 1)
    }
}
