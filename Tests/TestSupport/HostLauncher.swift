import Foundation
import Glibc

/// Starts processes that end with the test run, however it ends.
///
/// The kernel kills such a process when the *thread* that started it ends (prctl(2), PR_SET_PDEATHSIG), so one thread
/// starts them all and lives as long as the run.
final class HostLauncher: Sendable {
    static let shared = HostLauncher()

    /// What a process reads and writes.
    enum Streams: Sendable {
        /// Descriptors for standard input, output and error.
        case descriptors(Int32, Int32, Int32)
        /// The path of a terminal, which the process gets as its controlling one.
        case terminal(String)
    }

    private let queue = JobQueue()

    private init() {
        let queue = queue
        let thread = Thread { while true { queue.next()() } }
        thread.name = "host launcher"
        thread.start()
    }

    /// Starts `arguments`, found on the PATH, with exactly this environment and default signals.
    func start(_ arguments: [String], environment: [String: String], streams: Streams) async throws -> pid_t {
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

    /// POSIX_SPAWN_SETSID of glibc, which declares it for GNU sources only.
    private static let setSession: Int32 = 0x80

    private static func spawn(_ program: [String], _ environment: [String: String], _ streams: Streams) throws -> pid_t
    {
        let arguments = ["setpriv", "--pdeathsig", "KILL", "--"] + program
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        switch streams {
        case .descriptors(let input, let output, let error):
            flags |= POSIX_SPAWN_SETPGROUP
            for (source, target) in [(input, 0), (output, 1), (error, 2)] {
                posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
            }
        case .terminal(let path):
            // The first terminal that a session's leader opens becomes its controlling one.
            flags |= setSession
            posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
            posix_spawn_file_actions_adddup2(&actions, 0, 1)
            posix_spawn_file_actions_adddup2(&actions, 0, 2)
        }
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var pid: pid_t = 0
        let error = withCStrings(arguments) { argv in
            withCStrings(environment.map { "\($0)=\($1)" }) { envp in
                posix_spawnp(&pid, arguments[0], &actions, &attributes, argv, envp)
            }
        }
        guard error == 0 else { throw HostFailure.system("cannot start \(arguments[0])", error) }
        return pid
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        return body(copies)
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
