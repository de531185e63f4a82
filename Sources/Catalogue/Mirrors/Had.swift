import GRDB
import Model

/// Which images peers had: who never had an image has not edited it.
enum Had {
    /// Rows of a peer from which on those are forgotten of which no main stands here.
    private static let most = 50_000

    /// Notes images that a peer has no more.
    static func note(_ images: Set<ImageID>, by peer: Int64, _ db: Database) throws {
        if images.isEmpty { return }
        let note = try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO had SELECT :image, :peer
                WHERE NOT EXISTS (SELECT 1 FROM mirror WHERE image = :image AND peer = :peer)
                """)
        for image in images { try note.execute(arguments: ["image": image.bytes.data, "peer": peer]) }
        let count = try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM had WHERE peer = ?"), arguments: [peer])
        guard count ?? 0 > most else { return }
        try db.execute(
            sql: """
                DELETE FROM had WHERE peer = ?
                    AND NOT EXISTS (SELECT 1 FROM own WHERE own.image = had.image AND form = 0)
                """, arguments: [peer])
    }

    /// Notes that a peer is taken to have had an image.
    static func note(_ image: ImageID, by peer: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO had VALUES (?, ?)")
            .execute(arguments: [image.bytes.data, peer])
    }
}
