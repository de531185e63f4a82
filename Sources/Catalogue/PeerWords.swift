import Foundation
import GRDB
public import Model
import Planning

/// What a peer says of the name or the edits of an image that stands here, and that waits for a person.
public struct HeldWord: Sendable, Hashable {
    /// Why it waits.
    public enum Kind: Int, Sendable {
        /// The peer renames very many images at once.
        case name
        /// It edits very many at once.
        case edit
        /// It calls a file of its own the edit of one that it was never seen to have.
        case foreignEdit
        /// It has very many recipes run at once.
        case recipe
    }

    public var kind: Kind
    /// The image that the peer has.
    public var image: ImageID
    /// What it calls it.
    public var path: RelativePath
    /// The name here: of this image, or of the one that it is to replace.
    public var here: RelativePath
    /// When it was heard, in seconds since 1970.
    public var heard: Int64
}

/// Weighs the words of a peer on names and edits, where its records enter the mirror.
///
/// A word that waits leaves the record as it would be if nobody had said it: the image has the name that it has here, and
/// replaces nothing.
struct PeerWords {
    private let db: Database
    private let peer: Int64
    /// The images of the records that this transaction takes out of the mirror.
    private let gone: Set<ImageID>
    /// Those records, by their numbers, and which of them waited.
    private let removed: [Model.Record.Sequence: Fingerprint]
    private let held: Set<Model.Record.Sequence>

    /// Words are counted together for this long, in seconds: a day.
    private static let counted: Int64 = 86_400

    /// - Parameters:
    ///   - gone: images that the peer had until now.
    ///   - removed: the records of `range` until now.
    init(
        of peer: Int64, in range: SequenceRange, gone: Set<ImageID>,
        removed: [(Model.Record.Sequence, Fingerprint)], _ db: Database
    ) throws {
        (self.db, self.peer, self.gone) = (db, peer, gone)
        self.removed = Dictionary(removed) { $1 }
        held = try Set(
            Model.Record.Sequence.fetchAll(
                db.cachedStatement(
                    sql: "DELETE FROM held_word WHERE peer = ? AND sequence >= ? AND sequence < ? RETURNING sequence"),
                arguments: [peer, range.from, range.to]))
        try Self.noteHad(gone, by: peer, db)
    }

