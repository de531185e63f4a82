public import Model

/// What happened to the list of nodes nearby.
public enum DiscoveryEvent: Hashable, Sendable {
    /// A node that was not in the list, with at least one address.
    case found(NearbyNode)
    /// A node of the list has another name, other addresses or another port.
    case changed(NearbyNode)
    /// A node left the list: it said goodbye, its announcements ran out (a killed one's after up to 75 minutes), or
    /// Avahi is gone. Says nothing about whether it can be reached at its last known address.
    case lost(NodeID)
}
