import Glibc

/// Why nodes cannot be announced and found at present. Every one may pass by itself.
struct DiscoveryError: Error, Hashable, Sendable {
    enum Code: Hashable, Sendable {
        /// There is no D-Bus system bus to reach Avahi on.
        case noBus
        /// The bus is there, Avahi is not.
        case noAvahi
        /// Avahi refused a request.
        case refused
        /// The kernel refused what waiting needs.
        case system
    }

    let code: Code
    /// One sentence: the fault and its remedy.
    let message: String
    /// The error of `dns_sd.h` (`kDNSServiceErr_…`), or the errno.
    let cause: Int32

    var isRetryable: Bool { true }

    /// For an error that a call or a callback of `dns_sd.h` gave. Avahi's library tells an absent daemon and an absent
    /// bus by the same unknown error; whether the bus's socket exists tells them apart.
    static func service(_ cause: Int32, doing action: String) -> DiscoveryError {
        guard cause == ServiceReference.unknownError else {
            return DiscoveryError(
                code: .refused,
                message: "Avahi refused to \(action) (error \(cause)); its reason is in the log of avahi-daemon.",
                cause: cause)
        }
        guard access(busSocket, F_OK) == 0 else {
            return DiscoveryError(
                code: .noBus,
                message: "There is no system bus at \(busSocket) to reach Avahi on; install and start dbus and "
                    + "avahi-daemon.",
                cause: cause)
        }
        return DiscoveryError(
            code: .noAvahi, message: "Avahi does not answer on the system bus; install and start avahi-daemon.",
            cause: cause)
    }

    /// For a system call that failed.
    static func system(_ call: String, _ number: Int32) -> DiscoveryError {
        DiscoveryError(
            code: .system,
            message:
                "\(call) failed (\(String(cString: strerror(number)))); raise the limits on open files and threads.",
            cause: number)
    }

    /// Where libdbus looks for the system bus.
    private static var busSocket: String {
        guard let address = getenv("DBUS_SYSTEM_BUS_ADDRESS").map({ String(cString: $0) }),
            let path = address.split(separator: ",").first.flatMap({ part in
                part.hasPrefix("unix:path=") ? part.dropFirst("unix:path=".count) : nil
            })
        else { return "/run/dbus/system_bus_socket" }
        return String(path)
    }
}
