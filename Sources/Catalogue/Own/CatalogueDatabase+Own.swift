import Foundation
import GRDB
public import Model
import Synchronization

/// This node's own file info. The node is its only writer.
extension CatalogueDatabase {
    /// The digest of this node's own list.
    public var ownDigest: Digest { digests.withLock { $0.own.whole } }

    /// The highest sequence number that this node ever gave.
    public var ownLast: Model.Record.Sequence { digests.withLock { $0.ownLast } }

    /// Takes in what happened to the library, in order, in one durable transaction.
    ///
    /// A file whose published record stays the same keeps its sequence number; any other gets a new one.
    /// - Returns: the images concerned, whose decisions may have changed.
    @discardableResult
    public func apply(_ changes: [OwnChange], _ turn: borrowing UnderTurn) async throws -> Set<ImageID> {
        guard !changes.isEmpty else { return [] }
        // The digests follow the transaction while the writer is still ours, so no reader sees them out of order.
        return try await write { [self] db in
            var edit = OwnEdit(db: db)
            for change in changes { try edit.apply(change) }
            try edit.forgetReplaced()
            self.publish(edit, db)
            // What replaces a file waits, perhaps, until somebody has looked at that once more.
            return try edit.images.union(Self.waiting(for: edit.freed, db)).union(Replaced.edits(of: edit.images, db))
        }
    }

    /// Has the digests follow the transaction, once it is durable.
    func publish(_ edit: OwnEdit, _ db: Database) {
        guard !edit.added.isEmpty || !edit.removed.isEmpty else { return }
        let (added, removed, counts, last) = (edit.added, edit.removed, edit.counts, edit.last)
        db.afterNextTransaction { _ in
            self.digests.withLock { digests in
                for (sequence, fingerprint) in removed { digests.own.remove(fingerprint, at: sequence) }
                for (sequence, fingerprint) in added { digests.own.add(fingerprint, at: sequence) }
                digests.ownLast = max(digests.ownLast, last)
                digests.ownCounts += counts
                digests.version += 1
                digests.ownVersion += 1
            }
        }
    }

    /// Bytes that the own images take up, in either form.
    public var ownBytes: Int64 { digests.withLock { $0.ownCounts.mainBytes + $0.ownCounts.reducedBytes } }

    /// The digests of `ranges` of the own list.
    public func ownDigests(of ranges: [SequenceRange]) async throws -> [Digest] {
        let chunks = digests.withLock { $0.own }
        return try await read { db in
            try ranges.map { range in
                try chunks.digest(of: range) { part in
                    try Self.digest(
                        db,
                        sql: """
                            SELECT fingerprint FROM own WHERE sequence >= ? AND sequence < ?
                            UNION ALL SELECT fingerprint FROM deletion WHERE sequence >= ? AND sequence < ?
                            UNION ALL SELECT fingerprint FROM edit WHERE sequence >= ? AND sequence < ?
                            """, arguments: [part.from, part.to, part.from, part.to, part.from, part.to])
                }
            }
        }
    }

    static func digest(_ db: Database, sql: String, arguments: StatementArguments) throws -> Digest {
        var digest = Digest.empty
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        while let row = try rows.next() { digest.add(try row.fingerprint(at: 0)) }
        return digest
    }

