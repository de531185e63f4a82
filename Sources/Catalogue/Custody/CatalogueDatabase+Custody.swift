import Foundation
import GRDB
public import Model
public import Planning

/// What this node promised about its mains, and what it is about to do with them. Each method is one transaction,
/// durable on return, in which the rules of ``Custody`` are asked and acted on together (S3).
///
/// `now` is the node's monotonic time since it started.
extension CatalogueDatabase {
    /// Gives every hold that was granted before the start its whole time again. Once, at the start.
    public func rearmHolds(at now: Duration) async throws {
        try await write { db in
            try db.execute(sql: "UPDATE hold SET until = ? + seconds * 1000", arguments: [now.milliseconds])
        }
    }

    /// Forgets the holds that have ended.
    public func forgetHolds(endedBefore now: Duration) async throws {
        try await write { db in
            try db.execute(sql: "DELETE FROM hold WHERE until < ?", arguments: [now.milliseconds])
        }
    }

    static func custody(of image: ImageID, _ db: Database) throws -> Custody {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (
                            SELECT 1 FROM own WHERE image = :image AND form = 0
                                -- one that is on its way out of the library counts no longer
                                AND NOT EXISTS (SELECT 1 FROM aside WHERE aside.file = own.file AND NOT done)
                        ) AS main,
                        EXISTS (SELECT 1 FROM evicting WHERE image = :image) AS evicting,
                        coalesce((SELECT deleted FROM deletion WHERE image = :image), 0) AS deleted,
                        (SELECT max(until) FROM hold WHERE image = :image) AS until
                    """), arguments: ["image": image.bytes.data])
        guard let row else { return Custody(holdsMain: false) }
        let until: Int64? = row["until"]
        return Custody(
            holdsMain: row["main"], isEvicting: row["evicting"], isDeleted: row["deleted"],
            heldUntil: until.map { .milliseconds($0) })
    }

    /// What bears on whether the main of `image` may leave or be promised.
    public func custody(of image: ImageID) async throws -> Custody {
        try await read { try Self.custody(of: image, $0) }
    }

    /// Promises a peer to keep the main until `now + seconds`, or says why not.
    ///
    /// - Parameter nonce: what the peer asked with, and gives the promise back by.
    /// - Returns: what the promise is withdrawn by. A second promise of one image does not touch the first.
    public func promise(
        _ image: ImageID, to peer: NodeID, nonce: Bytes32, seconds: Int, at now: Duration
    ) async throws -> Result<Promise, Custody.Refusal> {
        try await write { db in
            if let refusal = try Self.custody(of: image, db).refusalToHold { return .failure(refusal) }
            try db.execute(sql: "DELETE FROM hold WHERE until < ?", arguments: [now.milliseconds])
            try db.execute(
                sql: "INSERT INTO hold (image, peer, seconds, until, nonce) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    image.bytes.data, peer.bytes.data, seconds, (now + .seconds(seconds)).milliseconds,
                    nonce.data,
                ])
            return .success(Promise(number: db.lastInsertedRowID))
        }
    }

    /// Takes a promise back that was never told to the peer.
    public func withdraw(_ promise: Promise) async throws {
        try await write { db in
            try db.execute(sql: "DELETE FROM hold WHERE number = ?", arguments: [promise.number])
        }
    }

    /// Whether a promise was neither withdrawn nor given back.
    public func stands(_ promise: Promise) async throws -> Bool {
        try await read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM hold WHERE number = ?)", arguments: [promise.number]) ?? false
        }
    }

    /// Ends the promises that a peer asked for with this nonce, and no others: it does not rely on them any more.
    ///
    /// - Returns: the image that was promised; nil when nothing was.
    public func release(_ nonce: Bytes32, by peer: NodeID) async throws -> ImageID? {
        try await write { db in
            try Row.fetchAll(
                db, sql: "DELETE FROM hold WHERE nonce = ? AND peer = ? RETURNING image",
                arguments: [nonce.data, peer.bytes.data]
            ).first?.image("image")
        }
    }

    /// Who relies on the main of `image` here, and until when at the latest; the longest first.
    public func holds(on image: ImageID, at now: Duration) async throws -> [(peer: NodeID, until: Duration)] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT peer AS id, max(until) AS until FROM hold WHERE image = ? AND until > ?
                    GROUP BY peer ORDER BY 2 DESC, 1
                    """, arguments: [image.bytes.data, now.milliseconds]
            ).map { row in
                let until: Int64 = row["until"]
                return (try row.node("id"), .milliseconds(until))
            }
        }
    }

    /// A hold that was granted.
    public struct Promise: Sendable, Hashable { let number: Int64 }

    /// Marks the main at `file` as being evicted, or says why not.
    public func markEvicting(
        _ image: ImageID, file: RelativePath, at now: Duration
    ) async throws -> Custody.Refusal? {
        try await write { db in
            if let refusal = try Self.custody(of: image, db).refusalToEvict(at: now) { return refusal }
            try db.execute(
                sql: "INSERT INTO evicting VALUES (?, ?)", arguments: [image.bytes.data, file.description])
            return nil
        }
    }

    /// Takes the mark back: the main stays.
    public func unmarkEvicting(_ image: ImageID) async throws {
        try await write { db in
            try db.execute(sql: "DELETE FROM evicting WHERE image = ?", arguments: [image.bytes.data])
        }
    }

    /// Those of `images` whose eviction has begun and is not over.
    public func evicting(among images: [ImageID]) async throws -> Set<ImageID> {
        try await read { db in
            let evicting = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM evicting WHERE image = ?)")
            return try Set(images.filter { try Bool.fetchOne(evicting, arguments: [$0.bytes.data]) == true })
        }
    }

    /// The records by which the peer says that it has mains of some of these images; of several the latest.
    public func mains(
        of peer: NodeID, among images: [ImageID]
    ) async throws -> [ImageID: Model.Record.Sequence] {
        try await read { db in
            guard let number = try Self.number(of: peer, db) else { return [:] }
            let claim = try db.cachedStatement(
                sql: "SELECT max(sequence) FROM mirror WHERE image = ? AND form = 0 AND peer = ?")
            return try images.reduce(into: [:]) {
                $0[$1] = try Model.Record.Sequence.fetchOne(claim, arguments: [$1.bytes.data, number])
            }
        }
    }

    /// The evictions that have begun and are not over.
    public func evictingMarks() async throws -> [(image: ImageID, file: RelativePath)] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT image, file FROM evicting ORDER BY image")
                .map { (try $0.image("image"), try $0.path("file")) }
        }
    }

    /// Records that a main was evicted: the reduced copy stands for it now, and the mark is gone.
    ///
    /// - Parameter asks: what is asked of this node from now on: a reduced copy of one that keeps mains, which would get
    ///   the main again otherwise; nothing of any other.
    /// - Returns: the images concerned.
    public func recordEviction(
        of image: ImageID, file: RelativePath, reduced: OwnFile, asks: Form? = nil, _ turn: borrowing UnderTurn
    ) async throws -> Set<ImageID> {
        try await write { [self] db in
            var edit = OwnEdit(db: db)
            try edit.took(file)
            try edit.placed(reduced)
            try db.execute(sql: "DELETE FROM evicting WHERE image = ?", arguments: [image.bytes.data])
            try Self.ask(asks, of: image, db)
            self.publish(edit, db)
            return edit.images
        }
    }

    /// Notes that a file is about to go into one of the agent's own folders, or says why it stays.
    public func intend(
        _ aside: Aside, at now: Duration, _ turn: borrowing UnderTurn
    ) async throws -> Custody.Refusal? {
        try await write { db in
            let custody = try Self.custody(of: aside.own.info.image, db)
            // Only a main is ever promised.
            let isDamaged = aside.folder == .damaged
            if aside.own.info.form == .main,
                let refusal = custody.refusalToSetAside(at: now, isDamaged: isDamaged)
            {
                return refusal
            }
            var arguments: StatementArguments = [
                aside.name, aside.folder.rawValue, false, aside.since, aside.own.file.description,
                aside.own.stamp.modified, Int64(bitPattern: aside.own.stamp.inode), aside.own.stamp.changed,
                aside.own.origin?.description, aside.own.shown.map { Data($0.bytes) },
            ]
            arguments += aside.own.info.arguments
            try db.execute(
                sql: """
                    INSERT INTO aside
                        (name, folder, done, since, file, modified, inode, changed, origin, shown,
                        \(FileInfo.columns))
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \(FileInfo.marks))
                    """, arguments: arguments)
            return nil
        }
    }

    /// The file lies in its folder now: it is no longer an own file.
    ///
    /// - Returns: the images concerned.
    @discardableResult
    public func finishAside(_ name: String, _ turn: borrowing UnderTurn) async throws -> Set<ImageID> {
        try await write { [self] db in
            guard let row = try Row.fetchOne(db, sql: "SELECT * FROM aside WHERE name = ?", arguments: [name]) else {
                return []
            }
            var edit = OwnEdit(db: db)
            try edit.took(try row.path("file"))
            try db.execute(sql: "UPDATE aside SET done = 1 WHERE name = ?", arguments: [name])
            self.publish(edit, db)
            return edit.images.union([try row.image("image")]).union(try Self.waiting(for: edit.freed, db))
        }
    }

    /// The file does not lie in its folder: it stayed, or it is gone from there.
    public func forgetAside(_ name: String, _ turn: borrowing UnderTurn) async throws {
        try await write { db in try db.execute(sql: "DELETE FROM aside WHERE name = ?", arguments: [name]) }
    }

    /// A file that lay aside stands in the library again.
    ///
    /// - Returns: the images concerned.
    public func returned(
        _ name: String, as own: OwnFile, _ turn: borrowing UnderTurn
    ) async throws -> Set<ImageID> {
        try await write { [self] db in
            var (own, edit) = (own, OwnEdit(db: db))
            // A person wants back what was edited elsewhere.
            if let edition = try edit.editionBeside(editsOf: own.info.image) { own.info.edition = edition }
            try edit.placed(own)
            try edit.forgetReplaced()
            try db.execute(sql: "DELETE FROM aside WHERE name = ?", arguments: [name])
            self.publish(edit, db)
            return edit.images
        }
    }

    /// The files that lie aside, oldest first; or those that were about to.
    public func asides(in folder: Aside.Folder? = nil, done: Bool = true) async throws -> [Aside] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql:
                    "SELECT \(OwnFile.columns), folder, name, since FROM aside WHERE done = ? AND (? IS NULL OR folder = ?) ORDER BY since, name",
                arguments: [done, folder?.rawValue, folder?.rawValue]
            ).map(Self.aside)
        }
    }

    /// The files of one image that lie aside, oldest first.
    public func asides(of image: ImageID, in folder: Aside.Folder? = nil) async throws -> [Aside] {
        try await asides(of: [image], in: folder)
    }

    /// The files of several images that lie aside, image by image, oldest first.
    public func asides(of images: [ImageID], in folder: Aside.Folder? = nil) async throws -> [Aside] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(OwnFile.columns), folder, name, since FROM aside WHERE image = ? AND done AND (? IS NULL OR folder = ?)
                    ORDER BY since, name
                    """)
            return try images.flatMap { image in
                try Row.fetchAll(statement, arguments: [image.bytes.data, folder?.rawValue, folder?.rawValue])
                    .map(Self.aside)
            }
        }
    }

    private static func aside(_ row: Row) throws -> Aside {
        guard let name: String = row["folder"], let folder = Aside.Folder(rawValue: name) else {
            throw Row.Damage(column: "folder")
        }
        return Aside(name: row["name"], folder: folder, since: row["since"], own: try row.ownFile())
    }

    /// How many images, and how many bytes, lie aside in a folder.
    public func asideSize(in folder: Aside.Folder) async throws -> (images: Int, bytes: Int64) {
        try await read { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT count(*) n, coalesce(sum(bytes), 0) b FROM aside WHERE folder = ? AND done",
                arguments: [folder.rawValue])
            return (row?["n"] ?? 0, row?["b"] ?? 0)
        }
    }

    /// Notes what a person asks of this node about some images; nil takes it back.
    public func ask(_ form: Form?, of images: [ImageID]) async throws {
        try await write { db in
            for image in images { try Self.ask(form, of: image, db) }
        }
    }

    private static func ask(_ form: Form?, of image: ImageID, _ db: Database) throws {
        if let form {
            try db.execute(
                sql: "INSERT OR REPLACE INTO asked VALUES (?, ?)", arguments: [image.bytes.data, form.column])
        } else {
            try db.execute(sql: "DELETE FROM asked WHERE image = ?", arguments: [image.bytes.data])
        }
    }

    /// Notes that a peer proved just now that it holds a main.
    public func noteProof(of image: ImageID, by peer: NodeID, wall: Int64) async throws {
        try await write { db in
            guard let number = try Self.number(of: peer, db) else { return }
            try db.execute(
                sql: "INSERT OR REPLACE INTO proved VALUES (?, ?, ?)", arguments: [image.bytes.data, number, wall])
        }
    }

    /// When each peer last proved that it holds the main, in seconds since 1970.
    public func proofs(of image: ImageID) async throws -> [NodeID: Int64] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT id, at FROM proved JOIN peer ON peer = number WHERE image = ?",
                arguments: [image.bytes.data]
            ).reduce(into: [:]) { $0[try $1.node("id")] = $1["at"] }
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded up: a promise is never shortened by rounding.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}

/// What is damaged, and what a person removed.
extension CatalogueDatabase {
    /// Images of which a damaged main was set aside and no whole one stands here.
    public func damagedImages() async throws -> Int {
        try await read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT count(DISTINCT image) FROM aside WHERE folder = 'damaged' AND done
                        AND NOT EXISTS (SELECT 1 FROM own WHERE own.image = aside.image AND own.form = 0)
                    """) ?? 0
        }
    }

    /// Takes back the dismissals of some images.
    public func withdrawDismissals(of images: [ImageID]) async throws {
        try await write { db in
            for image in images {
                try db.execute(sql: "DELETE FROM dismissal WHERE image = ?", arguments: [image.bytes.data])
            }
        }
    }
}
