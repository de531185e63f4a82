import Foundation
import GRDB
public import Model

/// Questions about many files of this node's own at once.
extension CatalogueDatabase {
    /// The files that are not known, or not as this. Those that are left are what needs reading.
    public func unknown(
        among files: [(file: RelativePath, stamp: FileStamp)]
    ) async throws -> Set<RelativePath> {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT bytes, modified, inode FROM own WHERE file = :file
                    UNION ALL SELECT bytes, modified, inode FROM other WHERE file = :file
                    """)
            var unknown: Set<RelativePath> = []
            for (file, stamp) in files {
                let known = try Row.fetchOne(statement, arguments: ["file": file.description])
                if known?.stamp() != stamp { unknown.insert(file) }
            }
            return unknown
        }
    }

    /// Which of these mains can be placed at their path without more ado: not dismissed, and no own file has the name
    /// of the main or that of its reduced copy.
    public func placeable(_ mains: [(image: ImageID, path: RelativePath)]) async throws -> [Bool] {
        try await read { db in
            let dismissed = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM dismissal WHERE image = ?)")
            let taken = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM own WHERE file IN (?, ?))")
            return try mains.map { image, path in
                if try Bool.fetchOne(dismissed, arguments: [image.bytes.data]) == true { return false }
                return try Bool.fetchOne(taken, arguments: [path.description, path.reduced.description]) == false
            }
        }
    }
}
