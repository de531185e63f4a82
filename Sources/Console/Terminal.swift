import Glibc
import Synchronization

/// The person at the terminal. Not standard input: a question takes a person who looks, not a pipe that says yes.
struct Terminal: Sendable {
    private let descriptor: Int32

    /// Opens the terminal that the command runs in; nil where there is none. It stays open until the command ends.
    init?() {
        descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
    }

    /// Asks, and waits for a line: true for y and yes.
    func confirms(_ question: String) async throws -> Bool {
        let typed = try await ask(question)
        let answer = typed.filter { !$0.isWhitespace }.lowercased()
        return answer == "y" || answer == "yes"
    }

    /// Asks, and waits for a line, which is given without the white space around it. Throws `CancellationError` for the end of
    /// the terminal's input (Ctrl-D): that is no answer.
    func answer(_ question: String) async throws -> String {
        let typed = try await ask(question)
        guard typed.hasSuffix("\n") else { throw CancellationError() }
        return String(typed.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }

    private func ask(_ question: String) async throws -> String {
        try await WaitingLine.shared.asking {
            let bytes = Array(question.utf8)
            _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            return try await line()
        }
    }

    /// One line with its end, unless the input ended before. Reading blocks, so it has a thread of its own, which ends with the line or with the command.
    private func line() async throws -> String {
        let waiting = Waiting()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard waiting.begin(continuation) else { return }
                Self.read(descriptor) { waiting.end(.success($0)) }
            }
        } onCancel: {
            waiting.end(.failure(CancellationError()))
        }
    }

    private static func read(_ descriptor: Int32, then: @escaping @Sendable (String) -> Void) {
        ReadingThread.start {
            var bytes = [UInt8]()
            var byte: UInt8 = 0
            // A terminal gives whole lines; read byte by byte, so that nothing beyond this one is taken.
            while bytes.last != UInt8(ascii: "\n"), Glibc.read(descriptor, &byte, 1) == 1 { bytes.append(byte) }
            then(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// A continuation that is resumed once, by whichever comes first.
    private final class Waiting: Sendable {
        private enum State {
            case initial
            case waiting(CheckedContinuation<String, any Error>)
            case ended
        }
        private let state = Mutex(State.initial)

        /// False when it has ended before it began; the continuation is resumed then.
        func begin(_ continuation: CheckedContinuation<String, any Error>) -> Bool {
            let hasEnded = state.withLock { state in
                guard case .initial = state else { return true }
                state = .waiting(continuation)
                return false
            }
            if hasEnded { continuation.resume(throwing: CancellationError()) }
            return !hasEnded
        }

        func end(_ result: Result<String, any Error>) {
            let waiting = state.withLock { state in
                let before = state
                state = .ended
                return before
            }
            if case .waiting(let continuation) = waiting { continuation.resume(with: result) }
        }
    }
}
