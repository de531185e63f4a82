import Foundation
import Glibc

/// The systemd unit that this process is the main process of.
struct ServiceUnit: Equatable {
    /// `syncd.service`, `syncd@anna.service`.
    var name: String
    /// Whether it is a person's own and not the system's.
    var isUsers: Bool

    /// The command that restarts it.
    var restart: String {
        let unit = name.hasSuffix(".service") ? String(name.dropLast(".service".count)) : name
        return isUsers ? "systemctl --user restart \(unit)" : "sudo systemctl restart \(unit)"
    }

    /// Nil for a process that nobody, or somebody else, has started.
    static var current: ServiceUnit? {
        guard let text = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8) else { return nil }
        return ServiceUnit(environment: ProcessInfo.processInfo.environment, process: getpid(), groups: text)
    }

    /// - Parameter groups: `/proc/self/cgroup` (cgroups(7)).
    init?(environment: [String: String], process: Int32, groups: String) {
        // What a service starts inherits its environment; this one names the process that is meant (systemd.exec(5)).
        guard environment["SYSTEMD_EXEC_PID"] == "\(process)" else { return nil }
        let paths = groups.split(separator: "\n").compactMap { $0.split(separator: ":", maxSplits: 2).last }
        guard let path = paths.first(where: { $0.hasSuffix(".service") }), let last = path.split(separator: "/").last
        else { return nil }
        name = String(last)
        isUsers = path.split(separator: "/").dropLast().contains { $0.hasPrefix("user@") && $0.hasSuffix(".service") }
    }
}
