import Foundation
import TestSupport
import Testing

@testable import Settings

@Suite("The settings file is changed whole or not at all")
struct SettingsStoreTests {
    private static func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private static func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber).intValue
    }

    @Test("a missing file is made, with its folders")
    func missing() throws {
        let scratch = try CommandScratch()
        let path = scratch("a/b/syncd.yaml")
        #expect(try SettingsStore(path: path).change(.keep, to: ["mains"]) == .changed(from: nil))
        #expect(try Self.text(path) == SettingsStore.head + "keep: mains\n")
        #expect(try Self.mode(path) == 0o644 && Self.mode(scratch("a/b")) == 0o700)
    }

    @Test("its rights stay, nothing is left beside it, and the same again writes nothing")
    func rights() throws {
        let scratch = try CommandScratch()
        let path = scratch("syncd.yaml")
        try Data("keep: mains # mine\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let store = SettingsStore(path: path)
        #expect(try store.change(.name, to: ["b"]) == .changed(from: "keep: mains # mine\n"))
        #expect(try Self.mode(path) == 0o640)
        #expect(try Self.text(path) == "keep: mains # mine\nname: b\n")
        let number = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? NSNumber
        #expect(try store.change(.name, to: ["b"]) == .same)
        #expect(try store.change(.limit, to: nil) == .same)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? NSNumber == number)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["syncd.yaml"])
        try store.putBack("keep: mains # mine\n")
        #expect(try Self.text(path) == "keep: mains # mine\n")
    }

    @Test("a link stays a link, and the file that it leads to is changed")
    func link() throws {
        let scratch = try CommandScratch()
        try FileManager.default.createDirectory(atPath: scratch("dotfiles"), withIntermediateDirectories: true)
        try Data("name: a\n".utf8).write(to: URL(fileURLWithPath: scratch("dotfiles/m.yaml")))
        try FileManager.default.createSymbolicLink(
            atPath: scratch("syncd.yaml"), withDestinationPath: "dotfiles/m.yaml")
        _ = try SettingsStore(path: scratch("syncd.yaml")).change(.name, to: ["b"])
        #expect(try Self.text(scratch("dotfiles/m.yaml")) == "name: b\n")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: scratch("syncd.yaml")) == "dotfiles/m.yaml")
    }

    @Test(
        "what an agent would refuse is not written",
        arguments: [
            ("name: a\n", .keep, ["banana"], "keep: 'banana' is not mains or reduced."),
            ("name: a\n", .limit, ["200"], "limit: '200' has no unit: write 200 GB, or 200 MB."),
            ("name: a\n", .library, ["photos"], "library: 'photos' is not an absolute path"),
            ("trash: { days: 0 }\n", .keep, ["mains"], ", line 1: trash.days: '0' is not a whole number"),
            ("keep: mains\nkeep: mains\n", .name, ["b"], "a key stands there twice"),
        ] as [(String, Setting.Key, [String], String)])
    func refused(text: String, key: Setting.Key, words: [String], sentence: String) throws {
        let scratch = try CommandScratch()
        let path = scratch("syncd.yaml")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let fault = #expect(throws: SettingsFault.self) { try SettingsStore(path: path).change(key, to: words) }
        #expect(fault?.message.contains(sentence) == true, "\(fault?.message ?? "")")
        #expect(try Self.text(path) == text)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["syncd.yaml"])
    }

    @Test("a fault that another value mends is no reason to refuse it")
    func mended() throws {
        let scratch = try CommandScratch()
        let path = scratch("syncd.yaml")
        try Data("limit: 200 # more?\n".utf8).write(to: URL(fileURLWithPath: path))
        _ = try SettingsStore(path: path).change(.limit, to: ["200 GB"])
        #expect(try Self.text(path) == "limit: 200 GB # more?\n")
    }

    @Test("where nothing can be written it says so", arguments: ["/dev/null/syncd.yaml", "/proc/self/syncd.yaml"])
    func unwritable(path: String) {
        let fault = #expect(throws: SettingsFault.self) { try SettingsStore(path: path).change(.name, to: ["a"]) }
        #expect(fault?.code == .failed)
        #expect(fault?.message.hasPrefix("\(path) cannot be ") == true, "\(fault?.message ?? "")")
    }

    @Test("who changes it at the same time changes it one after the other")
    func together() async throws {
        let scratch = try CommandScratch()
        let store = SettingsStore(path: scratch("syncd.yaml"))
        let keys: [(Setting.Key, String)] = [
            (.name, "a"), (.keep, "mains"), (.limit, "5 GB"), (.reducedEdge, "512"), (.copiesTarget, "3"),
            (.mdns, "no"),
        ]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (key, word) in keys { group.addTask { _ = try store.change(key, to: [word]) } }
            try await group.waitForAll()
        }
        let read = try SettingsFile.read(store.path, isRequired: true)
        #expect(read.mapValues(\.words) == keys.reduce(into: [:]) { $0[$1.0] = [$1.1] })
    }
}
