public import Model

/// A node seen on the network, paired or not. Only its place is known for sure, not who it is.
public struct NearbyLine: Hashable, Sendable, Codable {
    /// The id that it announces.
    public var id: NodeID
    /// The name that it announces.
    public var name: String
    /// `HOST:PORT` each.
    public var addresses: [String]
    /// Whether that id is paired with this node.
    public var paired: Bool

    /// One with these values.
    public init(id: NodeID, name: String, addresses: [String], paired: Bool) {
        self.id = id
        self.name = name
        self.addresses = addresses
        self.paired = paired
    }
}
