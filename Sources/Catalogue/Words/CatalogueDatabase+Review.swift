import Foundation
import GRDB
public import Model
import Planning

/// A peer that deletes more at once than a person is likely to have meant: its words wait here for a person's yes.
extension CatalogueDatabase {
    /// Words are judged together with those of this long before them, in nanoseconds: a day.
    private static let remembered: Int64 = 86_400 * 1_000_000_000

    /// Takes over what a peer says on deleting, or keeps it for a person to look at.
    func take(_ words: [Deletion], of peer: Int64, _ edit: inout OwnEdit) throws {
        let db = edit.db
        let known = try db.cachedStatement(sql: "SELECT * FROM deletion WHERE image = ?")
        let isHere = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM own WHERE image = ?)")
        let news = try words.compactMap { word -> (word: Deletion, concerns: Bool)? in
            let image: StatementArguments = [word.image.bytes.data]
            guard word.supersedes(try Row.fetchOne(known, arguments: image)?.deletion()) else { return nil }
            return (word, try word.isDeleted && Bool.fetchOne(isHere, arguments: image) == true)
        }
        let count = news.count(where: \.concerns)
        let isHeld = try count > 0 && isTooMuch(count, of: peer, db)
        for (word, concerns) in news {
            if concerns && isHeld {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO held_deletion VALUES (?, ?, ?, ?, ?, ?, ?)",
                    arguments: [
                        peer, word.image.bytes.data, word.path.description, word.generation, word.isDeleted, word.at,
                        word.by.bytes.data,
                    ])
            } else {
                try edit.say(word, via: peer, concerned: concerns)
            }
        }
    }

    private func isTooMuch(_ count: Int, of peer: Int64, _ db: Database) throws -> Bool {
        if try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM held_deletion WHERE peer = ?)", arguments: [peer]) == true
        {
            return true
        }
        let since = Int64(Date.now.timeIntervalSince1970 * 1e9) - Self.remembered
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT count(*) AS said,
                    count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM own WHERE own.image = deletion.image)) AS gone
                FROM deletion WHERE via = ? AND heard > ? AND deleted AND concerned
                """, arguments: [peer, since])
        let (said, gone): (Int, Int) = (row?["said"] ?? 0, row?["gone"] ?? 0)
        return MassDisappearance.check(vanished: count + said, of: ownCounts.files + gone) != nil
    }

    /// The deletions that wait for a person, by the peers that said them, the oldest word first.
    public func heldDeletions() async throws -> [(peer: NodeID, words: [Deletion])] {
        try await read { db in
            let peers = try Self.peerNumbers(db)
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM held_deletion ORDER BY peer, at, path")
            var held: [(peer: NodeID, words: [Deletion])] = []
            for row in rows {
                guard let peer = peers[row["peer"]] else { continue }
                let word = try row.deletion()
                if held.last?.peer != peer { held.append((peer, [])) }
                held[held.count - 1].words.append(word)
            }
            return held
        }
    }

    /// A person's answer to the deletions of a peer that wait: they are taken over, or taken back on every node.
    ///
    /// - Parameters:
    ///   - own: this node.
    ///   - at: seconds since 1970.
    /// - Returns: the images concerned.
    public func answerHeld(
        of peer: NodeID, deletes: Bool, by own: NodeID, at: Int64
    ) async throws -> Set<ImageID> {
        try await write { [self] db in
            guard let number = try Self.number(of: peer, db) else { return [] }
            var edit = OwnEdit(db: db)
            let held = try Row.fetchAll(
                db, sql: "DELETE FROM held_deletion WHERE peer = ? RETURNING *", arguments: [number])
            let known = try db.cachedStatement(sql: "SELECT * FROM deletion WHERE image = ?")
            for row in held {
                let word = try row.deletion()
                guard word.supersedes(try Row.fetchOne(known, arguments: [word.image.bytes.data])?.deletion()) else {
                    continue
                }
                if deletes {
                    try edit.say(word, via: number)
                } else if let back = Deletion.word(
                    deleted: false, image: word.image, path: word.path, after: word, at: at, by: own)
                {
                    try edit.say(back)
                }
            }
            // What was meant does not count for the next question.
            if deletes { try db.execute(sql: "UPDATE deletion SET concerned = 0 WHERE via = ?", arguments: [number]) }
            self.publish(edit, db)
            return edit.images
        }
    }
}
