import Foundation
import GRDB
public import Model

/// Questions about many files of this node's own at once.
extension CatalogueDatabase {
    /// The files that are not known, or not as this, also where only their ctime differs or is not known. Those are what
    /// needs reading.
    public func unknown(
        among files: [(file: RelativePath, stamp: FileStamp)]
    ) async throws -> Set<RelativePath> {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT bytes, modified, inode, changed FROM own WHERE file = :file
                    UNION ALL SELECT bytes, modified, inode, changed FROM other WHERE file = :file
                    """)
            var unknown: Set<RelativePath> = []
            for (file, stamp) in files {
                let known = try Row.fetchOne(statement, arguments: ["file": file.description])
                if known?.stamp() != stamp { unknown.insert(file) }
            }
            return unknown
        }
    }

    /// The own main of each of these images, in the same order; nil where none is here.
    public func ownMains(of images: [ImageID]) async throws -> [OwnFile?] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT \(OwnFile.rowColumns) FROM own WHERE image = ? AND form = 0 ORDER BY file LIMIT 1")
            return try images.map { image in
                try Row.fetchOne(statement, arguments: [image.bytes.data])?.ownFile()
            }
        }
    }

    /// What is known of files that were read, at one moment: the own image file at each name, and those of the images of
    /// which a deletion counts.
    public func known(
        of files: [(file: RelativePath, image: ImageID)]
    ) async throws -> (own: [RelativePath: OwnFile], deleted: Set<ImageID>) {
        try await read { db in
            let own = try db.cachedStatement(sql: "SELECT \(OwnFile.rowColumns) FROM own WHERE file = ?")
            var known: (own: [RelativePath: OwnFile], deleted: Set<ImageID>) = ([:], [])
            for (file, _) in files where try Self.isOwn(file, db) {
                known.own[file] = try Row.fetchOne(own, arguments: [file.description])?.ownFile()
            }
            guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM deletion)") == true else { return known }
            let deleted = try db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM deletion WHERE image = ? AND deleted)")
            for (_, image) in files where try Bool.fetchOne(deleted, arguments: [image.bytes.data]) == true {
                known.deleted.insert(image)
            }
            return known
        }
    }

    static func isOwn(_ file: RelativePath, _ db: Database) throws -> Bool {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT sequence FROM own WHERE file = ?"), arguments: [file.description]) != nil
    }

    /// Whether nothing but own mains is known of any image: no peer's record, no word on it, nothing set aside, asked for
    /// or being evicted. Then there is nothing to decide about any of them.
    public func isUnspokenOf() async throws -> Bool {
        guard ownCounts.reduced == 0 else { return false }
        return try await read { db in
            try Bool.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT NOT (EXISTS (SELECT 1 FROM mirror) OR EXISTS (SELECT 1 FROM deletion)
                            OR EXISTS (SELECT 1 FROM aside) OR EXISTS (SELECT 1 FROM asked)
                            OR EXISTS (SELECT 1 FROM evicting) OR EXISTS (SELECT 1 FROM edit))
                        """)) == true
        }
    }

    /// What is in the way of placing a main.
    public enum Obstacle: Sendable, Hashable {
        /// This very main is here already, or was dismissed or deleted: it is not to be placed at all.
        case unwanted
        /// An own file has the name of the main, or that of its reduced copy.
        case taken
    }

    /// What is in the way of placing each of these mains at its path; nil for nothing.
    public func obstacles(to mains: [(image: ImageID, path: RelativePath)]) async throws -> [Obstacle?] {
        try await read { db in
            let unwanted = try db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM dismissal WHERE image = :image)
                        OR EXISTS (SELECT 1 FROM deletion WHERE image = :image AND deleted)
                        OR EXISTS (SELECT 1 FROM own WHERE image = :image AND form = 0)
                    """)
            let taken = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM own WHERE file IN (?, ?))")
            return try mains.map { image, path in
                if try Bool.fetchOne(unwanted, arguments: ["image": image.bytes.data]) == true { return .unwanted }
                let names: StatementArguments = [path.description, path.reduced.description]
                return try Bool.fetchOne(taken, arguments: names) == true ? .taken : nil
            }
        }
    }
}
