import Foundation
import GRDB
public import Model

/// One line of `syncctl ls`: an image under one path.
public struct ListedImage: Sendable, Hashable {
    /// What is known of it; `form` and `bytes` say what stands here, or at the holder when nothing does.
    public var info: FileInfo
    /// Whether any file of it stands here.
    public var isHere: Bool
    /// The peers that hold its main.
    public var holders: [NodeID]
}

extension CatalogueDatabase {
    /// The images whose main's path is `folder` or lies below it, by path, after `after`.
    ///
    /// An image that stands here is listed under each of its own paths; one that does not, under its first path at the
    /// peers.
    public func list(under folder: String, after: (path: RelativePath, image: ImageID)?, limit: Int)
        async throws -> [ListedImage]
    {
        let cursor: StatementArguments = [
            after?.path.description ?? "", after?.path.description ?? "", after?.image.bytes.data ?? Data(),
        ]
        return try await read { db in
            let peers = try Self.peerNumbers(db)
            let (condition, arguments) = Self.within(folder, column: "path")
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT \(FileInfo.columns), 1 AS here FROM own
                    WHERE \(condition) AND (path > ? OR (path = ? AND image > ?))
                    UNION ALL
                    SELECT min(path) AS path, image, form, type, bytes, main_bytes, width, height, captured, edge, replaces,
                        generation, attributes, edition, duration, 0
                    FROM mirror
                    WHERE \(condition) AND (path > ? OR (path = ? AND image > ?))
                        AND NOT EXISTS (SELECT 1 FROM own WHERE own.image = mirror.image)
                        AND NOT EXISTS (SELECT 1 FROM mirror m WHERE m.image = mirror.image AND m.path < mirror.path)
                    GROUP BY image
                    ORDER BY path, image LIMIT ?
                    """, arguments: arguments + cursor + arguments + cursor + [limit])
            return try rows.map { try Self.listed($0, peers, db) }
        }
    }

    /// What is listed under each of these paths; the first, where several images are.
    public func list(at paths: [RelativePath]) async throws -> [RelativePath: ListedImage] {
        guard !paths.isEmpty else { return [:] }
        return try await read { db in
            let peers = try Self.peerNumbers(db)
            let statement = try db.cachedStatement(
                sql: """
                    SELECT * FROM (SELECT \(FileInfo.columns), 1 FROM own WHERE path = :path ORDER BY image LIMIT 1)
                    UNION ALL
                    SELECT * FROM (SELECT \(FileInfo.columns), 0 FROM mirror WHERE path = :path AND image IS NOT NULL
                        AND NOT EXISTS (SELECT 1 FROM own WHERE own.image = mirror.image) ORDER BY image LIMIT 1)
                    """)
            return try paths.reduce(into: [:]) { listed, path in
                listed[path] = try Row.fetchOne(statement, arguments: ["path": path.description])
                    .map { try Self.listed($0, peers, db) }
            }
        }
    }

    private static func listed(_ row: Row, _ peers: [Int64: NodeID], _ db: Database) throws -> ListedImage {
        var info = try row.info(at: 0)
        // A reduced copy of an earlier version does not say it; the holder of the main does.
        if info.type.isFilm, info.duration == nil {
            info.duration = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT max(duration) FROM mirror WHERE image = ?"),
                arguments: [info.image.bytes.data])
        }
        let holders = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT DISTINCT peer FROM mirror WHERE image = ? AND form = 0 ORDER BY peer"),
            arguments: [info.image.bytes.data])
        return ListedImage(
            info: info, isHere: row[FileInfo.columnCount], holders: holders.compactMap { peers[$0[0]] })
    }
}
