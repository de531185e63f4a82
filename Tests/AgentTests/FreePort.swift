import Glibc

/// A port of the loopback that a node may come back to: outgoing connections get theirs from 32,768 on, so none of them takes
/// it while the node is off.
enum FreePort {
    struct None: Error {}

    static func find() throws -> Int {
        for _ in 0..<1_000 {
            let port = UInt16.random(in: 12_000..<32_000)
            if isFree(port) { return Int(port) }
        }
        throw None()
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // A program that another test starts just now has this socket for a moment, and is to keep nobody from the port.
        var isShared: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isShared, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafeBytes(of: &address) { bytes in
            guard let base = bytes.baseAddress else { return false }
            return bind(descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)) == 0
        }
    }

    /// Keeps the sockets at which this process listens from the programs that other tests start, which would hold the ports of
    /// nodes that have ended.
    static func keepFromChildren() {
        for descriptor in Int32(3)..<4_096 {
            var (isListening, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
            guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening == 1 else {
                continue
            }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }
}
