import Glibc
import TestSupport

/// Files that have not been changed for long: nobody waits for them to settle.
enum OldFile {
    /// When the oldest was changed, in seconds since 1970.
    static let time = 1_780_000_000

    /// Without Foundation, which takes longer for a small file than what is measured.
    static func write(_ bytes: [UInt8], to path: String, later seconds: Int = 0) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw HostFailure("\(path) cannot be made") }
        defer { close(descriptor) }
        var times = [timeval](repeating: timeval(), count: 2)
        for index in times.indices { times[index].tv_sec = time + seconds }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, futimes(descriptor, times) == 0 else {
            throw HostFailure("\(path) cannot be written")
        }
    }
}
