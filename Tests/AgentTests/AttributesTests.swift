import Agent
import Catalogue
import Control
import Disk
import Foundation
import Glibc
import Model
import TestSupport
import Testing

@Suite("What a main is beside its bytes", .serialized)
struct AttributesTests {
    /// A laptop, an archive that keeps mains, and a third machine with reduced copies.
    private func withTrio(_ body: @escaping @Sendable (TestNode, TestNode, TestNode) async throws -> Void) async throws
    {
        try await withTemporaryFolder { folder in
            try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                let keeping = { @Sendable (it: inout AgentConfiguration) in
                    it.reduceMore()
                    it.policy.keep = .mains
                }
                try await TestNode.run("archive", in: folder, configure: keeping) { archive in
                    try await archive.join(laptop)
                    try await TestNode.run("tablet", in: folder, configure: { $0.reduceMore() }) { tablet in
                        try await tablet.join(laptop)
                        try await body(laptop, archive, tablet)
                    }
                }
            }
        }
    }

    private static let private2019 = FileAttributes(
        seconds: 1_546_300_800, nanoseconds: 123_456_789, mode: 0o600,
        extended: [
            .init(name: "user.xdg.tags", value: Array("Grandma, é".utf8)),
            .init(name: "user.baloo.rating", value: [0x38, 0, 0xFF]),
        ])
    private static let old = FileAttributes(seconds: -14_182_940, nanoseconds: 500_000_000, mode: 0o640)

    @Test("is pulled with it, goes to reduced copies without its words, and is back after evict and fetch")
    func travels() async throws {
        try await withTrio { laptop, archive, tablet in
            let (tagged, moon) = (try #require(Self.private2019), try #require(Self.old))
            try laptop.put(try Photo.large(1), "2019/a.jpg", as: tagged)
            try laptop.put(try Photo.large(2), "2019/moon.jpg", as: moon)
            try await archive.wait("two mains") { $0.library.mains == 2 && $0.work.running == 0 }
            try await tablet.wait("two reduced copies") { $0.library.reduced == 2 && $0.work.running == 0 }
            #expect(try archive.attributes("2019/a.jpg") == tagged)
            #expect(try archive.attributes("2019/moon.jpg") == moon)
            #expect(try tablet.attributes("2019/a.jpg.reduced.jpg") == tagged.plain)
            #expect(try tablet.attributes("2019/moon.jpg.reduced.jpg") == moon)

            try await laptop.wait("two mains of each") { $0.safety.atRisk == 0 && $0.library.images == 2 }
            let path = try RelativePath("2019")
            _ = try await laptop.work(laptop.control.evict(EvictRequest(paths: [path])))
            #expect(try laptop.files == ["2019/a.jpg.reduced.jpg", "2019/moon.jpg.reduced.jpg"])
            #expect(try laptop.attributes("2019/a.jpg.reduced.jpg") == tagged.plain)
            try await laptop.settle(images: 2)
            _ = try await laptop.work(laptop.control.fetch([path]))
            try await laptop.wait("two mains") { $0.library.mains == 2 && $0.work.running == 0 }
            #expect(try laptop.attributes("2019/a.jpg") == tagged)
            #expect(try laptop.attributes("2019/moon.jpg") == moon)
        }
    }

    @Test("changed alone is a new record without bytes, leaves others' files alone, and is its owner's after a fetch")
    func changedAlone() async throws {
        try await withTrio { laptop, archive, tablet in
            let (tagged, moon) = (try #require(Self.private2019), try #require(Self.old))
            try laptop.put(try Photo.large(1), "a.jpg", as: moon)
            try await archive.wait("a main") { $0.library.mains == 1 && $0.work.running == 0 }
            try await tablet.wait("a reduced copy") { $0.library.reduced == 1 && $0.work.running == 0 }
            let before =
                try FileManager.default.attributesOfItem(
                    atPath: archive.library.appending(path: "a.jpg").path)[.systemFileNumber] as? Int
            try laptop.dress("a.jpg", as: tagged)
            try await laptop.scan()
            for node in [laptop, archive, tablet] { try await node.settle(images: 1) }
            #expect(try archive.files == ["a.jpg"])
            #expect(try archive.attributes("a.jpg") == moon)
            let after =
                try FileManager.default.attributesOfItem(
                    atPath: archive.library.appending(path: "a.jpg").path)[.systemFileNumber] as? Int
            #expect(before == after)
            #expect(try tablet.files == ["a.jpg.reduced.jpg"])

            try await laptop.wait("two mains of each") { $0.safety.atRisk == 0 }
            let path = try RelativePath("a.jpg")
            _ = try await laptop.work(laptop.control.evict(EvictRequest(paths: [path])))
            try await laptop.settle(images: 1)
            _ = try await laptop.work(laptop.control.fetch([path]))
            try await laptop.wait("a main") { $0.library.mains == 1 && $0.work.running == 0 }
            #expect(try laptop.attributes("a.jpg") == tagged)
        }
    }
}

extension TestNode {
    /// Puts a file into the library with these attributes, complete at once.
    func put(_ bytes: [UInt8], _ path: String, as attributes: FileAttributes) throws {
        let folder = library.appending(path: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: library.appending(path: ".dressed"))
        try dress(".dressed", as: attributes)
        guard rename(library.appending(path: ".dressed").path, library.appending(path: path).path) == 0 else {
            throw Failure("\(path): errno \(errno)")
        }
    }

    func dress(_ path: String, as attributes: FileAttributes) throws {
        let calls = LinuxCalls()
        let file = try calls.open(nil, library.appending(path: path).path, flags: O_RDONLY, mode: 0)
        defer { calls.close(file) }
        calls.setAttributes(file, attributes)
    }

    func attributes(_ path: String) throws -> FileAttributes? {
        let calls = LinuxCalls()
        let file = try calls.open(nil, library.appending(path: path).path, flags: O_RDONLY, mode: 0)
        defer { calls.close(file) }
        return calls.attributes(file)
    }
}
