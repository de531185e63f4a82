import Foundation
import GRDB
public import Model
public import Planning

/// The facts that planning asks for.
extension CatalogueDatabase {
    /// What this node knows of each of `images`, in the same order.
    public func situations(of images: [ImageID]) async throws -> [Situation] {
        try await read { db in
            let peers = try Self.peerNumbers(db)
            return try images.map { try Self.situation(of: $0, db, peers) }
        }
    }

    /// The images that peers have and of which no main stands here, after `image` in the order of ids.
    ///
    /// A dismissed image is left out, and so is one of which a reduced copy of at least `edge` pixels stands here.
    public func wanted(after image: ImageID?, edge: Int, limit: Int) async throws -> [ImageID] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT image FROM mirror
                    WHERE image > ?
                        AND NOT EXISTS (
                            SELECT 1 FROM own WHERE own.image = mirror.image AND (own.form = 0 OR own.edge >= ?))
                        AND NOT EXISTS (SELECT 1 FROM dismissal WHERE dismissal.image = mirror.image)
                    ORDER BY image LIMIT ?
                    """,
                arguments: [image?.bytes.data ?? Data(), edge, limit]
            ).map { try $0.image("image") }
        }
    }

    /// The images of which a reduced copy stands here, after `image` in the order of ids.
    public func reducedHere(after image: ImageID?, limit: Int) async throws -> [ImageID] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT DISTINCT image FROM own WHERE image > ? AND form = 1 ORDER BY image LIMIT ?",
                arguments: [image?.bytes.data ?? Data(), limit]
            ).map { try $0.image("image") }
        }
    }

    /// The images whose path here, or at a peer, is `path`, or whose own file is. Most often one.
    public func images(at path: RelativePath) async throws -> [ImageID] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT image FROM own WHERE path = :path
                    UNION SELECT image FROM own WHERE file = :path
                    UNION SELECT image FROM mirror WHERE path = :path AND image IS NOT NULL
                    UNION SELECT image FROM dismissal WHERE path = :path
                    UNION SELECT image FROM deletion WHERE path = :path
                    UNION SELECT image FROM aside WHERE path = :path
                    """, arguments: ["path": path.description]
            ).map { try $0.image("image") }
        }
    }

    static func peerNumbers(_ db: Database) throws -> [Int64: NodeID] {
        try Row.fetchAll(db.cachedStatement(sql: "SELECT number, id FROM peer")).reduce(into: [:]) {
            $0[$1["number"]] = try $1.node("id")
        }
    }

    private static func situation(of image: ImageID, _ db: Database, _ peers: [Int64: NodeID]) throws -> Situation {
        let key: StatementArguments = [image.bytes.data]
        var situation = Situation(image: image)
        situation.own = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM own WHERE image = ? ORDER BY file"), arguments: key
        ).map { try $0.ownFile().situation }
        situation.isDismissed =
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM dismissal WHERE image = ?)"), arguments: key)
            ?? false
        let claims = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM mirror WHERE image = ? ORDER BY peer, sequence"), arguments: key)
        for row in claims {
            guard let peer = peers[row["peer"]] else { continue }
            situation.claims.append(Situation.Claim(peer: peer, info: try row.info()))
        }
        for path in Set(situation.claims.map(\.info.path)) {
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT * FROM own WHERE path = ? AND image <> ?"),
                arguments: [path.description, image.bytes.data])
            if let occupant = try row?.ownFile() { situation.occupants[path] = occupant.situation }
        }
        // A main that a peer holds is not replaced by what another peer has at that path, unless it was here and was.
        let wasReplacedHere =
            try Bool.fetchOne(
                db.cachedStatement(
                    sql: "SELECT EXISTS (SELECT 1 FROM aside WHERE image = ? AND folder = 'versions')"),
                arguments: key) ?? false
        situation.isReplaced =
            try !situation.claims.isEmpty
            && situation.claims.allSatisfy { claim in
                guard wasReplacedHere || claim.info.form == .reduced else { return false }
                return try Bool.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT EXISTS (
                                SELECT 1 FROM mirror
                                WHERE path = ? AND replaces IS NOT NULL AND image <> ? AND instr(replaces, ?) > 0)
                            """),
                    arguments: [claim.info.path.description, image.bytes.data, image.bytes.data]) ?? false
            }
        situation.asked = try Int.fetchOne(
            db.cachedStatement(sql: "SELECT form FROM asked WHERE image = ?"), arguments: key
        ).map { $0 == 0 ? .main : .reduced }
        situation.isEvicting =
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM evicting WHERE image = ?)"), arguments: key)
            ?? false
        situation.deletion = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM deletion WHERE image = ?"), arguments: key)?.deletion()
        situation.trash = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT * FROM aside WHERE image = ? AND folder = ? AND done ORDER BY form, name"),
            arguments: key + [Aside.Folder.trash.rawValue]
        ).map { Situation.Trashed(name: $0["name"], info: try $0.info()) }
        return situation
    }
}

extension OwnFile {
    var situation: Situation.Own { Situation.Own(info: info, file: file, origin: origin) }
}
