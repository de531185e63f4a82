import Foundation
import GRDB
public import Model

/// Words on recipes, and what came of them. Each method is one transaction, durable on return.
extension CatalogueDatabase {
    /// Says, for every node to hear, that recipes are to be run, or are not any more. A person's word, here.
    ///
    /// - Parameters:
    ///   - recipes: each with the path to name its image by.
    ///   - by: this node.
    ///   - at: seconds since 1970.
    /// - Returns: each recipe's edit as it stands now, in the same order, also where that was no news; one that is to be
    ///   undone and was never known is left out. And the images about which it is news.
    /// - Throws: ``CatalogueError``; `tooMany`, with nothing said at all, where an image would have more edits than are
    ///   kept.
    public func say(
        undone: Bool, recipes: [(recipe: Recipe, path: RelativePath)], by: NodeID, at: Int64
    ) async throws -> (said: [Edit], images: Set<ImageID>) {
        try await write { [self] db in
            var own = OwnEdit(db: db)
            var said: [Edit] = []
            for (recipe, path) in recipes {
                let earlier = try Self.edit(recipe.id, db)
                let time = undone ? at : try Self.time(after: recipe, at: at, db)
                let word = Edit.word(undone: undone, recipe: recipe, path: path, after: earlier, at: time, by: by)
                if let word {
                    if !undone { try self.checkRoom(for: word, isKnown: earlier != nil, db) }
                    said.append(try own.say(word))
                } else if let earlier {
                    said.append(earlier)
                }
            }
            self.publish(own, db)
            return (said, own.images)
        }
    }

    /// The latest edit is the one to be undone and exported: one that is made within a second of another, or beside one
    /// of a node whose clock is somewhat ahead, is the later one all the same.
    private static func time(after recipe: Recipe, at: Int64, _ db: Database) throws -> Int64 {
        let latest = try Int64.fetchOne(
            db.cachedStatement(
                sql: "SELECT MAX(at) FROM edit WHERE image = ? AND recipe <> ? AND NOT undone AND at < ?"),
            arguments: [recipe.image.bytes.data, recipe.id.bytes.data, at + Self.mostAhead])
        return max(at, (latest ?? at - 1) + 1)
    }

    /// Seconds. A clock that is wrong by more is nothing to go by.
    private static let mostAhead: Int64 = 86_400

    private func checkRoom(for word: Edit, isKnown: Bool, _ db: Database) throws {
        let (all, standing) = try EditLimits.count(of: word.recipe.image, db)
        if standing >= EditLimits.mostStanding {
            throw CatalogueError(
                code: .tooMany,
                message:
                    "\(word.path) has \(standing) edits, and more of one image are not kept; take some of them back "
                    + "first, with 'syncctl edit \(word.path) --undo'.", path: path)
        }
        if !isKnown && all >= EditLimits.mostOfImage {
            throw CatalogueError(
                code: .tooMany,
                message:
                    "\(word.path) had \(all) different edits so far, and more of one image are not kept; go on with "
                    + "one that was taken back, or edit a rendition of it.", path: path)
        }
    }

