/// Lets the strangers of one address try one at a time, and after failures not at once again. Pure: time is passed in.
///
/// With six digits a man in the middle has one guess in a million an attempt; this keeps attempts rare.
public struct AttemptLimiter: Sendable {
    /// The first wait after a failure; it doubles with each one that follows.
    public static let firstWait = Duration.seconds(1)
    /// The longest wait. Longer would let a stranger lock the people of the house out.
    public static let longestWait = Duration.seconds(60)
    /// Without failures for this long, all is forgotten.
    public static let memory = Duration.seconds(600)

    fileprivate var running: ContinuousClock.Instant?
    private var failures = 0
    fileprivate var lastFailure: ContinuousClock.Instant?

    /// Nothing tried yet.
    public init() {}

    /// Why an attempt may not begin, and how long to wait.
    public struct Refusal: Error, Equatable {
        /// `busy` or `tooSoon`.
        public let code: PairingError.Code
        /// The time until it is worth trying again.
        public let wait: Duration

        public init(code: PairingError.Code, wait: Duration) {
            self.code = code
            self.wait = wait
        }
    }

    /// Begins an attempt that ends by itself at `deadline`.
    public mutating func begin(
        at now: ContinuousClock.Instant, until deadline: ContinuousClock.Instant
    ) throws(Refusal) {
        if let running, now < running { throw Refusal(code: .busy, wait: running - now) }
        if running != nil { fail(at: now) }
        if let wait = wait(at: now) { throw Refusal(code: .tooSoon, wait: wait) }
        running = deadline
    }

    /// Moves the end of the attempt that runs.
    public mutating func extend(until deadline: ContinuousClock.Instant) {
        if running != nil { running = deadline }
    }

    /// The attempt that runs came to a good end.
    public mutating func succeed() {
        running = nil
        failures = 0
        lastFailure = nil
    }

    /// The attempt that runs, or one that was refused before it began, failed.
    public mutating func fail(at now: ContinuousClock.Instant) {
        running = nil
        if let lastFailure, now - lastFailure >= Self.memory { failures = 0 }
        failures += 1
        lastFailure = now
    }

    /// The time until the next attempt may begin; nil when that is now.
    public func wait(at now: ContinuousClock.Instant) -> Duration? {
        guard failures > 0, let lastFailure else { return nil }
        let full = min(Self.firstWait * (1 << min(failures - 1, 16)), Self.longestWait)
        let rest = lastFailure + full - now
        return rest > .zero ? rest : nil
    }
}

/// Lets one stranger try at a time, and makes each address wait for its own failures only: whoever fails on and on keeps
/// nobody else out. Pure: time is passed in.
public struct AttemptLimits: Sendable {
    /// Addresses that are remembered: of more, those that failed longest ago are forgotten.
    public static let most = 256

    private var sources: [String: AttemptLimiter] = [:]
    /// Whose attempt runs.
    private var running: String?

    /// Nothing tried yet.
    public init() {}

    /// Begins an attempt from an address that ends by itself at `deadline`.
    public mutating func begin(
        from source: String, at now: ContinuousClock.Instant, until deadline: ContinuousClock.Instant
    ) throws(AttemptLimiter.Refusal) {
        if let other = running, other != source {
            if let end = sources[other]?.running, now < end {
                throw AttemptLimiter.Refusal(code: .busy, wait: end - now)
            }
            fail(at: now)
        }
        try sources[source, default: AttemptLimiter()].begin(at: now, until: deadline)
        running = source
        trim()
    }

    /// Moves the end of the attempt that runs.
    public mutating func extend(until deadline: ContinuousClock.Instant) {
        if let running { sources[running]?.extend(until: deadline) }
    }

    /// The attempt that runs came to a good end.
    public mutating func succeed() {
        if let running { sources[running] = nil }
        running = nil
    }

    /// The attempt that runs failed.
    public mutating func fail(at now: ContinuousClock.Instant) {
        if let running { sources[running]?.fail(at: now) }
        running = nil
    }

    /// An attempt from an address failed before it began.
    public mutating func fail(from source: String, at now: ContinuousClock.Instant) {
        sources[source, default: AttemptLimiter()].fail(at: now)
        trim()
    }

    /// An address came to a good end without an attempt.
    public mutating func succeed(from source: String) { sources[source] = nil }

    /// The time until the next attempt from an address may begin; nil when that is now.
    public func wait(from source: String, at now: ContinuousClock.Instant) -> Duration? {
        sources[source]?.wait(at: now)
    }

    private mutating func trim() {
        guard sources.count > Self.most else { return }
        let failed = sources.compactMap { source, limiter in
            source == running ? nil : limiter.lastFailure.map { (source, $0) }
        }
        if let oldest = failed.min(by: { $0.1 < $1.1 }) { sources[oldest.0] = nil }
    }
}
