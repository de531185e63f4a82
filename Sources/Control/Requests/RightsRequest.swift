public import Model

/// What a person says that a peer may. Body of `POST /v1/peers/rights`.
public struct RightsRequest: Hashable, Sendable, Codable {
    /// The peer's name, its id, or the beginning of its id.
    public var peer: String
    /// What it may from now on.
    public var allow: PeerRights
    /// What it may no more.
    public var deny: PeerRights
    /// All that it may, before the two above; nil for what it may now.
    public var rights: PeerRights?

    public init(peer: String, allow: PeerRights = [], deny: PeerRights = [], rights: PeerRights? = nil) {
        self.peer = peer
        self.allow = allow
        self.deny = deny
        self.rights = rights
    }
}
