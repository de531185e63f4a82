public import Model

/// What a piece of work came to.
public struct WorkSummary: Hashable, Sendable, Codable {
    /// Images that are now as was asked, or would be.
    public var images: Int
    /// Images that are not.
    public var others: Int
    /// Bytes of what was done: room made, fetched, re-read, deleted.
    public var bytes: Int64
    /// How long it took.
    public var seconds: Double
    /// Of `free`: the bytes that were asked for.
    public var wanted: Int64?
    /// Of `free`: the bytes that could be freed at most, at present.
    public var available: Int64?
    /// Whether what was not done may work later. A command that did nothing at all ends with 75 then, else with 1.
    public var tryAgain: Bool
    /// Why it came to less than was asked, in one sentence with what to do; nil when the images' reasons say it.
    public var reason: String?
    /// Of `delete` with `dryRun`: the digest of the images that it would delete, at each of their paths: of the fingerprints of
    /// the lines `IMAGE PATH`.
    public var agreed: Digest?

    /// One with these values.
    public init(
        images: Int, others: Int, bytes: Int64, seconds: Double, wanted: Int64? = nil, available: Int64? = nil,
        tryAgain: Bool = false, reason: String? = nil, agreed: Digest? = nil
    ) {
        self.images = images
        self.others = others
        self.bytes = bytes
        self.seconds = seconds
        self.wanted = wanted
        self.available = available
        self.tryAgain = tryAgain
        self.reason = reason
        self.agreed = agreed
    }
}
