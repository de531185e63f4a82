import Catalogue
import Control
import Crypto
import Foundation
import HostilePeer
import Identity
import Model
import PeerProtocol
import Synchronization
import TestSupport
import Testing

@testable import Agent

@Suite("What a peer may", .serialized)
struct RightsTests {
    private func path(_ text: String) throws -> RelativePath { try RelativePath(text) }

    private func withPair(
        rights: PeerRights?, there: PeerRights? = .archive, keep: Policy.Keep = .reduced,
        _ body: @escaping @Sendable (TestNode, TestNode) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { a in
                let reduceMore: (inout AgentConfiguration) -> Void = {
                    $0.reduceMore()
                    $0.policy.keep = keep
                }
                try await TestNode.run("ben", in: folder, configure: reduceMore) { b in
                    try await a.join(b, as: rights, there: there)
                    try await body(a, b)
                }
            }
        }
    }

    @Test("A guest gets pictures; none of its own comes here, and what it deletes is deleted here not")
    func guest() async throws {
        try await withPair(rights: .guest) { a, b in
            let photo = try Photo.large(1)
            try a.put(photo, "x.jpg")
            try b.put(try Photo.large(2), "theirs.jpg")
            try await b.wait("a reduced copy") { $0.library.images == 2 && $0.library.reduced == 1 }
            _ = try await b.work(b.control.delete(DeleteRequest(paths: [path("x.jpg")])))
            try await a.wait("all of the guest's list") { $0.peers.first?.inSync == true && $0.library.images == 1 }
            #expect(try a.files == ["x.jpg"])
            #expect(try a.read("x.jpg") == photo)

            // A member's word counts, also that which it said before it was one.
            let line = try await a.control.change(RightsRequest(peer: "ben", rights: .member))
            #expect(line.rights == .member)
            try await a.wait("the photo, and the deletion") { _ in (try? a.files) == ["theirs.jpg.reduced.jpg"] }
        }
    }

    @Test("To a peer that may see nothing this node has no images, until it may")
    func unseen() async throws {
        try await withPair(rights: [.shares]) { a, b in
            try a.put(try Photo.large(1), "x.jpg")
            try b.put(try Photo.large(2), "theirs.jpg")
            try await a.wait("what it shares") { $0.library.images == 2 && $0.library.reduced == 1 }
            let status = try await b.settle(images: 1)
            #expect(status.peers.first?.images == 0)
            _ = try await a.control.change(RightsRequest(peer: "ben", allow: .sees))
            try await b.settle(images: 2)
            #expect(try b.files == ["theirs.jpg", "x.jpg.reduced.jpg"])
            // And no more: what it has stays with it, and it hears of nothing new.
            _ = try await a.control.change(RightsRequest(peer: "ben", deny: .sees))
            try await b.wait("nothing to be seen") { $0.peers.first?.images == 0 && $0.peers.first?.inSync == true }
            #expect(try b.files == ["theirs.jpg", "x.jpg.reduced.jpg"])
        }
    }

    @Test("What a peer says first of what it keeps makes it an archive or a member", arguments: Policy.Keep.allCases)
    func firstWord(keep: Policy.Keep) async throws {
        try await withPair(rights: nil, keep: keep) { a, b in
            let expected: PeerRights = keep == .mains ? .archive : .member
            let line = try #require(try await a.control.peers().first)
            #expect(line.rights == expected)
            #expect(!line.asks)
        }
    }

    @Test("What a peer says later of what it keeps changes nothing; a person's word does")
    func laterWord() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { a in
                let port = try await TestNode.run("ben", in: folder) { b in
                    try await a.join(b, as: nil)
                    return b.port
                }
                let mains: (inout AgentConfiguration) -> Void = {
                    $0.port = port
                    $0.policy.keep = .mains
                }
                try await TestNode.run("ben", in: folder, configure: mains) { b in
                    try a.put(try Photo.large(1), "x.jpg")
                    try await b.wait("the main") { $0.library.mains == 1 }
                    try await a.wait("two mains") { $0.safety.atRisk == 0 && $0.library.images == 1 }
                    #expect(try await a.control.peers().first?.rights == .member)
                    let kept = try await a.work(a.control.evict(EvictRequest(paths: [path("x.jpg")])))
                    #expect(kept.outcomes == ["x.jpg": .kept])
                    #expect(kept.reasons["x.jpg"]?.contains("`syncctl allow ben keeps`") == true)
                    _ = try await a.control.change(RightsRequest(peer: "ben", allow: .keeps))
                    let evicted = try await a.work(a.control.evict(EvictRequest(paths: [path("x.jpg")])))
                    #expect(evicted.outcomes == ["x.jpg": .evicted])
                }
            }
        }
    }

    @Test("What a person says before a peer has said anything counts, whatever the peer says then")
    func saidBefore() async throws {
        try await withTemporaryFolder { folder in
            let catalogue = try CatalogueDatabase(path: folder.appending(path: "c.sqlite").path)
            let peers = try await TrustedPeers(catalogue: catalogue, status: Status())
            let certificate = try NodeIdentity.make().certificate
            let id = certificate.id
            try await peers.trust(certificate, name: "late", addresses: [], standing: nil)
            #expect(peers.rights(of: id) == .member)
            try await peers.change(id) { standing in
                (standing.rights, standing.decision) = (standing.rights.denying(.sees), .open)
            }
            _ = try await peers.answered(id, name: "late", keep: .mains, address: "10.0.0.1:1")
            #expect(peers.rights(of: id) == [.shares, .speaks])
            // Two at once lose nothing.
            async let first = peers.change(id) { $0.rights = $0.rights.denying(.speaks) }
            async let second = peers.change(id) { $0.rights = $0.rights.allowing(.sees) }
            _ = try await first
            _ = try await second
            #expect(peers.rights(of: id) == [.sees, .shares])
            #expect(try await catalogue.peers().map(\.standing.rights) == [[.sees, .shares]])
        }
    }

    @Test("About a peer of the time before there were rights a person is asked, once")
    func asked() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("ben", in: folder, configure: { $0.policy.keep = .mains }) { b in
                try await TestNode.run("anna", in: folder) { a in try await a.join(b) }
                let state = folder.appending(path: "anna/state/catalogue.sqlite").path
                let catalogue = try CatalogueDatabase(path: state)
                for peer in try await catalogue.peers() {
                    _ = try await catalogue.changeStanding(of: peer.id) { $0 = .open }
                }
                try catalogue.close()
                try await TestNode.run("anna", in: folder) { a in
                    try await a.wait("the question") { $0.peers.first?.asks == true }
                    let line = try await a.control.change(RightsRequest(peer: "ben", deny: .keeps))
                    #expect(!line.asks)
                    #expect(line.rights == .member)
                }
            }
        }
    }

    @Test("Whoever is unpaired does not come back by the invitation that it came by")
    func replayed() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder) { a in
                try await TestNode.run("ben", in: folder) { b in
                    let line = try await a.control.invite().invite
                    _ = try await b.control.join(line)
                    try await a.wait("the peer") { $0.peers.first?.state == .connected }
                    _ = try await a.control.unpair("ben")
                    await #expect(throws: ControlFailure.self) { try await b.control.join(line) }
                    #expect(try await a.control.peers().isEmpty)
                }
            }
        }
    }

    // MARK: A liar that has nothing and reads the main from the very node that asks

    /// Proves with what `node` itself sends.
    ///
    /// - Parameters:
    ///   - readsBefore: gets the main before it is asked.
    ///   - knowing: has the main by other ways.
    ///   - meanwhile: happens before it answers.
    private func withRelay(
        as rights: PeerRights, readsBefore: Bool = false, knowing: Bool = false,
        meanwhile: @escaping @Sendable (TestNode) async throws -> Void = { _ in },
        _ body: @escaping @Sendable (TestNode, [UInt8], @Sendable () -> Int) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { node in
                let photo = try Photo.large(1)
                let image = ImageID(try #require(Bytes32(Array(SHA256.hash(data: photo)))))
                try node.put(photo, "a.jpg")
                try await node.wait("its main") { $0.library.mains == 1 }
                let (asked, client) = (Mutexed(0), Mutexed<PeerClient?>(nil))
                let info = FileInfo(
                    path: try path("a.jpg"), image: image, form: .main, bytes: Int64(photo.count),
                    mainBytes: Int64(photo.count), type: .jpeg)
                let main: @Sendable () async throws -> [UInt8] = {
                    guard let client = client.value else { throw PeerRefusal(.notFound, "no") }
                    var bytes: [UInt8] = []
                    try await client.main(of: image, from: 0, size: Int64(photo.count)) { piece in
                        bytes += piece
                    }
                    return bytes
                }
                do {
                    try await LyingPeer.meet(node, as: rights) {
                        $0.paired = { client.value = $0 }
                        $0.lines = [Record(sequence: 1, info: info).line]
                        $0.hold = { request in
                            asked.value += 1
                            let bytes = readsBefore || knowing ? photo : try await main()
                            try await meanwhile(node)
                            let hash = SHA256.hash(data: request.nonce.bytes + bytes)
                            guard let proof = Bytes32(Array(hash)) else { throw PeerRefusal(.internalFault, "no") }
                            return HoldGrant(proof: proof, seconds: request.seconds)
                        }
                    } _: {
                        try await node.wait("what it says") { $0.safety.atRisk == 0 && $0.peers.first?.inSync == true }
                        if readsBefore { #expect(try await main() == photo) }
                        try await body(node, photo) { asked.value }
                    }
                } catch {
                    await client.value?.close()
                    throw error
                }
                await client.value?.close()
            }
        }
    }

    @Test("A peer that nobody named a keeper is not even asked")
    func relayOfMember() async throws {
        try await withRelay(as: .member) { node, photo, asked in
            let result = try await node.work(node.control.evict(EvictRequest(paths: [path("a.jpg")])))
            #expect(result.outcomes == ["a.jpg": .kept])
            #expect(result.reasons["a.jpg"]?.contains("`syncctl allow liar keeps`") == true)
            #expect(asked() == 0)
            #expect(try node.read("a.jpg") == photo)
        }
    }

    @Test("A keeper that was taken over does not get the main that is being evicted, and so proves nothing")
    func relayOfKeeper() async throws {
        try await withRelay(as: .archive) { node, photo, asked in
            let result = try await node.work(node.control.evict(EvictRequest(paths: [path("a.jpg")])))
            #expect(result.outcomes == ["a.jpg": .kept])
            #expect(asked() == 1)
            #expect(try node.files == ["a.jpg"])
            #expect(try node.read("a.jpg") == photo)
        }
    }

    @Test("What is being given to a peer when its eviction begins goes no further; when that is over it is given again")
    func stopsGiving() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { node in
                // More than the network takes without anybody reading it.
                let photo = try Photo.large(1) + [UInt8](repeating: 0, count: 48 << 20)
                let image = ImageID(try #require(Bytes32(Array(SHA256.hash(data: photo)))))
                try node.put(photo, "a.jpg")
                try await node.wait("its main") { $0.library.mains == 1 }
                let client = Mutexed<PeerClient?>(nil)
                let info = FileInfo(
                    path: try path("a.jpg"), image: image, form: .main, bytes: Int64(photo.count),
                    mainBytes: Int64(photo.count), type: .jpeg)
                try await LyingPeer.meet(node, as: .archive) {
                    $0.paired = { client.value = $0 }
                    $0.lines = [Record(sequence: 1, info: info).line]
                } _: {
                    try await node.wait("what it says") { $0.safety.atRisk == 0 && $0.peers.first?.inSync == true }
                    let reader = try #require(client.value)
                    do {
                        try await givesNoFurther(image, Int64(photo.count), to: reader) {
                            try await node.work(node.control.evict(EvictRequest(paths: [path("a.jpg")]))).outcomes
                        }
                    } catch {
                        await reader.close()
                        throw error
                    }
                    await reader.close()
                }
            }
        }
    }

    private func givesNoFurther(
        _ image: ImageID, _ size: Int64, to reader: PeerClient,
        evict: () async throws -> [String: ImageOutcome.Outcome]
    ) async throws {
        var got = 0
        do {
            try await reader.main(of: image, from: 0, size: size) { piece in
                if got == 0 {
                    let outcomes = try await evict()
                    #expect(outcomes == ["a.jpg": .kept])
                }
                got += piece.count
            }
            Issue.record("all of it was given")
        } catch let error as PeerError {
            #expect(error.code == .disconnected)
        }
        #expect(got > 0 && got < size)
        got = 0
        try await reader.main(of: image, from: 0, size: size) { got += $0.count }
        #expect(got == size)
    }

    @Test("Whoever lost the right to keep since it proved the main does not count", arguments: [false, true])
    func deniedMeanwhile(denies: Bool) async throws {
        let deny: @Sendable (TestNode) async throws -> Void = { node in
            if denies { _ = try await node.control.change(RightsRequest(peer: "liar", deny: .keeps)) }
        }
        try await withRelay(as: .archive, knowing: true, meanwhile: deny) { node, photo, asked in
            let result = try await node.work(node.control.evict(EvictRequest(paths: [path("a.jpg")])))
            #expect(asked() == 1)
            #expect(result.outcomes == ["a.jpg": denies ? .kept : .evicted])
            if denies {
                #expect(result.reasons["a.jpg"]?.contains("may no longer keep here") == true)
                #expect(try node.read("a.jpg") == photo)
            }
        }
    }

    @Test("A keeper that says it has a main, and then gets it from here, is not asked to prove it")
    func readBefore() async throws {
        try await withRelay(as: .archive, readsBefore: true) { node, photo, asked in
            let result = try await node.work(node.control.evict(EvictRequest(paths: [path("a.jpg")])))
            #expect(result.outcomes == ["a.jpg": .kept])
            #expect(result.reasons["a.jpg"]?.contains("got this very main from here") == true)
            #expect(asked() == 0)
            #expect(try node.read("a.jpg") == photo)
        }
    }
}