    static func edit(_ recipe: RecipeID, _ db: Database) throws -> Edit? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM edit WHERE recipe = ?"), arguments: [recipe.bytes.data])?.edit()
    }

    /// What is known of a recipe; nil for nothing.
    public func edit(_ recipe: RecipeID) async throws -> Edit? { try await read { try Self.edit(recipe, $0) } }

    /// The edits of an image, undone ones too, the oldest word first.
    public func edits(of image: ImageID) async throws -> [Edit] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM edit WHERE image = ? ORDER BY at, recipe"),
                arguments: [image.bytes.data]
            ).map { try $0.edit() }
        }
    }

    /// The edits of which `image` is the rendition, undone ones too. Most often one, or none.
    public func edits(making image: ImageID) async throws -> [Edit] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM edit WHERE made = ? ORDER BY at, recipe"),
                arguments: [image.bytes.data]
            ).map { try $0.edit() }
        }
    }

    /// The edits, undone ones too, whose path is `path` or lies below it (all of them for the empty text), after the edit
    /// `after`: by path, of one path the latest word first.
    public func edits(under path: String, after: Edit? = nil, limit: Int) async throws -> [Edit] {
        try await read { db in
            let (condition, arguments) = Self.within(path, column: "path")
            let cursor: StatementArguments = [
                after?.path.description ?? "", after.map { -$0.at } ?? Int64.min, after?.recipe.id.bytes.data ?? Data(),
                limit,
            ]
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM edit WHERE \(condition) AND (path, -at, recipe) > (?, ?, ?)
                    ORDER BY path, -at, recipe LIMIT ?
                    """, arguments: arguments + cursor
            ).map { try $0.edit() }
        }
    }

    /// The edits that this node could run: those that are to be run, of images that are not deleted and of which a main
    /// stands here; after `recipe` in the order of recipes.
    public func editsToRun(after recipe: RecipeID?, limit: Int) async throws -> [Edit] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        \(Self.open) AND recipe > ?
                            AND EXISTS (SELECT 1 FROM own WHERE own.image = edit.image AND form = 0)
                        ORDER BY recipe LIMIT ?
                        """), arguments: [recipe?.bytes.data ?? Data(), limit]
            ).map { try $0.edit() }
        }
    }

    /// How many edits are to be run in the household, as far as is known here. Reads only those.
    public func openEdits() async throws -> Int {
        try await read { db in
            try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM (\(Self.open))")) ?? 0
        }
    }

    /// ``Edit/isToRun``, in the words of the index, of an image that is not deleted.
    private static let open = """
        SELECT * FROM edit INDEXED BY edit_open WHERE NOT undone AND generation > coalesce(made_generation, 0)
            AND NOT EXISTS (SELECT 1 FROM deletion WHERE deletion.image = edit.image AND deleted)
        """

    /// The undone edits whose rendition stands here as a main, about whose deletion nobody has ever said a word, and
    /// which is not that of another edit as well; after `recipe` in the order of recipes.
    ///
    /// A peer can name any image as a rendition: look into the file before doing anything about it.
    public func undoneHere(after recipe: RecipeID?, limit: Int) async throws -> [Edit] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT * FROM edit WHERE undone AND made IS NOT NULL AND recipe > ?
                            AND EXISTS (SELECT 1 FROM own WHERE own.image = edit.made AND form = 0)
                            AND NOT EXISTS (SELECT 1 FROM deletion WHERE deletion.image = edit.made)
                            AND NOT EXISTS (SELECT 1 FROM edit other WHERE other.made = edit.made AND NOT other.undone)
                        ORDER BY recipe LIMIT ?
                        """), arguments: [recipe?.bytes.data ?? Data(), limit]
            ).map { try $0.edit() }
        }
    }

    /// Records that a recipe was run and its rendition was placed as `file`, unless that is not wanted any more.
    ///
    /// - Parameter generation: of the word that it was run for.
    /// - Returns: the images concerned. Nil where nothing was changed: the edit was undone, said anew or made
    ///   meanwhile, is not known, or `file` is the very image that was edited. The file is to be taken away again.
    public func recordRendition(
        _ file: OwnFile, of recipe: RecipeID, generation: Int64, _ turn: borrowing UnderTurn
    ) async throws -> Set<ImageID>? {
        try await noteMade(file.info.image, of: recipe, generation) { try $0.placed(file) }
    }

    /// Records that the rendition of a recipe is an image of which a main stands here already.
    ///
    /// - Returns: as ``recordRendition(_:of:generation:_:)`` does.
    public func noteRendition(
        _ image: ImageID, of recipe: RecipeID, generation: Int64
    ) async throws -> Set<ImageID>? {
        try await noteMade(image, of: recipe, generation) { _ in }
    }

    private func noteMade(
        _ image: ImageID, of recipe: RecipeID, _ generation: Int64,
        placing: @escaping @Sendable (inout OwnEdit) throws -> Void
    ) async throws -> Set<ImageID>? {
        try await write { [self] db in
            guard var edit = try Self.edit(recipe, db), edit.isToRun, edit.generation == generation,
                edit.recipe.image != image
            else { return nil }
            var own = OwnEdit(db: db)
            // First, so that nobody hears of a rendition before its file.
            try placing(&own)
            edit.made = Edit.Made(image: image, generation: generation)
            try own.say(edit)
            self.publish(own, db)
            return own.images
        }
    }
}
