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
                    seen: row["seen"])
            }
        }
    }

    /// Adds a peer, or renews the name, the certificate and the addresses of one. Durable on return.
    public func setPeer(_ peer: PeerRow) async throws {
        try await write { [self] db in
            try db.execute(
                sql: """
                    INSERT INTO peer (id, name, certificate, addresses, paired, seen) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET name = excluded.name, certificate = excluded.certificate,
                        addresses = excluded.addresses, seen = coalesce(excluded.seen, seen)
                    """,
                arguments: [
                    peer.id.bytes.data, peer.name, Data(peer.certificate), peer.addresses.joined(separator: "\n"),
                    peer.paired, peer.seen,
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

    /// Forgets a peer and its mirror. Durable on return; nothing that came from it is touched.
    ///
    /// - Returns: the images that it had, whose decisions may have changed.
    public func removePeer(_ id: NodeID) async throws -> Set<ImageID> {
        try await write { [self] db in
            let number = try Self.number(of: id, db)
            let images = try Row.fetchAll(
                db, sql: "SELECT DISTINCT image FROM mirror WHERE peer = ? AND image IS NOT NULL", arguments: [number]
            ).map { try $0.image("image") }
            try db.execute(sql: "DELETE FROM mirror WHERE peer = ?", arguments: [number])
            try db.execute(sql: "DELETE FROM replaced WHERE peer = ?", arguments: [number])
            try db.execute(sql: "DELETE FROM peer WHERE id = ?", arguments: [id.bytes.data])
            db.afterNextTransaction { _ in
                self.digests.withLock {
                    $0.mirrors[id] = nil
                    $0.version += 1
                }
            }
            return Set(images)
        }
    }

    static func number(of peer: NodeID, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT number FROM peer WHERE id = ?"), arguments: [peer.bytes.data])
    }
}
