public import Model

/// A peer that is paired from now on.
public struct PairedReport: Hashable, Sendable, Codable {
    public var id: NodeID
    public var name: String
    /// `HOST:PORT` that it was reached at; nil when it came here.
    public var address: String?

    public init(id: NodeID, name: String, address: String? = nil) {
        self.id = id
        self.name = name
        self.address = address
    }
}
