import Identity
import Model
import PeerProtocol
import Synchronization

import struct Crypto.SHA256

/// A node's answers as a test wants them.
final class StubAnswers: PeerAnswering {
    struct Content: Sendable {
        var trusted: Set<NodeID> = []
        var records: [Record] = []
        var mains: [ImageID: [UInt8]] = [:]
        var calls: [String] = []
        var opened = 0
        var closed = 0
    }

    let id: NodeID
    let content = Mutex(Content())
    /// Called before a part of a main is read, with its offset.
    let onRead = Mutex<(@Sendable (Int64) async -> Void)?>(nil)
    /// Called when a main is closed.
    let onClose = Mutex<(@Sendable () -> Void)?>(nil)
    /// Answers `reducedCopy`.
    let reduce: @Sendable () async throws -> [UInt8]
    /// Answers a long poll.
    let poll: @Sendable () async throws -> Void
    /// Goes before a hold is granted; gives the seconds that are granted, or nil for those that were asked for.
    let reread: @Sendable () async throws -> Int?

    init(
        id: NodeID, reduce: @escaping @Sendable () async throws -> [UInt8] = { [0xFF, 0xD8, 0xFF] },
        poll: @escaping @Sendable () async throws -> Void = {},
        reread: @escaping @Sendable () async throws -> Int? = { nil }
    ) {
        self.id = id
        self.reduce = reduce
        self.poll = poll
        self.reread = reread
    }

    var calls: [String] { content.withLock { $0.calls } }

    func trust(_ node: NodeID, _ yes: Bool = true) {
        content.withLock { if yes { $0.trusted.insert(node) } else { $0.trusted.remove(node) } }
    }

    func isTrusted(_ node: NodeID) -> Bool { content.withLock { $0.trusted.contains(node) } }

    private func note(_ call: String) { content.withLock { $0.calls.append(call) } }

    func summary() async throws -> NodeSummary {
        note("summary")
        return now
    }

    func summary(unless digest: Digest, wait: Duration) async throws -> NodeSummary {
        note("poll \(wait)")
        if now.digest == digest { try await poll() }
        return now
    }

    private var now: NodeSummary {
        let records = content.withLock { $0.records }
        return NodeSummary(
            id: id, name: NodeName(nearest: "stub"), digest: Self.digest(records), last: records.last?.sequence ?? 0,
            keep: .mains, freeBytes: 12, reduces: [.jpeg, .heic])
    }

    func digests(of range: SequenceRange, parts: Int) async throws -> [Digest] {
        note("digests \(range) \(parts)")
        let records = content.withLock { $0.records }
        return range.split(into: parts).map { part in Self.digest(records.filter { part.contains($0.sequence) }) }
    }

    func records(in range: SequenceRange, limit: Int) async throws -> RecordLines {
        note("records \(range) \(limit)")
        let records = content.withLock { $0.records }.filter { range.contains($0.sequence) }
        return RecordLines(
            lines: records.prefix(limit).map(\.line), next: records.dropFirst(limit).first?.sequence)
    }

    func reducedCopy(of image: ImageID, edge: Int, quality: Int, for node: NodeID) async throws -> [UInt8] {
        note("reduced \(edge) \(quality)")
        return try await reduce()
    }

    /// As one that has the picture which is kept.
    func reducedCopy(
        of image: ImageID, edge: Int, quality: Int, keeping kept: KeptPicture, for node: NodeID
    ) async throws -> [UInt8] {
        note("head \(edge) \(quality) \(kept.main) \(kept.copy)")
        return [0xFF, 0xE1, 0, 2]
    }

    func main(of image: ImageID, for node: NodeID) async throws -> any MainReading {
        note("main")
        let bytes = content.withLock { content in
            content.opened += content.mains[image] == nil ? 0 : 1
            return content.mains[image]
        }
        guard let bytes else { throw PeerRefusal(.notFound, "not here") }
        return StubMain(bytes: bytes, answers: self)
    }

    func hold(_ request: HoldRequest, for node: NodeID) async throws -> HoldGrant {
        note("hold \(request.seconds) for \(node)")
        let seconds = try await reread()
        guard let bytes = content.withLock({ $0.mains[request.image] }) else {
            throw PeerRefusal(.notFound, "not here")
        }
        return HoldGrant(proof: Self.proof(request.nonce, bytes), seconds: seconds ?? request.seconds)
    }

    func release(_ nonce: Bytes32, by node: NodeID) async throws { note("release \(ImageID(nonce)) by \(node)") }

    static func proof(_ nonce: Bytes32, _ main: [UInt8]) -> Bytes32 {
        guard let proof = Bytes32(Array(SHA256.hash(data: nonce.bytes + main))) else { preconditionFailure("32 bytes") }
        return proof
    }

    static func digest(_ records: [Record]) -> Digest {
        records.reduce(into: Digest.empty) { $0.add(Fingerprint(line: $1.line)) }
    }

    private struct StubMain: MainReading {
        let bytes: [UInt8]
        let answers: StubAnswers
        var size: Int64 { Int64(bytes.count) }

        func read(from offset: Int64, count: Int) async throws -> [UInt8] {
            let hook = answers.onRead.withLock { $0 }
            await hook?(offset)
            return Array(bytes.dropFirst(Int(offset)).prefix(count))
        }

        func close() async {
            answers.content.withLock { $0.closed += 1 }
            answers.onClose.withLock { $0 }?()
        }
    }
}

/// Remembers whom it was told to trust.
final class StubTrust: PeerTrusting {
    struct Full: Error {}
    let peers = Mutex<[PairedPeer]>([])
    let failures = Mutex(0)

    init(failing: Int = 0) { failures.withLock { $0 = failing } }

    var ids: [NodeID] { peers.withLock { $0.map(\.id) } }

    func trust(_ peer: PairedPeer) async throws {
        let fails = failures.withLock { count in
            count -= 1
            return count >= 0
        }
        if fails { throw Full() }
        peers.withLock { $0.append(peer) }
    }
}

func sampleRecords(_ count: Int) -> [Record] {
    (1...max(1, count)).prefix(count).compactMap { number in
        guard let path = try? RelativePath("2026/IMG_\(number).JPG") else { return nil }
        return Record(
            sequence: Record.Sequence(number),
            info: FileInfo(
                path: path, image: sampleImage(UInt8(truncatingIfNeeded: number)), form: .main, bytes: 1_000_000,
                mainBytes: 1_000_000, type: .jpeg))
    }
}

func sampleImage(_ byte: UInt8) -> ImageID {
    guard let bytes = Bytes32([UInt8](repeating: byte, count: 32)) else { preconditionFailure("32 bytes") }
    return ImageID(bytes)
}
