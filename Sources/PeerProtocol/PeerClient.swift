public import Identity
public import Logging
public import Model

public final class PeerClient: Sendable {
    public let peer: NodeID
    public let traffic = Traffic()

    public init(
        peer: PeerCertificate, addresses: [PeerAddress], identity: NodeIdentity,
        limits: ClientLimits = ClientLimits(), logger: Logger
    ) throws { fatalError() }

    /// Best first; those that answered move to the front.
    public var addresses: [PeerAddress] { get { fatalError() } }
    public func use(_ addresses: [PeerAddress]) { fatalError() }
    /// The address that last answered.
    public var lastAddress: PeerAddress? { fatalError() }

    public func summary() async throws -> NodeSummary { fatalError() }
    public func summary(unless digest: Digest, wait: Duration) async throws -> NodeSummary { fatalError() }
    public func digests(of range: SequenceRange, parts: Int) async throws -> [Digest] { fatalError() }
    public func recordPage(in range: SequenceRange, limit: Int) async throws -> RecordPage { fatalError() }
    public func records(in range: SequenceRange) -> RecordSequence { fatalError() }
    public func reducedCopy(of image: ImageID, edge: Int, quality: Int, limit: Int) async throws -> [UInt8] { fatalError() }
    /// Gives the bytes from `offset` on to `receive`, in order; returns the main's size.
    public func main(
        of image: ImageID, from offset: Int64, size: Int64, receive: ([UInt8]) async throws -> Void
    ) async throws { fatalError() }

    /// Must be called once, at the end.
    public func close() async { fatalError() }
}

/// A record with the fingerprint of the line it came on, or why it was refused.
public typealias RecordEntry = Result<ReceivedRecord, Record.Refusal>

public struct ReceivedRecord: Hashable, Sendable {
    public let record: Record
    public let fingerprint: Fingerprint
}

public struct RecordPage: Sendable {
    public var entries: [RecordEntry]
    public var next: Record.Sequence?
}

/// All the records of a range, fetched page by page as they are asked for.
public struct RecordSequence: AsyncSequence, Sendable {
    public typealias Element = RecordEntry
    public struct AsyncIterator: AsyncIteratorProtocol {
        public mutating func next() async throws -> RecordEntry? { fatalError() }
    }
    public func makeAsyncIterator() -> AsyncIterator { fatalError() }
}
