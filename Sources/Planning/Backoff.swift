/// When to try again: waits that double from a first to a longest, each spread over the upper half of itself so that
/// nodes that failed together do not come back together.
public struct Backoff: Sendable, Hashable {
    public var first: Duration
    public var longest: Duration

    public init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// The wait before the next try.
    ///
    /// - Parameters:
    ///   - failures: how many tries failed in a row, at least 1.
    ///   - spread: a random number from 0 to 1.
    public func wait(afterFailures failures: Int, spread: Double) -> Duration {
        var wait = first
        for _ in 1..<max(failures, 1) where wait < longest { wait = wait * 2 }
        wait = min(wait, longest)
        return wait / 2 + wait / 2 * min(max(spread, 0), 1)
    }
}
