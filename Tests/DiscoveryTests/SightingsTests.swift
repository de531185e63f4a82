import Model
import Testing

@testable import Discovery

@Suite("What was seen")
struct SightingsTests {
    static let ethernet: UInt32 = 2
    static let wireless: UInt32 = 3
    static let loopback: UInt32 = 1
    static let v4 = [192, 0, 2, 7] as [UInt8]
    static let other4 = [192, 0, 2, 8] as [UInt8]
    static let v6 = [0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [9]

    private var sightings = Sightings(own: node(1))

    static func key(_ name: String, _ interface: UInt32 = ethernet) -> Sightings.Key {
        Sightings.Key(name: name, domain: "local.", interface: interface)
    }

    private var nodes: [NearbyNode] {
        sightings.nodes { [1: "lo", 2: "eth0", 3: "wlan0"][$0] }.values.sorted { $0.id < $1.id }
    }

    /// A service seen and resolved, whose host has these addresses.
    private mutating func see(
        _ name: String, _ id: UInt8, on interface: UInt32 = ethernet, host: String = "host.local.", port: Int = 4000,
        _ addresses: [UInt8]...
    ) {
        let key = Self.key(name, interface)
        _ = sightings.appeared(key)
        _ = sightings.resolved(key, host: host, port: port, record: Announcement(id: node(id)).record)
        for address in addresses { tell(key, address) }
    }

    private mutating func tell(_ key: Sightings.Key, _ bytes: [UInt8], isAdded: Bool = true) {
        guard let address = NumericAddress(bytes) else { preconditionFailure("an address of a test") }
        sightings.addressed(key, address, isAdded: isAdded)
    }

    @Test("leads step by step to a node with an address")
    mutating func steps() {
        let key = Self.key("Archive")
        #expect(sightings.appeared(key) == [.resolve(key)])
        let record = Announcement(id: node(2)).record
        let next = sightings.resolved(key, host: "archive.local.", port: 4000, record: record)
        #expect(next == [.lookUp(key, host: "archive.local.")])
        #expect(nodes.isEmpty)
        tell(key, Self.v4)
        let address = HostAddress(host: "192.0.2.7", port: 4000)
        #expect(nodes == [NearbyNode(id: node(2), name: "Archive", addresses: [address], interfaces: ["eth0"])])
        #expect(sightings.resolved(key, host: "archive.local.", port: 4000, record: record) == [])
        #expect(sightings.disappeared(key) == [.forget(key)])
        #expect(nodes.isEmpty)
    }

    @Test("of one node on several interfaces and families is one node")
    mutating func merges() {
        see("Archive", 2, Self.v6, Self.v4, Self.v4)
        see("Archive", 2, on: Self.wireless, Self.v6, Self.other4)
        #expect(
            nodes.map { $0.addresses.map(\.description) } == [
                ["192.0.2.7:4000", "192.0.2.8:4000", "[fe80::9%eth0]:4000", "[fe80::9%wlan0]:4000"]
            ])
        #expect(nodes.first?.interfaces == ["eth0", "wlan0"])
    }

    @Test("in two families goes when it went from both")
    mutating func families() {
        see("Archive", 2, Self.v4)
        #expect(sightings.appeared(Self.key("Archive")) == [])
        #expect(sightings.disappeared(Self.key("Archive")) == [])
        #expect(nodes.count == 1)
        #expect(sightings.disappeared(Self.key("Archive")) == [.forget(Self.key("Archive"))])
        #expect(sightings.disappeared(Self.key("Archive")) == [])
    }

    @Test("of this node itself is left out, and its addresses are not asked for")
    mutating func leavesItselfOut() {
        let key = Self.key("Laptop")
        _ = sightings.appeared(key)
        let record = Announcement(id: node(1)).record
        #expect(sightings.resolved(key, host: "laptop.local.", port: 4000, record: record) == [])
        tell(key, Self.v4)
        #expect(nodes.isEmpty)
    }

