import Agent
import Control
import Disk
import Foundation
import Glibc
import Imaging
import Model
import Synchronization
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

    private static func attributes(
        _ seconds: Int64, _ nanoseconds: Int32, _ mode: UInt16, _ extended: [String: [UInt8]] = [:]
    ) throws -> FileAttributes {
        let extended = extended.map { FileAttributes.Extended(name: $0.key, value: $0.value) }
        return try #require(
            FileAttributes(seconds: seconds, nanoseconds: nanoseconds, mode: mode, extended: extended))
    }

    private static let tags = ["user.xdg.tags": Array("Grandma, é".utf8), "user.baloo.rating": [0x38, 0, 0xFF]]

    @Test("is pulled with it, goes to reduced copies, and is back after evict and fetch")
    func travels() async throws {
        try await withTrio { laptop, archive, tablet in
            let tagged = try Self.attributes(1_546_300_800, 123_456_789, 0o600, Self.tags)
            let moon = try Self.attributes(-14_182_940, 500_000_000, 0o640)
            try laptop.put(try Photo.large(1), "2019/a.jpg", as: tagged)
            try laptop.put(try Photo.large(2), "2019/moon.jpg", as: moon)
            try await archive.wait("two mains") { $0.library.mains == 2 && $0.work.running == 0 }
            try await tablet.wait("two reduced copies") { $0.library.reduced == 2 && $0.work.running == 0 }
            #expect(try archive.attributes("2019/a.jpg") == tagged)
            #expect(try archive.attributes("2019/moon.jpg") == moon)
            #expect(try tablet.attributes("2019/a.jpg.reduced.jpg") == tagged)
            #expect(try tablet.attributes("2019/moon.jpg.reduced.jpg") == moon)

            try await laptop.wait("two mains of each") { $0.safety.atRisk == 0 && $0.library.images == 2 }
            let path = try RelativePath("2019")
            let evicted = try await laptop.work(laptop.control.evict(EvictRequest(paths: [path])))
            #expect(Set(evicted.outcomes.values) == [.evicted], "\(evicted.reasons)")
            #expect(try laptop.files == ["2019/a.jpg.reduced.jpg", "2019/moon.jpg.reduced.jpg"])
            #expect(try laptop.attributes("2019/a.jpg.reduced.jpg") == tagged)
            try await laptop.settle(images: 2)
            _ = try await laptop.work(laptop.control.fetch([path]))
            try await laptop.wait("two mains") { $0.library.mains == 2 && $0.work.running == 0 }
            #expect(try laptop.attributes("2019/a.jpg") == tagged)
            #expect(try laptop.attributes("2019/moon.jpg") == moon)
        }
    }

    @Test("changed alone by a person is the same on all machines, and nobody gets the bytes anew")
    func changedAlone() async throws {
        try await withTrio { laptop, archive, tablet in
            try laptop.put(try Photo.large(1), "a.jpg", as: try Self.attributes(1_000_000_000, 0, 0o644, Self.tags))
            try await archive.wait("a main") { $0.library.mains == 1 && $0.work.running == 0 }
            try await tablet.wait("a reduced copy") { $0.library.reduced == 1 && $0.work.running == 0 }
            let inodes = try [archive.inode("a.jpg"), tablet.inode("a.jpg.reduced.jpg")]

            // Seen by the watch: touch, chmod and setfattr, of which one attribute goes.
            let other = try Self.attributes(1_546_300_800, 5, 0o600, ["user.xdg.tags": Array("Ben".utf8)])
            try laptop.dress("a.jpg", as: other, insteadOf: try laptop.attributes("a.jpg"))
            try await archive.come("a.jpg", to: other)
            try await tablet.come("a.jpg.reduced.jpg", to: other)
            #expect(try [archive.inode("a.jpg"), tablet.inode("a.jpg.reduced.jpg")] == inodes)

            // At the archive: all but that more may read what its owner keeps private.
            let last = try Self.attributes(1_600_000_000, 7, 0o644, ["user.xdg.tags": Array("Cid".utf8)])
            try archive.dress("a.jpg", as: last, insteadOf: other)
            try await laptop.come("a.jpg", to: last.within(0o600))
            try await archive.come("a.jpg", to: last.within(0o600))
            try await tablet.come("a.jpg.reduced.jpg", to: last.within(0o600))
            for node in [laptop, archive, tablet] { try await node.settle(images: 1) }
            #expect(try archive.files == ["a.jpg"] && laptop.files == ["a.jpg"])

            // And once more where it began.
            let first = try Self.attributes(1_500_000_000, 0, 0o640)
            try laptop.dress("a.jpg", as: first, insteadOf: last)
            try await archive.come("a.jpg", to: first)
            try await tablet.come("a.jpg.reduced.jpg", to: first)
        }
    }

    @Test("that a file cannot show, or that a copied library has lost, is nobody's change")
    func unchanged() async throws {
        try await withTrio { laptop, archive, tablet in
            // Not all of it is to be had under the umask of this process.
            let open = try Self.attributes(1_000_000_000, 0, 0o666)
            try laptop.put(try Photo.large(1), "a.jpg", as: open)
            try laptop.put(try Photo.large(2), "b.jpg", as: open)
            try await archive.wait("two mains") { $0.library.mains == 2 && $0.work.running == 0 }
            #expect(try archive.attributes("a.jpg")?.mode == 0o644)
            let copy = archive.library.appending(path: ".copy")
            try FileManager.default.linkItem(
                at: archive.library.appending(path: "a.jpg"), to: archive.folder.appending(path: "link"))
            try Data(archive.read("b.jpg")).write(to: copy)
            #expect(rename(copy.path, archive.library.appending(path: "b.jpg").path) == 0)
            try await archive.scan()
            while try await archive.scan().unsettled > 0 {}
            for node in [laptop, archive] { try await node.settle(images: 2) }
            #expect(try laptop.attributes("a.jpg") == open)
            #expect(try laptop.attributes("b.jpg") == open)
            // What is said of it is still what its owner said: it comes to whoever asks the archive.
            let evicted = try await laptop.work(
                laptop.control.evict(EvictRequest(paths: [RelativePath("a.jpg"), RelativePath("b.jpg")])))
            #expect(Set(evicted.outcomes.values) == [.evicted], "\(evicted.reasons)")
            try await laptop.settle(images: 2)
            _ = try await laptop.work(laptop.control.fetch([RelativePath("b.jpg")]))
            try await laptop.wait("the main") { $0.library.mains == 1 && $0.work.running == 0 }
            #expect(try laptop.attributes("b.jpg")?.seconds == open.seconds)
        }
    }

    @Test("of those that an earlier version has found is asked once, and nothing is read for that")
    func earlier() async throws {
        try await withTemporaryFolder { folder in
            let old = try Self.attributes(1_000_000_000, 3, 0o640, Self.tags)
            try await TestNode.run("anna", in: folder) { anna in
                try anna.put(try Photo.large(1), "a.jpg", as: old)
                try anna.put(try Photo.large(2), "b.jpg", as: old)
                try await anna.wait("its photos") { $0.library.mains == 2 }
            }
            try CatalogueFile(state: folder.appending(path: "anna/state")).run(
                "UPDATE own SET attributes = NULL, fingerprint = zeroblob(16)")
            let opened = Counter()
            let calls = FaultyCalls(before: { call in
                if call.kind == .open, ["a.jpg", "b.jpg"].contains(call.name) { opened.add() }
            })
            try await TestNode.run("anna", in: folder, calls: calls) { anna in
                try anna.put(try Photo.small(3), "new.jpg")
                try await anna.wait("the first look") { $0.library.mains == 3 }
                try await anna.scan()
                #expect(opened.count == 2)
                try await anna.scan()
                #expect(opened.count == 2)
                try await TestNode.run("archive", in: folder, configure: { $0.policy.keep = .mains }) { archive in
                    try await archive.join(anna)
                    try await archive.wait("the mains") { $0.library.mains == 3 && $0.work.running == 0 }
                    #expect(try archive.attributes("a.jpg") == old && archive.attributes("b.jpg") == old)
                }
            }
        }
    }
}

