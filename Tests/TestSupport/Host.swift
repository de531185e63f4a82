public import Foundation
import Glibc
import Synchronization

/// A machine of its own: network, host name, `/run`, system bus and Avahi; the file system is this machine's.
///
/// It is a set of namespaces that a waiting process holds open. No name of it exists anywhere outside, so runs side by
/// side do not meet, and nothing is left when the run ends, however it ends.
public final class Host: Sendable {
    /// Its host name.
    public let name: String
    /// A folder of its own, the home of its programs; removed at the end.
    public let folder: URL
    /// Where it is plugged in.
    let port: HostPort
    /// Holds the namespaces open.
    private let holder: HostProcess
    private let content = Mutex(Content())

    private struct Content: Sendable {
        var address = ""
        var started: [HostProcess] = []
        var bus: HostProcess?
        var avahi: HostProcess?
    }

    init(name: String, folder: URL, switchboard: HostPort.Switchboard, number: Int) async throws {
        self.name = name
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let machineID = folder.appending(path: "machine-id")
        let id = UUID().uuidString.replacing("-", with: "").lowercased()
        try Data((id + "\n").utf8).write(to: machineID)
        // The parts of this machine that a host must not share; `cat` then holds them until its input ends.
        let script = """
            set -e
            echo "$1" >/proc/sys/kernel/hostname
            mount -t tmpfs tmpfs /run
            mkdir /run/dbus /run/avahi-daemon /run/lock
            if [ -e /etc/machine-id ]; then mount --bind "$2" /etc/machine-id; fi
            ip link set lo up
            cd "$3"
            echo ready
            exec cat
            """
        holder = try await HostProcess.start(
            ["unshare", "--mount", "--uts", "--net", "--propagation", "private", "--"]
                + ["sh", "-c", script, "sh", name, machineID.path, folder.path],
            name: "host \(name)", environment: Host.baseEnvironment, connection: .pipes)
        try await holder.line("its namespaces") { $0 == "ready" }
        port = HostPort(switchboard: switchboard, number: number, host: holder.pid)
        try await port.plugIn()
        try await set(address: "10.77.0.\(number)")
    }

