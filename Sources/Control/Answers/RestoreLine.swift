public import Model

/// What became of one path that `restore` was asked for.
public struct RestoreLine: Hashable, Sendable, Codable {
    /// What became of it.
    public enum Outcome: String, Sendable, Codable {
        /// Wanted again from now on; it is got from a holder.
        case restored
        /// It is here already.
        case here
        /// It was deleted; that is taken back on every node, and it comes out of the trash.
        case undeleted
        /// It stays deleted on every node: it was not named itself, only a folder above it.
        case stillDeleted
        /// It was deleted longer ago than the trash keeps, and nobody has it any more.
        case gone
        /// No image of that path is known.
        case unknown
    }

    /// The main's path.
    public var path: RelativePath
    /// What became of it.
    public var outcome: Outcome

    /// One with these values.
    public init(path: RelativePath, outcome: Outcome) {
        self.path = path
        self.outcome = outcome
    }
}
