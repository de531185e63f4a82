import Foundation
import Glibc

/// What the agent tells the service manager that started it (sd_notify(3)): datagrams to `NOTIFY_SOCKET`.
struct ServiceNotice: Sendable {
    private let socketPath: String?
    /// How often the service manager wants to hear from the agent; nil when it does not watch.
    let watchdogInterval: Duration?

    /// A notice to nobody where the environment names no socket.
    init(environment: [String: String] = ProcessInfo.processInfo.environment, processIdentifier: Int32 = getpid()) {
        socketPath = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        // Set for a child of a shell that is watched, too: WATCHDOG_PID says who is meant (sd_watchdog_enabled(3)).
        let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(processIdentifier)" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init) ?? 0
        watchdogInterval = isMeant && microseconds > 0 && socketPath != nil ? .microseconds(microseconds) : nil
    }

    /// The agent takes requests.
    func ready() { send("READY=1") }
    /// The agent is on its way out.
    func stopping() { send("STOPPING=1") }
    /// The agent is alive.
    func alive() { send("WATCHDOG=1") }
    /// What `systemctl status` shows: one line.
    func status(_ text: String) {
        send("STATUS=" + text.map { $0.isNewline ? " " : String($0) }.joined())
    }

    /// Sends without waiting. A service manager that does not listen is not worth failing for.
    private func send(_ message: String) {
        guard let socketPath else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(socketPath.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        // '@' stands for the zero byte that begins an abstract name (unix(7)), which has no closing zero.
        let isAbstract = name[0] == UInt8(ascii: "@")
        if isAbstract { name[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = MemoryLayout<sa_family_t>.size + name.count + (isAbstract ? 0 : 1)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(message.utf8)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(
                    descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0,
                    socklen_t(length))
            }
        }
    }
}
