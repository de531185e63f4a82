public import Model

/// One image of a piece of work: what became of it, or would.
public struct ImageOutcome: Hashable, Sendable, Codable {
    /// What became of it.
    public enum Outcome: String, Sendable, Codable, CaseIterable {
        /// Its main was replaced by a reduced copy here.
        case evicted
        /// Its main would be, by the same request without `dryRun`.
        case wouldEvict
        /// Its main stays here; the reason says why.
        case kept
        /// Its main came to this node.
        case fetched
        /// There was nothing to do: it is already as was asked.
        case here
        /// Deleted; the file went into the trash.
        case deleted
        /// It would be deleted, by the same request without `dryRun`.
        case wouldDelete
        /// Taken back from the trash.
        case restored
        /// Its main was re-read and is as it should be.
        case verified
        /// Its main is not as it should be, was set aside, and could not be got anew; the reason says more.
        case damaged
        /// Its main was damaged, and is here again, whole.
        case repaired
        /// It could not be done; the reason says why.
        case failed
        /// No image is known at the path.
        case unknown
    }

    /// The main's path; the path that was asked for where the image is unknown.
    public var path: RelativePath
    /// The image; nil where it is unknown.
    public var image: ImageID?
    /// What became of it.
    public var outcome: Outcome
    /// Size of the main; for `evicted` and `wouldEvict` the room that it makes.
    public var bytes: Int64
    /// Why, in one sentence: with the remedy where it stayed undone. Nil when there is nothing to say.
    public var reason: String?

    /// Where it was not named itself: what it belongs to. Nil of what was named.
    public var part: Part?

    /// What an image is to the one that was named.
    public struct Part: Hashable, Sendable, Codable {
        /// The path that was named.
        public var of: RelativePath
        /// What it is to that.
        public var kind: FileGroup.Kind

        /// One with these values.
        public init(of: RelativePath, kind: FileGroup.Kind) { (self.of, self.kind) = (of, kind) }
    }

    /// One with these values.
    public init(
        path: RelativePath, image: ImageID? = nil, outcome: Outcome, bytes: Int64 = 0, reason: String? = nil,
        part: Part? = nil
    ) {
        self.path = path
        self.image = image
        self.outcome = outcome
        self.bytes = bytes
        self.reason = reason
        self.part = part
    }
}
