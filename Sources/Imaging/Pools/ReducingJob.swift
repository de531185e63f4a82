import Model
import Synchronization

/// One request to the pool: what is to be done, and who waits for it.
///
/// The caller is answered exactly once, by whichever comes first: the work's end, a cancellation, or the pool's end.
final class ReducingJob: Sendable {
    private enum Waiting {
        /// The caller has not begun to wait.
        case notYet
        /// The caller waits.
        case waiting(CheckedContinuation<[UInt8], any Error>)
        /// The answer came before the caller began to wait.
        case early(Result<[UInt8], any Error>)
        /// The caller has its answer.
        case answered
    }

    /// Whose turn it takes.
    let caller: NodeID
    private let work: @Sendable () throws -> [UInt8]
    private let waiting = Mutex(Waiting.notYet)

    init(caller: NodeID, work: @escaping @Sendable () throws -> [UInt8]) {
        self.caller = caller
        self.work = work
    }

    /// Whether nobody waits any more.
    var isAnswered: Bool {
        waiting.withLock { state in
            switch state {
            case .answered, .early: true
            case .notYet, .waiting: false
            }
        }
    }

    /// Does the work on this thread, unless it is no longer wanted.
    func run() {
        guard !isAnswered else { return }
        answer(Result(catching: work))
    }

    /// Begins to wait.
    func wait(_ continuation: CheckedContinuation<[UInt8], any Error>) {
        let early: Result<[UInt8], any Error>? = waiting.withLock { state in
            switch state {
            case .early(let result):
                state = .answered
                return result
            case .notYet:
                state = .waiting(continuation)
                return nil
            case .waiting, .answered:
                preconditionFailure("a job is waited for once")
            }
        }
        if let early { continuation.resume(with: early) }
    }

    /// Answers the caller, unless it was answered before.
    func answer(_ result: Result<[UInt8], any Error>) {
        settle(result)?.resume(with: result)
    }

    /// Makes this the caller's answer, unless there is one; what comes back is to be resumed with it.
    func settle(_ result: Result<[UInt8], any Error>) -> CheckedContinuation<[UInt8], any Error>? {
        waiting.withLock { state in
            switch state {
            case .notYet:
                state = .early(result)
                return nil
            case .waiting(let continuation):
                state = .answered
                return continuation
            case .early, .answered:
                return nil
            }
        }
    }
}
