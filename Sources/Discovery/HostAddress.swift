/// A numeric address and a TCP port: something to connect to without asking any name service.
public struct HostAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The address as text: dotted IPv4, or IPv6 without brackets, a link-local one followed by `%` and the
    /// interface's name (RFC 4007, section 11).
    public let host: String
    /// The TCP port, 1 to 65535.
    public let port: Int

    /// Takes both as they are.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `192.0.2.7:21417`, `[fe80::1%eth0]:21417`.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether the address is valid on one link only.
    public var isLinkLocal: Bool { host.contains("%") || host.hasPrefix("169.254.") }

    /// The order in which to try: IPv4, then IPv6, those of one link last; then as the text is, so that the order
    /// is always the same.
    public static func < (a: Self, b: Self) -> Bool { (a.rank, a.host, a.port) < (b.rank, b.host, b.port) }

    private var rank: Int { (isLinkLocal ? 2 : 0) + (host.contains(":") ? 1 : 0) }
}
