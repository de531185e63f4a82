public import Foundation
public import Model

/// What a peer says that waits for a person's answer here: a line of `review`.
public struct ReviewLine: Hashable, Sendable, Codable {
    /// What it says of the images.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// They are deleted: very many at once.
        case deleted
        /// They have other names: very many at once.
        case renamed
        /// It has edited them: very many at once.
        case edited
        /// It has edited them, and was never seen to have them.
        case claimed
        /// It has recipes run on them, as `edit` does: very many at once.
        case adjusted
    }

    /// What waits.
    public var kind: Kind
    /// The peer.
    public var id: NodeID
    /// Its name.
    public var name: String
    /// How many images that stand here.
    public var images: Int
    /// Some of their paths here.
    public var paths: [RelativePath]
    /// What the peer calls these, where it has renamed them; else nil.
    public var names: [RelativePath]?
    /// When the first of them was deleted, by the clock of the node where that was; of all else, when it was heard of. Nil
    /// where nobody has noted that.
    public var since: Date?

    /// Paths that a line has at most.
    public static let mostPaths = 20

    /// One with these values.
    public init(
        kind: Kind, id: NodeID, name: String, images: Int, paths: [RelativePath], names: [RelativePath]? = nil,
        since: Date?
    ) {
        self.kind = kind
        self.names = names
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
    /// What is answered; nil for all kinds.
    public var kind: ReviewLine.Kind?
    /// Whether it counts here as well. Otherwise a deletion or a name is taken back on every node, and of an edit both
    /// pictures stay.
    public var accepts: Bool
    /// How many images the person was shown: where there are others by now, nothing is done; nil for whatever waits.
    public var images: Int?

    /// One with these values.
    public init(peer: String?, kind: ReviewLine.Kind? = nil, accepts: Bool, images: Int? = nil) {
        self.peer = peer
        self.kind = kind
        self.accepts = accepts
        self.images = images
    }
}
