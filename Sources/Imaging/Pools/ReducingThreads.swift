import Dispatch
import Foundation
import Model
import Synchronization

/// The queue that the pool's threads share, and what each of them does.
///
/// Apart from the pool, so that the threads do not keep the pool alive.
final class ReducingThreads: Sendable {
    private struct State {
        var queue: TurnQueue<NodeID, ReducingJob>
        var isShutDown = false
    }

    private let state: Mutex<State>
    /// Counts what was put into the queue, and one for each thread at the end. A job that was cancelled leaves its count
    /// behind, for which a thread wakes up and finds nothing.
    private let arrivals = DispatchSemaphore(value: 0)
    private let count: Int

    /// Threads that do not run yet.
    init(count: Int, waiting: Int, waitingEach: Int) {
        self.count = count
        state = Mutex(State(queue: TurnQueue(most: waiting, mostEach: waitingEach)))
    }

    /// Starts them.
    func start() {
        for number in 1...count {
            let thread = Thread { self.run() }
            thread.name = "reducing-\(number)"
            thread.start()
        }
    }

    /// Puts a job into the queue, or answers it at once with the reason why not. One that was cancelled stays outside.
    func submit(_ job: ReducingJob) {
        let refusal: ImagingError? = state.withLock { state in
            if job.isAnswered { return nil }
            if state.isShutDown { return .shutDown }
            return state.queue.append(job, for: job.caller) ? nil : .busy
        }
        if let refusal {
            job.answer(.failure(refusal))
        } else {
            arrivals.signal()
        }
    }

    /// Takes a job out, if it still waits, and answers its caller.
    func cancel(_ job: ReducingJob) {
        // Both under the lock: a job that is submitted meanwhile is either taken out here, or not put in there.
        let continuation = state.withLock { state in
            state.queue.remove(for: job.caller) { $0 === job }
            return job.settle(.failure(CancellationError()))
        }
        continuation?.resume(throwing: CancellationError())
    }

    /// Jobs in the queue.
    var waiting: Int { state.withLock { $0.queue.count } }

    /// Ends the threads. May be called again.
    func shutdown() {
        let left: [ReducingJob] = state.withLock { state in
            state.isShutDown = true
            return state.queue.removeAll()
        }
        for job in left { job.answer(.failure(ImagingError.shutDown)) }
        for _ in 0..<count { arrivals.signal() }
    }

    private func run() {
        while true {
            arrivals.wait()
            let (job, isOver) = state.withLock { ($0.queue.next(), $0.isShutDown) }
            if isOver { return }
            job?.run()
        }
    }
}
