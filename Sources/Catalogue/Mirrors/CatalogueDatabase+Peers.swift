import Foundation
import GRDB
public import Model
import Synchronization

/// The peers that this node is paired with.
extension CatalogueDatabase {
    /// All of them, in the order of pairing.
    public func peers() async throws -> [PeerRow] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM peer ORDER BY number").map { row in
                let addresses: String = row["addresses"]
                let certificate: Data = row["certificate"]
                return PeerRow(
                    id: try row.node("id"), name: row["name"], certificate: Array(certificate),
                    addresses: addresses.split(separator: "\n").map(String.init), paired: row["paired"],
                    seen: row["seen"], standing: try Self.standing(row))
            }
        }
    }

    private static func standing(_ row: Row) throws -> PeerStanding {
        guard let decision = PeerStanding.Decision(rawValue: row["decision"]) else {
            throw Row.Damage(column: "decision")
        }
        return PeerStanding(PeerRights(rawValue: row["rights"]), decision: decision)
    }

    /// Changes what a peer may. Of one whose images or words count from now on that did not before, or count no more, the
    /// mirror is empty again: what was left out of it is asked for once more. Durable on return.
    ///
    /// - Parameter change: gets what it may now, in the transaction that changes it.
    /// - Returns: what it may then, and the images that it had, whose decisions may have changed; nil for a node that is no
    ///   peer.
    public func changeStanding(
        of id: NodeID, _ change: @escaping @Sendable (inout PeerStanding) -> Void
    ) async throws -> (standing: PeerStanding, images: Set<ImageID>)? {
        try await write { [self] db in
            guard
                let row = try Row.fetchOne(db, sql: "SELECT * FROM peer WHERE id = ?", arguments: [id.bytes.data])
            else { return nil }
            let earlier = try Self.standing(row)
            var standing = earlier
            change(&standing)
            if standing == earlier { return (standing, []) }
            try db.execute(
                sql: "UPDATE peer SET rights = ?, decision = ? WHERE id = ?",
                arguments: [standing.rights.rawValue, standing.decision.rawValue, id.bytes.data])
            let number: Int64 = row["number"]
            let images = try Self.images(inMirror: number, db)
            let changed = earlier.rights.symmetricDifference(standing.rights)
            if changed.isDisjoint(with: [.shares, .speaks]) { return (standing, images) }
            let edits = try Self.forgetMirror(number, db)
            // It had them all the same.
            try Had.note(images, by: number, db)
            db.afterNextTransaction { _ in
                self.digests.withLock {
                    $0.mirrors[id] = ChunkedDigest()
                    $0.version += 1
                }
            }
            return (standing, images.union(edits))
        }
    }

    /// The images in the mirror of a peer's list.
    public func images(inMirrorOf peer: NodeID) async throws -> Set<ImageID> {
        try await read { db in try Self.number(of: peer, db).map { try Self.images(inMirror: $0, db) } ?? [] }
    }

    private static func images(inMirror number: Int64, _ db: Database) throws -> Set<ImageID> {
        Set(
            try Row.fetchAll(
                db, sql: "SELECT DISTINCT image FROM mirror WHERE peer = ? AND image IS NOT NULL", arguments: [number]
            ).map { try $0.image("image") })
    }

    /// - Returns: the images that it said were replaced.
    private static func forgetMirror(_ number: Int64, _ db: Database) throws -> Set<ImageID> {
        try db.execute(sql: "DELETE FROM held_word WHERE peer = ?", arguments: [number])
        try db.execute(sql: "DELETE FROM mirror WHERE peer = ?", arguments: [number])
        return Set(
            try Row.fetchAll(db, sql: "DELETE FROM replaced WHERE peer = ? RETURNING image", arguments: [number])
                .map { try $0.image("image") })
    }

    /// What a peer may here.
    static func rights(of number: Int64, _ db: Database) throws -> PeerRights {
        PeerRights(
            rawValue: try Int.fetchOne(
                db.cachedStatement(sql: "SELECT rights FROM peer WHERE number = ?"), arguments: [number]) ?? 0)
    }

    /// Adds a peer, or renews the name, the certificate, the addresses and the standing of one. Durable on return.
    public func setPeer(_ peer: PeerRow) async throws {
        try await write { [self] db in
            try db.execute(
                sql: """
                    INSERT INTO peer (id, name, certificate, addresses, paired, seen, rights, decision)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET name = excluded.name, certificate = excluded.certificate,
                        addresses = excluded.addresses, seen = coalesce(excluded.seen, seen)
                    """,
                arguments: [
                    peer.id.bytes.data, peer.name, Data(peer.certificate), peer.addresses.joined(separator: "\n"),
                    peer.paired, peer.seen, peer.standing.rights.rawValue, peer.standing.decision.rawValue,
                ])
            db.afterNextTransaction { _ in
                self.digests.withLock { $0.mirrors[peer.id] = $0.mirrors[peer.id] ?? ChunkedDigest() }
            }
        }
    }

    /// Renews what is known of a peer, unless it was forgotten meanwhile. Durable on return.
    public func updatePeer(_ peer: PeerRow) async throws {
        try await write { db in
            try db.execute(
                sql: "UPDATE peer SET name = ?, addresses = ?, seen = ? WHERE id = ?",
                arguments: [peer.name, peer.addresses.joined(separator: "\n"), peer.seen, peer.id.bytes.data])
        }
    }

    /// Forgets a peer, its mirror, and its words that concern nothing here. Durable on return; no file is touched.
    ///
    /// - Returns: the images that it had, whose decisions may have changed.
    public func removePeer(_ id: NodeID) async throws -> Set<ImageID> {
        try await write { [self] db in
            guard let number = try Self.number(of: id, db) else { return [] }
            var images = try Self.images(inMirror: number, db)
            images.formUnion(try Self.forgetMirror(number, db))
            var edit = OwnEdit(db: db)
            try edit.forgetDeletions(via: number)
            self.publish(edit, db)
            try db.execute(sql: "DELETE FROM peer WHERE id = ?", arguments: [id.bytes.data])
            db.afterNextTransaction { _ in
                self.digests.withLock {
                    $0.mirrors[id] = nil
                    $0.version += 1
                }
            }
            return images
        }
    }

    /// Whose copies count when a main is to leave, by their numbers.
    static func keepers(_ db: Database) throws -> Set<Int64> {
        Set(
            try Int64.fetchAll(
                db.cachedStatement(sql: "SELECT number FROM peer WHERE rights & ?"),
                arguments: [PeerRights.keeps.rawValue]))
    }

    static func number(of peer: NodeID, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT number FROM peer WHERE id = ?"), arguments: [peer.bytes.data])
    }
}
