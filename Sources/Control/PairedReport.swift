public import Model

/// A peer that is paired from now on.
public struct PairedReport: Hashable, Sendable, Codable {
    /// Its id.
    public var id: NodeID
    /// Its name.
    public var name: String
    /// `HOST:PORT` that it was reached at; nil when it came here.
    public var address: String?

    /// One with these values.
    public init(id: NodeID, name: String, address: String? = nil) {
        self.id = id
        self.name = name
        self.address = address
    }
}
