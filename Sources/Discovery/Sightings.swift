import Model

/// What was seen on the network, and what it makes of the list of nodes. Pure: takes what DNS-SD says, answers with
/// what to ask next.
struct Sightings: Sendable {
    /// A service as browsing names it: once for each interface.
    struct Key: Hashable, Sendable {
        var name: String
        var domain: String
        var interface: UInt32
    }

    /// What to do next.
    enum Action: Hashable, Sendable {
        /// Ask for host, port and TXT record.
        case resolve(Key)
        /// Ask for the addresses of the host, instead of those of any other asked for before.
        case lookUp(Key, host: String)
        /// Ask nothing more about it.
        case forget(Key)
        /// Tell the log why something was refused.
        case warn(String)
    }

    private struct Instance {
        /// Browsing reports each address family by itself, without saying which.
        var families = 1
        var host: String?
        var port = 0
        var id: NodeID?
        var isRefused = false
        /// One entry a report: each family that carries a record reports it.
        var addresses: [NumericAddress] = []
    }

    /// Each takes three connections to D-Bus, which gives one user 256 in all, and three threads of Avahi's library.
    static let mostInstances = 48
    /// Lines about refused services; a network that makes up names without end shall not fill the log.
    static let mostWarnings = 32

    private let own: NodeID
    private var instances: [Key: Instance] = [:]
    private var warnings: Set<String> = []

    /// - Parameter own: the node to leave out.
    init(own: NodeID) { self.own = own }

    /// A service was found on one more address family.
    mutating func appeared(_ key: Key) -> [Action] {
        if instances[key] != nil {
            instances[key]?.families += 1
            return []
        }
        var actions: [Action] = []
        if instances.count >= Self.mostInstances {
            guard let refused = instances.first(where: { $0.value.isRefused })?.key else {
                return warning("more than \(Self.mostInstances) services are announced; the others are passed over")
            }
            instances[refused] = nil
            actions.append(.forget(refused))
        }
        instances[key] = Instance()
        return actions + [.resolve(key)]
    }

    /// A service went from one address family.
    mutating func disappeared(_ key: Key) -> [Action] {
        guard let instance = instances[key] else { return [] }
        if instance.families > 1 {
            instances[key]?.families -= 1
            return []
        }
        instances[key] = nil
        return [.forget(key)]
    }

    /// A service told, for the first time or anew, where it is and what its TXT record says.
    mutating func resolved(_ key: Key, host: String, port: Int, record: [UInt8]) -> [Action] {
        guard var instance = instances[key] else { return [] }
        defer { instances[key] = instance }
        do {
            instance.id = try Announcement(record: record).id
            instance.isRefused = false
        } catch {
            instance.id = nil
            instance.isRefused = true
            return warning("the service '\(ServiceName.shown(key.name))' is passed over: \(error)")
        }
        instance.port = port
        guard instance.host != host else { return [] }
        instance.host = host
        if instance.id == own { return [] }
        instance.addresses = []
        return [.lookUp(key, host: host)]
    }

    /// A service's host has one more address record, or one fewer.
    mutating func addressed(_ key: Key, _ address: NumericAddress, isAdded: Bool) {
        if isAdded {
            // Twice as many as are shown: each is reported by both families.
            guard (instances[key]?.addresses.count ?? 0) < 2 * NearbyNode.mostAddresses else { return }
            instances[key]?.addresses.append(address)
        } else if let index = instances[key]?.addresses.lastIndex(of: address) {
            instances[key]?.addresses.remove(at: index)
        }
    }

    /// The host whose addresses are asked for.
    func host(of key: Key) -> String? { instances[key]?.host }

    /// The list, by node id: each node once, over all its interfaces and families.
    ///
    /// - Parameter interfaceName: the name of an interface, nil when it is gone.
    func nodes(interfaceName: (UInt32) -> String?) -> [NodeID: NearbyNode] {
        var names: [NodeID: Set<String>] = [:]
        var addresses: [NodeID: Set<HostAddress>] = [:]
        var interfaces: [NodeID: Set<String>] = [:]
        for (key, instance) in instances {
            guard let id = instance.id, id != own, (1...65_535).contains(instance.port),
                let interface = interfaceName(key.interface)
            else { continue }
            let usable = instance.addresses.filter { !$0.isLoopback || interface == "lo" }
            guard !usable.isEmpty else { continue }
            names[id, default: []].insert(ServiceName.shown(key.name))
            interfaces[id, default: []].insert(interface)
            for address in usable {
                addresses[id, default: []].insert(
                    HostAddress(host: address.text(interface: interface), port: instance.port))
            }
        }
        return names.keys.reduce(into: [:]) { nodes, id in
            nodes[id] = NearbyNode(
                id: id, name: names[id]?.min() ?? id.short,
                addresses: Array((addresses[id] ?? []).sorted().prefix(NearbyNode.mostAddresses)),
                interfaces: (interfaces[id] ?? []).sorted())
        }
    }

    /// The services that announce this node's own id, and are not its own: those under another name.
    ///
    /// - Parameter name: what this node is announced as.
    func copies(besides name: String) -> [String] {
        let all = instances.filter { $0.value.id == own && $0.key.name != name }.map { key, instance in
            var host = ServiceName.shown(instance.host ?? "")
            if host.hasSuffix(".") { host.removeLast() }
            return "'\(ServiceName.shown(key.name))' on \(host)"
        }
        return Set(all).sorted()
    }

    private mutating func warning(_ text: String) -> [Action] {
        guard warnings.count < Self.mostWarnings, warnings.insert(text).inserted else { return [] }
        return [.warn(text)]
    }
}
