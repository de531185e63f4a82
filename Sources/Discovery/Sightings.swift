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
        /// In which order they got their places.
        var number: Int
        /// Browsing reports each address family by itself, without saying which.
        var families: Int
        var host: String?
        var port = 0
        var id: NodeID?
        var isRefused = false
        /// One entry a report: each family that carries a record reports it.
        var addresses: [NumericAddress] = []
    }

    /// A service that has no place: nothing is asked about it.
    private struct Waiting {
        var key: Key
        var families = 1
        /// What it was found to share with others, when it had a place; nothing of one that never had.
        var marks: Set<Mark> = []
    }

    /// What services have in common that come from one machine, on one interface.
    private enum Mark: Hashable {
        case host(String, UInt32)
        case address(NumericAddress, UInt32)
        /// Its host has told no address.
        case noAddress(UInt32)
    }

    /// Each takes three connections to D-Bus, which gives one user 256 in all, and three threads of Avahi's library.
    static let mostInstances = 48
    /// Names that are remembered until there is a place.
    static let mostWaiting = 256
    /// Lines about refused services; a network that makes up names without end shall not fill the log.
    static let mostWarnings = 32

    private let own: NodeID
    private var instances: [Key: Instance] = [:]
    private var waiting: [Waiting] = []
    private var places = 0
    private var warnings: Set<String> = []

    /// - Parameter own: the node to leave out.
    init(own: NodeID) { self.own = own }

    /// A service was found on one more address family.
    mutating func appeared(_ key: Key) -> [Action] {
        if instances[key] != nil {
            instances[key]?.families += 1
            return []
        }
        if let index = waiting.firstIndex(where: { $0.key == key }) {
            waiting[index].families += 1
            return []
        }
        guard waiting.count < Self.mostWaiting else { return [] }
        waiting.append(Waiting(key: key))
        return admit()
    }

    /// A service went from one address family.
    mutating func disappeared(_ key: Key) -> [Action] {
        if let index = waiting.firstIndex(where: { $0.key == key }) {
            waiting[index].families -= 1
            if waiting[index].families == 0 { waiting.remove(at: index) }
            return []
        }
        guard let instance = instances[key] else { return [] }
        if instance.families > 1 {
            instances[key]?.families -= 1
            return []
        }
        instances[key] = nil
        return [.forget(key)] + admit()
    }

    /// Nobody says where a service is: where others wait, it goes behind them.
    mutating func unanswered(_ key: Key) -> [Action] {
        guard !waiting.isEmpty, let instance = instances[key], instance.host == nil else { return [] }
        instances[key] = nil
        waiting.append(Waiting(key: key, families: instance.families))
        return [.forget(key)] + admit()
    }

    /// Gives places to those that wait. Where there are none, those give way that share a host's name or an address with the
    /// most others: who announces very many services takes the places from itself.
    ///
    /// Names and addresses are what a machine says of itself, so one that makes up as many as there are places still takes
    /// them all.
    mutating func admit() -> [Action] {
        guard !waiting.isEmpty else { return [] }
        var (actions, crowds, index) = ([] as [Action], self.crowds, 0)
        while index < waiting.count {
            let next = waiting[index]
            if instances.count >= Self.mostInstances {
                if let refused = instances.first(where: { $0.value.isRefused })?.key {
                    instances[refused] = nil
                    actions.append(.forget(refused))
                } else if let (key, crowd) = mostCrowded(crowds),
                    crowd > 1 + (next.marks.map { crowds[$0] ?? 0 }.max() ?? 0)
                {
                    actions += [.forget(key)] + giveWay(key)
                    crowds = self.crowds
                } else {
                    index += 1
                    continue
                }
            }
            waiting.remove(at: index)
            places += 1
            instances[next.key] = Instance(number: places, families: next.families)
            actions.append(.resolve(next.key))
        }
        if !waiting.isEmpty {
            actions += warning("more than \(Self.mostInstances) services are announced; the others wait")
        }
        return actions
    }

    private mutating func giveWay(_ key: Key) -> [Action] {
        guard let instance = instances.removeValue(forKey: key) else { return [] }
        waiting.append(Waiting(key: key, families: instance.families, marks: marks(of: key, instance)))
        let host = ServiceName.shown(instance.host ?? "")
        return warning("the machine '\(host)' announces many services; some of them wait")
    }

    /// How many have each mark. Nothing is known of one that was not found yet, and this node's own is none of them.
    private var crowds: [Mark: Int] {
        instances.reduce(into: [:]) { crowds, entry in
            for mark in marks(of: entry.key, entry.value) { crowds[mark, default: 0] += 1 }
        }
    }

    private func marks(of key: Key, _ instance: Instance) -> Set<Mark> {
        guard let host = instance.host, instance.id != own else { return [] }
        let addresses = instance.addresses.map { Mark.address($0, key.interface) }
        // Names of hosts are the same in capitals (RFC 1035, section 2.3.3).
        return Set(addresses.isEmpty ? [.noAddress(key.interface)] : addresses)
            .union([.host(host.lowercased(), key.interface)])
    }

    /// The one that gives way, and how many there are of its kind. Of several, one that has less of its own, in that order:
    /// another mark that fewer share; for one without an address, having waited the longest for it; having come last.
    private func mostCrowded(_ crowds: [Mark: Int]) -> (key: Key, crowd: Int)? {
        let ranked = instances.compactMap { key, instance -> (key: Key, rank: [Int])? in
            let counts = marks(of: key, instance).map { crowds[$0] ?? 0 }
            guard let most = counts.max(), let least = counts.min() else { return nil }
            return (key, [most, least, instance.addresses.isEmpty ? .max - instance.number : instance.number])
        }
        return ranked.max { $0.rank.lexicographicallyPrecedes($1.rank) }.map { ($0.key, $0.rank[0]) }
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
    /// - Parameters:
    ///   - name: what this node is announced as.
    ///   - earlier: what it was announced as before.
    func copies(besides name: String, _ earlier: Set<String> = []) -> [String] {
        let all = instances.filter { key, instance in
            instance.id == own && key.name != name && !earlier.contains(key.name)
        }.map { key, instance in
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