    @Test("under this node's id and another name is a copy of this machine, once for all interfaces")
    mutating func copies() {
        see("Laptop", 1, host: "laptop.local.")
        see("Laptop", 1, on: Self.wireless, host: "laptop.local.")
        see("Archive", 2, Self.v4)
        #expect(sightings.copies(besides: "Laptop") == [])
        see("Laptop #2", 1, host: "laptop-2.local.")
        see("Laptop #2", 1, on: Self.wireless, host: "laptop-2.local.")
        #expect(sightings.copies(besides: "Laptop") == ["'Laptop #2' on laptop-2.local"])
        #expect(sightings.copies(besides: "Laptop #2") == ["'Laptop' on laptop.local"])
        #expect(sightings.copies(besides: "Laptop #2", ["Laptop"]) == [])
        for interface in [Self.ethernet, Self.wireless] {
            _ = sightings.disappeared(Self.key("Laptop #2", interface))
        }
        #expect(sightings.copies(besides: "Laptop") == [])
    }

    @Test("follows a new port and a new address")
    mutating func follows() {
        see("Archive", 2, Self.v4)
        let key = Self.key("Archive")
        _ = sightings.resolved(key, host: "host.local.", port: 4001, record: Announcement(id: node(2)).record)
        #expect(nodes.first?.addresses.map(\.description) == ["192.0.2.7:4001"])
        tell(key, Self.other4)
        tell(key, Self.v4, isAdded: false)
        #expect(nodes.first?.addresses.map(\.description) == ["192.0.2.8:4001"])
        tell(key, Self.other4, isAdded: false)
        #expect(nodes.isEmpty)
    }

    @Test("on another host than before is asked for anew")
    mutating func followsHost() {
        see("Archive", 2, Self.v4)
        let key = Self.key("Archive")
        let next = sightings.resolved(key, host: "other.local.", port: 4000, record: Announcement(id: node(2)).record)
        #expect(next == [.lookUp(key, host: "other.local.")])
        #expect(nodes.isEmpty)
    }

