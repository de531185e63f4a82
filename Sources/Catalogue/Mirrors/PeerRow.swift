public import Model

/// A node that a person at a terminal paired with this one.
public struct PeerRow: Sendable, Hashable {
    public var id: NodeID
    /// The name it gave last; for people, never to tell nodes apart.
    public var name: String
    /// Its certificate, DER.
    public var certificate: [UInt8]
    /// `HOST:PORT`s at which it was reached before, the latest first.
    public var addresses: [String]
    /// When it was paired, and when it last answered, in seconds since 1970.
    public var paired: Int64
    public var seen: Int64?
    /// What it may here.
    public var standing: PeerStanding

    public init(
        id: NodeID, name: String, certificate: [UInt8], addresses: [String], paired: Int64, seen: Int64? = nil,
        standing: PeerStanding = PeerStanding(.member)
    ) {
        self.id = id
        self.name = name
        self.certificate = certificate
        self.addresses = addresses
        self.paired = paired
        self.seen = seen
        self.standing = standing
    }
}
