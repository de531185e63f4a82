import Control
import Foundation
import Identity
import Logging
import Model
import PeerProtocol

/// A paired peer that answers what a test wants: the real server and the real TLS around made-up facts.
struct LyingPeer: PeerAnswering {
    let id: NodeID
    var lines: [[UInt8]] = []
    /// Sequence numbers whose records are not there any more.
    var gone: Set<Int> = []
    /// The digest that it claims; nil for that of its lines.
    var claimed: (digest: Digest, last: Record.Sequence)?
    /// What it sends for a reduced copy.
    var reduced: @Sendable (ImageID, Int) throws -> [UInt8] = { _, _ in throw PeerRefusal(.notFound, "no") }
    /// What it sends for a main.
    var mains: [ImageID: [UInt8]] = [:]
    /// What it does when it is asked to hold a main, and when a hold is given back.
    var hold: @Sendable (HoldRequest) async throws -> HoldGrant = { _ in throw PeerRefusal(.notFound, "no") }
    var release: @Sendable (Bytes32) async throws -> Void = { _ in }

    /// Gets a client by which it asks the node that it was paired with.
    var paired: (@Sendable (PeerClient) -> Void)?

    private var digest: Digest {
        claimed?.digest
            ?? lines.indices.reduce(into: .empty) { if isThere($1) { $0.add(Fingerprint(line: lines[$1])) } }
    }

    private func isThere(_ index: Int) -> Bool { !gone.contains(index + 1) }

    func isTrusted(_ node: NodeID) -> Bool { true }

    func summary() async throws -> NodeSummary {
        NodeSummary(
            id: id, name: NodeName(nearest: "liar"), digest: digest, last: claimed?.last ?? Int64(lines.count),
            keep: .mains, freeBytes: .max)
    }

    func summary(unless digest: Digest, wait: Duration) async throws -> NodeSummary {
        if digest == self.digest { try await ContinuousClock().sleep(for: wait) }
        return try await summary()
    }

    func digests(of range: SequenceRange, parts: Int) async throws -> [Digest] {
        range.split(into: parts).map { part in
            indices(of: part).reduce(into: .empty) { $0.add(Fingerprint(line: lines[$1])) }
        }
    }

    func records(in range: SequenceRange, limit: Int) async throws -> RecordLines {
        let found = indices(of: range)
        let page = found.prefix(limit)
        return RecordLines(
            lines: page.map { lines[$0] },
            next: found.count > limit ? page.last.map { Int64($0) + 2 } : nil)
    }

    private func indices(of range: SequenceRange) -> [Int] {
        let part = range.intersection(SequenceRange(from: 1, to: Int64(lines.count) + 1))
        return (Int(part.from)..<Int(part.to)).map { $0 - 1 }.filter(isThere)
    }

    func reducedCopy(of image: ImageID, edge: Int, quality: Int, for node: NodeID) async throws -> [UInt8] {
        try reduced(image, edge)
    }

    func main(of image: ImageID, for node: NodeID) async throws -> any MainReading {
        guard let bytes = mains[image] else { throw PeerRefusal(.notFound, "no") }
        return Held(bytes: bytes)
    }

    func hold(_ request: HoldRequest, for node: NodeID) async throws -> HoldGrant { try await hold(request) }

    func release(_ nonce: Bytes32, by node: NodeID) async throws { try await release(nonce) }

    private struct Held: MainReading {
        let bytes: [UInt8]
        var size: Int64 { Int64(bytes.count) }
        func read(from offset: Int64, count: Int) async throws -> [UInt8] {
            Array(bytes[Int(offset)..<min(Int(offset) + count, bytes.count)])
        }
        func close() async {}
    }

    private struct TrustAll: PeerTrusting {
        let paired: @Sendable (PairedPeer) -> Void
        func trust(_ peer: PairedPeer) async throws { paired(peer) }
    }

    /// Serves a peer, pairs `node` with it, and runs `body`.
    ///
    /// - Parameter rights: what it may at `node`; nil for what it says of itself.
    static func meet(
        _ node: TestNode, as rights: PeerRights? = nil, _ make: (inout LyingPeer) -> Void,
        _ body: @Sendable () async throws -> Void
    ) async throws {
        let identity = try NodeIdentity.make()
        var peer = LyingPeer(id: identity.id)
        make(&peer)
        var logger = Logger(label: "liar")
        logger.logLevel = .critical
        let address = [PeerAddress(host: "127.0.0.1", port: node.port)].compactMap { $0 }
        let trust = TrustAll { [logger, paired = peer.paired] peer in
            guard let paired,
                let client = try? PeerClient(
                    peer: peer.certificate, addresses: address, identity: identity, logger: logger)
            else { return }
            paired(client)
        }
        let desk = PairingDesk(
            identity: identity, name: NodeName(nearest: "liar"), trust: trust, logger: logger)
        let server = PeerServer(
            identity: identity, hosts: ["127.0.0.1"], port: 0, answering: peer, desk: desk, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try await server.boundPort
            let address = PeerAddress(host: "127.0.0.1", port: port)
            let invitation = try await desk.invite(addresses: [address].compactMap { $0 })
            _ = try await node.control.join(invitation.description, as: rights)
            try await body()
            group.cancelAll()
        }
    }
}
