import Dispatch
import Synchronization

/// A state that changes from any thread, and that tests wait on: for the event, with a deadline.
public final class HostObserved<State: Sendable>: Sendable {
    private struct Waiter: Sendable {
        /// Looks at the state; true when it has answered and is to be forgotten.
        var look: @Sendable (State) -> Bool
        var abandon: @Sendable (any Error) -> Void
    }

    private struct Content: Sendable {
        var state: State
        var waiters: [Int: Waiter] = [:]
        var next = 0
    }

    private let content: Mutex<Content>

    /// - Parameter state: how it begins.
    public init(_ state: State) { content = Mutex(Content(state: state)) }

    /// The state now.
    public var now: State { content.withLock { $0.state } }

    /// Changes the state, and lets everybody who waits look at it.
    public func update<Result: Sendable>(_ change: (inout State) -> Result) -> Result {
        content.withLock { content in
            let result = change(&content.state)
            let state = content.state
            content.waiters = content.waiters.filter { !$0.value.look(state) }
            return result
        }
    }

    /// Waits until `match` finds in the state what it looks for; throws when it throws, when `limit` has passed, and
    /// when the task is cancelled.
    ///
    /// - Parameters:
    ///   - what: names the event in the error.
    ///   - story: what to add to the error when the time is over.
    public func value<Value: Sendable>(
        within limit: Duration, _ what: String, story: @escaping @Sendable (State) -> String = { "\($0)" },
        _ match: @escaping @Sendable (State) throws -> Value?
    ) async throws -> Value {
        let id = content.withLock { content in
            defer { content.next += 1 }
            return content.next
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = Waiter(
                    look: { state in
                        do {
                            guard let value = try match(state) else { return false }
                            continuation.resume(returning: value)
                        } catch {
                            continuation.resume(throwing: error)
                        }
                        return true
                    },
                    abandon: { continuation.resume(throwing: $0) })
                content.withLock { content in
                    if !waiter.look(content.state) { content.waiters[id] = waiter }
                }
                if Task.isCancelled { abandon(id) { _ in CancellationError() } }
                let seconds = Double(limit.components.seconds) + Double(limit.components.attoseconds) * 1e-18
                DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [self] in
                    abandon(id) { HostFailure("\(what): not within \(limit). \(story($0))") }
                }
            }
        } onCancel: {
            abandon(id) { _ in CancellationError() }
        }
    }

    private func abandon(_ id: Int, _ error: (State) -> any Error) {
        let (waiter, state) = content.withLock { ($0.waiters.removeValue(forKey: id), $0.state) }
        waiter?.abandon(error(state))
    }
}