    /// Notes that a peer had images of which mains stand here: it may have edited them.
    static func noteHad(_ images: Set<ImageID>, by peer: Int64, _ db: Database) throws {
        let note = try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO had SELECT :image, :peer
                WHERE EXISTS (SELECT 1 FROM own WHERE image = :image AND form = 0)
                """)
        for image in images { try note.execute(arguments: ["image": image.bytes.data, "peer": peer]) }
    }

    /// The entries as they count for now.
    ///
    /// - Parameter files: how many images stand here.
    func weighed(_ entries: [MirrorEntry], files: Int) throws -> [MirrorEntry] {
        var entries = entries
        var words: [(index: Int, word: HeldWord)] = []
        var (edited, renamed, recipes): (Set<ImageID>, Set<Renaming>, Int) = ([], [], 0)
        for (index, entry) in entries.enumerated() {
            guard entry.hasWords else { continue }
            let isKnown = removed[entry.sequence] == entry.fingerprint
            // Taken over before, it is no news.
            if isKnown && !held.contains(entry.sequence) { continue }
            guard let word = try concern(of: entry) else { continue }
            words.append((index, word))
            if isKnown { continue }
            switch word.kind {
            case .name: renamed.insert(Renaming(from: word.here, to: word.path))
            case .edit: edited.insert(word.image)
            case .foreignEdit: break
            case .recipe: recipes += 1
            }
        }
        if words.isEmpty { return entries }
        let isTooMuch = try isTooMuch(edited.count + renamed.count + recipes, of: files)
        for (index, word) in words where isTooMuch || word.kind == .foreignEdit {
            try hold(word, &entries[index])
        }
        return entries
    }

    /// What a record says of images here that is to be weighed; nil for nothing.
    private func concern(of entry: MirrorEntry) throws -> HeldWord? {
        switch entry.content {
        case .file(let info)?: try concern(of: info)
        case .edit(let edit)?: try concern(of: edit)
        case .deletion?, nil: nil
        }
    }

    /// A recipe that is news, and that this node is to run.
    private func concern(of edit: Edit) throws -> HeldWord? {
        guard edit.isToRun, try CatalogueDatabase.edit(edit.recipe.id, db).map({ $0.joined(with: edit) != $0 }) ?? true
        else { return nil }
        let here = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT path FROM own WHERE image = ? AND form = 0"),
            arguments: [edit.recipe.image.bytes.data])
        return try here.map { row in
            HeldWord(
                kind: .recipe, image: edit.recipe.image, path: edit.path, here: try row.path(at: 0),
                heard: Int64(Date.now.timeIntervalSince1970))
        }
    }

    private func concern(of info: FileInfo) throws -> HeldWord? {
        let now = Int64(Date.now.timeIntervalSince1970)
        if !info.replaces.isEmpty {
            var edited: (path: RelativePath, hadIt: Bool)?
            for old in info.replaces where old != info.image {
                let own = try Row.fetchAll(
                    db.cachedStatement(sql: "SELECT path, form FROM own WHERE image = ? ORDER BY form"),
                    arguments: [old.bytes.data])
                guard let first = own.first, info.supersedes(old, of: try Replaced.rank(of: old, db)) else { continue }
                // Of a reduced copy nothing is lost.
                let hadIt = try first[1] != 0 || gone.contains(old) || had(old)
                if edited == nil || !hadIt { edited = (try first.path(at: 0), hadIt) }
            }
            if let edited {
                return HeldWord(
                    kind: edited.hadIt ? .edit : .foreignEdit, image: info.image, path: info.path, here: edited.path,
                    heard: now)
            }
        }
        guard info.generation != nil else { return nil }
        let own = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT path, generation FROM own WHERE image = ?"),
            arguments: [info.image.bytes.data])
        guard own.count == 1, let row = own.first else { return nil }
        let here = try row.path(at: 0)
        guard here != info.path, (info.generation ?? 0) >= (row[1] as Int64? ?? 0) else { return nil }
        return HeldWord(kind: .name, image: info.image, path: info.path, here: here, heard: now)
    }

    private func had(_ image: ImageID) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM had WHERE image = :image AND peer = :peer)
                        OR EXISTS (SELECT 1 FROM mirror WHERE image = :image AND peer = :peer)
                    """), arguments: ["image": image.bytes.data, "peer": peer]) == true
    }

    private func isTooMuch(_ count: Int, of files: Int) throws -> Bool {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT words, words_since FROM peer WHERE number = ?"), arguments: [peer])
        let now = Int64(Date.now.timeIntervalSince1970)
        var (words, since): (Int, Int64) = (row?[0] ?? 0, row?[1] ?? 0)
        if now - since > Self.counted || now < since { (words, since) = (0, now) }
        words += count
        try db.cachedStatement(sql: "UPDATE peer SET words = ?, words_since = ? WHERE number = ?")
            .execute(arguments: [words, since, peer])
        return MassChange.isTooMuch(words, of: files)
    }

    private func hold(_ word: HeldWord, _ entry: inout MirrorEntry) throws {
        guard let content = entry.content else { return }
        let info = entry.info
        let replaces = info?.replaces ?? []
        try db.cachedStatement(sql: "INSERT INTO held_word VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").execute(
            arguments: [
                peer, entry.sequence, word.kind.rawValue, word.here.description, word.heard, word.image.bytes.data,
                word.path.description, info?.generation,
                replaces.isEmpty ? nil : Data(replaces.flatMap(\.bytes.bytes)), info?.edition,
                word.kind == .recipe ? Data(Model.Record(sequence: entry.sequence, content).line) : nil,
            ])
        entry.content = info.map { info in
            var info = info
            if word.kind == .name {
                (info.path, info.generation) = (word.here, nil)
            } else {
                (info.replaces, info.edition) = ([], nil)
            }
            return .file(info)
        }
    }
}

/// What waits for a person.
extension CatalogueDatabase {
    /// Words on names and edits that wait, by the peers that said them and by kind, the oldest first.
    public func heldWords() async throws -> [(peer: NodeID, words: [HeldWord])] {
        try await read { db in
            let peers = try Self.peerNumbers(db)
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM held_word ORDER BY peer, kind, heard, path")
            var held: [(peer: NodeID, words: [HeldWord])] = []
            for row in rows {
                guard let peer = peers[row["peer"]] else { continue }
                let word = try row.heldWord()
                if held.last?.peer != peer || held.last?.words.last?.kind != word.kind { held.append((peer, [])) }
                held[held.count - 1].words.append(word)
            }
            return held
        }
    }

