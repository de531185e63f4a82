import Glibc

/// The addresses of this machine's interfaces.
enum OwnAddresses {
    /// Those at which peers reach a node that listens at `hosts`: all of the machine's, unless it named some.
    static func served(listeningAt hosts: [String]) -> [String] {
        hosts.allSatisfy { ["::", "[::]", "0.0.0.0"].contains($0) } ? reachable : hosts
    }

    /// Those at which another machine of the LAN may reach this one, IPv4 first; the loopback only when there is no
    /// other. Link-local IPv6 addresses are left out: their scope means nothing on another machine.
    static var reachable: [String] {
        // getifaddrs(3): the list is ours until freed.
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var (v4, v6, loopback): ([String], [String], [String]) = ([], [], [])
        for interface in sequence(first: list, next: { $0?.pointee.ifa_next }).compactMap({ $0?.pointee }) {
            guard let address = interface.ifa_addr, interface.ifa_flags & UInt32(IFF_UP) != 0 else { continue }
            let isLoopback = interface.ifa_flags & UInt32(IFF_LOOPBACK) != 0
            let family = Int32(address.pointee.sa_family)
            guard family == AF_INET || family == AF_INET6, let text = numeric(address, family) else { continue }
            if isLoopback {
                if family == AF_INET { loopback.append(text) }
            } else if family == AF_INET {
                v4.append(text)
            } else if !text.lowercased().hasPrefix("fe80:") {
                v6.append(text)
            }
        }
        let outward = v4 + v6
        return outward.isEmpty ? loopback : outward
    }

    private static func numeric(_ address: UnsafeMutablePointer<sockaddr>, _ family: Int32) -> String? {
        let length = family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(address, socklen_t(length), &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        let text = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(text.prefix { $0 != "%" })
    }
}
