import Foundation
import Glibc

/// Starts processes that end with the test run, however it ends.
///
/// The kernel kills such a process when the *thread* that started it ends (prctl(2), PR_SET_PDEATHSIG), so one thread
/// starts them all and lives as long as the run.
final class HostLauncher: Sendable {
    static let shared = HostLauncher()

    private let queue = JobQueue()

    private init() {
        let queue = queue
        let thread = Thread { while true { queue.next()() } }
        thread.name = "host launcher"
        thread.start()
    }

    /// Starts `arguments`, found on the PATH, with exactly this environment and default signals.
    func start(_ arguments: [String], environment: [String: String], streams: Spawn.Streams) async throws -> pid_t {
        try await onThread { try Self.spawn(arguments, environment, streams) }
    }

    /// The same on a new terminal.
    ///
    /// - Returns: also the descriptor of the other side of the terminal, the caller's to close.
    func startOnTerminal(
        _ arguments: [String], environment: [String: String]
    ) async throws -> (pid: pid_t, terminal: Int32) {
        try await onThread {
            var (own, other): (Int32, Int32) = (-1, -1)
            // On this thread, so that no other process is started before the descriptors are marked.
            guard openpty(&own, &other, nil, nil, nil) == 0 else { throw HostFailure.system("openpty", errno) }
            defer { close(other) }
            for descriptor in [own, other] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            guard let path = ttyname(other) else { throw HostFailure.system("ttyname", errno) }
            return (try Self.spawn(arguments, environment, .terminal(String(cString: path))), own)
        }
    }

    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.add { continuation.resume(with: Result(catching: body)) }
        }
    }

    private static func spawn(
        _ arguments: [String], _ environment: [String: String], _ streams: Spawn.Streams
    ) throws -> pid_t {
        try Spawn.start(
            ["setpriv", "--pdeathsig", "KILL", "--"] + arguments, environment: environment, streams: streams)
    }

    /// Jobs for a thread that waits for them.
    ///
    /// `@unchecked`: `jobs` is touched only with `condition` locked.
    private final class JobQueue: @unchecked Sendable {
        private let condition = NSCondition()
        private var jobs: [@Sendable () -> Void] = []

        func add(_ job: @escaping @Sendable () -> Void) {
            condition.withLock {
                jobs.append(job)
                condition.signal()
            }
        }

        func next() -> @Sendable () -> Void {
            condition.withLock {
                while jobs.isEmpty { condition.wait() }
                return jobs.removeFirst()
            }
        }
    }
}
