public import Model

/// A node seen on the network, under every name, interface and address that it announces.
public struct NearbyNode: Hashable, Sendable {
    /// Who it says it is. Unproven: anybody on the network can announce any id.
    public let id: NodeID
    /// Its name for people, free of control characters; not unique, and at most 63 bytes.
    public var name: String
    /// Where it says it is, in the order in which to try them; at least one, at most
    /// ``NearbyNode/mostAddresses``, without repetition.
    public var addresses: [HostAddress]
    /// The names of this machine's interfaces that it was seen on, sorted.
    public var interfaces: [String]

    /// Two families on a few interfaces, several times over; more is somebody who makes them up.
    public static let mostAddresses = 16

    /// One with these values.
    public init(id: NodeID, name: String, addresses: [HostAddress], interfaces: [String]) {
        self.id = id
        self.name = name
        self.addresses = addresses
        self.interfaces = interfaces
    }
}
