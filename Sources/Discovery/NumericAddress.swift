import Glibc

/// The four bytes of an IPv4 or the sixteen of an IPv6 address, as in an A or AAAA record.
struct NumericAddress: Hashable, Sendable {
    let bytes: [UInt8]

    /// Nil unless `bytes` is an address that another machine can be reached at: not unspecified, not multicast, not
    /// the broadcast address, not IPv4 in IPv6's clothes.
    init?(_ bytes: [UInt8]) {
        switch bytes.count {
        case 4:
            guard bytes[0] != 0, bytes[0] < 224 else { return nil }
        case 16:
            let head = bytes.prefix(10).allSatisfy { $0 == 0 }
            guard bytes[0] != 0xFF, !head || bytes == Self.loopback6 else { return nil }
        default: return nil
        }
        self.bytes = bytes
    }

    private static let loopback6 = [UInt8](repeating: 0, count: 15) + [1]

    /// 127.0.0.0/8 or ::1: of use only when it was announced on the loopback interface itself.
    var isLoopback: Bool { bytes == Self.loopback6 || (bytes.count == 4 && bytes[0] == 127) }

    private var isLinkLocal6: Bool { bytes.count == 16 && bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 }

    /// The text of the address (RFC 5952), with `interface` as the scope where it needs one.
    func text(interface: String) -> String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else {
            preconditionFailure("inet_ntop fails only for another family or a short buffer")
        }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return isLinkLocal6 ? "\(text)%\(interface)" : text
    }
}
