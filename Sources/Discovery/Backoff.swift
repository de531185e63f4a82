/// How long to wait before the next attempt: twice as long after each failure, up to a limit. Pure.
struct Backoff: Sendable {
    /// The first wait.
    let first: Duration
    /// No wait is longer.
    let longest: Duration
    private var next: Duration

    init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
        next = first
    }

    /// Counts a failure; answers with the time to wait after it.
    mutating func failed() -> Duration {
        defer { next = min(next * 2, longest) }
        return next
    }

    /// Counts a success: the next failure waits briefly again.
    mutating func succeeded() { next = first }
}
