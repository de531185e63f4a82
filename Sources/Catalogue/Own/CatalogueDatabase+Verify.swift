import Foundation
import GRDB
public import Model

/// How far the re-reading of all mains is.
public struct VerifyProgress: Sendable, Hashable {
    /// Mains read since the round began, and all of them.
    public var done = 0
    public var total = 0
}

/// Own mains by their age since they were last read, and by the age of the picture.
extension CatalogueDatabase {
    /// Own mains last read before `time` of node time, the longest ago first.
    ///
    /// - Parameter after: when the last main of the page before was read, and its file.
    public func mains(
        unreadSince time: Int64, after: (verified: Int64, file: RelativePath)? = nil, limit: Int
    ) async throws -> [(own: OwnFile, verified: Int64)] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT \(OwnFile.rowColumns) FROM own WHERE form = 0 AND verified < ? AND (verified, file) > (?, ?)
                        ORDER BY verified, file LIMIT ?
                        """),
                arguments: [time, after?.verified ?? -1, after?.file.description ?? "", limit]
            ).map { (try $0.ownFile(), $0[OwnFile.Column.verified]) }
        }
    }

    /// Notes that own files were read whole just now and found right, unless they have changed since. Their stamps say what
    /// they looked like, which is taken over where no ctime was known.
    public func noteVerified(_ files: [OwnFile], at time: Int64) async throws {
        guard !files.isEmpty else { return }
        try await write { db in
            for file in files {
                try db.execute(
                    sql: "UPDATE own SET verified = ?, changed = coalesce(changed, ?) WHERE file = ? AND image = ?",
                    arguments: [time, file.stamp.changed, file.file.description, file.info.image.bytes.data])
            }
        }
    }

    /// How many of the mains were read since `time` of node time. Costs as much as there are others.
    public func verifyProgress(since time: Int64) async throws -> VerifyProgress {
        let total = ownCounts.mains
        return try await read { db in
            let left = try Int.fetchOne(
                db.cachedStatement(sql: "SELECT count(*) FROM own WHERE form = 0 AND verified < ?"), arguments: [time])
            return VerifyProgress(done: max(0, total - (left ?? 0)), total: total)
        }
    }

    /// Own mains at `path` or below it.
    public func mains(at path: String) async throws -> [OwnFile] {
        try await read { db in
            let (condition, arguments) = Self.within(path, column: "path")
            return try Row.fetchAll(
                db, sql: "SELECT \(OwnFile.rowColumns) FROM own WHERE form = 0 AND \(condition) ORDER BY path",
                arguments: arguments
            ).map { try $0.ownFile() }
        }
    }

    /// Own mains, the oldest picture first; one that does not say when it was taken counts by its file's time.
    ///
    /// - Parameter before: only pictures older than this, in seconds since 1970.
    public func oldestMains(before: Int64? = nil) async throws -> [OwnFile] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(OwnFile.rowColumns) FROM own WHERE form = 0 AND (:before IS NULL
                        OR coalesce(captured, modified / 1000000000) < :before)
                    ORDER BY coalesce(captured, modified / 1000000000), file
                    """, arguments: ["before": before]
            ).map { try $0.ownFile() }
        }
    }
}
