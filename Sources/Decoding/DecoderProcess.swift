import CLinux
import Glibc
import Imaging
import Model

/// A running decoder, which is ended with this value.
///
/// It is asked by one thread at a time. One that did not answer as it should is not asked again.
final class DecoderProcess {
    enum Failure: Error {
        /// It ended, or its answer is none.
        case ended
        /// The kernel has ended it, for want of memory.
        case killed
        /// It took too long.
        case late
    }

    let process: pid_t
    private let connection: Int32
    /// Pictures that it was asked for.
    private(set) var asked = 0

    /// Starts the program at `path`. It is killed when the calling thread ends (`PR_SET_PDEATHSIG`).
    init(path: String) throws(ImagingError) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue) | Self.closeOnExec, 0, &ends) == 0 else {
            throw .noMemory("socketpair")
        }
        defer { close(ends[1]) }
        do throws(ImagingError) {
            process = try Self.start(path, connection: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
        connection = ends[0]
    }

    deinit {
        // It is not waited for elsewhere, so the number is still its own.
        kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        close(connection)
    }

    /// SOCK_CLOEXEC, which Swift does not show as a number.
    private static let closeOnExec = O_CLOEXEC
    /// Where the program finds its connection.
    package static let descriptor: Int32 = 3

    private static func start(_ path: String, connection: Int32) throws(ImagingError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for stream in 0..<Int32(3) {
            posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
        }
        // Also where it has this number already: it is then kept open beyond exec.
        posix_spawn_file_actions_adddup2(&actions, connection, descriptor)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // A group of its own, so that Ctrl-C at a terminal reaches the agent alone.
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        // None of this process's environment: it may hold secrets, and says which libraries to load.
        var (arguments, environment) = ([strdup(path), strdup("\(getpid())"), nil], [strdup("LANG=C"), nil])
        defer { for text in arguments + environment { free(text) } }
        var process: pid_t = 0
        let error = posix_spawn(&process, path, &actions, &attributes, &arguments, &environment)
        guard error == 0 else {
            if [ENOENT, EACCES, ENOTDIR].contains(error) { throw .noDecoder(.other) }
            errno = error
            throw .noMemory("posix_spawn")
        }
        return process
    }

    /// Sends an order and waits for its answer.
    ///
    /// - Parameter seconds: for which it waits at most.
    func ask(
        _ order: DecoderOrder, _ descriptors: [Int32], seconds: Double
    ) throws(Failure) -> DecoderAnswer {
        asked += 1
        let bytes = order.bytes
        guard mainstay_send(connection, bytes, bytes.count, descriptors, Int32(descriptors.count)) == bytes.count else {
            throw .ended
        }
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            var event = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
            let left = (end - .now) / .milliseconds(1)
            let ready = poll(&event, 1, Int32(min(max(left.rounded(.up), 0), 1e9)))
            if ready > 0 { break }
            if ready == 0 && left <= 0 { throw .late }
        }
        // No room for descriptors: what it sends of these is closed by the kernel.
        var answer = [UInt8](repeating: 0, count: DecoderAnswer.mostBytes)
        let count = mainstay_receive(connection, &answer, answer.count, nil, 0, nil)
        guard count > 0, let answer = DecoderAnswer(Array(answer.prefix(count))) else {
            throw mainstay_was_killed(process) != 0 ? .killed : .ended
        }
        return answer
    }
}