    /// A person's answer to the words of a peer that wait: they count, or this node says something else from now on.
    ///
    /// A name, or a recipe, that does not count is taken back everywhere. Of an edit that does not count, both pictures stay.
    ///
    /// - Parameters:
    ///   - own: this node.
    ///   - at: seconds since 1970.
    /// - Returns: the images concerned.
    public func answerHeldWords(
        of peer: NodeID, kind: HeldWord.Kind, counts: Bool, by own: NodeID, at: Int64
    ) async throws -> Set<ImageID> {
        try await write { [self] db in
            guard let number = try Self.number(of: peer, db) else { return [] }
            var edit = OwnEdit(db: db)
            var images: Set<ImageID> = []
            // Whoever else says the same is answered, too.
            let rows = try Row.fetchAll(
                db,
                sql: """
                    DELETE FROM held_word WHERE (image, path, kind) IN
                        (SELECT image, path, kind FROM held_word WHERE peer = ? AND kind = ?)
                    RETURNING *
                    """, arguments: [number, kind.rawValue])
            for row in rows {
                if kind == .recipe {
                    let line: Data = row["line"]
                    guard case .edit(let said) = try Model.Record(line: line).content else { continue }
                    // What is not known is taken over first, so that it can be taken back.
                    let known = try edit.say(said)
                    if !counts,
                        let back = Edit.word(
                            undone: true, recipe: said.recipe, path: said.path, after: known, at: at, by: own)
                    {
                        try edit.say(back)
                    }
                    continue
                }
                let replaces = try row.images(at: 8)
                let (speaker, sequence): (Int64, Model.Record.Sequence) = (row["peer"], row["sequence"])
                try db.cachedStatement(
                    sql: """
                        UPDATE mirror SET path = ?, generation = ?, replaces = ?, edition = ?
                        WHERE peer = ? AND sequence = ?
                        """
                ).execute(arguments: [
                    row["path"] as String, row["generation"] as Int64?, row["replaces"] as Data?,
                    row["edition"] as Int64?, speaker, sequence,
                ])
                try Replaced.add(replaces, by: (speaker, sequence), db)
                images.formUnion(replaces + [try row.image("image")])
                if counts { continue }
                if kind == .name {
                    try edit.keepName(of: try row.image("image"), against: row["generation"] ?? 0)
                } else {
                    for old in replaces { try edit.keepBeside(editsOf: old) }
                }
            }
            if counts {
                try db.execute(sql: "UPDATE peer SET words = 0 WHERE number = ?", arguments: [number])
            }
            self.publish(edit, db)
            return images.union(edit.images)
        }
    }
}

extension Row {
    fileprivate func heldWord() throws -> HeldWord {
        guard let kind = HeldWord.Kind(rawValue: self["kind"]) else { throw Damage(column: "kind") }
        return HeldWord(
            kind: kind, image: try image("image"), path: try path("path"), here: try path("here"), heard: self["heard"])
    }
}

extension OwnEdit {
    /// The image keeps the name that it has here: a person says so, after a peer's word of that generation.
    mutating func keepName(of image: ImageID, against generation: Int64) throws {
        for row in try Row.fetchAll(db, sql: "SELECT * FROM own WHERE image = ?", arguments: [image.bytes.data]) {
            var own = try row.ownFile()
            guard own.info.generation ?? 0 <= generation else { continue }
            own.info.generation = min(generation + 1, FileInfo.highestGeneration)
            try insert(own, replacing: row)
        }
    }

    /// The image is wanted beside whatever replaced it: a person says so.
    mutating func keepBeside(editsOf image: ImageID) throws {
        guard let edition = try editionBeside(editsOf: image) else { return }
        for row in try Row.fetchAll(db, sql: "SELECT * FROM own WHERE image = ?", arguments: [image.bytes.data]) {
            var own = try row.ownFile()
            own.info.edition = edition
            try insert(own, replacing: row)
        }
    }
}

extension MirrorEntry {
    /// Whether it says anything that may have to wait.
    fileprivate var hasWords: Bool {
        switch content {
        case .file(let info)?: info.generation != nil || !info.replaces.isEmpty
        case .edit?: true
        case .deletion?, nil: false
        }
    }
}
