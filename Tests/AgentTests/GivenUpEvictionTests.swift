import Agent
import Control
import Crypto
import Foundation
import HostilePeer
import Model
import PeerProtocol
import Planning
import Synchronization
import TestSupport
import Testing

@Suite("Evictions that end, one way or the other", .serialized)
struct GivenUpEvictionTests {
    private static let path = Sample.path("a.jpg")
    private static let evict = EvictRequest(paths: [path])

    /// What a holder was asked, and what it answers to the first question for a hold.
    private final class Holder: Sendable {
        enum Answer { case refuses, grants, isSilent }

        let answer: Answer
        let photo: [UInt8]
        private let state = Mutex((asked: [Bytes32](), released: [Bytes32]()))

        init(_ answer: Answer, _ photo: [UInt8]) { (self.answer, self.photo) = (answer, photo) }

        var asked: [Bytes32] { state.withLock { $0.asked } }
        var released: [Bytes32] { state.withLock { $0.released } }

        func hold(_ request: HoldRequest) async throws -> HoldGrant {
            state.withLock { $0.asked.append(request.nonce) }
            switch answer {
            case .refuses: throw PeerRefusal(.conflict, "it evicts it itself")
            case .isSilent: try await ContinuousClock().sleep(for: .seconds(3600))
            case .grants: break
            }
            guard let proof = Bytes32(Array(SHA256.hash(data: request.nonce.bytes + photo))) else {
                throw PeerRefusal(.internalFault, "no")
            }
            return HoldGrant(proof: proof, seconds: request.seconds)
        }

        func release(_ nonce: Bytes32, isKnown: Bool) throws {
            state.withLock { $0.released.append(nonce) }
            guard isKnown else { throw PeerRefusal(.notFound, "version 1 of the protocol has no such path") }
        }
    }

    /// A laptop with one photo, and a holder of its main that answers as is told.
    private func withHolder(
        _ answer: Holder.Answer, knowsRelease: Bool = true, minimum: Int = 1,
        _ body: @escaping @Sendable (TestNode, Holder) async throws -> Void
    ) async throws {
        let photo = try Photo.large(1)
        let holder = Holder(answer, photo)
        try await withTemporaryFolder { folder in
            let configure = { @Sendable (it: inout AgentConfiguration) in
                it.reduceMore()
                it.policy.copiesMinimum = minimum
            }
            try await TestNode.run("laptop", in: folder, configure: configure) { laptop in
                try laptop.put(photo, "a.jpg")
                try await laptop.settle(images: 1)
                var info = Sample.main("a.jpg", 1)
                info.image = ImageID(of: photo)
                (info.bytes, info.mainBytes) = (Int64(photo.count), Int64(photo.count))
                info.size = PixelSize(width: 2400, height: 1600)
                let line = Record(sequence: 1, info: info).line
                try await LyingPeer.meet(laptop) { peer in
                    peer.lines = [line]
                    peer.mains = [ImageID(of: photo): photo]
                    peer.hold = { try await holder.hold($0) }
                    peer.release = { try holder.release($0, isKnown: knowsRelease) }
                } _: {
                    try await laptop.wait("the holder") { $0.safety.atRisk == 0 && $0.library.images == 1 }
                    try await body(laptop, holder)
                }
            }
        }
    }

    private func reduced(at node: TestNode) throws -> [String] {
        try node.files.filter { $0.hasSuffix(".reduced.jpg") }
    }

    @Test("An eviction that ends with the main kept leaves no reduced copy beside it, and none is counted")
    func kept() async throws {
        try await withHolder(.refuses) { laptop, holder in
            let work = try await laptop.work(laptop.control.evict(Self.evict))
            #expect(work.outcomes == ["a.jpg": .kept])
            #expect(try laptop.files == ["a.jpg"])
            #expect(try laptop.read("a.jpg") == holder.photo)
            // Also once the watch has told of all that came and went.
            try await laptop.scan()
            let status = try await laptop.settle(images: 1)
            #expect(status.library.mains == 1 && status.library.reduced == 0 && status.library.reducedBytes == 0)
            // It may have promised before it refused, as far as anybody can tell.
            #expect(holder.released == holder.asked)
        }
    }

