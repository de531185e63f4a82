import GRDB
public import Model

/// The names in one folder, by which files are told to belong together.
extension CatalogueDatabase {
    /// The paths of the images that lie in `folder` itself, as ``list(under:after:limit:)`` has them: those here, and of what
    /// is at peers only the first of each.
    ///
    /// Takes as long as the folder has names and folders, whatever lies below those.
    public func paths(in folder: String) async throws -> Set<RelativePath> {
        try await read { db in
            let own = try Self.paths(in: folder, "own", "1", db)
            return try own.union(
                Self.paths(
                    in: folder, "mirror",
                    """
                    image IS NOT NULL AND NOT EXISTS (SELECT 1 FROM own WHERE own.image = mirror.image)
                        AND NOT EXISTS (SELECT 1 FROM mirror m WHERE m.image = mirror.image AND m.path < mirror.path)
                    """, db))
        }
    }

    /// The paths of images that lay in `folder` itself, and were deleted everywhere or are not wanted here any more.
    public func gonePaths(in folder: String) async throws -> Set<RelativePath> {
        try await read { db in
            let tables = [
                ("deletion", "deleted"), ("dismissal", "edition IS NULL"),
                (
                    "aside",
                    "folder = 'trash' AND EXISTS (SELECT 1 FROM deletion d WHERE d.image = aside.image AND d.deleted)"
                ),
            ]
            return try tables.reduce(into: []) { paths, table in
                paths.formUnion(try Self.paths(in: folder, table.0, table.1, db))
            }
        }
    }

    private static func paths(
        in folder: String, _ table: String, _ condition: String, _ db: Database
    ) throws -> Set<RelativePath> {
        let prefix = folder.isEmpty ? "" : folder + "/"
        // '0' is the character behind '/'. Nothing sorts behind a byte that no text has.
        let end = folder.isEmpty ? "\u{10FFFF}" : folder + "0"
        let sql = "SELECT path FROM \(table) WHERE path >= ? AND path < ? AND \(condition) ORDER BY path"
        let statement = try db.cachedStatement(sql: sql)
        var found: Set<RelativePath> = []
        var start: String? = prefix
        while let from = start {
            start = nil
            let rows = try Row.fetchCursor(statement, arguments: [from, end])
            while let row = try rows.next() {
                let path = try row.path(at: 0)
                let rest = path.description.utf8.dropFirst(prefix.utf8.count)
                guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else {
                    found.insert(path)
                    continue
                }
                // Behind all that lies in that folder.
                start = String(path.description[..<slash]) + "0"
                break
            }
        }
        return found
    }
}