    /// The own records in `range`, by sequence number, at most `limit` of them.
    public func ownRecords(in range: SequenceRange, limit: Int) async throws -> [Model.Record] {
        try await read { db in
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT sequence, \(FileInfo.columns) FROM own
                        WHERE sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?
                        """), arguments: [range.from, range.to, limit])
            var records: [Model.Record] = []
            while let row = try rows.next() {
                records.append(Model.Record(sequence: row[0], info: try row.info(at: 1)))
            }
            let files = records.count
            func add(_ table: String, _ content: (Row) throws -> Model.Record.Content) throws {
                let words = try Row.fetchCursor(
                    db.cachedStatement(
                        sql: "SELECT * FROM \(table) WHERE sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?"),
                    arguments: [range.from, range.to, limit])
                while let row = try words.next() {
                    records.append(Model.Record(sequence: row["sequence"], try content(row)))
                }
            }
            try add("deletion") { .deletion(try $0.deletion()) }
            try add("edit") { .edit(try $0.edit()) }
            guard records.count > files else { return records }
            return Array(records.sorted { $0.sequence < $1.sequence }.prefix(limit))
        }
    }

    /// The own files that hold `image`.
    public func ownFiles(of image: ImageID) async throws -> [OwnFile] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT \(OwnFile.rowColumns) FROM own WHERE image = ? ORDER BY file"),
                arguments: [image.bytes.data]
            ).map { try $0.ownFile() }
        }
    }

    /// The own image file with this name on the disk, or nil.
    public func ownFile(at file: RelativePath) async throws -> OwnFile? {
        try await read { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT \(OwnFile.rowColumns) FROM own WHERE file = ?"),
                arguments: [file.description])?.ownFile()
        }
    }

    /// Mains that a person put here, of which nobody has said yet what they are beside their bytes, by their files.
    public func plainMains(after file: RelativePath?, limit: Int) async throws -> [OwnFile] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT \(OwnFile.rowColumns) FROM own WHERE form = 0 AND origin IS NULL AND attributes IS NULL AND file > ?
                        ORDER BY file LIMIT ?
                        """), arguments: [file?.description ?? "", limit]
            ).map { try $0.ownFile() }
        }
    }

    /// Mains of films of which the length is not known, by their files.
    public func filmsWithoutLength(after file: RelativePath?, limit: Int) async throws -> [OwnFile] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT \(OwnFile.rowColumns) FROM own
                        WHERE form = 0 AND duration IS NULL AND type IN ('mp4', 'mov', '3gp', 'mkv', 'avi') AND file > ?
                        ORDER BY file LIMIT ?
                        """), arguments: [file?.description ?? "", limit]
            ).map { try $0.ownFile() }
        }
    }

    /// Name and stamp of every file known in `folder` (everything for the empty text), images and others alike.
    public func knownFiles(in folder: String) async throws -> [(file: RelativePath, stamp: FileStamp)] {
        try await read { db in
            var files: [(file: RelativePath, stamp: FileStamp)] = []
            try Self.knownFiles(in: folder, db) { files.append(($0, $1)) }
            return files
        }
    }

    /// What is known of these files, images and others alike; nothing of one that is not.
    public func stamps(of files: [RelativePath]) async throws -> [RelativePath: FileStamp] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT bytes, modified, inode, changed FROM own WHERE file = :file
                    UNION ALL SELECT bytes, modified, inode, changed FROM other WHERE file = :file
                    """)
            var stamps: [RelativePath: FileStamp] = [:]
            for file in files {
                stamps[file] = try Row.fetchOne(statement, arguments: ["file": file.description])?.stamp()
            }
            return stamps
        }
    }

    /// Adds every known file, images and others alike, to `result`, one after the other in no order.
    public func knownFiles<T: Sendable>(
        into result: T, _ add: @escaping @Sendable (inout T, RelativePath, FileStamp) -> Void
    ) async throws -> T {
        try await read { db in
            var result = result
            try Self.knownFiles(in: "", db) { add(&result, $0, $1) }
            return result
        }
    }

    private static func knownFiles(
        in folder: String, _ db: Database, _ each: (RelativePath, FileStamp) -> Void
    ) throws {
        let (condition, arguments) = within(folder, column: "file")
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT file, bytes, modified, inode, changed FROM own WHERE \(condition)
                UNION ALL SELECT file, bytes, modified, inode, changed FROM other WHERE \(condition)
                """, arguments: arguments + arguments)
        while let row = try rows.next() {
            let stamp = FileStamp(
                bytes: row[1], modified: row[2], inode: UInt64(bitPattern: row[3] as Int64), changed: row[4])
            each(try row.path(at: 0), stamp)
        }
    }

    /// Why a file that is no image is left alone; nil where nobody was told of it.
    public func fault(of file: RelativePath) async throws -> String? {
        try await read { db in
            try String.fetchOne(
                db.cachedStatement(sql: "SELECT reason FROM other WHERE file = ? AND reason IS NOT NULL"),
                arguments: [file.description])
        }
    }

    /// How many files are passed over by what is in them: nothing, or what a desktop would run.
    public func passedOver() async throws -> (empty: Int, runnable: Int) {
        try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*) FILTER (WHERE bytes = 0), count(*) FILTER (WHERE bytes > 0 AND reason IS NULL) FROM other
                    WHERE file NOT IN (SELECT file FROM preview)
                    """)
            let counts: (Int, Int) = (row?[0] ?? 0, row?[1] ?? 0)
            return (empty: counts.0, runnable: counts.1)
        }
    }

    /// The files that a person should know of because they could not be read as what they seem to be.
    public func unreadableFiles(limit: Int) async throws -> [OtherFile] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM other WHERE reason IS NOT NULL ORDER BY file LIMIT ?", arguments: [limit]
            ).map { OtherFile(file: try $0.path("file"), stamp: $0.stamp(), reason: $0["reason"]) }
        }
    }

    /// Notes that a person wants these images here no more.
    public func dismiss(_ images: [(image: ImageID, path: RelativePath)]) async throws {
        try await write { db in
            for (image, path) in images {
                try db.cachedStatement(
                    sql: "INSERT OR REPLACE INTO dismissal VALUES (?, ?, unixepoch(), NULL, NULL, NULL)"
                )
                .execute(arguments: [image.bytes.data, path.description])
            }
        }
    }

    /// Takes back the dismissals of the images whose paths are `path` or lie below it, and that they are not wanted there.
    ///
    /// - Returns: the images that are wanted again.
    public func withdrawDismissals(at path: String) async throws -> [ImageID] {
        try await write { db in
            let (condition, arguments) = Self.within(path, column: "path")
            // What a person has removed may be called so elsewhere, and have had another name here.
            let elsewhere = """
                DELETE FROM dismissal WHERE edition IS NULL AND image IN
                    (SELECT image FROM mirror WHERE image IS NOT NULL AND \(condition)) RETURNING image
                """
            let here = ["dismissal", "refused"].map { "DELETE FROM \($0) WHERE \(condition) RETURNING image" }
            return try (here + [elsewhere]).flatMap { sql in
                try Row.fetchAll(db, sql: sql, arguments: arguments).map { try $0.image("image") }
            }
        }
    }

    /// Distinct images that stand here. Walks along an index: a tenth of a second for a million.
    public func ownImages() async throws -> Int {
        try await read { db in try Int.fetchOne(db, sql: "SELECT count(DISTINCT image) FROM own") ?? 0 }
    }

    /// A condition that holds for `folder` itself and all below it, and can use an index.
    static func within(_ folder: String, column: String) -> (sql: String, arguments: StatementArguments) {
        if folder.isEmpty { return ("1", []) }
        // '0' is the character behind '/'.
        return ("(\(column) = ? OR (\(column) > ? AND \(column) < ?))", [folder, folder + "/", folder + "0"])
    }
}

