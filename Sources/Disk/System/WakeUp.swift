import CLinux
import Glibc
import SystemPackage

/// An eventfd(2) that a thread waits on beside its files, so that it can be told to end.
final class WakeUp: Sendable {
    let number: Int32

    init() throws(DiskError) {
        number = CLinux.eventfd(0, O_CLOEXEC | O_NONBLOCK)
        if number == -1 { throw .open(Errno(rawValue: errno), "eventfd") }
    }

    deinit { _ = Glibc.close(number) }

    /// Makes it readable, for good.
    func signal() {
        var one: UInt64 = 1
        _ = Glibc.write(number, &one, 8)
    }
}
