import Glibc

/// A flag that a thread can wait for in `poll`: a pair of sockets (socketpair(2)), one of which
/// gets a byte that nobody takes out.
final class StopSignal: Sendable {
    /// Readable once the signal was raised, for ever after.
    let descriptor: Int32
    private let writing: Int32

    init() throws(DiscoveryError) {
        var ends: [Int32] = [-1, -1]
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        guard socketpair(AF_UNIX, Int32(type), 0, &ends) == 0 else { throw .system("socketpair", errno) }
        (descriptor, writing) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(writing)
    }

    /// Raises it. Any thread, any number of times.
    func raise() { _ = withUnsafeBytes(of: UInt8(1)) { write(writing, $0.baseAddress, 1) } }
}
