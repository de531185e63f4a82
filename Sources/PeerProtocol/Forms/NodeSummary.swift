public import Identity
public import Model

/// What a node says of itself: who it is, and the fingerprint of all its file info.
public struct NodeSummary: Hashable, Sendable {
    /// The version of the protocol that this code speaks.
    public static let currentVersion = 1

    /// The node. From a ``PeerClient``, always the pinned one.
    public var id: NodeID
    /// Its name, for people.
    public var name: NodeName
    /// The protocol that it speaks.
    public var protocolVersion: Int
    /// The digest of all its file info.
    public var digest: Digest
    /// The highest sequence number that it has given out; 0 before the first.
    public var last: Record.Sequence
    /// What it is told to keep.
    public var keep: Policy.Keep
    /// Bytes free where its library lies.
    public var freeBytes: Int64
    /// Mains that it gives in one answer; 0 when it gives each alone.
    public var mainsTogether: Int
    /// The types of mains that it makes reduced copies of.
    public var reduces: Set<ImageType>

    public init(
        id: NodeID, name: NodeName, protocolVersion: Int = NodeSummary.currentVersion, digest: Digest,
        last: Record.Sequence, keep: Policy.Keep, freeBytes: Int64, mainsTogether: Int = 0,
        reduces: Set<ImageType> = [.jpeg]
    ) {
        self.id = id
        self.name = name
        self.protocolVersion = protocolVersion
        self.digest = digest
        self.last = last
        self.keep = keep
        self.freeBytes = freeBytes
        self.mainsTogether = mainsTogether
        self.reduces = reduces
    }
}
