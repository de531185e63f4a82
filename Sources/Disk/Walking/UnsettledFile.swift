/// A file that may still be written.
public struct UnsettledFile: Sendable, Equatable {
    /// As it was last seen.
    public var file: FoundFile
    /// Since when it is known to stand still, in nanoseconds since 1970 of this machine's clock.
    public var since: Int64
    /// When to look again, in nanoseconds since 1970: it is settled if it is still the same then.
    public var lookAgain: Int64

    public init(file: FoundFile, since: Int64, lookAgain: Int64) {
        self.file = file
        self.since = since
        self.lookAgain = lookAgain
    }

    /// How long it is until then, from `now` in nanoseconds since 1970; nothing when that is past.
    public func wait(at now: Int64) -> Duration {
        guard lookAgain > now else { return .zero }
        let (wait, isBeyond) = lookAgain.subtractingReportingOverflow(now)
        return .nanoseconds(isBeyond ? .max : wait)
    }
}
