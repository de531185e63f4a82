/// What `trash --empty` removed from this node's trash, for good.
public struct EmptiedTrash: Hashable, Sendable, Codable {
    /// Images removed.
    public var images: Int
    /// Bytes of their files.
    public var bytes: Int64

    /// One with these values.
    public init(images: Int, bytes: Int64) {
        self.images = images
        self.bytes = bytes
    }
}
