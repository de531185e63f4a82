import Synchronization

/// Tells whoever watches that something which a person is shown has changed. Nothing is posted to it by hand: what is shown
/// is kept in a ``Shown``, which tells by itself.
final class Status: Sendable {
    private let bulletin = Bulletin()

    /// The number of changes so far.
    var edition: UInt64 { bulletin.edition }

    /// Returns when there was a change after `edition`, or when the task is cancelled.
    func wait(past edition: UInt64) async { await bulletin.wait(past: edition) }

    /// Returns when there was a change after `edition`, when `deadline` has passed, or when the task is cancelled.
    func wait(past edition: UInt64, until deadline: ContinuousClock.Instant) async {
        await bulletin.wait(past: edition, until: deadline)
    }

    fileprivate func changed() { bulletin.post() }
}

/// A part of what people are shown. Whoever changes it tells all who watch.
final class Shown<Value>: Sendable {
    private let held: Mutex<Value>
    private let status: Status

    init(_ value: sending Value, in status: Status) {
        held = Mutex(value)
        self.status = status
    }

    /// Looks at it.
    func read<R>(_ body: (Value) throws -> sending R) rethrows -> sending R {
        try held.withLock { value in try body(value) }
    }

    /// Changes it, and tells.
    @discardableResult
    func change<R, E: Error>(_ body: (inout sending Value) throws(E) -> sending R) throws(E) -> sending R {
        defer { status.changed() }
        return try held.withLock(body)
    }

    /// Changes it, and tells where that is worth telling.
    @discardableResult
    func change<R, E: Error>(
        tellingIf isNews: (R) -> Bool, _ body: (inout sending Value) throws(E) -> sending R
    ) throws(E) -> R {
        let result = try held.withLock(body)
        if isNews(result) { status.changed() }
        return result
    }

    /// Changes what nobody is shown of it.
    @discardableResult
    func keep<R, E: Error>(_ body: (inout sending Value) throws(E) -> sending R) throws(E) -> sending R {
        try held.withLock(body)
    }
}
