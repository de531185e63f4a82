import Foundation
import GRDB
import Model

/// The changes of one transaction to the own list, and what they do to its digests.
struct OwnEdit {
    let db: Database
    private(set) var added: [Model.Record.Sequence: Fingerprint] = [:]
    private(set) var removed: [Model.Record.Sequence: Fingerprint] = [:]
    private(set) var images: Set<ImageID> = []
    /// Names of the household under which no own file stands any more: whoever waits for one may have it now.
    private(set) var freed: Set<RelativePath> = []
    /// Images of which a main has come to stand here.
    var mains: Set<ImageID> = []
    /// The numbers of records by which a person has replaced something.
    var edits: Set<Model.Record.Sequence> = []
    /// By how much the own files have grown in number and size.
    private(set) var counts = OwnCounts()
    /// The numbers of records of which only the word on the name is later than before.
    var raised: Set<Model.Record.Sequence> = []
    /// The highest sequence number given out; 0 for none.
    private(set) var last: Model.Record.Sequence = 0

    /// The node's time, once it was asked for.
    private var now: Int64?
    /// Tables that are known to have no row: nothing is to be taken out of them for each file of a first scan.
    var empty: Set<Table>?

    enum Table: String, CaseIterable { case other, preview, dismissal, replaced, refused }

    init(db: Database) { self.db = db }