    @Test("with a bad TXT record is passed over, which is said once")
    mutating func refuses() {
        let key = Self.key("Evil\u{1B}[2J")
        _ = sightings.appeared(key)
        let bad = AnnouncementTests.record("v=1", "id=xyz")
        #expect(
            sightings.resolved(key, host: "host.local.", port: 4000, record: bad) == [
                .warn("the service 'Evil[2J' is passed over: its id is no node id")
            ])
        #expect(sightings.resolved(key, host: "host.local.", port: 4000, record: bad) == [])
        tell(key, Self.v4)
        #expect(nodes.isEmpty)
    }

    @Test("with a loopback address on a network, or port 0, is nothing to connect to")
    mutating func refusesNonsense() {
        see("A", 2, [127, 0, 0, 1])
        see("B", 3, port: 0, Self.v4)
        #expect(nodes.isEmpty)
        see("C", 4, on: Self.loopback, [127, 0, 0, 1])
        #expect(nodes.map(\.id) == [node(4)])
    }

    @Test("without end takes no more than its share, and bad services make room for good ones")
    mutating func limits() {
        for number in 0..<Sightings.mostInstances { _ = sightings.appeared(Self.key("Node \(number)")) }
        #expect(
            sightings.appeared(Self.key("Late")) == [
                .warn("more than 48 services are announced; the others wait")
            ])
        #expect(sightings.appeared(Self.key("Later")) == [])
        let bad = Self.key("Node 5")
        _ = sightings.resolved(bad, host: "host.local.", port: 4000, record: [])
        #expect(sightings.admit() == [.forget(bad), .resolve(Self.key("Late"))])
        #expect(sightings.disappeared(Self.key("Later")) == [])
        #expect(sightings.disappeared(Self.key("Node 6")) == [.forget(Self.key("Node 6"))])
    }

    /// How sixty services can come from one machine.
    enum Crowd: CaseIterable { case oneHost, oneAddress, noAddress, noAnswer }

    @Test(
        "by one machine, sixty of them, leaves a place to another that comes later, and turns none of it in circles",
        arguments: Crowd.allCases)
    func fairness(crowd: Crowd) throws {
        let crowded = (0..<60).map { Self.key("Evil \($0)") }
        var asked: Set<Sightings.Key> = []
        var steps = 0
        /// Does what is asked for, as the crowd answers it.
        func play(_ first: [Sightings.Action], _ sightings: inout Sightings) throws {
            var rest = first[...]
            while let action = rest.popFirst() {
                steps += 1
                try #require(steps < 1000)
                switch action {
                case .resolve(let key):
                    asked.insert(key)
                    #expect(asked.count <= Sightings.mostInstances)
                    guard let number = crowded.firstIndex(of: key) else { continue }
                    if crowd == .noAnswer { continue }
                    let host = crowd == .oneHost ? "EVIL.local." : "evil-\(number).local."
                    rest += sightings.resolved(
                        key, host: host, port: 4000, record: Announcement(id: node(UInt8(100 + number))).record)
                case .lookUp(let key, _):
                    if crowd == .noAddress || !crowded.contains(key) { continue }
                    sightings.addressed(key, try #require(NumericAddress(Self.other4)), isAdded: true)
                case .forget(let key): asked.remove(key)
                case .warn: break
                }
                if rest.isEmpty { rest += sightings.admit() }
            }
        }
        var sightings = Sightings(own: node(1))
        for key in crowded { try play(sightings.appeared(key), &sightings) }
        let honest = Self.key("Archive")
        try play(sightings.appeared(honest), &sightings)
        if crowd == .noAnswer {
            // Avahi gives up looking for each of them after some seconds.
            for key in crowded.prefix(20) { try play(sightings.unanswered(key), &sightings) }
        }
        #expect(asked.contains(honest))
        try play(
            sightings.resolved(honest, host: "archive.local.", port: 4000, record: Announcement(id: node(2)).record),
            &sightings)
        sightings.addressed(honest, try #require(NumericAddress(Self.v4)), isAdded: true)
        try play(sightings.appeared(Self.key("Late")), &sightings)
        for number in 60..<80 { try play(sightings.appeared(Self.key("Evil \(number)")), &sightings) }
        #expect(sightings.admit() == [])
        #expect(asked.contains(honest))
        let names = sightings.nodes { _ in "eth0" }.values.map(\.name)
        #expect(names.contains("Archive"))
    }

    @Test("with more addresses than a machine has shows only the first few")
    mutating func limitsAddresses() {
        see("Archive", 2)
        for last in 1...200 { tell(Self.key("Archive"), [192, 0, 2, UInt8(last)]) }
        #expect(nodes.first?.addresses.count == NearbyNode.mostAddresses)
    }

    @Test("fills the log with no more than a few lines")
    mutating func limitsWarnings() {
        var warnings = 0
        for number in 0..<200 {
            let key = Self.key("Bad \(number)")
            _ = sightings.appeared(key)
            warnings += sightings.resolved(key, host: "host.local.", port: 4000, record: []).count
        }
        #expect(warnings == Sightings.mostWarnings)
    }

    @Test("before and after tells what happened")
    func changes() {
        func seen(_ byte: UInt8, _ name: String) -> NearbyNode {
            NearbyNode(
                id: node(byte), name: name, addresses: [HostAddress(host: "192.0.2.7", port: 1)], interfaces: ["eth0"])
        }
        let old = [node(1): seen(1, "A"), node(2): seen(2, "B"), node(3): seen(3, "C")]
        let new = [node(2): seen(2, "B"), node(3): seen(3, "Z"), node(4): seen(4, "D")]
        #expect(
            DiscoveryEvent.changes(from: old, to: new) == [
                .lost(node(1)), .changed(seen(3, "Z")), .found(seen(4, "D")),
            ])
        #expect(DiscoveryEvent.changes(from: new, to: new).isEmpty)
    }
}
