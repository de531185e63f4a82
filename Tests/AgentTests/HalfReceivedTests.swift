import Agent
import Control
import Crypto
import Disk
import Foundation
import Model
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Mains that have come in part", .serialized)
struct HalfReceivedTests {
    private static func keepsMains(_ it: inout AgentConfiguration) { it.policy.keep = .mains }

    /// Leaves a part of an image as an agent does that was killed while it came.
    private func leave(_ part: some Sequence<UInt8>, of image: [UInt8], at node: TestNode) throws {
        let id = ImageID(try #require(Bytes32(Array(SHA256.hash(data: image)))))
        let incoming = node.library.appending(path: ".mainstay/incoming")
        try FileManager.default.createDirectory(at: incoming, withIntermediateDirectories: true)
        try Data(part).write(to: incoming.appending(path: "\(id).part"))
    }

    @Test("What an earlier run has left of a main is gone on with when it is wanted, and removed when nobody has it")
    func earlierRun() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("laptop", in: folder) { laptop in
                let (wanted, unknown) = (try Photo.large(1), try Photo.large(2))
                try laptop.put(wanted, "a.jpg")
                let full = FaultyCalls { $0.kind == .write ? .noSpace : nil }
                let archive = try await TestNode.run("archive", in: folder, configure: Self.keepsMains) { $0 }
                try await TestNode.run("archive", in: folder, calls: full, configure: Self.keepsMains) { archive in
                    try await archive.join(laptop)
                    try await archive.wait("a full disk") { $0.problems.contains { $0.subject == "disk" } }
                }
                // All of its bytes have come: not one more has to be written.
                try leave(wanted, of: wanted, at: archive)
                try leave(unknown.prefix(100_000), of: unknown, at: archive)
                let writes = Mutex(0)
                let calls = FaultyCalls(before: { call in if call.kind == .write { writes.withLock { $0 += 1 } } })
                try await TestNode.run("archive", in: folder, calls: calls, configure: Self.keepsMains) { archive in
                    try await archive.wait("the main") { $0.library.mains == 1 }
                    #expect(try archive.read("a.jpg") == wanted)
                    // That of the library's lock; the photo would take three more.
                    #expect(writes.withLock { $0 } == 1)
                    try await archive.wait("nothing left") { _ in (try? archive.aside("incoming")) == [] }
                }
            }
        }
    }

    @Test("What has come of a main stays while its disk is full, and goes when the image is deleted meanwhile")
    func deletedMeanwhile() async throws {
        try await withTemporaryFolder { folder in
            let writes = Mutex(0)
            let calls = FaultyCalls { call in
                guard call.kind == .write, !call.name.hasSuffix(".tmp") else { return nil }
                return writes.withLock { count in
                    count += 1
                    return count > 1 ? .noSpace : nil
                }
            }
            try await TestNode.run("laptop", in: folder) { laptop in
                try await TestNode.run("archive", in: folder, configure: Self.keepsMains) { archive in
                    try await archive.join(laptop)
                }
                try await TestNode.run("archive", in: folder, calls: calls, configure: Self.keepsMains) { archive in
                    let photo = try Photo.large(1)
                    try laptop.put(photo, "a.jpg")
                    try await archive.wait("a full disk") { $0.problems.contains { $0.subject == "disk" } }
                    let parts = try archive.aside("incoming")
                    #expect(parts.count == 1)
                    #expect(parts.first.map { !$0.isEmpty && photo.starts(with: $0) } == true)
                    let deleted = try await laptop.work(
                        laptop.control.delete(DeleteRequest(paths: [Sample.path("a.jpg")])))
                    #expect(deleted.outcomes == ["a.jpg": .deleted])
                    try await archive.wait("nothing left") { _ in (try? archive.aside("incoming")) == [] }
                    #expect(calls.hits > 0)
                }
            }
        }
    }
}