    mutating func isEmpty(_ table: Table) throws -> Bool {
        if let empty { return empty.contains(table) }
        let found = try Set(
            Table.allCases.filter { table in
                try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM \(table.rawValue))") == false
            })
        empty = found
        return found.contains(table)
    }

    mutating func apply(_ change: OwnChange) throws {
        switch change {
        case .image(let new): try put(new)
        case .found(let new): try put(try named(new))
        case .other(let other):
            // A photo that became rubbish was not removed by anybody.
            try remove(other.file, dismissing: other.reason == nil ? .replaced : .never)
            try note(other)
        case .moved(let from, let to): try rename([OwnRename(from: from, to: to)])
        case .renamed(let renames): try rename(renames)
        case .stamped(let file, let stamp):
            for table in ["own", "other", "preview"] {
                try db.cachedStatement(
                    sql: "UPDATE \(table) SET modified = ?, inode = ?, changed = ? WHERE file = ? AND bytes = ?"
                ).execute(arguments: [
                    stamp.modified, Int64(bitPattern: stamp.inode), stamp.changed, file.description, stamp.bytes,
                ])
            }
        case .corrected(let file, let info, let origin):
            guard var own = try row(file)?.ownFile() else { return }
            own.info = info
            own.origin = origin
            try put(own)
        case .gone(let file, let byPerson, let isWanted):
            try remove(file, dismissing: !byPerson ? .never : isWanted ? .path : .always)
            try db.execute(sql: "DELETE FROM other WHERE file = ?", arguments: [file.description])
            try db.execute(sql: "DELETE FROM preview WHERE file = ?", arguments: [file.description])
        }
    }

    /// What is not wanted here any more when a file is gone: its image, a main that was written over, at most its path, or
    /// nothing.
    enum Dismissing { case always, replaced, path, never }

    func row(_ file: RelativePath) throws -> Row? {
        // A row costs something even where there is none, which is most often so.
        guard try CatalogueDatabase.isOwn(file, db) else { return nil }
        return try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(OwnFile.rowColumns) FROM own WHERE file = ?"),
            arguments: [file.description])
    }

    private mutating func put(_ found: OwnFile) throws {
        var new = found
        images.insert(new.info.image)
        for table in [Table.other, .preview] where try !isEmpty(table) {
            try db.cachedStatement(sql: "DELETE FROM \(table.rawValue) WHERE file = ?")
                .execute(arguments: [new.file.description])
        }
        if let old = try row(new.file) {
            let was = try old.ownFile()
            if was.info.image == new.info.image {
                // Whoever looks at the file says nothing of its edits; a later word on them counts.
                let said = new.info
                (new.info.replaces, new.info.edition) = (was.info.replaces, was.info.edition)
                new.info.take(editsOf: said)
            } else {
                try replace(was, by: &new)
            }
            if was.info == new.info {
                try db.execute(
                    sql: "UPDATE own SET modified = ?, inode = ?, changed = ?, origin = ?, shown = ? WHERE file = ?",
                    arguments: [
                        new.stamp.modified, Int64(bitPattern: new.stamp.inode), new.stamp.changed,
                        new.origin?.description, new.shown.map { Data($0.bytes) }, new.file.description,
                    ])
                return
            }
            try insert(new, replacing: old)
            if was.info.image != new.info.image {
                try dismiss(was, new.info.isRubbish(of: was.info) ? .never : .replaced)
            }
        } else {
            try insert(new, replacing: nil)
        }
        if try isEmpty(.dismissal) { return }
        try db.cachedStatement(sql: "DELETE FROM dismissal WHERE image = ?")
            .execute(arguments: [new.info.image.bytes.data])
    }

    mutating func insert(_ new: OwnFile, replacing old: Row?, isDropped: Bool = false) throws {
        if let old, !isDropped { try drop(old) }
        // The fingerprint covers the sequence number, so the number must be known before the row is written.
        let sequence = try (last > 0 ? last : CatalogueDatabase.lastSequence(db)) + 1
        let fingerprint = Fingerprint(line: Model.Record(sequence: sequence, info: new.info).line)
        var arguments: StatementArguments = [sequence]
        arguments += new.info.arguments
        arguments += [
            fingerprint.data, new.file.description, new.stamp.modified, Int64(bitPattern: new.stamp.inode),
            new.stamp.changed, new.origin?.description, try verified(new, replacing: old),
            new.shown.map { Data($0.bytes) },
        ]
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO own
                    (sequence, \(FileInfo.columns), fingerprint, file, modified, inode, changed, origin, verified, shown)
                VALUES (?, \(FileInfo.marks), ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: arguments)
        added[sequence] = fingerprint
        if !new.info.replaces.isEmpty {
            empty?.remove(.replaced)
            try Replaced.add(new.info.replaces, by: (Replaced.own, sequence), db)
        }
        if new.info.form == .main {
            mains.insert(new.info.image)
            if new.origin == nil, !new.info.replaces.isEmpty { edits.insert(sequence) }
        }
        counts.count(new.info.form, bytes: new.info.bytes, mainBytes: new.info.mainBytes, times: 1)
        last = sequence
        guard try !isEmpty(.refused) else { return }
        try db.cachedStatement(sql: "DELETE FROM refused WHERE image = ? AND path = ?")
            .execute(arguments: [new.info.image.bytes.data, new.info.path.description])
    }

    /// Whoever puts a file into the list has read it just now; a move has not.
    private mutating func verified(_ new: OwnFile, replacing old: Row?) throws -> Int64 {
        if let old, try old.image(at: OwnFile.Column.image) == new.info.image, old.ownStamp() == new.stamp {
            return old[OwnFile.Column.verified]
        }
        let time = try now ?? NodeTime.now(db)
        now = time
        return time
    }

    mutating func drop(_ old: Row) throws {
        let sequence: Model.Record.Sequence = old[OwnFile.Column.sequence]
        let info = try old.info(at: 0)
        counts.count(info.form, bytes: info.bytes, mainBytes: info.mainBytes, times: -1)
        images.insert(info.image)
        freed.insert(info.path)
        if !info.replaces.isEmpty { try Replaced.remove(info.replaces, by: (Replaced.own, sequence), db) }
        try db.cachedStatement(sql: "DELETE FROM own WHERE sequence = ?").execute(arguments: [sequence])
        // A record that came and went within this transaction was never in the digests.
        if added.removeValue(forKey: sequence) == nil {
            removed[sequence] = try old.fingerprint(at: OwnFile.Column.fingerprint)
        }
    }

    /// Takes a word on deleting an image over when it counts instead of the one known, and publishes it.
    ///
    /// - Parameters:
    ///   - peer: the number of the peer that said it; nil for an own word.
    ///   - concerned: whether a file of the image stands here.
    mutating func say(_ word: Deletion, via peer: Int64? = nil, concerned: Bool = false) throws {
        let key: StatementArguments = [word.image.bytes.data]
        let old = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM deletion WHERE image = ?"), arguments: key)
        guard word.supersedes(try old?.deletion()) else { return }
        var (peer, concerned) = (peer, concerned)
        if let old, try old.deletion().isDeleted, word.isDeleted {
            // Said once more it is the same deletion, and counts as it did.
            (peer, concerned) = (old["via"], old["concerned"] || concerned)
        }
        try db.cachedStatement(sql: "DELETE FROM held_deletion WHERE image = ? AND generation <= ?")
            .execute(arguments: [word.image.bytes.data, word.generation])
        if old != nil { try db.execute(sql: "DELETE FROM deletion WHERE image = ?", arguments: key) }
        let (sequence, fingerprint) = try number(.deletion(word), replacing: old)
        try db.execute(
            sql: "INSERT INTO deletion VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                sequence, word.image.bytes.data, word.path.description, word.generation, word.isDeleted, word.at,
                word.by.bytes.data, Int64(Date.now.timeIntervalSince1970 * 1e9), fingerprint.data, peer, concerned,
            ])
        // Who takes a deletion back wants the image here as well.
        if !word.isDeleted { try db.execute(sql: "DELETE FROM dismissal WHERE image = ?", arguments: key) }
        images.insert(word.image)
    }

    /// Says a peer's words on deleting no more that are of images nobody has.
    mutating func forgetDeletions(via peer: Int64) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                DELETE FROM deletion WHERE via = ?
                    AND NOT EXISTS (SELECT 1 FROM own WHERE own.image = deletion.image)
                    AND NOT EXISTS (SELECT 1 FROM mirror WHERE mirror.image = deletion.image)
                    AND NOT EXISTS (SELECT 1 FROM aside WHERE aside.image = deletion.image)
                    AND NOT EXISTS (SELECT 1 FROM dismissal WHERE dismissal.image = deletion.image)
                RETURNING sequence, fingerprint
                """, arguments: [peer])
        for row in rows { removed[row["sequence"]] = try row.fingerprint("fingerprint") }
    }

    /// Joins what is said of a recipe with what is known of it, and publishes that when it is news.
    ///
    /// - Returns: what is known now.
    @discardableResult
    mutating func say(_ word: Edit) throws -> Edit {
        let key: StatementArguments = [word.recipe.id.bytes.data]
        let old = try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM edit WHERE recipe = ?"), arguments: key)
        let known = try old?.edit()
        let edit = known?.joined(with: word) ?? word
        guard edit != known else { return edit }
        if old != nil { try db.execute(sql: "DELETE FROM edit WHERE recipe = ?", arguments: key) }
        let (sequence, fingerprint) = try number(.edit(edit), replacing: old)
        try db.cachedStatement(sql: "INSERT INTO edit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").execute(
            arguments: [
                sequence, edit.recipe.id.bytes.data, edit.recipe.image.bytes.data,
                String(decoding: edit.recipe.json, as: UTF8.self), edit.path.description, edit.generation,
                edit.isUndone, edit.at, edit.by.bytes.data, edit.made?.image.bytes.data, edit.made?.generation,
                fingerprint.data,
            ])
        images.formUnion([edit.recipe.image, edit.made?.image, known?.made?.image].compactMap { $0 })
        return edit
    }

    /// Gives a word its place in the list, after all others, and takes away that of the word which it replaces.
    private mutating func number(
        _ content: Model.Record.Content, replacing old: Row?
    ) throws -> (Model.Record.Sequence, Fingerprint) {
        if let old {
            let sequence: Model.Record.Sequence = old["sequence"]
            if added.removeValue(forKey: sequence) == nil { removed[sequence] = try old.fingerprint("fingerprint") }
        }
        let sequence = try CatalogueDatabase.takeSequence(db)
        let fingerprint = Fingerprint(line: Model.Record(sequence: sequence, content).line)
        added[sequence] = fingerprint
        last = sequence
        return (sequence, fingerprint)
    }

    /// Removes the record of an own file that the agent itself took out of the library.
    mutating func took(_ file: RelativePath) throws { try remove(file, dismissing: .never) }

    /// Puts the record of a file that the agent placed.
    mutating func placed(_ new: OwnFile) throws { try put(new) }

    private mutating func remove(_ file: RelativePath, dismissing: Dismissing) throws {
        guard let old = try row(file) else { return }
        try drop(old)
        try dismiss(try old.ownFile(), dismissing)
    }

    mutating func dismiss(_ old: OwnFile, _ dismissing: Dismissing) throws {
        if dismissing == .never { return }
        if try isHere(old.info.image) {
            try refuse(old.info)
            // Those who placed theirs after this one follow.
            if old.origin == nil { try raiseWord(on: old.info.image) }
            return
        }
        try forgetRefused(old.info.image)
        // A reduced copy that was written over can be had again; a main that was written over is not wanted back.
        guard dismissing == .always || (dismissing == .replaced && old.info.form == .main) else { return }
        empty?.remove(.dismissal)
        try db.execute(
            sql: "INSERT OR REPLACE INTO dismissal VALUES (?, ?, unixepoch(), ?, ?, ?)",
            arguments: [
                old.info.image.bytes.data, old.info.path.description,
                dismissing == .replaced ? max(old.info.rank, try Replaced.rank(of: old.info.image, db)) : nil,
                old.info.generation,
                old.info.replaces.isEmpty ? nil : Data(old.info.replaces.flatMap(\.bytes.bytes)),
            ])
    }

    /// An edit of others that a person here has undone is as good as written over, where it is not here.
    mutating func dismiss(edit: ImageID, at path: RelativePath) throws {
        empty?.remove(.dismissal)
        images.insert(edit)
        try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO dismissal (image, path, since, edition)
                SELECT :image, :path, unixepoch(), :edition
                WHERE NOT EXISTS (SELECT 1 FROM own WHERE image = :image)
                """
        ).execute(arguments: [
            "image": edit.bytes.data, "path": path.description, "edition": try Replaced.rank(of: edit, db),
        ])
    }
}
