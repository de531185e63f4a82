import Glibc

/// A few threads of this module's own, for work that blocks: the cooperative pool and the event loops never wait for
/// a disk.
///
/// Work is done in the order in which it was asked for. What waits is held by its callers, each suspended, so how
/// much can wait is the callers' own limit.
public final class DiskThreads: Sendable {
    private let jobs: JobQueue

    /// Starts `count` threads.
    ///
    /// - Parameter name: shown by ps and debuggers; at most 15 bytes are.
    public convenience init(count: Int, name: String) { self.init(count: count, name: name) {} }

    /// - Parameter beginning: what each thread does first.
    init(count: Int, name: String, beginning: @escaping @Sendable () -> Void) {
        precondition(count > 0)
        jobs = JobQueue()
        for _ in 0..<count {
            OwnThread.start(named: name) { [jobs] in
                beginning()
                jobs.serve()
            }
        }
    }

    deinit { jobs.close() }

    /// Does `work` on one of the threads.
    ///
    /// A task that is cancelled before its turn comes throws CancellationError and does nothing. Work that has begun
    /// runs to its end.
    public func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        let ticket = Ticket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Result, any Error>) in
                jobs.add {
                    if ticket.isCancelled {
                        continuation.resume(throwing: CancellationError())
                    } else {
                        continuation.resume(with: Swift.Result(catching: work))
                    }
                }
            }
        } onCancel: {
            ticket.cancel()
        }
    }
}
