import Foundation
import Glibc

/// What hosts need of the machine that runs them.
public enum HostPrerequisites {
    /// Which program comes with which Debian package.
    private static let programs = [
        ("unshare", "util-linux"), ("nsenter", "util-linux"), ("setpriv", "util-linux"), ("ip", "iproute2"),
        ("tc", "iproute2"), ("dbus-daemon", "dbus"), ("avahi-daemon", "avahi-daemon"),
    ]

    /// Nil when hosts can be made here; else one sentence: what is missing, and what to do.
    public static let missing: String? = {
        guard geteuid() == 0 else { return "hosts need root, to make network namespaces; run the tests as root" }
        for (program, package) in programs where !isInstalled(program) {
            return "hosts need \(program); install the package \(package)"
        }
        return nil
    }()

    /// False when tests on hosts are to be passed over, which is then said once on standard output: something is
    /// missing, and this is no CI run (environment variable CI), where they run and fail with the reason.
    public static let isMet: Bool = {
        guard let missing, !isContinuousIntegration else { return true }
        print("SKIPPED: tests on hosts of their own: \(missing)")
        return false
    }()

    /// For the test's own comment.
    public static var reason: String { missing ?? "" }

    private static var isContinuousIntegration: Bool {
        !(ProcessInfo.processInfo.environment["CI"] ?? "").isEmpty
    }

    private static func isInstalled(_ program: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .contains { access("\($0)/\(program)", X_OK) == 0 }
    }
}
