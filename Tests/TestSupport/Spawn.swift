public import Glibc

/// Starts programs by posix_spawn(3), at once and from any thread; whoever starts one waits for its end.
public enum Spawn {
    /// What a program reads and writes.
    public enum Streams: Sendable {
        /// Descriptors for standard input, output and error.
        case descriptors(Int32, Int32, Int32)
        /// The path of a terminal, which the program gets as its controlling one.
        case terminal(String)
    }

    /// POSIX_SPAWN_SETSID of glibc, which declares it for GNU sources only.
    private static let setSession: Int32 = 0x80

    /// Starts `arguments`, found on the PATH, with exactly this environment and default signals, in a process group of
    /// its own.
    public static func start(
        _ arguments: [String], environment: [String: String], streams: Streams
    ) throws -> pid_t {
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

    /// Waits for the end of a program.
    ///
    /// - Returns: its exit status; 128 and the signal's number where a signal ended it, as shells say it.
    public static func waitForEnd(of pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        return body(copies)
    }
}
