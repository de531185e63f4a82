import Foundation
import GRDB
public import Model
import Planning
import Synchronization

/// What a peer says of names and edits of images that stand here, and that waits for a person: all of one kind.
public struct HeldWords: Sendable, Hashable {
    /// Why it waits.
    public enum Kind: Int, Sendable, CaseIterable {
        /// The peer renames very many images at once.
        case name
        /// It edits very many at once.
        case edit
        /// It calls images of its own edits of such as it was never seen to have.
        case foreignEdit
        /// It has very many recipes run at once.
        case recipe
    }

    /// One of them.
    public struct Word: Sendable, Hashable {
        /// The name here: of the image, or of the one that it is to replace.
        public var here: RelativePath
        /// What the peer calls it.
        public var path: RelativePath
    }

    public var peer: NodeID
    public var kind: Kind
    /// How many there are.
    public var count: Int
    /// When the first of them was heard, in seconds since 1970; nil where nobody has noted that.
    public var since: Int64?
    /// The first few.
    public var first: [Word]
}

extension HeldWords {
    /// The condition that a row of held_word is a question still: a name that the image has here by now, or after which
    /// somebody has said a later one, is none.
    static let isOpen = """
        (kind <> \(Kind.name.rawValue) OR EXISTS (
            SELECT 1 FROM own WHERE own.image = held_word.image AND own.path <> held_word.path
                AND (coalesce(held_word.generation, 0) > coalesce(own.generation, 0)
                    OR held_word.generation IS NULL AND own.generation IS NULL
                    OR held_word.generation = own.generation AND held_word.path < own.path)))
        """
}

extension CatalogueDatabase {
    /// Words on names and edits that wait, by the peers that said them and by kind.
    ///
    /// - Parameter limit: how many of each are named.
    public func heldWords(limit: Int) async throws -> [HeldWords] {
        try await read { db in
            let peers = try Self.peerNumbers(db)
            let counts = try Row.fetchAll(
                db,
                sql: """
                    SELECT peer, kind, count(*), min(heard) FROM held_word WHERE \(HeldWords.isOpen)
                    GROUP BY peer, kind ORDER BY peer, kind
                    """)
            let held = try counts.compactMap { row -> HeldWords? in
                guard let peer = peers[row[0]], let kind = HeldWords.Kind(rawValue: row[1]) else { return nil }
                let first = try Row.fetchAll(
                    db,
                    sql: """
                        SELECT here, path FROM held_word WHERE peer = ? AND kind = ? AND \(HeldWords.isOpen)
                        ORDER BY here LIMIT ?
                        """,
                    arguments: [row[0] as Int64, kind.rawValue, limit])
                return HeldWords(
                    peer: peer, kind: kind, count: row[2], since: row[3], first: try first.map(Self.word))
            }
            let foreign = try Dictionary(grouping: Self.foreignEdits(db)) { $0.peer }
            return foreign.sorted { $0.key < $1.key }.reduce(into: held) { held, edits in
                guard let peer = peers[edits.key] else { return }
                held.append(
                    HeldWords(
                        peer: peer, kind: .foreignEdit, count: edits.value.count,
                        first: edits.value.prefix(limit).map(\.word)))
            }
        }
    }

    private static func word(_ row: Row) throws -> HeldWords.Word {
        HeldWords.Word(here: try row.path(at: 0), path: try row.path(at: 1))
    }

    /// Records of peers that say of a main here that they replace it, by peers that were never seen to have that.
    private static let foreign = """
        FROM (SELECT * FROM replaced WHERE peer > 0 LIMIT 200000) old
            JOIN own ON own.image = old.image AND own.form = 0
            JOIN mirror said ON said.peer = old.peer AND said.sequence = old.sequence
        WHERE said.image <> old.image
            AND NOT EXISTS (SELECT 1 FROM had WHERE had.image = old.image AND had.peer = said.peer)
            AND NOT EXISTS (SELECT 1 FROM mirror m WHERE m.image = old.image AND m.peer = said.peer)
            AND (said.path IN (own.path, own.origin) OR said.generation IS NOT NULL OR own.generation IS NOT NULL)
            AND coalesce(said.edition, length(said.replaces) / 32, 0) > (
                SELECT max(rank) FROM (
                    SELECT \(Replaced.rank) AS rank FROM own WHERE image = old.image
                    UNION ALL SELECT \(Replaced.rank) FROM mirror WHERE image = old.image))
        """

