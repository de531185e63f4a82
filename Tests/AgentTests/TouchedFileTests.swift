import Agent
import Control
import Disk
import Foundation
import Glibc
import Imaging
import Model
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Files that were written to, or only touched", .serialized)
struct TouchedFileTests {
    private static let all = VerifyRequest(paths: [], all: true)

    @Test("An edit whose times and size are those of before is an edit: the archive follows, and nothing is damaged")
    func timesPutBack() async throws {
        try await Household.run { laptop, archive in
            try laptop.put(try Photo.rated(1, 0), "a.jpg")
            try await archive.wait("the main") { $0.library.mains == 1 && $0.work.running == 0 }
            try laptop.edit("a.jpg", try Photo.rated(1, 5))
            try await archive.wait("the edit") { _ in (try? archive.read("a.jpg")) == (try? Photo.rated(1, 5)) }
            #expect(try archive.files == ["a.jpg"])
            #expect(try archive.aside("versions") == [try Photo.rated(1, 0)])
            let verified = try await laptop.work(laptop.control.verify(Self.all))
            #expect(verified.outcomes == ["a.jpg": .verified])
            #expect(try laptop.read("a.jpg") == Photo.rated(1, 5))
            #expect(try laptop.aside("damaged").isEmpty)
        }
    }

    @Test("Verifying takes an edit that no watch saw for an edit, and a scan finds it")
    func unseen() async throws {
        try await Household.run { laptop, archive in
            for name in ["a", "b"] { try laptop.put(try Photo.rated(name == "a" ? 1 : 2, 0), "\(name).jpg") }
            try await archive.wait("the mains") { $0.library.mains == 2 && $0.work.running == 0 }
            try laptop.edit("a.jpg", try Photo.rated(1, 5), unseen: true)
            let verified = try await laptop.work(laptop.control.verify(Self.all))
            #expect(verified.outcomes == ["a.jpg": .verified, "b.jpg": .verified])
            #expect(verified.reasons["a.jpg"]?.contains("changed here") == true)
            try await archive.wait("the first edit") { _ in (try? archive.read("a.jpg")) == (try? Photo.rated(1, 5)) }
            try laptop.edit("b.jpg", try Photo.rated(2, 5), unseen: true)
            try await laptop.scan()
            try await archive.wait("the second edit") { _ in (try? archive.read("b.jpg")) == (try? Photo.rated(2, 5)) }
            #expect(try laptop.aside("damaged").isEmpty)
            #expect(try laptop.read("a.jpg") == Photo.rated(1, 5))
            #expect(try archive.files == ["a.jpg", "b.jpg"])
        }
    }