    static let baseEnvironment = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
    ]

    // MARK: Programs

    /// Starts a program, found on the PATH or by an absolute path.
    ///
    /// - Parameter environment: besides PATH, LANG, and HOME, which is ``folder``. Nothing else is passed on.
    public func start(_ arguments: [String], environment: [String: String] = [:]) async throws -> HostProcess {
        try await launch(arguments, environment, .pipes)
    }

    /// Starts a program on a terminal of its own, to be read by ``HostProcess/expect(_:within:)`` and answered.
    public func startOnTerminal(_ arguments: [String], environment: [String: String] = [:]) async throws -> HostProcess
    {
        try await launch(arguments, environment.merging(["TERM": "xterm"]) { own, _ in own }, .terminal)
    }

    /// Runs a program to its end, with `input` to read.
    @discardableResult
    public func run(
        _ arguments: [String], environment: [String: String] = [:], input: String = "",
        within limit: Duration = .seconds(60)
    ) async throws -> HostResult {
        let process = try await start(arguments, environment: environment)
        process.write(input)
        process.closeInput()
        return HostResult(try await process.waitForEnd(within: limit))
    }

    /// Runs a program that must succeed; throws with its output when it does not.
    @discardableResult
    public func require(_ arguments: [String], environment: [String: String] = [:]) async throws -> String {
        let result = try await run(arguments, environment: environment)
        guard result.status == 0 else {
            throw HostFailure("\(name): \(arguments.joined(separator: " ")) exits \(result.status): \(result.err)")
        }
        return result.out
    }

    private func launch(
        _ arguments: [String], _ environment: [String: String], _ connection: HostProcess.Connection
    ) async throws -> HostProcess {
        let program = URL(filePath: arguments.first ?? "").lastPathComponent
        let process = try await HostProcess.start(
            // `-r`: the root folder of the holder, which in a chroot is not that of its mount namespace.
            ["nsenter", "-t", "\(holder.pid)", "-m", "-u", "-n", "-r", "-w", "--"] + arguments,
            name: "\(program) on \(name)",
            environment: Host.baseEnvironment.merging(["HOME": folder.path]) { $1 }.merging(environment) { $1 },
            connection: connection)
        content.withLock { $0.started.append(process) }
        return process
    }

    // MARK: Network

    /// Its present IPv4 address.
    public var address: String { content.withLock { $0.address } }

    /// Gives it this IPv4 address, of a network of 256, instead of the one it has. As a new lease does: connections
    /// from and to the old one are left to time out.
    public func set(address: String) async throws {
        try await require(["ip", "address", "flush", "dev", HostPort.interface, "scope", "global"])
        try await require(["ip", "address", "add", "\(address)/24", "brd", "+", "dev", HostPort.interface])
        content.withLock { $0.address = address }
    }

    /// Pulls its cable: no carrier, addresses stay. Avahi does not notice, unless its use-iff-running is set.
    public func linkDown() async throws { try await port.set(isUp: false) }

    /// Plugs its cable in again.
    public func linkUp() async throws { try await port.set(isUp: true) }

    /// Turns its interface off, as a person does on a train: what was known of others through it is forgotten.
    public func turnOffInterface() async throws {
        try await require(["ip", "link", "set", HostPort.interface, "down"])
    }

    /// Turns its interface on again.
    public func turnOnInterface() async throws { try await require(["ip", "link", "set", HostPort.interface, "up"]) }

    /// Limits what it sends and what it receives, each, to a rate as tc(8) writes them, `10mbit`; nil lifts it.
    public func limitRate(_ rate: String?) async throws { try await port.limit(rate) }

    // MARK: Bus and Avahi

    /// Starts its system bus, unless it runs.
    public func startBus() async throws {
        if content.withLock({ $0.bus?.isRunning ?? false }) { return }
        let configuration = folder.appending(path: "bus.conf")
        // No <user>: it stays root, so that it needs none of the users that Debian's package would make. No service
        // is started on demand: an Avahi that is absent stays absent.
        try Data(
            """
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>system</type>
              <listen>unix:path=/run/dbus/system_bus_socket</listen>
              <auth>EXTERNAL</auth>
              <policy context="default">
                <allow user="*"/>
                <allow own="*"/>
                <allow send_type="method_call"/>
                <allow send_destination="*"/>
                <allow receive_sender="*"/>
              </policy>
            </busconfig>

            """.utf8
        ).write(to: configuration)
        try await require(["rm", "-f", "/run/dbus/system_bus_socket"])
        let bus = try await start([
            "dbus-daemon", "--config-file=\(configuration.path)", "--nofork", "--nopidfile", "--print-address=1",
        ])
        content.withLock { $0.bus = bus }
        try await bus.line("its address") { $0.hasPrefix("unix:") }
    }

    /// Ends its system bus, as a crash would.
    public func killBus() async throws {
        try await end(content.withLock { $0.bus }, by: SIGKILL)
    }

    /// Starts Avahi, and the bus where that does not run; returns once Avahi has its host name on the network.
    public func startAvahi() async throws {
        try await startBus()
        let configuration = folder.appending(path: "avahi.conf")
        try Data(
            """
            [server]
            host-name=\(name)
            domain-name=local
            use-ipv4=yes
            use-ipv6=yes
            allow-interfaces=\(HostPort.interface)
            [wide-area]
            enable-wide-area=no
            [publish]
            publish-hinfo=no
            publish-workstation=no

            """.utf8
        ).write(to: configuration)
        let avahi = try await start([
            "avahi-daemon", "--no-drop-root", "--no-chroot", "--no-rlimits", "-f", configuration.path,
        ])
        content.withLock { $0.avahi = avahi }
        try await avahi.line("its startup") { $0.contains("Server startup complete") }
    }

    /// Ends Avahi in order: it says goodbye for everything it announced.
    public func stopAvahi() async throws { try await end(content.withLock { $0.avahi }, by: SIGTERM) }

    /// Ends Avahi at once, with no goodbye.
    public func killAvahi() async throws { try await end(content.withLock { $0.avahi }, by: SIGKILL) }

    /// Stops Avahi and starts it again.
    public func restartAvahi() async throws {
        try await stopAvahi()
        try await startAvahi()
    }

    private func end(_ process: HostProcess?, by signal: Int32) async throws {
        process?.signal(signal)
        _ = try await process?.waitForEnd()
    }

    // MARK: The end

    /// What its programs said last, for a test that failed.
    var story: String {
        content.withLock { $0.started }.filter { !$0.output.lines.isEmpty }
            .map { "\($0.name) (\($0.pid)): \($0.output.story)" }.joined(separator: "\n")
    }

    /// Kills everything on it, last started first, and gives its namespaces back to the kernel.
    func close() async {
        for process in content.withLock({ $0.started }).reversed() + [holder] {
            process.kill()
            // What cannot be waited for is dying all the same.
            _ = try? await process.waitForEnd(within: .seconds(10))
        }
    }
}
