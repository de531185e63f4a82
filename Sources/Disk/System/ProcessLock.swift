import Glibc
import Synchronization
import SystemPackage

/// One agent at a time: a file locked with flock(2) for as long as this object lives.
///
/// The kernel takes the lock away when the process ends in whatever way, so none is ever left behind. The file holds
/// the process id only so that another agent can say who has it.
public final class ProcessLock: Sendable {
    private let held: Mutex<Descriptor?>

    /// Takes the lock.
    ///
    /// - Parameters:
    ///   - path: absolute path of the lock file, which is made when it is not there.
    ///   - subject: what it protects, for the message: `the state folder '/home/ann/.local/state/mainstay'`.
    /// - Throws: ``DiskError/Code/locked`` when another process has it, naming that process.
    public convenience init(
        path: String, protecting subject: String, calls: any SystemCalls = LinuxCalls()
    ) throws(DiskError) {
        try self.init(nil, path, protecting: subject, calls: calls)
    }

    init(
        _ folder: Int32?, _ name: String, protecting subject: String, calls: any SystemCalls
    ) throws(DiskError) {
        let file: Descriptor
        do {
            file = Descriptor(
                try calls.open(folder, name, flags: O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600), calls)
        } catch {
            throw .open(error, name)
        }
        do {
            try calls.lock(file.number)
        } catch  where error == .wouldBlock {
            let holder = (try? calls.readText(file.number, limit: 32)).flatMap { Int($0.filter(\.isNumber)) }
            throw DiskError(
                code: .locked,
                message: "\(holder.map { "Process \($0)" } ?? "Another process") already uses \(subject); "
                    + "stop it first, or give this agent another one.",
                path: name, errno: error, isRetryable: true)
        } catch {
            throw .lock(error, name)
        }
        // The lock holds whether or not the number can be written: a full disk must not stop the agent here.
        try? calls.truncate(file.number, to: 0)
        try? calls.writeAll(file.number, Array("\(getpid())\n".utf8))
        held = Mutex(file)
    }

    /// Gives the lock back before this object goes: whoever comes next need not wait for the last of its users.
    public func release() { held.withLock { $0 = nil } }
}
