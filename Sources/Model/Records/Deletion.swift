/// A person's word that an image is to be deleted on every node, or that it is not.
///
/// Nodes take each other's over; of two the later one counts (``supersedes(_:)``), so all come to agree in whatever
/// order they hear of them. It stays for ever: a node that was away for a year still hears of it.
public struct Deletion: Hashable, Sendable {
    /// The image.
    public var image: ImageID
    /// The path it had where the person said so.
    public var path: RelativePath
    /// Counts the changes of mind about this image, from 1.
    public var generation: Int64
    /// Whether it is deleted; false takes an earlier word back.
    public var isDeleted: Bool
    /// When the person said so, in seconds since 1970 by that node's clock. For people: nothing is decided by it.
    public var at: Int64
    /// The node at which the person said so.
    public var by: NodeID

    /// The highest generation: a peer that names it can be answered once, by taking the image back for good.
    public static let highestGeneration: Int64 = 1 << 31

    public init(image: ImageID, path: RelativePath, generation: Int64, isDeleted: Bool, at: Int64, by: NodeID) {
        self.image = image
        self.path = path
        self.generation = generation
        self.isDeleted = isDeleted
        self.at = at
        self.by = by
    }

    /// Whether this counts instead of `other`: a later generation does, and between equals the one that keeps the image.
    public func supersedes(_ other: Deletion?) -> Bool {
        guard let other else { return true }
        if generation != other.generation { return generation > other.generation }
        return !isDeleted && other.isDeleted
    }

    /// A new word on an image of which `earlier` was the last; nil when that already says so.
    public static func word(
        deleted: Bool, image: ImageID, path: RelativePath, after earlier: Deletion?, at: Int64, by: NodeID
    ) -> Deletion? {
        guard (earlier?.isDeleted ?? false) != deleted else { return nil }
        let generation = min((earlier?.generation ?? 0) + 1, highestGeneration)
        let word = Deletion(image: image, path: path, generation: generation, isDeleted: deleted, at: at, by: by)
        return word.supersedes(earlier) ? word : nil
    }
}
