import Glibc

/// The machine's own name service, for when Avahi resolves a service but refuses its address records.
enum SystemResolver {
    /// The addresses of `host`. Blocks, for as long as the machine's resolver is set to; answers with none when it
    /// knows none. getaddrinfo(3).
    static func addresses(of host: String) -> [NumericAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        return sequence(first: list, next: { $0?.pointee.ai_next }).compactMap { entry in
            guard let info = entry?.pointee, let address = info.ai_addr else { return nil }
            let raw = UnsafeRawPointer(address)
            let bytes: [UInt8]
            switch info.ai_family {
            case AF_INET:
                var value = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
                bytes = withUnsafeBytes(of: &value) { Array($0) }
            case AF_INET6:
                var value = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
                bytes = withUnsafeBytes(of: &value) { Array($0) }
            default: return nil
            }
            return NumericAddress(bytes)
        }
    }
}
