public import Identity
public import Logging
public import Model
public import PeerProtocol

/// A paired peer that answers what a test wants: the real server and the real TLS around made-up facts.
public struct LyingPeer: PeerAnswering {
    public let id: NodeID
    public var lines: [[UInt8]] = []
    /// Sequence numbers whose records are not there any more.
    public var gone: Set<Int> = []
    /// The digest that it claims; nil for that of its lines.
    public var claimed: (digest: Digest, last: Record.Sequence)?
    /// What it sends for a reduced copy.
    public var reduced: @Sendable (ImageID, Int) throws -> [UInt8] = { _, _ in throw PeerRefusal(.notFound, "no") }
    /// What it sends for a main.
    public var mains: [ImageID: [UInt8]] = [:]
    /// What it does when it is asked to hold a main, and when a hold is given back.
    public var hold: @Sendable (HoldRequest) async throws -> HoldGrant = { _ in throw PeerRefusal(.notFound, "no") }
    public var release: @Sendable (Bytes32) async throws -> Void = { _ in }

    /// Gets a client by which it asks the node that it was paired with.
    public var paired: (@Sendable (PeerClient) -> Void)?

    public init(id: NodeID) { self.id = id }

    /// The digest that it says.
    public var digest: Digest {
        claimed?.digest
            ?? lines.indices.reduce(into: .empty) { if isThere($1) { $0.add(Fingerprint(line: lines[$1])) } }
    }

    private func isThere(_ index: Int) -> Bool { !gone.contains(index + 1) }

    public func isTrusted(_ node: NodeID) -> Bool { true }

    public func summary() async throws -> NodeSummary {
        NodeSummary(
            id: id, name: NodeName(nearest: "liar"), digest: digest, last: claimed?.last ?? Int64(lines.count),
            keep: .mains, freeBytes: .max)
    }

    public func summary(unless digest: Digest, wait: Duration) async throws -> NodeSummary {
        if digest == self.digest { try await ContinuousClock().sleep(for: wait) }
        return try await summary()
    }

    public func digests(of range: SequenceRange, parts: Int) async throws -> [Digest] {
        range.split(into: parts).map { part in
            indices(of: part).reduce(into: .empty) { $0.add(Fingerprint(line: lines[$1])) }
        }
    }

    public func records(in range: SequenceRange, limit: Int) async throws -> RecordLines {
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

    public func reducedCopy(of image: ImageID, edge: Int, quality: Int, for node: NodeID) async throws -> [UInt8] {
        try reduced(image, edge)
    }

    public func main(of image: ImageID, for node: NodeID) async throws -> any MainReading {
        guard let bytes = mains[image] else { throw PeerRefusal(.notFound, "no") }
        return Held(bytes: bytes)
    }

    public func hold(_ request: HoldRequest, for node: NodeID) async throws -> HoldGrant { try await hold(request) }

    public func release(_ nonce: Bytes32, by node: NodeID) async throws { try await release(nonce) }

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

    /// What its own server and clients have to say, which is nothing.
    public static let logger: Logger = {
        var logger = Logger(label: "liar")
        logger.logLevel = .critical
        return logger
    }()

    /// Serves a peer for as long as `body` runs.
    ///
    /// - Parameters:
    ///   - host: the address to listen at.
    ///   - paired: is told of each node that it is paired with.
    ///   - body: gets where it pairs, and its port.
    public static func serve<Value: Sendable>(
        _ peer: any PeerAnswering, as identity: NodeIdentity, at host: String = "127.0.0.1",
        paired: @escaping @Sendable (PairedPeer) -> Void = { _ in },
        _ body: @Sendable (PairingDesk, Int) async throws -> Value
    ) async throws -> Value {
        let desk = PairingDesk(
            identity: identity, name: NodeName(nearest: "liar"), trust: TrustAll(paired: paired), logger: logger)
        let server = PeerServer(
            identity: identity, hosts: [host], port: 0, answering: peer, desk: desk, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try await server.boundPort
            let value = try await body(desk, port)
            group.cancelAll()
            return value
        }
    }
}
