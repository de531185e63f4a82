import GRDB
import Model

/// How many deletions of images that nobody has are kept of one peer: they are passed on, but a peer can make up any number.
struct DeletionShare {
    /// Above what a household deletes in a life before a machine has ever heard of it.
    static let most = 20_000

    private let db: Database
    private let peer: Int64
    /// Counted when it is first asked for: that reads all words of the peer.
    private var kept: Int?

    init(of peer: Int64, _ db: Database) { (self.peer, self.db) = (peer, db) }

    /// Whether what the peer says of an image is taken over.
    mutating func takesOver(_ word: Deletion) throws -> Bool {
        let isKnown = try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM own WHERE image = :image)
                        OR EXISTS (SELECT 1 FROM mirror WHERE image = :image)
                        OR EXISTS (SELECT 1 FROM deletion WHERE image = :image)
                    """), arguments: ["image": word.image.bytes.data])
        if isKnown == true { return true }
        let count = try kept ?? countKept()
        kept = count < Self.most ? count + 1 : count
        return count < Self.most
    }

    private func countKept() throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(*) FROM (
                        SELECT 1 FROM deletion WHERE via = ?
                            AND NOT EXISTS (SELECT 1 FROM own WHERE own.image = deletion.image)
                            AND NOT EXISTS (SELECT 1 FROM mirror WHERE mirror.image = deletion.image)
                        LIMIT \(Self.most))
                    """), arguments: [peer]) ?? 0
    }
}
