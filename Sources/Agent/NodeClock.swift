import Foundation

/// The node's monotonic time, which also goes on while the machine sleeps, and the wall clock beside it.
struct NodeClock: Sendable {
    private let origin = ContinuousClock.now

    /// Time since the node started.
    var now: Duration { ContinuousClock.now - origin }

    /// The moment at which ``now`` is `time`.
    func instant(of time: Duration) -> ContinuousClock.Instant { origin + time }

    /// Seconds since 1970, by a clock that may be wrong: for people, and for nothing that decides.
    var wall: Int64 { Int64(Date.now.timeIntervalSince1970) }
}
