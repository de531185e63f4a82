public import Foundation
public import Model

/// What a peer deletes at once that waits for a person's answer here: a line of `review`.
public struct ReviewLine: Hashable, Sendable, Codable {
    /// The peer.
    public var id: NodeID
    /// Its name.
    public var name: String
    /// How many images that stand here.
    public var images: Int
    /// Some of their paths, in the order in which they were deleted.
    public var paths: [RelativePath]
    /// When the first of them was deleted, by the clock of the node where that was.
    public var since: Date

    /// Paths that a line has at most.
    public static let mostPaths = 20

    /// One with these values.
    public init(id: NodeID, name: String, images: Int, paths: [RelativePath], since: Date) {
        self.id = id
        self.name = name
        self.images = images
        self.paths = paths
        self.since = since
    }
}

/// A person's answer to it. Body of `POST /v1/review`.
public struct ReviewAnswer: Hashable, Sendable, Codable {
    /// The peer's name, its id, or the beginning of its id; nil for all that wait.
    public var peer: String?
    /// Whether the images are deleted here as well; otherwise the deletion is taken back on every node.
    public var deletes: Bool
    /// How many images the person was shown: where there are others by now, nothing is done; nil for whatever waits.
    public var images: Int?

    /// One with these values.
    public init(peer: String?, deletes: Bool, images: Int? = nil) {
        self.peer = peer
        self.deletes = deletes
        self.images = images
    }
}
