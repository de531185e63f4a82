import GRDB
import Model

/// Which records say that an image was replaced, by the image.
enum Replaced {
    /// Stands for the own list among the numbers of peers, which begin with 1.
    static let own: Int64 = 0

    /// The rank of a row of own or mirror, as ``FileInfo/rank`` has it.
    static let rank = "coalesce(edition, length(replaces) / 32, 0)"

    typealias Record = (peer: Int64, sequence: Model.Record.Sequence)

    static func add(_ images: [ImageID], by record: Record, _ db: Database) throws {
        if images.isEmpty { return }
        let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO replaced VALUES (?, ?, ?)")
        for image in images { try insert.execute(arguments: [image.bytes.data, record.peer, record.sequence]) }
    }

    static func remove(_ images: [ImageID], by record: Record, _ db: Database) throws {
        if images.isEmpty { return }
        let delete = try db.cachedStatement(sql: "DELETE FROM replaced WHERE image = ? AND peer = ? AND sequence = ?")
        for image in images { try delete.execute(arguments: [image.bytes.data, record.peer, record.sequence]) }
    }

    /// The records of peers, by their numbers, that say that `image` was replaced.
    static func claims(on image: ImageID, _ db: Database) throws -> [(peer: Int64, info: FileInfo)] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT peer, \(FileInfo.columns) FROM mirror WHERE (peer, sequence) IN
                        (SELECT peer, sequence FROM replaced WHERE image = ? AND peer > 0)
                    """), arguments: [image.bytes.data]
        ).map { ($0[0], try $0.info(at: 1)) }
    }

    /// The numbers of the own records that say that `image` was replaced.
    static func own(on image: ImageID, _ db: Database) throws -> [Model.Record.Sequence] {
        try Model.Record.Sequence.fetchAll(
            db.cachedStatement(sql: "SELECT sequence FROM replaced WHERE image = ? AND peer = \(own)"),
            arguments: [image.bytes.data])
    }

    /// The images that peers say have replaced one of these.
    static func edits(of images: Set<ImageID>, _ db: Database) throws -> Set<ImageID> {
        guard !images.isEmpty, try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM replaced)") == true else {
            return []
        }
        var edits: Set<ImageID> = []
        for image in images { edits.formUnion(try claims(on: image, db).map(\.info.image)) }
        return edits
    }

    /// The highest rank that any record of `image` has.
    static func rank(of image: ImageID, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT max(rank) FROM (
                        SELECT \(rank) AS rank FROM own WHERE image = :image
                        UNION ALL SELECT \(rank) FROM mirror WHERE image = :image)
                    """), arguments: ["image": image.bytes.data]) ?? 0
    }

    /// The highest rank of the records, own and others', that say that `image` was replaced; 0 where none does.
    ///
    /// - Parameter isOwn: asks the own ones alone.
    static func rankOfEdits(of image: ImageID, isOwn: Bool = false, _ db: Database) throws -> Int64 {
        let own = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT max(\(rank)) FROM own
                    WHERE sequence IN (SELECT sequence FROM replaced WHERE image = ? AND peer = \(own))
                    """), arguments: [image.bytes.data])
        let others = isOwn ? nil : try claims(on: image, db).map(\.info.rank).max()
        return max(own ?? 0, others ?? 0)
    }
}
