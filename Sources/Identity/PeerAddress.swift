import Glibc

/// Where a node can be reached: a host and a TCP port. It says where, never who.
///
/// Written `HOST:PORT`; an IPv6 address stands in brackets. A host is an IPv4 address, an IPv6 address (with its zone
/// where it is link-local) or a DNS name.
public struct PeerAddress: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The host, without brackets.
    public let host: String
    /// The TCP port, 1 to 65535.
    public let port: Int

    /// Checks both; nil when either could not be one. An IPv4 address in IPv6's clothes, as a socket for both families
    /// shows it, becomes plain.
    public init?(host: String, port: Int) {
        guard (1...65_535).contains(port), Self.isIPv6(host) || Self.isName(host) else { return nil }
        self.host = Self.plain(host)
        self.port = port
    }

    /// Reads ``description``; without a port, `defaultPort` is taken.
    public init?(_ text: some StringProtocol, defaultPort: Int? = nil) {
        let text = String(text)
        var host = text[...]
        var port = text[text.endIndex...]
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            guard Self.isIPv6(String(host)) else { return nil }
            port = text[text.index(after: end)...]
        } else if let colon = text.firstIndex(of: ":") {
            // More than one colon outside brackets is a bare IPv6 address, which leaves no room for a port.
            if text[text.index(after: colon)...].contains(":") {
                guard Self.isIPv6(text) else { return nil }
            } else {
                host = text[..<colon]
                port = text[colon...]
            }
        }
        if port.isEmpty {
            guard let defaultPort else { return nil }
            self.init(host: String(host), port: defaultPort)
        } else {
            let digits = port.dropFirst().utf8
            guard port.first == ":", (1...5).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
                let number = Int(port.dropFirst())
            else { return nil }
            self.init(host: String(host), port: number)
        }
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether the address means something on one link only, and so nothing to another machine or after a move.
    public var isLinkLocal: Bool {
        let small = host.lowercased()
        return host.contains("%") || small.hasPrefix("fe8") && small.contains(":") || small.hasPrefix("169.254.")
    }

    private static func isIPv6(_ text: String) -> Bool {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
            let zone = parts[1].utf8
            // IFNAMSIZ less its closing zero.
            guard (1...15).contains(zone.count), zone.allSatisfy(isNameByte) else { return false }
        }
        // A NUL would end the text for C, and not for us.
        guard !parts[0].utf8.contains(0) else { return false }
        var address = in6_addr()
        return inet_pton(AF_INET6, String(parts[0]), &address) == 1
    }

    /// `::ffff:192.0.2.7` as `192.0.2.7` (RFC 4291, section 2.5.5.2).
    private static func plain(_ host: String) -> String {
        var address = in6_addr()
        guard host.contains(":"), inet_pton(AF_INET6, host, &address) == 1 else { return host }
        let bytes = withUnsafeBytes(of: &address) { Array($0) }
        guard bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF else { return host }
        return bytes.suffix(4).map(String.init).joined(separator: ".")
    }

    private static func isName(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...253).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.first != UInt8(ascii: ".") else {
            return false
        }
        return bytes.allSatisfy(isNameByte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let address = try PeerAddress(container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not HOST:PORT")
        }
        self = address
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
