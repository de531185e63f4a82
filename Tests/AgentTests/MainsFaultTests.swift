import Agent
import Control
import Disk
import Foundation
import Model
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Mains on a disk that fails at any call", .serialized)
struct MainsFaultTests {
    /// Fails the n-th call that changes the disk, or that reads, counted from when it was armed.
    private final class Fuse: Sendable {
        private let left = Mutex<Int?>(nil)

        func arm(_ number: Int) { left.withLock { $0 = number } }

        /// - Returns: whether it had blown.
        func disarm() -> Bool {
            left.withLock { left in
                defer { left = nil }
                return left == 0
            }
        }

        func blows(_ call: FaultyCalls.Call) -> Bool {
            guard [.write, .sync, .rename, .link, .unlink, .makeFolder, .read, .pread].contains(call.kind) else {
                return false
            }
            return left.withLock { left in
                guard let now = left, now > 0 else { return false }
                left = now - 1
                return now == 1
            }
        }
    }

    /// A laptop whose disk has the fuse, and an archive, with one photo on both.
    private func withHousehold(
        _ errno: Errno, _ body: @escaping @Sendable (TestNode, TestNode, Fuse, [UInt8]) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let fuse = Fuse()
            let calls = FaultyCalls { fuse.blows($0) ? errno : nil }
            try await TestNode.run("laptop", in: folder, calls: calls, configure: { $0.reduceMore() }) { laptop in
                let keepsMains = { @Sendable (it: inout AgentConfiguration) in
                    it.reduceMore()
                    it.policy.keep = .mains
                }
                try await TestNode.run("archive", in: folder, configure: keepsMains) { archive in
                    let photo = try Photo.large(1)
                    try laptop.put(photo, "a.jpg")
                    try await archive.join(laptop)
                    try await archive.wait("the main") { $0.library.mains == 1 }
                    try await laptop.wait("two mains") { $0.safety.atRisk == 0 && $0.library.images == 1 }
                    try await body(laptop, archive, fuse, photo)
                    #expect(calls.hits > 0)
                }
            }
        }
    }

    /// The places in which the photo's bytes stand on the node's disk.
    private func places(_ photo: [UInt8], at node: TestNode) throws -> [String] {
        let all = FileManager.default.enumerator(atPath: node.library.path)
        return (all?.compactMap { $0 as? String } ?? []).filter { (try? node.read($0)) == photo }
    }

    /// Does it, again and again while the library is away: a fault in reading its marker takes all of it for missing,
    /// for some seconds.
    private func persist<T: Sendable>(
        _ node: TestNode, _ body: @Sendable () async throws -> T
    ) async throws -> T {
        for _ in 0..<1_000 {
            try await node.wait("the library") { $0.library.state == .ok }
            do { return try await body() } catch let failure as ControlFailure {
                guard failure.message.contains("is not there") else { throw failure }
            }
        }
        throw TestNode.Failure("the library of \(node.name) never came back")
    }

    @Test(
        "A fault at any call of an eviction leaves the main, or has evicted it whole",
        arguments: [Errno.ioError, .noSpace])
    func evict(errno: Errno) async throws {
        try await withHousehold(errno) { laptop, archive, fuse, photo in
            var (number, tries, isDone) = (1, 0, false)
            while !isDone {
                tries += 1
                try #require(tries < 200, "call \(number) is never reached")
                fuse.arm(number)
                // A fault in reading the library's marker takes the whole library for missing, for a moment.
                let evict = laptop.control.evict(EvictRequest(paths: [Sample.path("a.jpg")]))
                let work = try? await laptop.work(evict)
                let wasHit = fuse.disarm()
                try await laptop.wait("the library") { $0.library.state == .ok }
                let isEvicted = work?.outcomes["a.jpg"] == .evicted
                #expect(try places(photo, at: laptop).count == (isEvicted ? 0 : 1), "call \(number)")
                #expect(try archive.read("a.jpg") == photo)
                if isEvicted {
                    #expect(try laptop.files == ["a.jpg.reduced.jpg"], "call \(number)")
                    _ = try await persist(laptop) {
                        try await laptop.work(laptop.control.fetch([Sample.path("a.jpg")]))
                    }
                }
                // What the watch could not read at that moment is looked at once more.
                _ = try await persist(laptop) { try await laptop.scan() }
                try await laptop.wait("the main alone, call \(number)") { _ in (try? laptop.files) == ["a.jpg"] }
                try await laptop.settle(images: 1)
                // One that ended early for another reason, such as a peer that was busy, has not come to that call.
                if wasHit { number += 1 } else { isDone = isEvicted }
            }
            #expect(number > 10)
        }
    }

    @Test(
        "A fault at any call of a deletion, or of taking it back, loses nothing and is got over",
        arguments: [Errno.ioError, .noSpace])
    func delete(errno: Errno) async throws {
        try await withHousehold(errno) { laptop, archive, fuse, photo in
            var number = 0
            var wasHit = true
            while wasHit {
                number += 1
                fuse.arm(number)
                _ = try? await laptop.work(laptop.control.delete(DeleteRequest(paths: [Sample.path("a.jpg")])))
                _ = try await persist(laptop) { try await laptop.control.restore([Sample.path("a.jpg")]) }
                wasHit = fuse.disarm()
                _ = try await persist(laptop) { try await laptop.scan() }
                try await laptop.wait("the main, call \(number)") { _ in (try? laptop.files) == ["a.jpg"] }
                #expect(try places(photo, at: laptop) == ["a.jpg"], "call \(number)")
                try await archive.wait("the main, call \(number)") { _ in (try? archive.files) == ["a.jpg"] }
                try await laptop.settle(images: 1)
            }
            #expect(number > 3)
        }
    }
}
