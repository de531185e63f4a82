import Foundation
public import Glibc
import Synchronization

/// A process on a host: its output is waited for, its signals go to itself alone.
public final class HostProcess: Sendable {
    /// Its process id, in this test run's own numbers.
    public let pid: pid_t
    /// What was started, for messages.
    public let name: String
    private let input: Mutex<Int32>
    private let observed: HostObserved<HostOutput>
    /// Where ``expect(_:within:)`` goes on reading.
    private let cursor = Mutex(0)

    /// How a process is connected.
    enum Connection: Sendable { case pipes, terminal }

    static func start(
        _ arguments: [String], name: String, environment: [String: String], connection: Connection
    ) async throws -> HostProcess {
        switch connection {
        case .pipes:
            let (input, output, error) = (try Pipe(), try Pipe(), try Pipe())
            defer { for end in [input.reading, output.writing, error.writing] { close(end) } }
            let pid = try await HostLauncher.shared.start(
                arguments, environment: environment,
                streams: .descriptors(input.reading, output.writing, error.writing))
            return HostProcess(
                pid, name, input: input.writing, reading: [.out: output.reading, .err: error.reading])
        case .terminal:
            let (pid, terminal) = try await HostLauncher.shared.startOnTerminal(arguments, environment: environment)
            let reading = fcntl(terminal, F_DUPFD_CLOEXEC, 3)
            return HostProcess(pid, name, input: terminal, reading: [.out: reading])
        }
    }

    private struct Pipe {
        let reading: Int32
        let writing: Int32

        init() throws {
            let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue
            var ends: [Int32] = [-1, -1]
            guard socketpair(AF_UNIX, Int32(type), 0, &ends) == 0 else { throw HostFailure.system("socketpair", errno) }
            (reading, writing) = (ends[0], ends[1])
        }
    }

    private init(_ pid: pid_t, _ name: String, input: Int32, reading: [HostOutput.Stream: Int32]) {
        self.pid = pid
        self.name = name
        self.input = Mutex(input)
        var output = HostOutput()
        output.open = Set(reading.keys)
        observed = HostObserved(output)
        let observed = observed
        for (stream, descriptor) in reading {
            Thread.detachNewThread {
                var buffer = [UInt8](repeating: 0, count: 65_536)
                // A terminal ends with EIO when its last process is gone.
                while case let count = read(descriptor, &buffer, buffer.count), count > 0 {
                    observed.update { $0.add(buffer[0..<count], to: stream) }
                }
                close(descriptor)
                observed.update { $0.close(stream) }
            }
        }
        Thread.detachNewThread {
            var info = siginfo_t()
            // Left unreaped until the end is noted, so that no signal meant for it meets another with its number.
            while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
            observed.update { output in
                var status: Int32 = 0
                waitpid(pid, &status, 0)
                let signal = status & 0x7F
                output.end = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
            }
        }
    }

    deinit { input.withLock { if $0 >= 0 { close($0) } } }

    /// What it wrote so far, and how it ended.
    public var output: HostOutput { observed.now }

    /// True until it has ended.
    public var isRunning: Bool { observed.now.end == nil }

    /// Waits for a line that `matches`, among those from the first on, or from the one numbered `start`.
    ///
    /// - Returns: the line.
    @discardableResult
    public func line(
        _ what: String, from start: Int = 0, within limit: Duration = .seconds(60),
        _ matches: @escaping @Sendable (String) -> Bool
    ) async throws -> String {
        try await wait(for: what, within: limit) { output in output.lines.dropFirst(start).first(where: matches) }
    }

    /// Waits for a match of a regular expression in what follows the last such match, as a person reads a dialogue.
    /// Needs no line's end.
    ///
    /// - Returns: what the expression matched.
    @discardableResult
    public func expect(_ pattern: String, within limit: Duration = .seconds(60)) async throws -> String {
        let start = cursor.withLock { $0 }
        let found = try await wait(for: "a match of /\(pattern)/", within: limit) { output -> (String, Int)? in
            let rest = String(decoding: output.out.dropFirst(start), as: UTF8.self)
            guard let range = try rest.firstMatch(of: Regex(pattern))?.range else { return nil }
            return (String(rest[range]), rest[..<range.upperBound].utf8.count)
        }
        cursor.withLock { $0 = start + found.1 }
        return found.0
    }

    /// Waits for it to end by itself, with all that it had to say.
    public func waitForEnd(within limit: Duration = .seconds(60)) async throws -> HostOutput {
        try await observed.value(within: limit, "the end of \(name)", story: \.story) { $0.isComplete ? $0 : nil }
    }

    /// Writes to its standard input or terminal.
    public func write(_ text: String) {
        input.withLock { input in
            guard input >= 0 else { return }
            let bytes = Array(text.utf8)
            // A reader that is gone is no fault of the test's, and must not end it by SIGPIPE.
            if send(input, bytes, bytes.count, Int32(MSG_NOSIGNAL)) < 0 && errno == ENOTSOCK {
                _ = Glibc.write(input, bytes, bytes.count)
            }
        }
    }

    /// Ends its standard input.
    public func closeInput() {
        input.withLock { input in
            if input >= 0 { close(input) }
            input = -1
        }
    }

    /// Sends a signal, to it alone; nothing when it has ended.
    public func signal(_ number: Int32) {
        // Under the lock that its reaping takes too.
        observed.update { output in
            if output.end == nil { Glibc.kill(pid, number) }
        }
    }

    /// SIGTERM: asks it to end.
    public func terminate() { signal(SIGTERM) }

    /// SIGKILL: it is gone at once, in the middle of whatever it did.
    public func kill() { signal(SIGKILL) }

    private func wait<Value: Sendable>(
        for what: String, within limit: Duration, _ match: @escaping @Sendable (HostOutput) throws -> Value?
    ) async throws -> Value {
        let name = name
        return try await observed.value(within: limit, "\(name): \(what)", story: \.story) { output in
            if let value = try match(output) { return value }
            guard !output.isComplete else { throw HostFailure("\(name) ended before: \(what). \(output.story)") }
            return nil
        }
    }
}
