public import Foundation
import Glibc

/// The socket on which services report their state, as systemd's is (sd_notify(3)): `READY=1` and the like.
public final class HostReadySocket: Sendable {
    /// The path for NOTIFY_SOCKET.
    public let path: String
    private let descriptor: Int32
    private let messages = HostObserved<[String]>([])

    /// - Parameter url: where to make the socket: at most 107 bytes, and no file yet.
    public init(at url: URL) throws {
        path = url.path
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        guard descriptor >= 0 else { throw HostFailure.system("socket", errno) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw HostFailure("the path of a socket is too long: \(path)")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw HostFailure.system("bind \(path)", errno) }
        let messages = messages
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 4096)
            // A message without content is how `close()` ends this.
            while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
                let lines = String(decoding: buffer[0..<count], as: UTF8.self).split(separator: "\n").map(String.init)
                messages.update { $0 += lines }
            }
            Glibc.close(descriptor)
        }
    }

    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// How many lines came so far: where to wait from.
    public var count: Int { messages.now.count }

    /// Waits for a line, among those from the one numbered `start` on.
    public func line(_ line: String, from start: Int = 0, within limit: Duration = .seconds(60)) async throws {
        try await messages.value(within: limit, "\(line) on the notification socket") { lines in
            lines.dropFirst(start).contains(line) ? () : nil
        }
    }
}
