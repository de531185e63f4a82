/// A person's word that a recipe is to be run, or is not any more, and what has come of it.
///
/// Nodes take each other's over and join what they know (``joined(with:)``), so all come to agree in whatever order
/// they hear of them. Two recipes for one image are two edits, and have nothing to do with each other.
public struct Edit: Hashable, Sendable {
    /// What is done, and to which image.
    public var recipe: Recipe
    /// The path that the image had where the person said so.
    public var path: RelativePath
    /// Counts the changes of mind about this recipe, from 1.
    public var generation: Int64
    /// Whether the person took it back.
    public var isUndone: Bool
    /// When the person said so, in seconds since 1970 by that node's clock. Of several edits of one image it tells which is
    /// the latest, and of two equal words which is kept; nothing that is at stake is decided by it.
    public var at: Int64
    /// The node at which the person said so.
    public var by: NodeID
    /// The rendition; nil until a holder of the main has made it.
    public var made: Made?

    /// A rendition that was made.
    public struct Made: Hashable, Sendable {
        /// The rendition, an image of its own.
        public var image: ImageID
        /// The generation of the word that it was made for.
        public var generation: Int64

        public init(image: ImageID, generation: Int64) {
            self.image = image
            self.generation = generation
        }

        /// Of two, the one for the later word. Nodes that made both for the same word agree on either.
        func joined(with other: Made) -> Made {
            if generation != other.generation { return generation > other.generation ? self : other }
            return image <= other.image ? self : other
        }
    }

    /// The highest generation: a peer that names it can still be answered, by keeping the edit.
    public static let highestGeneration = Deletion.highestGeneration

    public init(
        recipe: Recipe, path: RelativePath, generation: Int64 = 1, isUndone: Bool = false, at: Int64, by: NodeID,
        made: Made? = nil
    ) {
        self.recipe = recipe
        self.path = path
        self.generation = generation
        self.isUndone = isUndone
        self.at = at
        self.by = by
        self.made = made
    }

    /// Whether a holder of the main is to run it.
    public var isToRun: Bool { !isUndone && (made?.generation ?? 0) < generation }

    /// What two nodes know of one recipe, together: the later word, between equals the one that keeps the edit, of two
    /// that say the same apart the one with the earlier time, and of what was made the latest.
    public func joined(with other: Edit) -> Edit {
        let isLater =
            if generation != other.generation {
                other.generation > generation
            } else if isUndone != other.isUndone {
                isUndone
            } else {
                (other.at, other.by, other.path) < (at, by, path)
            }
        var joined = isLater ? other : self
        joined.made = made.map { own in other.made.map(own.joined) ?? own } ?? other.made
        return joined
    }

    /// A new word on a recipe of which `earlier` was the last; nil when that already says so.
    public static func word(
        undone: Bool, recipe: Recipe, path: RelativePath, after earlier: Edit?, at: Int64, by: NodeID
    ) -> Edit? {
        guard (earlier?.isUndone ?? true) != undone else { return nil }
        let generation = min((earlier?.generation ?? 0) + 1, highestGeneration)
        let word = Edit(
            recipe: recipe, path: path, generation: generation, isUndone: undone, at: at, by: by, made: earlier?.made)
        return word.joined(with: earlier ?? word) == word ? word : nil
    }
}
