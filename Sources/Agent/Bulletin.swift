import Synchronization

/// Tells all who wait that something changed. Posting never blocks; a change that nobody waits for is not lost, because
/// waiting names the last edition that was seen.
final class Bulletin: Sendable {
    private struct State {
        var edition: UInt64 = 0
        var nextWaiter: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// The number of changes so far.
    var edition: UInt64 { state.withLock { $0.edition } }

    /// Says that something changed.
    func post() {
        let waiters = state.withLock { state in
            state.edition += 1
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when there was a change after `edition`, or when the task is cancelled.
    func wait(past edition: UInt64) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.edition > edition || Task.isCancelled { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }

    /// Returns when there was a change after `edition`, when `deadline` has passed, or when the task is cancelled.
    func wait(past edition: UInt64, until deadline: ContinuousClock.Instant) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(past: edition) }
            group.addTask { try? await ContinuousClock().sleep(until: deadline) }
            await group.next()
            group.cancelAll()
        }
    }
}
