import GRDB
import Model

/// What a person has replaced by an edit, as the record of the edit says it.
extension OwnEdit {
    /// Where a person has put the main `new` in the place of the main `old`, it says so from now on, for as long as the
    /// image is here, also when only a reduced copy is left of it. What this node placed says what it was told.
    func replace(_ old: OwnFile, by new: inout OwnFile) throws {
        guard new.info.form == .main, new.origin == nil, old.info.form == .main, !new.info.isRubbish(of: old.info)
        else { return }
        let rank = max(old.info.rank, new.info.rank)
        new.info.replaces = try replaced(by: new, old)
        // Both are off the list already, perhaps.
        let next = try nextEdition(of: new.info.image, over: [old.info.image])
        new.info.edition = min(max(next, rank + 1), FileInfo.highestEdition)
        // It keeps the word on the name that it has.
        new.info.generation = [new.info.generation, old.info.generation].compactMap(\.self).max()
    }

    /// The edition of what a person puts in the place of `old`: higher than all that anybody has said of either.
    func nextEdition(of image: ImageID, over old: [ImageID]) throws -> Int64 {
        var highest = try Replaced.rankOfEdits(of: image, db)
        for image in old + [image] { highest = max(highest, try Replaced.rank(of: image, db)) }
        return min(highest + 1, FileInfo.highestEdition)
    }

    /// The edition of an image that a person wants beside whatever replaced it; nil where nothing did.
    ///
    /// - Parameter isOwn: asks only what this node itself says of that.
    func editionBeside(editsOf image: ImageID, isOwn: Bool = false) throws -> Int64? {
        let highest = try Replaced.rankOfEdits(of: image, isOwn: isOwn, db)
        return highest > (try Replaced.rank(of: image, db)) ? highest : nil
    }

    private func replaced(by new: OwnFile, _ old: OwnFile) throws -> [ImageID] {
        // And what it had replaced itself, under the name that it had.
        var earlier = old.info.replaces
        // An earlier version has not noted what that had replaced, by the word of whoever made it.
        if old.origin != nil { earlier += try saidReplaced(by: old.info.image) }
        // What a peer has beside the very edit of it was one of two, and replaced at this path alone.
        let isBeside = try db.cachedStatement(
            sql: """
                SELECT EXISTS (
                    SELECT 1 FROM replaced JOIN mirror AS edit USING (peer, sequence)
                    JOIN mirror AS other ON other.peer = edit.peer AND other.image = replaced.image
                        AND other.path <> edit.path
                    WHERE replaced.image = ? AND edit.image = ?)
                """)
        earlier = try earlier.filter {
            try Bool.fetchOne(isBeside, arguments: [$0.bytes.data, old.info.image.bytes.data]) == false
        }
        var seen: Set<ImageID> = [new.info.image]
        let all = ([old.info.image] + new.info.replaces + earlier).filter { seen.insert($0).inserted }
        guard all.count > FileInfo.mostReplaced else { return all }
        // There is no room for all: the latest, and those that a peer was last seen to have.
        let isSomewhere = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM mirror WHERE image = ?)")
        let known = try all.dropFirst(Self.latest).filter {
            try Bool.fetchOne(isSomewhere, arguments: [$0.bytes.data]) == true
        }
        return Array((all.prefix(Self.latest) + known).prefix(FileInfo.mostReplaced))
    }

    private static let latest = FileInfo.mostReplaced / 2

    /// What has another name now was not replaced. To be called when all changes of a transaction are made, as each name that
    /// is passed on looks like an edit until the last one is. What stood at another path before, and still does, was one of
    /// two: it was replaced at this one.
    mutating func forgetReplaced() throws {
        if try isEmpty(.replaced) { return }
        for image in mains { edits.formUnion(try Replaced.own(on: image, db)) }
        for sequence in edits {
            guard
                let row = try Row.fetchOne(
                    db.cachedStatement(sql: "SELECT \(OwnFile.rowColumns) FROM own WHERE sequence = ?"),
                    arguments: [sequence])
            else { continue }
            var own = try row.ownFile()
            // What this node placed says what it was told.
            if own.origin != nil { continue }
            let isNew = added[sequence] != nil
            let gone = try own.info.replaces.filter { image in
                let there = try Model.Record.Sequence.fetchAll(
                    db.cachedStatement(sql: "SELECT sequence FROM own WHERE image = ? AND form = 0"),
                    arguments: [image.bytes.data])
                return there.allSatisfy { isNew && (added[$0] == nil || raised.contains($0)) }
            }
            guard gone.count < own.info.replaces.count else { continue }
            // Who has taken over what was said takes over this.
            if added[sequence] == nil { own.info.edition = min(own.info.rank + 1, FileInfo.highestEdition) }
            own.info.replaces = gone
            try insert(own, replacing: row)
        }
    }

    private func saidReplaced(by image: ImageID) throws -> [ImageID] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT \(FileInfo.columns) FROM mirror WHERE image = ? AND replaces IS NOT NULL"),
            arguments: [image.bytes.data]
        ).flatMap { try $0.info(at: 0).replaces }
    }
}
