public import Identity
public import Model

/// What the server asks of the agent. Every argument is checked, and the asking node was trusted when the call began.
///
/// A thrown ``PeerRefusal`` is answered as it says; any other error is logged and answered with a bare 500, so that no
/// path or inner fault of this machine reaches a peer. A call is cancelled when the peer goes away, when it is
/// unpaired, and when the server stops.
public protocol PeerAnswering: Sendable {
    /// Whether `node` is paired. Asked on every request, before a long poll is answered and before every chunk of a
    /// body, on the connections' event loops: it must be quick and must not block.
    func isTrusted(_ node: NodeID) -> Bool

    /// Whether a paired node may see the images of this one. To one that may not, this node has none. Asked on every
    /// request, as ``isTrusted(_:)`` is.
    func isShown(_ node: NodeID) -> Bool

    /// The name of a paired node, for the log.
    func name(of node: NodeID) -> String

    /// A paired node came from the network and says that it is served at this address. Called on every request.
    func heard(_ node: NodeID, at address: PeerAddress)

    /// This node now.
    func summary() async throws -> NodeSummary

    /// This node, as soon as its digest is not `digest`; after `wait` at the latest, whatever the digest is then.
    func summary(unless digest: Digest, wait: Duration) async throws -> NodeSummary

    /// The digests of the parts of `range.split(into: parts)`, in that order.
    func digests(of range: SequenceRange, parts: Int) async throws -> [Digest]

    /// The records in `range` in order, at most `limit` of them.
    func records(in range: SequenceRange, limit: Int) async throws -> RecordLines

    /// A reduced copy of `image`, a JPEG whose long edge is at least `edge` pixels or that of the main.
    ///
    /// - Throws: ``PeerRefusal``: `notFound` without a main of it (or a reduced copy as large), `unprocessable` for a
    ///   main that cannot be reduced, `busy` when the queue is full.
    func reducedCopy(of image: ImageID, edge: Int, quality: Int, for node: NodeID) async throws -> [UInt8]

    /// The same; or only the head for the reduced copy that is kept, where that shows the image as it is now.
    func reducedCopy(
        of image: ImageID, edge: Int, quality: Int, keeping kept: KeptPicture, for node: NodeID
    ) async throws -> [UInt8]

    /// The main of `image`, opened. The server calls `close()` on it once, in every case.
    ///
    /// - Throws: ``PeerRefusal``: `notFound` where this node holds no main of it (S7: a reduced copy is none), `conflict`
    ///   while that is being evicted here.
    func main(of image: ImageID, for node: NodeID) async throws -> any MainReading

    /// All bytes of each of these mains, in this order; nil for one that is not given, for whatever reason: who asks for
    /// it alone hears why. Those given have at most `bytes` bytes together. Needs no reading on the caller's thread.
    func mains(of images: [ImageID], upTo bytes: Int, for node: NodeID) async throws -> [[UInt8]?]

    /// Reads the main from the disk, all of it and now, and promises to keep it until ``HoldGrant/seconds`` after this
    /// call began, at the least (S2, S3).
    ///
    /// When this returns, the promise is durable: it outlasts a restart and a clock that is set, and was made in a
    /// transaction that saw that this node is not evicting the image. What was read had the image's hash.
    ///
    /// - Parameter request: its seconds are 1 to 3600. The grant has 1 to that many.
    /// - Throws: ``PeerRefusal``: `notFound` where this node has no main of it; `conflict` when it is being evicted
    ///   here, was deleted, or its file just changed; `busy` or `tooMany` when too many mains are being read for
    ///   holds; `internalFault` when it cannot be read.
    func hold(_ request: HoldRequest, for node: NodeID) async throws -> HoldGrant

    /// Ends the holds that `node` asked for with this nonce, before their time: it relies on them no more. Others stay,
    /// and where there is none nothing happens.
    func release(_ nonce: Bytes32, by node: NodeID) async throws
}

extension PeerAnswering {
    /// All are.
    public func isShown(_ node: NodeID) -> Bool { true }

    /// Passes it over.
    public func heard(_ node: NodeID, at address: PeerAddress) {}

    /// Promises nothing: `notFound`.
    public func hold(_ request: HoldRequest, for node: NodeID) async throws -> HoldGrant {
        throw PeerRefusal(.notFound, "this node promises no mains")
    }

    /// Has promised nothing.
    public func release(_ nonce: Bytes32, by node: NodeID) async throws {}
}

extension PeerAnswering {
    /// Reads one after the other.
    public func mains(of images: [ImageID], upTo bytes: Int, for node: NodeID) async throws -> [[UInt8]?] {
        var room = bytes
        var mains: [[UInt8]?] = []
        for image in images {
            mains.append(try await whole(image, upTo: room, for: node))
            room -= mains.last??.count ?? 0
        }
        return mains
    }

    private func whole(_ image: ImageID, upTo room: Int, for node: NodeID) async throws -> [UInt8]? {
        let main: any MainReading
        do { main = try await self.main(of: image, for: node) } catch is PeerRefusal { return nil }
        let size = main.size
        let bytes = size > room ? nil : try? await main.read(from: 0, count: Int(size))
        await main.close()
        return bytes.flatMap { Int64($0.count) == size ? $0 : nil }
    }
}

/// Some records as their canonical lines, without line ends.
public struct RecordLines: Sendable {
    /// The lines, in the order of their sequence numbers.
    public var lines: [[UInt8]]
    /// Where to go on asking, when the limit cut the answer short; above the last record given.
    public var next: Record.Sequence?

    public init(lines: [[UInt8]], next: Record.Sequence?) {
        self.lines = lines
        self.next = next
    }
}

/// A main that is open for reading.
public protocol MainReading: Sendable {
    /// Size in bytes, as it was when it was opened.
    var size: Int64 { get }

    /// Up to `count` bytes from `offset`; fewer only at the end. Runs on a thread that may block, not on the caller's.
    func read(from offset: Int64, count: Int) async throws -> [UInt8]

    /// The same into `memory`.
    ///
    /// - Returns: how many bytes were read.
    func read(from offset: Int64, count: Int, into memory: MainMemory) async throws -> Int

    /// Lets go of the file. Called once.
    func close() async
}

extension MainReading {
    /// Reads, and copies what was read.
    public func read(from offset: Int64, count: Int, into memory: MainMemory) async throws -> Int {
        let bytes = try await read(from: offset, count: count)
        return try memory.fill(upTo: bytes.count) {
            $0.copyBytes(from: bytes)
            return bytes.count
        }
    }
}

extension PeerAnswering {
    /// The beginning of the id.
    public func name(of node: NodeID) -> String { node.short }
}

extension PeerAnswering {
    /// The whole copy, which is always right.
    public func reducedCopy(
        of image: ImageID, edge: Int, quality: Int, keeping kept: KeptPicture, for node: NodeID
    ) async throws -> [UInt8] {
        try await reducedCopy(of: image, edge: edge, quality: quality, for: node)
    }
}
