import Foundation
import GRDB
import Model

/// Names, and what a person says by giving them.
extension OwnEdit {
    /// What the tables knew of one file that gets another name.
    private struct Lifted {
        var rename: OwnRename
        var own: Row?
        var other: Row?
        var preview: Row?
        /// The generation of the new name, where a person gave it.
        var word: Int64?
    }

    /// Files get other names, all at one moment: names may be swapped and passed around.
    ///
    /// A file that stands at a new name and is not itself renamed was overwritten.
    mutating func rename(_ renames: [OwnRename]) throws {
        var lifted: [Lifted] = []
        for rename in renames {
            var lift = Lifted(rename: rename)
            lift.own = try row(rename.from)
            if let image = try lift.own?.image(at: OwnFile.Column.image), rename.info == nil {
                lift.word = try nextWord(on: image)
            }
            lifted.append(lift)
        }
        for index in lifted.indices {
            let key: StatementArguments = [lifted[index].rename.from.description]
            if let own = lifted[index].own { try drop(own) }
            if try !isEmpty(.other) {
                lifted[index].other = try Row.fetchOne(
                    db.cachedStatement(sql: "DELETE FROM other WHERE file = ? RETURNING *"), arguments: key)
            }
            if try !isEmpty(.preview) {
                lifted[index].preview = try Row.fetchOne(
                    db.cachedStatement(sql: "DELETE FROM preview WHERE file = ? RETURNING *"), arguments: key)
            }
        }
        var overwritten: [OwnFile] = []
        for lift in lifted {
            let to = lift.rename.to
            for table in [Table.other, .preview] where try !isEmpty(table) {
                try db.cachedStatement(sql: "DELETE FROM \(table.rawValue) WHERE file = ?")
                    .execute(arguments: [to.description])
            }
            let old = lift.own == nil ? nil : try row(to)
            if let old {
                try drop(old)
                let (over, new) = (try old.ownFile(), try lift.own?.info(at: 0))
                if new?.isRubbish(of: over.info) != true { overwritten.append(over) }
            }
            try place(lift, over: old?.ownFile())
        }
        for old in overwritten { try dismiss(old, .replaced) }
        // One of several that has another name by a person's hand.
        for lift in lifted where lift.rename.info == nil {
            guard let image = try lift.own?.image(at: OwnFile.Column.image),
                try isElsewhere(image, than: lift.rename.to),
                let old = try lift.own?.ownFile()
            else { continue }
            if try row(old.file) == nil { try refuse(old.info) }
        }
    }

