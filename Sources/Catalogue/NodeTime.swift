import Foundation
import GRDB

/// The node's own count of time, in seconds: it never jumps, and outlives a restart.
///
/// While the agent runs it goes with the monotonic clock. Of the time that it was off it counts what the wall clock says,
/// but at most a day at a stretch: so a clock set wrong never makes 30 days pass at once, and a machine that was in the
/// cupboard for a year gives its owner the days in which it is used.
enum NodeTime {
    static let key = "nodeTime"
    static let wallKey = "nodeTimeWall"
    /// What is counted of time switched off, at most.
    static let longestAbsence: Int64 = 86_400

    /// As it was last written: at most some minutes ago.
    static func now(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT CAST(value AS INTEGER) FROM setting WHERE key = ?"), arguments: [key]) ?? 0
    }

    static func set(_ time: Int64, wall: Int64, _ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO setting VALUES (?, ?), (?, ?)",
            arguments: [key, String(time), wallKey, String(wall)])
    }
}

extension CatalogueDatabase {
    /// The node's own count of time, in seconds, as it was last written.
    public func nodeTime() async throws -> Int64 { try await read { try NodeTime.now($0) } }

    /// Counts the time that the node was off. Once, at the start. Durable on return.
    ///
    /// - Parameter wall: the wall clock, in seconds since 1970.
    public func countAbsence(wall: Int64) async throws {
        try await write { db in
            let last = try Int64.fetchOne(
                db, sql: "SELECT CAST(value AS INTEGER) FROM setting WHERE key = ?", arguments: [NodeTime.wallKey])
            let absence = max(0, min(wall - (last ?? wall), NodeTime.longestAbsence))
            // Begins at one, so that nothing is ever verified at the time that means never.
            try NodeTime.set(max(NodeTime.now(db), 1) + absence, wall: wall, db)
        }
    }

    /// Counts time that the node ran, by its monotonic clock. Durable on return.
    public func countTime(_ seconds: Int64, wall: Int64) async throws {
        guard seconds > 0 else { return }
        try await write { db in try NodeTime.set(NodeTime.now(db) + seconds, wall: wall, db) }
    }
}
