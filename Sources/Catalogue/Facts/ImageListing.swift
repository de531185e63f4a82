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
            return try rows.map { row in
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
    }
}
