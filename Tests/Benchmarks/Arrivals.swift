import Foundation
import Glibc
import TestSupport

/// Sees files come to stand under their names, whoever puts them there: by rename, as all the tools here do.
final class Arrivals: Sendable {
    private let watch: Int32
    private let times: AsyncStream<Double>

    /// - Parameter folders: absolute; they must be there.
    init(in folders: [URL], count: Int) throws {
        let watch = inotify_init1(Int32(IN_CLOEXEC))
        self.watch = watch
        for folder in folders where inotify_add_watch(watch, folder.path, UInt32(IN_MOVED_TO)) < 0 {
            throw HostFailure("\(folder.path) cannot be watched")
        }
        let (times, continuation) = AsyncStream.makeStream(of: Double.self)
        self.times = times
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            var seen = 0
            while seen < count, case let bytes = read(watch, &buffer, buffer.count), bytes > 0 {
                seen += Self.visible(in: buffer[..<bytes])
            }
            continuation.yield(Self.now)
            continuation.finish()
            close(watch)
        }
    }

    /// When the last of them came, in seconds since 1970.
    func last() async throws -> Double {
        for await time in times { return time }
        throw HostFailure("the files did not all come")
    }

    /// Seconds since 1970.
    static var now: Double { Date.now.timeIntervalSince1970 }

    /// inotify(7): a head of 16 bytes, of which the last four are the length of the name behind it.
    private static func visible(in events: ArraySlice<UInt8>) -> Int {
        var (rest, count) = (events, 0)
        while rest.count >= 16 {
            let length = rest.dropFirst(12).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            if length > 0, rest.dropFirst(16).first != UInt8(ascii: ".") { count += 1 }
            rest = rest.dropFirst(16 + length)
        }
        return count
    }
}