extension Row {
    func stamp() -> FileStamp {
        FileStamp(
            bytes: self["bytes"], modified: self["modified"], inode: UInt64(bitPattern: self["inode"] as Int64),
            changed: self["changed"])
    }

    /// The own file of a row that begins with ``OwnFile/columns``.
    func ownFile() throws -> OwnFile {
        typealias Column = OwnFile.Column
        return OwnFile(
            info: try info(at: 0), file: try path(at: Column.file), stamp: ownStamp(),
            origin: isNull(Column.origin) ? nil : try path(at: Column.origin),
            shown: try fileAttributes(at: Column.shown))
    }

    /// The stamp of a row that begins with ``OwnFile/columns``.
    func ownStamp() -> FileStamp {
        typealias Column = OwnFile.Column
        return FileStamp(
            bytes: self[Column.bytes], modified: self[Column.modified],
            inode: UInt64(bitPattern: self[Column.inode] as Int64), changed: self[Column.changed])
    }

    private func isNull(_ column: Int) -> Bool { (self[column] as DatabaseValue).isNull }
}

extension OwnFile {
    /// What makes an own file, in the tables of the library and of what lies aside. By number, because a name is looked up
    /// among all others again for each row.
    static let columns = "\(FileInfo.columns), file, modified, inode, changed, origin, shown"
    /// The columns of a row of the library.
    static let rowColumns = "\(columns), sequence, fingerprint, verified"

    /// Where they stand in it.
    enum Column {
        static let image = 1
        static let bytes = 4
        static let file = FileInfo.columnCount
        static let modified = file + 1
        static let inode = file + 2
        static let changed = file + 3
        static let origin = file + 4
        static let shown = file + 5
        static let sequence = file + 6
        static let fingerprint = file + 7
        static let verified = file + 8
    }
}
