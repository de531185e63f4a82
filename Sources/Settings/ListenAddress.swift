/// Where to listen, or whom to ask: `HOST:PORT`, `[::]:21417`, or `:PORT` for the standard hosts.
public struct ListenAddress: Equatable, Sendable {
    /// Tried in this order until one can be bound.
    public var hosts: [String]
    /// 0 takes a free one.
    public var port: Int

    /// The port that nobody has to name.
    static let standardPort = 21_417
    /// All addresses; the second is for where IPv6 is off.
    static let standard = ListenAddress(hosts: ["::", "0.0.0.0"], port: standardPort)

    init(hosts: [String], port: Int) {
        self.hosts = hosts
        self.port = port
    }

    /// As a person would write it.
    var description: String {
        guard let host = hosts.first else { return ":\(port)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Reads `HOST:PORT`. An IPv6 address stands in brackets; nil for anything else.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = UInt16(digits)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") || host.contains("[") || host.contains("]") {
            return nil
        }
        guard host.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0 != "/" }) else { return nil }
        self.init(hosts: host.isEmpty ? Self.standard.hosts : [String(host)], port: Int(port))
    }
}
