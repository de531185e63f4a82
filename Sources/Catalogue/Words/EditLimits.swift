import GRDB
import Model

/// How many edits are kept: a person never comes near, and a peer that makes them up comes no further.
struct EditLimits {
    /// Of one image, those that are not undone. Each becomes a main of its own.
    static let mostStanding = 64
    /// Of those as many may come from peers, so that a person always has room for own ones.
    static let mostStandingOfPeers = 32
    /// Of one image, with those that are undone: they must be remembered, lest an older word be taken for news.
    static let mostOfImage = 256
    /// Of images of which neither this node nor a peer has anything.
    static let mostStrange = 20_000

    private let db: Database
    /// Counted when it is first asked for: that reads all edits.
    private var strange: Int?

    init(db: Database) { self.db = db }

    /// How many edits of `image` are kept.
    static func count(of image: ImageID, _ db: Database) throws -> (all: Int, standing: Int) {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT count(*) n, count(*) FILTER (WHERE NOT undone) standing FROM edit WHERE image = ?"),
            arguments: [image.bytes.data])
        return (row?["n"] ?? 0, row?["standing"] ?? 0)
    }

    /// Whether what a peer says of a recipe is kept. What is known already always is, so that an undoing gets through.
    mutating func takesOver(_ word: Edit) throws -> Bool {
        if try CatalogueDatabase.edit(word.recipe.id, db) != nil { return true }
        let (all, standing) = try Self.count(of: word.recipe.image, db)
        guard all < Self.mostOfImage, word.isUndone || standing < Self.mostStandingOfPeers else { return false }
        return try isOfKnownImage(word) || takesStrange()
    }

    private func isOfKnownImage(_ word: Edit) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM own WHERE image = :image)
                        OR EXISTS (SELECT 1 FROM mirror WHERE image = :image)
                    """), arguments: ["image": word.recipe.image.bytes.data]) ?? false
    }

    private mutating func takesStrange() throws -> Bool {
        let count = try strange ?? countStrange()
        strange = count < Self.mostStrange ? count + 1 : count
        return count < Self.mostStrange
    }

    private func countStrange() throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(*) FROM (
                        SELECT 1 FROM edit
                        WHERE NOT EXISTS (SELECT 1 FROM own WHERE own.image = edit.image)
                            AND NOT EXISTS (SELECT 1 FROM mirror WHERE mirror.image = edit.image)
                        LIMIT \(Self.mostStrange))
                    """)) ?? 0
    }
}
