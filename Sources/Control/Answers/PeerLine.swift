public import Foundation
public import Model

/// A paired peer as this node sees it: a line of `peers`, and an entry of `status`.
public struct PeerLine: Hashable, Sendable, Codable {
    /// Whether requests to the peer go through at present.
    public enum State: String, Sendable, Codable { case connected, offline }

    /// Its id.
    public var id: NodeID
    /// Its name.
    public var name: String
    /// How it stands.
    public var state: State
    /// `HOST:PORT` in use, or last known; nil when none ever was.
    public var address: String?
    /// Distinct images in this node's mirror of the peer's file info.
    public var images: Int
    /// Whether the mirror's digest equals the peer's own.
    public var inSync: Bool
    /// When the peer last answered; nil when it never did.
    public var lastSeen: Date?
    /// Records of the peer that this node refused because they are malformed.
    public var refused: Int
    /// Why it is offline or not in sync, in one sentence; nil when there is nothing to say.
    public var problem: String?
    /// What it may here.
    public var rights: PeerRights
    /// Whether it keeps mains, and a person is to say whether its copies count here.
    public var asks: Bool

    /// One with these values.
    public init(
        id: NodeID, name: String, state: State, address: String?, images: Int, inSync: Bool, lastSeen: Date?,
        refused: Int = 0, problem: String? = nil, rights: PeerRights = .member, asks: Bool = false
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.address = address
        self.images = images
        self.inSync = inSync
        self.lastSeen = lastSeen
        self.refused = refused
        self.problem = problem
        self.rights = rights
        self.asks = asks
    }

    enum CodingKeys: CodingKey {
        case id, name, state, address, images, inSync, lastSeen, refused, problem, rights, asks
    }

    /// Writes it as JSON. The contract's keys are always there, as null where there is no value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(name, forKey: .name)
        try container.encode(state, forKey: .state)
        try container.encode(address, forKey: .address)
        try container.encode(images, forKey: .images)
        try container.encode(inSync, forKey: .inSync)
        try container.encode(lastSeen, forKey: .lastSeen)
        try container.encode(refused, forKey: .refused)
        try container.encodeIfPresent(problem, forKey: .problem)
        try container.encode(rights, forKey: .rights)
        try container.encode(asks, forKey: .asks)
    }
}
