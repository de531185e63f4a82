/// Whether an answer still comes: so many bytes in every stretch of time. Pure; it is told the time with each chunk.
///
/// That chunks come at all is the transport's time-out; this finds the peer that sends one byte now and then.
struct Progress {
    private let stretch: Duration
    private let least: Int
    private var began: ContinuousClock.Instant
    private var bytes = 0

    init(least: Int, in stretch: Duration, at now: ContinuousClock.Instant) {
        self.stretch = stretch
        self.least = least
        began = now
    }

    /// Notes what came. False when too little came for too long.
    mutating func received(_ count: Int, at now: ContinuousClock.Instant) -> Bool {
        bytes += count
        guard now - began >= stretch else { return true }
        let enough = bytes >= least
        began = now
        bytes = 0
        return enough
    }
}
