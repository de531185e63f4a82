import Model
import Synchronization

/// What waits between the watch's thread and the task that takes it up.
final class WatchMailbox: Sendable {
    private struct State {
        var pending: [WatchEvent] = []
        /// Where in `pending` a file's last event is that a later one of the same kind replaces.
        var settled: [RelativePath: Int] = [:]
        var waiter: CheckedContinuation<[WatchEvent]?, Never>?
        var isFinished = false

        mutating func add(_ event: WatchEvent, limit: Int) {
            switch event {
            case .settled(let file):
                // A file saved again and again is one event; only as long as no name has changed in between.
                if let index = settled[file.path] {
                    pending[index] = event
                    return
                }
                settled[file.path] = pending.count
            case .libraryGone:
                pending.append(event)
                return
            default:
                settled = [:]
            }
            if pending.last != event { pending.append(event) }
            if pending.count > limit {
                // What the person must be told outlives the flood.
                let told = pending.filter { $0 == .rescanAll(.watchLimit) }
                pending = told + [.rescanAll(.tooMuch)]
                settled = [:]
            }
        }

        mutating func take() -> [WatchEvent] {
            defer { (pending, settled) = ([], [:]) }
            return pending
        }
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func deliver(_ events: [WatchEvent]) {
        if events.isEmpty { return }
        let resumption = state.withLock { state -> (CheckedContinuation<[WatchEvent]?, Never>, [WatchEvent])? in
            for event in events { state.add(event, limit: limit) }
            guard let waiter = state.waiter else { return nil }
            state.waiter = nil
            return (waiter, state.take())
        }
        if let (waiter, batch) = resumption { waiter.resume(returning: batch) }
    }

    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }

    func next() async -> [WatchEvent]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> [WatchEvent]?? in
                    precondition(state.waiter == nil, "one task iterates over the events of a watcher")
                    if !state.pending.isEmpty { return .some(state.take()) }
                    if state.isFinished || Task.isCancelled { return .some(nil) }
                    state.waiter = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(returning: nil)
        }
    }
}
