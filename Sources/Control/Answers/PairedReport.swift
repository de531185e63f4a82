public import Model

/// A peer that is paired from now on.
public struct PairedReport: Hashable, Sendable, Codable {
    /// Its id.
    public var id: NodeID
    /// Its name.
    public var name: String
    /// `HOST:PORT` that it was reached at; nil when it came here.
    public var address: String?
    /// What it may here.
    public var rights: PeerRights
    /// What it says that it keeps; nil where it has said nothing yet.
    public var keep: Policy.Keep?
    /// Whether a person is to say whether its copies count.
    public var isOpen: Bool

    /// One with these values.
    public init(
        id: NodeID, name: String, address: String? = nil, rights: PeerRights = .member, keep: Policy.Keep? = nil,
        isOpen: Bool = false
    ) {
        self.id = id
        self.name = name
        self.address = address
        self.rights = rights
        self.keep = keep
        self.isOpen = isOpen
    }
}