    /// One of them: the image here, and what the peer says of it.
    private struct ForeignEdit {
        var old: ImageID
        var image: ImageID
        var peer: Int64
        var word: HeldWords.Word
    }

    private static func foreignEdits(_ db: Database) throws -> [ForeignEdit] {
        let had = try db.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM had WHERE image = :image AND peer = :peer)
                    OR EXISTS (SELECT 1 FROM mirror WHERE image = :image AND peer = :peer)
                """)
        let rows = try Row.fetchAll(
            db, sql: "SELECT own.path, said.path, old.image, said.image, said.peer, said.replaces \(foreign)")
        return try rows.compactMap { row in
            let peer: Int64 = row[4]
            // What it was before, the peer had: it has edited that, and what came between was not seen.
            let isKnown = try row.images(at: 5).contains {
                try Bool.fetchOne(had, arguments: ["image": $0.bytes.data, "peer": peer]) == true
            }
            if isKnown { return nil }
            return ForeignEdit(old: try row.image(at: 2), image: try row.image(at: 3), peer: peer, word: try word(row))
        }
    }

    /// A person's answer to the words of a peer that wait: they count, or this node says something else from now on.
    ///
    /// A name that does not count is taken back, and of an edit that does not count both pictures stay; other nodes hear
    /// of either. A recipe that does not count is not run here, nor passed on.
    /// - Returns: the images concerned.
    public func answerHeldWords(of peer: NodeID, kind: HeldWords.Kind, counts: Bool) async throws -> Set<ImageID> {
        try await write { [self] db in
            guard let number = try Self.number(of: peer, db) else { return [] }
            var edit = OwnEdit(db: db)
            var images: Set<ImageID> = []
            if kind == .foreignEdit {
                images = try Self.answerForeignEdits(of: number, counts: counts, &edit)
            } else {
                // Whoever else says the same is answered, too.
                let rows = try Row.fetchAll(
                    db,
                    sql: """
                        DELETE FROM held_word
                        WHERE (image, path, kind, coalesce(generation, 0), coalesce(edition, 0), coalesce(replaces, x'')) IN (
                            SELECT image, path, kind, coalesce(generation, 0), coalesce(edition, 0), coalesce(replaces, x'')
                            FROM held_word WHERE peer = ? AND kind = ?)
                        RETURNING *
                        """, arguments: [number, kind.rawValue])
                if counts {
                    for other in Set(rows.map { $0["peer"] as Int64 }) {
                        try db.execute(sql: "UPDATE peer SET words = 0 WHERE number = ?", arguments: [other])
                    }
                }
                if kind == .recipe {
                    if counts { try Self.takeRecipes(rows, &edit) }
                } else {
                    images = try Self.answer(rows, counts: counts, &edit)
                }
            }
            self.publish(edit, db)
            db.afterNextTransaction { _ in self.digests.withLock { $0.version += 1 } }
            return images.union(edit.images)
        }
    }

    private static func takeRecipes(_ rows: [Row], _ edit: inout OwnEdit) throws {
        var limits = EditLimits(db: edit.db)
        for row in rows {
            let line: Data = row["line"]
            guard case .edit(let said) = try Model.Record(line: line).content, try limits.takesOver(said) else {
                continue
            }
            try edit.say(said)
        }
    }

    /// The records say what the peers have said; where that does not count, a later word of this node is said.
    private static func answer(_ rows: [Row], counts: Bool, _ edit: inout OwnEdit) throws -> Set<ImageID> {
        let db = edit.db
        let restore = try db.cachedStatement(
            sql: """
                UPDATE mirror SET path = ?, generation = ?, replaces = ?, edition = ? WHERE peer = ? AND sequence = ?
                """)
        var (images, replaced): (Set<ImageID>, Set<ImageID>) = ([], [])
        for row in rows {
            let (image, olds) = (try row.image("image"), try row.images(at: 8))
            let (speaker, sequence): (Int64, Model.Record.Sequence) = (row["peer"], row["sequence"])
            let (path, edition): (String, Int64?) = (row["path"], row["edition"])
            images.insert(image)
            if !counts, HeldWords.Kind(rawValue: row["kind"]) == .name,
                try !edit.keepName(of: image, against: row["generation"] ?? 0)
            {
                // Nothing is said of its name here, and the peer's word goes on being left out.
                continue
            }
            try restore.execute(arguments: [
                path, row["generation"] as Int64?, row["replaces"] as Data?, edition, speaker, sequence,
            ])
            try Replaced.add(olds, by: (speaker, sequence), db)
            if let edition { try CatalogueDatabase.withdrawDismissal(of: image, before: edition, db) }
            images.formUnion(try rivals(of: image, at: path, db))
            replaced.formUnion(olds)
            // Whose edits count has had what they are of.
            if counts { for old in olds { try Had.note(old, by: speaker, db) } }
        }
        if !counts { for old in replaced { try edit.keepBeside(editsOf: old) } }
        return images.union(replaced)
    }

    /// From now on the peer has had the images; or they stay beside what it says that replaced them.
    private static func answerForeignEdits(
        of peer: Int64, counts: Bool, _ edit: inout OwnEdit
    ) throws -> Set<ImageID> {
        let edits = try foreignEdits(edit.db).filter { $0.peer == peer }
        let olds = Set(edits.map(\.old))
        for old in olds {
            if counts {
                try Had.note(old, by: peer, edit.db)
            } else {
                try edit.keepBeside(editsOf: old)
            }
        }
        return olds.union(edits.map(\.image))
    }

    /// What a peer says of an image that was written over here is wanted again where it is a later edit.
    static func withdrawDismissal(of image: ImageID, before edition: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM dismissal WHERE image = ? AND edition < ?")
            .execute(arguments: [image.bytes.data, edition])
    }

    /// Own edits at the path of another, which may have to step aside.
    static func rivals(of image: ImageID, at path: String, _ db: Database) throws -> [ImageID] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT image FROM own WHERE path = ? AND replaces IS NOT NULL AND image <> ?"),
            arguments: [path, image.bytes.data]
        ).map { try $0.image(at: 0) }
    }
}

extension OwnEdit {
    /// The image keeps the name that it has here, after a peer's word of that generation: a person says so.
    ///
    /// - Returns: false for one that stands beside its name, or at several: that has no name of its own.
    fileprivate mutating func keepName(of image: ImageID, against generation: Int64) throws -> Bool {
        let rows = try Row.fetchAll(
            db, sql: "SELECT \(OwnFile.rowColumns) FROM own WHERE image = ?", arguments: [image.bytes.data])
        guard rows.count == 1, let row = rows.first else { return false }
        var own = try row.ownFile()
        if own.origin.map({ own.info.path.isDisambiguation(of: $0) }) == true { return false }
        guard own.info.generation ?? 0 <= generation else { return true }
        own.info.generation = min(generation + 1, FileInfo.highestGeneration)
        try insert(own, replacing: row)
        return true
    }

    /// The image is wanted beside whatever replaced it: a person says so.
    fileprivate mutating func keepBeside(editsOf image: ImageID) throws {
        guard let edition = try editionBeside(editsOf: image) else { return }
        for row in try Row.fetchAll(
            db, sql: "SELECT \(OwnFile.rowColumns) FROM own WHERE image = ?", arguments: [image.bytes.data])
        {
            var own = try row.ownFile()
            own.info.edition = edition
            try insert(own, replacing: row)
        }
    }
}
