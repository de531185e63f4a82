public import Model

/// What happened to the list of nodes nearby.
public enum DiscoveryEvent: Hashable, Sendable {
    /// A node that was not in the list.
    case found(NearbyNode)
    /// A node of the list has another name, other addresses or another port.
    case changed(NearbyNode)
    /// A node left the list: it said goodbye, or its addresses ran out (two minutes after its machine was switched
    /// off, RFC 6762 section 10), or Avahi is gone. Says nothing about whether it can still be reached.
    case lost(NodeID)
    /// These services announce this node's own id, and are not this one's: copies of this machine, unless somebody makes
    /// them up. Empty when they are gone. Each as a person reads it, sorted: "'laptop #2' on laptop-2.local".
    case copied([String])

    /// What happened between two states of the list, by node id.
    static func changes(from old: [NodeID: NearbyNode], to new: [NodeID: NearbyNode]) -> [DiscoveryEvent] {
        let gone = old.keys.filter { new[$0] == nil }.sorted().map(DiscoveryEvent.lost)
        let here = new.values.sorted { $0.id < $1.id }.compactMap { node -> DiscoveryEvent? in
            switch old[node.id] {
            case nil: .found(node)
            case node: nil
            default: .changed(node)
            }
        }
        return gone + here
    }
}
