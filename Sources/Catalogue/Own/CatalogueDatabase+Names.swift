import Foundation
import GRDB
public import Model

/// The agent's own renaming of files, and who waits for a name.
extension CatalogueDatabase {
    /// A rename that has begun and is not recorded yet.
    public struct Moving: Sendable, Hashable {
        public var file: RelativePath
        public var target: RelativePath
        /// What it is called in incoming, where it has to step aside.
        public var name: String

        public init(file: RelativePath, target: RelativePath, name: String) {
            self.file = file
            self.target = target
            self.name = name
        }
    }

    /// The own files that are these very files under another name: the same image and inode.
    public func sameFiles(
        as files: [(file: RelativePath, image: ImageID, stamp: FileStamp)]
    ) async throws -> [(from: RelativePath, to: RelativePath, stamp: FileStamp)] {
        guard !files.isEmpty else { return [] }
        return try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT file FROM own WHERE image = ? AND bytes = ? AND inode = ? AND file <> ?
                    ORDER BY file
                    """)
            var same: [(from: RelativePath, to: RelativePath, stamp: FileStamp)] = []
            for (file, image, stamp) in files {
                let row = try Row.fetchOne(
                    statement,
                    arguments: [
                        image.bytes.data, stamp.bytes, Int64(bitPattern: stamp.inode), file.description,
                    ])
                if let row { same.append((try row.path(at: 0), file, stamp)) }
            }
            return same
        }
    }

    /// Notes that these files are about to be renamed. Durable on return.
    public func intend(_ moves: [Moving], _ turn: borrowing UnderTurn) async throws {
        try await write { db in
            let insert = try db.cachedStatement(sql: "INSERT OR REPLACE INTO moving VALUES (?, ?, ?)")
            for move in moves {
                try insert.execute(arguments: [move.file.description, move.target.description, move.name])
            }
        }
    }

    /// The renames that have begun and are not recorded.
    public func movesUnderWay() async throws -> [Moving] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT file, target, name FROM moving ORDER BY file")
                .map { Moving(file: try $0.path("file"), target: try $0.path("target"), name: $0["name"]) }
        }
    }

    /// Records what became of the renames that had begun: nothing is under way any more, but for `open`.
    ///
    /// - Returns: the images concerned.
    public func finishMoves(
        _ renames: [OwnRename], except open: Set<RelativePath> = [], _ turn: borrowing UnderTurn
    ) async throws -> Set<ImageID> {
        try await write { [self] db in
            var edit = OwnEdit(db: db)
            try edit.rename(renames)
            try edit.forgetReplaced()
            if open.isEmpty {
                try db.execute(sql: "DELETE FROM moving")
            } else {
                for file in try Row.fetchAll(db, sql: "SELECT file FROM moving").map({ try $0.path("file") }) {
                    if open.contains(file) { continue }
                    try db.cachedStatement(sql: "DELETE FROM moving WHERE file = ?")
                        .execute(arguments: [file.description])
                }
            }
            self.publish(edit, db)
            return edit.images.union(try Self.waiting(for: edit.freed, db))
        }
    }

    /// The images here which peers have at these names, where no own file has one now, and the edits that they have there:
    /// what those replace may have another name now.
    static func waiting(for names: Set<RelativePath>, _ db: Database) throws -> Set<ImageID> {
        var images: Set<ImageID> = []
        let statement = try db.cachedStatement(
            sql: """
                SELECT DISTINCT image FROM mirror WHERE path = :path AND image IS NOT NULL
                    AND EXISTS (SELECT 1 FROM own WHERE own.image = mirror.image)
                    AND NOT EXISTS (SELECT 1 FROM own WHERE own.path = :path)
                UNION SELECT image FROM mirror WHERE path = :path AND replaces IS NOT NULL
                """)
        for name in names {
            let rows = try Row.fetchCursor(statement, arguments: ["path": name.description])
            while let row = try rows.next() { images.insert(try row.image(at: 0)) }
        }
        return images
    }

    /// The own files, of any image, that have one of these names or stand in its way.
    public func occupants(of names: [FileInfo]) async throws -> [[OwnFile]] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(OwnFile.rowColumns) FROM own WHERE file = :file
                    UNION ALL SELECT \(OwnFile.rowColumns) FROM own WHERE path = :path AND file <> :file
                    """)
            return try names.map { info in
                try Row.fetchAll(
                    statement, arguments: ["path": info.path.description, "file": info.file.description]
                )
                .map { try $0.ownFile() }
            }
        }
    }

    /// The images of mains here that peers have under another name which may count instead of the one here, or at several of
    /// which one is missing here, or say a later
    /// word on the edits of, or of which
    /// peers say that somebody has changed later what they are beside their bytes; after `image` in the order of ids.
    public func misnamed(after image: ImageID?, limit: Int) async throws -> [ImageID] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT own.image FROM own JOIN mirror ON mirror.image = own.image
                    WHERE own.image > ? AND own.form = 0
                        AND (mirror.path <> own.path
                            AND coalesce(mirror.generation, 0) >= coalesce(own.generation, 0)
                            AND (mirror.generation IS NOT NULL OR (own.origin IS NOT NULL AND mirror.form = 0))
                        OR (mirror.path <> own.path AND mirror.form = 0
                            AND EXISTS (
                                SELECT 1 FROM mirror AS second
                                WHERE second.image = mirror.image AND second.peer = mirror.peer
                                    AND second.path <> mirror.path)
                            AND NOT EXISTS (
                                SELECT 1 FROM own AS second
                                WHERE second.image = mirror.image AND second.path = mirror.path))
                        OR (own.origin IS NOT NULL AND coalesce(mirror.edition, 0) > coalesce(own.edition, 0))
                        OR substr(mirror.attributes, 15, 8) > coalesce(substr(own.attributes, 15, 8), zeroblob(8)))
                    ORDER BY own.image LIMIT ?
                    """, arguments: [image?.bytes.data ?? Data(), limit]
            ).map { try $0.image("image") }
        }
    }

    /// The images here that peers say are edits, and own edits where peers have others, after `image` in the order of ids.
    public func edited(after image: ImageID?, limit: Int) async throws -> [ImageID] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT own.image AS image FROM mirror INDEXED BY mirror_replacing JOIN own ON own.image = mirror.image
                    WHERE mirror.replaces IS NOT NULL AND own.image > :image
                    UNION SELECT own.image AS image FROM own INDEXED BY own_replacing JOIN mirror ON mirror.path = own.path
                    WHERE own.replaces IS NOT NULL AND mirror.replaces IS NOT NULL AND own.image > :image
                    ORDER BY image LIMIT :limit
                    """, arguments: ["image": image?.bytes.data ?? Data(), "limit": limit]
            ).map { try $0.image("image") }
        }
    }

    /// Whether the whole library was looked at once: what is found from then on is new.
    static func wasLookedAt(_ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM setting WHERE key = ?)"), arguments: [lookedAt])
            == true
    }

    /// Notes by which rules the library is looked at. Under other ones than before, what the next look finds is not what
    /// a person has just put there.
    public func look(under rules: String) async throws {
        let key = "looked at under"
        try await write { db in
            let known = try String.fetchOne(db, sql: "SELECT value FROM setting WHERE key = ?", arguments: [key])
            if known == rules { return }
            try db.execute(sql: "DELETE FROM setting WHERE key = ?", arguments: [Self.lookedAt])
            try db.execute(sql: "INSERT OR REPLACE INTO setting VALUES (?, ?)", arguments: [key, rules])
        }
    }

    /// The setting that says so.
    public static let lookedAt = "library looked at"
}
