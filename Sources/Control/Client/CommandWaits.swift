import Synchronization

/// What the agent waits for at present on behalf of one command.
///
/// Whatever takes long says so itself, with ``during(_:isolation:_:)``. It does not know for which command it runs: that
/// comes with its task. What the agent does by itself is told to nobody.
public final class CommandWaits: Sendable {
    /// Those of the command that the present task works for.
    @TaskLocal public static var current: CommandWaits?

    private struct Entry {
        var what: String
        var since: Duration
    }

    private struct State {
        var next = 0
        var entries: [Int: Entry] = [:]
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Duration

    /// - Parameter now: monotonic time, from any one moment.
    public init(now: @escaping @Sendable () -> Duration) { self.now = now }

    /// By the clock of this machine.
    public convenience init() {
        let origin = ContinuousClock.now
        self.init { ContinuousClock.now - origin }
    }

    /// Of several things that are waited for, the one that has lasted longest; nil where nothing is.
    public var step: CommandStep? {
        let now = now()
        return state.withLock { state in
            // The first of those that began together, so that the answer does not jump between them.
            state.entries.min { ($0.value.since, $0.key) < ($1.value.since, $1.key) }.map { _, entry in
                CommandStep(what: entry.what, seconds: max(0, (now - entry.since) / .seconds(1)))
            }
        }
    }

    /// Runs `body`, and says meanwhile what is waited for.
    ///
    /// - Parameter what: a clause without a full stop.
    public static func during<Result>(
        _ what: String, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async rethrows -> Result {
        let wait = Wait()
        wait.turns(to: what)
        defer { wait.turns(to: nil) }
        return try await body()
    }

    /// One thing after the other, as a loop finds it out. It ends with ``turns(to:)`` nil.
    public struct Wait: Sendable {
        private let waits = CommandWaits.current
        private let key: Int

        /// Nothing is waited for yet.
        public init() { key = waits?.open() ?? 0 }

        /// This is waited for from now on, or goes on being so where it was before; nothing for nil.
        public func turns(to what: String?) { waits?.set(key, what) }
    }

    private func open() -> Int {
        state.withLock { state in
            state.next += 1
            return state.next
        }
    }

    private func set(_ key: Int, _ what: String?) {
        let now = now()
        state.withLock { state in
            guard let what else {
                state.entries[key] = nil
                return
            }
            if state.entries[key]?.what != what { state.entries[key] = Entry(what: what, since: now) }
        }
    }
}
