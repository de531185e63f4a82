/// What one look at the library found.
public struct ScanReport: Hashable, Sendable, Codable {
    /// Distinct images that stand here, in either form, as they are known after it.
    public var images: Int
    /// New since the last look.
    public var added: Int
    /// With other bytes than at the last look.
    public var changed: Int
    /// At another path than at the last look.
    public var moved: Int
    /// No longer there.
    public var removed: Int
    /// Files left alone that look like images, such as those with names that are not UTF-8; `problems` names them.
    public var skipped: Int
    /// Files that are still being written; they are looked at by themselves once they stand still.
    public var unsettled: Int
    /// Why removals were not taken over, in one sentence; nil when they were.
    public var paused: String?
    /// How long it took.
    public var seconds: Double

    /// One with these values.
    public init(
        images: Int, added: Int, changed: Int, moved: Int, removed: Int, skipped: Int, unsettled: Int = 0,
        paused: String? = nil, seconds: Double
    ) {
        self.images = images
        self.added = added
        self.changed = changed
        self.moved = moved
        self.removed = removed
        self.skipped = skipped
        self.unsettled = unsettled
        self.paused = paused
        self.seconds = seconds
    }
}
