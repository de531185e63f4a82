/// A cable between a host and the switch of its network: a pair of virtual Ethernet interfaces (veth(4)).
struct HostPort: Sendable {
    /// What a port is plugged into: the namespace of the bridges.
    struct Switchboard: Sendable {
        let holder: HostProcess

        /// Runs a command beside the bridges; it must succeed.
        func require(_ arguments: String...) async throws { try await require(arguments) }

        func require(_ arguments: [String]) async throws {
            let process = try await HostProcess.start(
                ["nsenter", "-t", "\(holder.pid)", "-n", "--"] + arguments, name: arguments[0],
                environment: Host.baseEnvironment, connection: .pipes)
            let result = HostResult(try await process.waitForEnd())
            guard result.status == 0 else {
                throw HostFailure("\(arguments.joined(separator: " ")) exits \(result.status): \(result.err)")
            }
        }
    }

    /// The name of the host's own end.
    static let interface = "eth0"

    let switchboard: Switchboard
    let number: Int
    /// A process in the host's network.
    let host: Int32

    /// The name of the end at the switch.
    private var name: String { "port\(number)" }

    func plugIn() async throws {
        try await switchboard.require(
            "ip", "link", "add", name, "type", "veth", "peer", "name", Self.interface, "netns", "\(host)")
        try await join(bridge: "bridge0")
        try await set(isUp: true)
        // Without a search for duplicates a link-local address is there at once; nobody here has the same one.
        try await onHost(["sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/\(Self.interface)/accept_dad || true"])
        try await onHost(["ip", "link", "set", Self.interface, "up"])
    }

    func join(bridge: String) async throws {
        try await switchboard.require("ip", "link", "set", name, "master", bridge)
    }

    func set(isUp: Bool) async throws { try await switchboard.require("ip", "link", "set", name, isUp ? "up" : "down") }

    func limit(_ rate: String?) async throws {
        // tbf(8): a burst of 32 kB is enough for one timer tick at 100 Mbit/s; what waits longer than 400 ms is dropped.
        let verb = rate.map { ["replace", "%", "root", "tbf", "rate", $0, "burst", "32kb", "latency", "400ms"] }
        let command = ["tc", "qdisc"] + (verb.map { [$0[0], "dev"] + $0.dropFirst() } ?? ["del", "dev", "%", "root"])
        try await switchboard.require(command.map { $0 == "%" ? name : $0 })
        try await onHost(command.map { $0 == "%" ? Self.interface : $0 })
    }

    private func onHost(_ command: [String]) async throws {
        try await switchboard.require(["nsenter", "-t", "\(host)", "-n", "--"] + command)
    }
}
