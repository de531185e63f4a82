import Synchronization

/// Where the mains of a unit wait for each other: none leaves the disk before each has been proven and has its reduced copy.
final class EvictionGate: Sendable {
    private struct State {
        var ready = 0
        var isOpen = false
        var isClosed = false
    }

    private let count: Int
    private let state = Mutex(State())
    private let changes = Bulletin()

    /// - Parameter count: how many mains the unit has.
    init(of count: Int) { self.count = count }

    /// Whether one of them stays, and so all do.
    var isClosed: Bool { state.withLock(\.isClosed) }

    /// Waits until all are ready.
    ///
    /// - Returns: whether this one may go; not where one of them stays, or the eviction was given up before all were ready.
    func pass() async -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.ready += 1
            state.isOpen = state.ready == count
        }
        changes.post()
        while true {
            let edition = changes.edition
            let now = state.withLock { $0 }
            if now.isOpen { return true }
            if now.isClosed { return false }
            if Task.isCancelled { close() } else { await changes.wait(past: edition) }
        }
    }

    /// One of them stays. Once the gate is open that changes nothing.
    func close() {
        state.withLock { state in
            if !state.isOpen { state.isClosed = true }
        }
        changes.post()
    }

    /// Waits until so many are ready, or all stay, or the task is cancelled.
    func reach(_ number: Int) async {
        while !Task.isCancelled {
            let edition = changes.edition
            let now = state.withLock { $0 }
            if now.isOpen || now.isClosed || now.ready >= number { return }
            await changes.wait(past: edition)
        }
    }
}