private final class Counter: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    func add() { value.withLock { $0 += 1 } }
}

extension TestNode {
    /// Puts a file into the library with these attributes, complete at once.
    func put(_ bytes: [UInt8], _ path: String, as attributes: FileAttributes) throws {
        let folder = library.appending(path: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: library.appending(path: ".dressed"))
        // Not as the agent does it, which leaves out whom the umask excludes.
        #expect(chmod(library.appending(path: ".dressed").path, mode_t(attributes.mode)) == 0)
        try dress(".dressed", as: attributes)
        #expect(chmod(library.appending(path: ".dressed").path, mode_t(attributes.mode)) == 0)
        guard rename(library.appending(path: ".dressed").path, library.appending(path: path).path) == 0 else {
            throw Failure("\(path): errno \(errno)")
        }
    }

    func dress(_ path: String, as attributes: FileAttributes, insteadOf earlier: FileAttributes? = nil) throws {
        try onFile(path) { LinuxCalls().setAttributes($0, attributes, insteadOf: earlier) }
    }

    func attributes(_ path: String) throws -> FileAttributes? { try onFile(path) { LinuxCalls().attributes($0) } }

    func inode(_ path: String) throws -> UInt64 { try onFile(path) { try LinuxCalls().status($0).identity.inode } }

    /// Waits until the file is this beside its bytes.
    func come(_ path: String, to attributes: FileAttributes) async throws {
        try await wait("\(path) as \(attributes)") { _ in (try? self.attributes(path)) == attributes }
    }

    private func onFile<T>(_ path: String, _ body: (Int32) throws -> T) throws -> T {
        let calls = LinuxCalls()
        let file = try calls.open(nil, library.appending(path: path).path, flags: O_RDONLY, mode: 0)
        defer { calls.close(file) }
        return try body(file)
    }
}