    @Test("Other rights, another link or another name are no edit: no image is new, and the main can be evicted")
    func onlyTouched() async throws {
        try await Household.run { laptop, archive in
            let names = ["linked.jpg", "renamed.jpg", "rights.jpg"]
            for (number, name) in names.enumerated() { try laptop.put(try Photo.large(number), name) }
            try await archive.wait("the mains") { $0.library.mains == 3 && $0.work.running == 0 }
            try await laptop.wait("the backup") { $0.safety.atRisk == 0 }

            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: laptop.library.appending(path: "rights.jpg").path)
            try FileManager.default.linkItem(
                at: laptop.library.appending(path: "linked.jpg"), to: laptop.folder.appending(path: "second"))
            try FileManager.default.moveItem(
                at: laptop.library.appending(path: "renamed.jpg"), to: laptop.library.appending(path: "new.jpg"))
            try await archive.wait("the new name") { _ in (try? archive.files.contains("new.jpg")) == true }
            try await archive.wait("the other rights") { _ in (try? archive.attributes("rights.jpg"))?.mode == 0o600 }
            #expect(try await laptop.scan().changed == 0)
            try await laptop.wait("a quiet moment") { $0.work.running == 0 && $0.work.pending == 0 }
            // Where nobody can tell that no program writes to a file any more, it has to stand still first.
            while try await laptop.scan().unsettled > 0 {}
            #expect(try await laptop.scan().changed == 0)
            #expect(try archive.files == ["linked.jpg", "new.jpg", "rights.jpg"])
            #expect(try archive.aside("versions").isEmpty && archive.aside("damaged").isEmpty)
            let paths = try ["linked.jpg", "new.jpg", "rights.jpg"].map { try RelativePath($0) }
            // The archive has renamed one of them itself: its own ctime is what it remembers.
            let evicted = try await laptop.work(laptop.control.evict(EvictRequest(paths: paths)))
            #expect(Set(evicted.outcomes.values) == [.evicted], "\(evicted.reasons)")
            let verified = try await archive.work(archive.control.verify(Self.all))
            #expect(Set(verified.outcomes.values) == [.verified] && verified.reasons.isEmpty)
        }
    }

    @Test("Where an earlier version took no note of the ctime, nothing is read anew, and other bytes are left alone")
    func unknown() async throws {
        try await withTemporaryFolder { folder in
            let state = folder.appending(path: "anna/state")
            try await TestNode.run("anna", in: folder) { anna in
                for number in 1...3 { try anna.put(try Photo.rated(number, 0), "\(number).jpg") }
                try await anna.wait("its photos") { $0.library.mains == 3 }
            }
            try CatalogueFile(state: state).run("UPDATE own SET changed = NULL")
            let reads = Mutex<[String]>([])
            let calls = FaultyCalls(before: { call in
                if call.kind == .open, call.name.hasSuffix(".jpg") { reads.withLock { $0.append(call.name) } }
            })
            try await TestNode.run("anna", in: folder, calls: calls) { anna in
                try anna.put(try Photo.large(9), "new.jpg")
                try await anna.wait("the first look") { $0.library.mains == 4 }
                try await anna.scan()
                #expect(Set(reads.withLock { $0 }) == ["new.jpg"])
                try anna.edit("1.jpg", try Photo.rated(1, 5), unseen: true)
                let found = try await anna.work(anna.control.verify(Self.all))
                #expect(
                    found.outcomes
                        == ["1.jpg": .failed, "2.jpg": .verified, "3.jpg": .verified, "new.jpg": .verified])
                #expect(found.reasons["1.jpg"]?.contains("run `touch` on it") == true)
                #expect(try anna.read("1.jpg") == Photo.rated(1, 5) && anna.aside("damaged").isEmpty)
                try await anna.wait("the problem") { $0.problems.contains { $0.subject == "1.jpg" } }
                // As told.
                try FileManager.default.setAttributes(
                    [.modificationDate: Date.now], ofItemAtPath: anna.library.appending(path: "1.jpg").path)
                try await anna.wait("no problem") { $0.problems.isEmpty }
                let again = try await anna.work(anna.control.verify(Self.all))
                #expect(Set(again.outcomes.values) == [.verified] && again.reasons.isEmpty)
                // Now that it was read, the ctime is known: what changes under it is damage.
                try CatalogueFile(state: state).rot("2.jpg", in: anna.library)
                let damaged = try await anna.work(anna.control.verify(Self.all))
                #expect(damaged.outcomes["2.jpg"] == .damaged)
            }
        }
    }
}

/// Two nodes of one household, both asking for reduced copies of 1,024 pixels: a laptop, and an archive that keeps mains.
enum Household {
    static func run(_ body: @escaping @Sendable (TestNode, TestNode) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                try await TestNode.run(
                    "archive", in: folder,
                    configure: {
                        $0.reduceMore()
                        $0.policy.keep = .mains
                    }
                ) { archive in
                    try await archive.join(laptop)
                    try await body(laptop, archive)
                }
            }
        }
    }
}

extension Photo {
    /// The same picture with another word in its metadata, in as many bytes.
    static func rated(_ number: Int, _ rating: Int) throws -> [UInt8] {
        try SamplePhoto(seed: UInt64(number), width: 1200, height: 800)
            .jpeg(captured: 1_780_000_000 + Int64(number) * 100 + Int64(rating))
    }
}

extension TestNode {
    /// Writes other bytes into a file, as `exiftool -P -overwrite_original_in_place` does: the same inode, and the times
    /// put back.
    ///
    /// - Parameter unseen: by a name outside the library, so that no watch tells of it.
    func edit(_ path: String, _ bytes: [UInt8], unseen: Bool = false) throws {
        let (url, calls) = (library.appending(path: path), LinuxCalls())
        let other = folder.appending(path: "edited-\(UUID().uuidString)")
        if unseen { try FileManager.default.linkItem(at: url, to: other) }
        let file = try calls.open(nil, unseen ? other.path : url.path, flags: O_WRONLY, mode: 0)
        defer { calls.close(file) }
        let identity = try calls.status(file).identity
        try calls.truncate(file, to: 0)
        try FileHandle(fileDescriptor: file, closeOnDealloc: false).write(contentsOf: Data(bytes))
        try calls.setModified(file, to: identity.mtime)
        if unseen { try FileManager.default.removeItem(at: other) }
    }
}