    private func isElsewhere(_ image: ImageID, than file: RelativePath) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM own WHERE image = ? AND file <> ?)"),
            arguments: [image.bytes.data, file.description]) == true
    }

    private mutating func place(_ lift: Lifted, over: OwnFile?) throws {
        let to = lift.rename.to
        if let other = lift.other {
            try note(OtherFile(file: to, stamp: other.stamp(), reason: other["reason"]))
        }
        if let preview = lift.preview {
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO preview (recipe, file, bytes, modified, inode, changed)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    preview["recipe"] as Data, to.description, preview["bytes"] as Int64, preview["modified"] as Int64,
                    preview["inode"] as Int64, preview["changed"] as Int64?,
                ])
        }
        guard let old = lift.own else { return }
        var new = try old.ownFile()
        let wasNamedAfterMain = new.info.form == .main || new.file == new.info.file
        new.file = to
        new.stamp = lift.rename.stamp ?? new.stamp
        if let info = lift.rename.info {
            (new.info, new.origin) = (info, lift.rename.origin)
        } else if wasNamedAfterMain {
            new.info.path = new.info.form == .main ? to : to.mainOfReduced ?? to
            // A reduced copy that is not called like one any more says nothing of its main's name.
            if new.info.form == .main || to.mainOfReduced != nil { new.info.generation = lift.word }
            // A tool that saves by a rename over what stood there has edited it.
            if new.info.form == .main, let over, over.info.form == .main, over.info.image != new.info.image {
                new.origin = nil
                try replace(over, by: &new)
            }
        }
        try insert(new, replacing: old, isDropped: true)
    }

    /// Notes that a file is no image.
    mutating func note(_ other: OtherFile) throws {
        empty?.remove(.other)
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO other (file, reason, bytes, modified, inode, changed)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                other.file.description, other.reason, other.stamp.bytes, other.stamp.modified,
                Int64(bitPattern: other.stamp.inode), other.stamp.changed,
            ])
    }

    /// The generation of what a person says of an image's name now.
    func nextWord(on image: ImageID) throws -> Int64 {
        min(try latestWord(on: image) + 1, FileInfo.highestGeneration)
    }

    /// The highest generation that is known of an image's name; 0 for none.
    func latestWord(on image: ImageID) throws -> Int64 {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT max(generation) FROM (
                        SELECT generation FROM own WHERE image = :image
                        UNION ALL SELECT generation FROM mirror WHERE image = :image
                        UNION ALL SELECT generation FROM held_word WHERE image = :image
                        UNION ALL SELECT generation FROM dismissal WHERE image = :image)
                    """), arguments: ["image": image.bytes.data]) ?? 0
    }

    /// A person has put back what was edited elsewhere: at the name of the edits, it replaces them; at another, it is
    /// wanted beside them. Not before the library was looked at once: then it is old, perhaps.
    private mutating func putBack(_ new: inout OwnFile) throws {
        guard new.origin == nil, try !isEmpty(.replaced) else { return }
        guard try CatalogueDatabase.wasLookedAt(db) else {
            new.info.edition = try editionBeside(editsOf: new.info.image, isOwn: true)
            return
        }
        let path = new.info.path
        let edits = try Set(
            Replaced.claims(on: new.info.image, db).lazy.filter { $0.info.path == path }.map(\.info.image))
        new.info.replaces = Array(edits.subtracting([new.info.image]).sorted().prefix(FileInfo.mostReplaced))
        if new.info.replaces.isEmpty {
            new.info.edition = try editionBeside(editsOf: new.info.image)
        } else {
            new.info.edition = try nextEdition(of: new.info.image, over: new.info.replaces)
            // They are as good as written over: one that is on its way does not come any more.
            for edit in new.info.replaces { try dismiss(edit: edit, at: path) }
        }
    }

    /// What stood here was no image for a moment, while somebody wrote over it: what it is now is the edit of what it was.
    private mutating func continueEdit(_ new: inout OwnFile) throws -> Bool {
        guard new.origin == nil, new.info.type != .other, try !isEmpty(.other),
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM other WHERE file = ? AND reason IS NULL)"),
                arguments: [new.file.description]) == true,
            let last = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT image, edition, generation, replaces FROM dismissal WHERE path = ?
                        ORDER BY since DESC, edition IS NULL DESC LIMIT 1
                        """), arguments: [new.info.path.description]),
            let rank: Int64 = last[1]
        else { return false }
        let old = try last.image(at: 0)
        guard old != new.info.image else { return false }
        let earlier = try last.images(at: 3).filter { $0 != new.info.image }
        new.info.replaces = Array(([old] + earlier).prefix(FileInfo.mostReplaced))
        new.info.edition = min(
            max(try nextEdition(of: new.info.image, over: [old]), rank + 1), FileInfo.highestEdition)
        new.info.generation = last[2]
        return true
    }

    /// A file that was found, with the generation of its name.
    ///
    /// Where the image has this name already, or it is one beside that name, nobody has said anything new; nor where
    /// nobody else has the image, or before the library was looked at once: then it is not known what is new.
    mutating func named(_ found: OwnFile) throws -> OwnFile {
        var new = found
        if let old = try row(found.file)?.info(at: 0), old.image == found.info.image {
            new.info.generation = old.generation
            return new
        }
        guard found.info.form == .main else { return new }
        if try continueEdit(&new) { return new }
        try putBack(&new)
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT path, generation FROM mirror WHERE image = :image
                    UNION ALL SELECT path, generation FROM held_word WHERE image = :image AND generation IS NOT NULL
                    UNION ALL SELECT path, generation FROM own WHERE image = :image
                    UNION ALL SELECT path, generation FROM dismissal WHERE image = :image AND generation IS NOT NULL
                    """), arguments: ["image": found.info.image.bytes.data])
        let names = try rows.map { (path: try $0.path(at: 0), generation: $0[1] as Int64?) }
        guard let highest = names.map({ $0.generation ?? 0 }).max() else { return new }
        let latest = names.filter { ($0.generation ?? 0) == highest }.map(\.path)
        if latest.contains(found.info.path) {
            new.info.generation = highest == 0 ? nil : highest
        } else if !latest.contains(where: { found.info.path.isDisambiguation(of: $0) }),
            try CatalogueDatabase.wasLookedAt(db)
        {
            new.info.generation = min(highest + 1, FileInfo.highestGeneration)
        }
        return new
    }

    func isHere(_ image: ImageID) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM own WHERE image = ?)"), arguments: [image.bytes.data])
            == true
    }

    /// The paths at which a person still has the image are the latest word on it, where others have it.
    mutating func raiseWord(on image: ImageID) throws {
        let isElsewhere = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM mirror WHERE image = ?)")
        guard try Bool.fetchOne(isElsewhere, arguments: [image.bytes.data]) == true,
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: "SELECT \(OwnFile.rowColumns) FROM own WHERE image = ? ORDER BY form, file LIMIT 1"),
                arguments: [image.bytes.data])
        else { return }
        var own = try row.ownFile()
        own.info.generation = try nextWord(on: image)
        try insert(own, replacing: row)
        raised.insert(last)
    }

    /// The image stands here at another path, and a person does not want it at this one.
    mutating func refuse(_ info: FileInfo) throws {
        let isThere = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM own WHERE image = ? AND path = ?)")
        let place: StatementArguments = [info.image.bytes.data, info.path.description]
        if try Bool.fetchOne(isThere, arguments: place) == true { return }
        empty?.remove(.refused)
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO refused VALUES (?, ?, ?)").execute(arguments: [
            info.image.bytes.data, info.path.description, try latestWord(on: info.image),
        ])
    }

    /// What is not here at all may come back to any of its paths.
    mutating func forgetRefused(_ image: ImageID) throws {
        if try isEmpty(.refused) { return }
        try db.cachedStatement(sql: "DELETE FROM refused WHERE image = ?").execute(arguments: [image.bytes.data])
    }
}
