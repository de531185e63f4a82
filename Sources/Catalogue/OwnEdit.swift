import Foundation
import GRDB
import Model

/// The changes of one transaction to the own list, and what they do to its digests.
struct OwnEdit {
    let db: Database
    private(set) var added: [Model.Record.Sequence: Fingerprint] = [:]
    private(set) var removed: [Model.Record.Sequence: Fingerprint] = [:]
    private(set) var images: Set<ImageID> = []

    init(db: Database) { self.db = db }

    mutating func apply(_ change: OwnChange) throws {
        switch change {
        case .image(let new): try put(new)
        case .other(let other):
            // A photo that became rubbish was not removed by anybody.
            try remove(other.file, dismissing: other.reason == nil ? .replaced : .never)
            try db.execute(
                sql: "INSERT OR REPLACE INTO other (file, reason, bytes, modified, inode) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    other.file.description, other.reason, other.stamp.bytes, other.stamp.modified,
                    Int64(bitPattern: other.stamp.inode),
                ])
        case .moved(let from, let to): try move(from, to)
        case .corrected(let file, let info, let origin):
            guard var own = try row(file)?.ownFile() else { return }
            own.info = info
            own.origin = origin
            try put(own)
        case .gone(let file, let byPerson):
            try remove(file, dismissing: byPerson ? .always : .never)
            try db.execute(sql: "DELETE FROM other WHERE file = ?", arguments: [file.description])
        }
    }

    private enum Dismissing { case always, replaced, never }

    private func row(_ file: RelativePath) throws -> Row? {
        try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM own WHERE file = ?"), arguments: [file.description])
    }

    private mutating func put(_ new: OwnFile) throws {
        images.insert(new.info.image)
        try db.execute(sql: "DELETE FROM other WHERE file = ?", arguments: [new.file.description])
        if let old = try row(new.file) {
            if try old.info() == new.info {
                try db.execute(
                    sql: "UPDATE own SET modified = ?, inode = ?, origin = ? WHERE file = ?",
                    arguments: [
                        new.stamp.modified, Int64(bitPattern: new.stamp.inode), new.origin?.description,
                        new.file.description,
                    ])
                return
            }
            try insert(new, replacing: old)
            if try old.image("image") != new.info.image { try dismiss(try old.ownFile(), .replaced) }
        } else {
            try insert(new, replacing: nil)
        }
        try db.execute(sql: "DELETE FROM dismissal WHERE image = ?", arguments: [new.info.image.bytes.data])
    }

    private mutating func insert(_ new: OwnFile, replacing old: Row?) throws {
        if let old { try drop(old) }
        // The fingerprint covers the sequence number, so the number must be known before the row is written.
        let sequence = try CatalogueDatabase.lastSequence(db) + 1
        let fingerprint = Fingerprint(line: Model.Record(sequence: sequence, info: new.info).line)
        var arguments: StatementArguments = [sequence]
        arguments += new.info.arguments
        arguments += [
            fingerprint.data, new.file.description, new.stamp.modified, Int64(bitPattern: new.stamp.inode),
            new.origin?.description,
        ]
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO own (sequence, \(FileInfo.columns), fingerprint, file, modified, inode, origin)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: arguments)
        added[sequence] = fingerprint
    }

    private mutating func drop(_ old: Row) throws {
        let sequence: Model.Record.Sequence = old["sequence"]
        images.insert(try old.image("image"))
        try db.execute(sql: "DELETE FROM own WHERE sequence = ?", arguments: [sequence])
        // A record that came and went within this transaction was never in the digests.
        if added.removeValue(forKey: sequence) == nil { removed[sequence] = try old.fingerprint("fingerprint") }
    }

    private mutating func remove(_ file: RelativePath, dismissing: Dismissing) throws {
        guard let old = try row(file) else { return }
        try drop(old)
        try dismiss(try old.ownFile(), dismissing)
    }

    private func dismiss(_ old: OwnFile, _ dismissing: Dismissing) throws {
        // A reduced copy that was written over can be had again; a main that was written over is not wanted back.
        guard dismissing == .always || (dismissing == .replaced && old.info.form == .main) else { return }
        let isStillHere = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM own WHERE image = ?)", arguments: [old.info.image.bytes.data])
        guard isStillHere == false else { return }
        try db.execute(
            sql: "INSERT OR REPLACE INTO dismissal VALUES (?, ?, unixepoch())",
            arguments: [old.info.image.bytes.data, old.info.path.description])
    }

    private mutating func move(_ from: RelativePath, _ to: RelativePath) throws {
        try db.execute(sql: "DELETE FROM other WHERE file = ?", arguments: [to.description])
        guard let old = try row(from) else {
            try db.execute(
                sql: "UPDATE other SET file = ? WHERE file = ?", arguments: [to.description, from.description])
            return
        }
        // What stood at the new name was overwritten by the move.
        try remove(to, dismissing: .replaced)
        var new = try old.ownFile()
        let wasNamedAfterMain = new.info.form == .main || new.file == new.info.file
        new.file = to
        if wasNamedAfterMain { new.info.path = new.info.form == .main ? to : to.mainOfReduced ?? to }
        try insert(new, replacing: old)
    }
}
