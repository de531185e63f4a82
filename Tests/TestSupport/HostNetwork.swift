import Foundation
import Synchronization

/// Hosts on one switch, for as long as a test runs.
///
///     try await HostNetwork.run { network in
///         let laptop = try await network.host("laptop")
///         let agent = try await laptop.start([HostBinaries.syncd])
///         try await agent.line("that it is ready") { $0.contains("ready") }
///         agent.kill()
///     }
public final class HostNetwork: Sendable {
    private let switchboard: HostPort.Switchboard
    private let folder: URL
    private let hosts = Mutex<[Host]>([])

    /// Makes a network, runs `body` with it, and takes everything down again, last made first, whether `body` ends well
    /// or throws; then it prints what the hosts' programs said last.
    public static func run<Result>(_ body: (HostNetwork) async throws -> Result) async throws -> Result {
        if let missing = HostPrerequisites.missing { throw HostFailure(missing) }
        let network = try await HostNetwork()
        do {
            let result = try await body(network)
            await network.close()
            return result
        } catch {
            let story = network.hosts.withLock { $0 }.map { "--- \($0.name)\n\($0.story)" }.joined(separator: "\n")
            FileHandle.standardError.write(Data("\(error)\n\(story)\n".utf8))
            await network.close(keepingIn: ProcessInfo.processInfo.environment["MAINSTAY_KEEP"])
            throw error
        }
    }

    private init() async throws {
        folder = try HostFolders.make()
        let holder = try await HostProcess.start(
            ["unshare", "--net", "--", "sh", "-c", "echo ready; exec cat"], name: "switch",
            environment: Host.baseEnvironment, connection: .pipes)
        try await holder.line("its namespace") { $0 == "ready" }
        switchboard = HostPort.Switchboard(holder: holder)
        try await addBridge("bridge0")
    }

    private func addBridge(_ name: String) async throws {
        // Forwards from the first frame on, and multicast to everybody, as a cheap switch does.
        try await switchboard.require(
            "ip", "link", "add", name, "type", "bridge", "stp_state", "0", "forward_delay", "0", "mcast_snooping", "0")
        try await switchboard.require("ip", "link", "set", name, "up")
    }

    /// Adds a host, plugged in, with an address.
    ///
    /// - Parameters:
    ///   - name: its host name: letters, digits, dashes.
    ///   - avahi: whether its system bus and Avahi run from the start.
    public func host(_ name: String, avahi: Bool = false) async throws -> Host {
        let number = hosts.withLock { $0.count } + 1
        let host = try await Host(
            name: name, folder: folder.appending(path: name), switchboard: switchboard, number: number)
        hosts.withLock { $0.append(host) }
        if avahi { try await host.startAvahi() }
        return host
    }

    /// Cuts the network into groups that do not hear each other; the cables keep their carrier. Hosts in no group stay
    /// together. ``heal()`` joins all again.
    public func partition(_ groups: [[Host]]) async throws {
        for (index, group) in groups.enumerated() {
            let bridge = "bridge\(index + 1)"
            // There from an earlier partition, or made now.
            try? await addBridge(bridge)
            for host in group { try await host.port.join(bridge: bridge) }
        }
    }

    /// One network again.
    public func heal() async throws {
        for host in hosts.withLock({ $0 }) { try await host.port.join(bridge: "bridge0") }
    }

    /// - Parameter place: a folder for what the hosts' disks hold; nil to remove it.
    private func close(keepingIn place: String? = nil) async {
        for host in hosts.withLock({ $0 }).reversed() { await host.close() }
        switchboard.holder.kill()
        _ = try? await switchboard.holder.waitForEnd(within: .seconds(10))
        if let place {
            try? FileManager.default.moveItem(
                at: folder, to: URL(filePath: place).appending(path: folder.lastPathComponent))
        }
        try? FileManager.default.removeItem(at: folder)
    }
}