    @Test("An eviction that its person breaks off leaves nothing behind")
    func brokenOff() async throws {
        try await withHolder(.isSilent) { laptop, holder in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await laptop.work(laptop.control.evict(Self.evict)) }
                // The mark is durable and the reduced copy stands; the watch has told of it, so that it is counted.
                try await laptop.wait("the copy") { $0.library.reduced == 1 }
                #expect(try self.reduced(at: laptop) == ["a.jpg.reduced.jpg"])
                group.cancelAll()
            }
            let status = try await laptop.wait("the copy to go") { $0.library.reduced == 0 }
            #expect(status.library.mains == 1)
            #expect(try laptop.files == ["a.jpg"])
            #expect(try laptop.read("a.jpg") == holder.photo)
        }
    }

    @Test(
        "What a person put meanwhile in the place of the copy, or of the main, is left alone, and so is the copy then",
        arguments: ["a.jpg.reduced.jpg", "a.jpg"])
    func anothers(place: String) async throws {
        try await withHolder(.isSilent) { laptop, holder in
            let other = try Photo.small(7)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await laptop.work(laptop.control.evict(Self.evict)) }
                try await laptop.wait("the copy") { $0.library.reduced == 1 }
                try laptop.put(other, place)
                group.cancelAll()
            }
            try await laptop.scan()
            #expect(try laptop.files == ["a.jpg", "a.jpg.reduced.jpg"])
            #expect(try laptop.read(place) == other)
            if place != "a.jpg" { #expect(try laptop.read("a.jpg") == holder.photo) }
        }
    }

    @Test(
        "A holder that does not know how to take a hold back keeps no eviction from its end", arguments: [true, false])
    func older(isOlder: Bool) async throws {
        try await withHolder(.grants, knowsRelease: !isOlder) { laptop, holder in
            let work = try await laptop.work(laptop.control.evict(Self.evict))
            #expect(work.outcomes == ["a.jpg": .evicted])
            #expect(try laptop.files == ["a.jpg.reduced.jpg"])
            #expect(holder.asked.count == 1)
            #expect(holder.released == holder.asked)
        }
    }

    @Test("While an eviction waits, its holder says who relies on it; when it is given up, a deletion goes on at once")
    func whoWaits() async throws {
        try await withHolder(.isSilent, minimum: 2) { laptop, holder in
            let parent = laptop.folder.deletingLastPathComponent()
            let keepsMains = { @Sendable (it: inout AgentConfiguration) in
                it.reduceMore()
                it.policy.keep = .mains
            }
            try await TestNode.run("archive", in: parent, configure: keepsMains) { archive in
                try await archive.join(laptop)
                try await archive.wait("the main") { $0.library.mains == 1 }
                try await laptop.wait("both") { $0.peers.count == 2 && $0.peers.allSatisfy { $0.inSync } }
                try await laptop.wait("three mains") { $0.peers.allSatisfy { $0.images == 1 } }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try? await laptop.work(laptop.control.evict(Self.evict)) }
                    var why = try await archive.wait("who waits", for: { try await $0.why(Self.path) }) {
                        !$0.holds.isEmpty
                    }
                    #expect(why.holds.map(\.by) == ["laptop"])
                    let left = try #require(why.holds.first?.until.timeIntervalSinceNow)
                    #expect((200...300).contains(left))
                    // It is deleted, and stays for as long as the laptop may rely on it.
                    let deleted = try await archive.work(archive.control.delete(DeleteRequest(paths: [Self.path])))
                    #expect(deleted.reasons["a.jpg"]?.contains("laptop, evicting its own, relies on the main") == true)
                    #expect(try archive.files == ["a.jpg"])
                    why = try await archive.control.why(Self.path)
                    #expect(why.next.what == "move the file to the trash" && why.holds.count == 1)
                    group.cancelAll()
                }
                // Sooner than the promise would have ended: the wait is shorter.
                try await archive.wait("the trash") { $0.library.trashImages == 1 }
                #expect(try archive.files == [])
                _ = holder
            }
        }
    }
}
