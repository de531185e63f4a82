import Foundation
import GRDB
import Model
import Planning

/// Weighs the words of a peer on names and edits, where its records enter the mirror.
///
/// A word that waits leaves the record as if nobody had said it: the image has the name that it has here, and replaces
/// nothing. It waits until a person answers, or until the peer says something else of the image.
struct PeerWords {
    private let db: Database
    private let peer: Int64
    /// Whether words of the peer wait: then later ones do, too.
    private let isWaiting: Bool
    /// Whether the peer's list was known before.
    private let wasKnown: Bool

    /// Words are counted together for this long, in seconds: a day.
    private static let counted: Int64 = 86_400
    /// Words of one peer that wait, at most. More than these are not kept, and count no more than those.
    static let mostHeld = 100_000

    /// How much later than all that others say of an image a peer's word may be: nobody could top the highest number.
    private static let leap: Int64 = 1_000

    /// - Parameters:
    ///   - gone: images that the peer had until now.
    ///   - removed: the numbers of its records that are out of the mirror now.
    init(of peer: Int64, gone: Set<ImageID>, removed: [Model.Record.Sequence], _ db: Database) throws {
        (self.db, self.peer) = (db, peer)
        isWaiting =
            try Bool.fetchOne(
                db.cachedStatement(
                    sql: "SELECT EXISTS (SELECT 1 FROM held_word WHERE peer = ? AND \(HeldWords.isOpen))"),
                arguments: [peer]) == true
        let isAnyHeld = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM held_word WHERE peer = ?)")
        if try Bool.fetchOne(isAnyHeld, arguments: [peer]) == true {
            let forget = try db.cachedStatement(sql: "DELETE FROM held_word WHERE peer = ? AND sequence = ?")
            for sequence in removed { try forget.execute(arguments: [peer, sequence]) }
        }
        wasKnown =
            try !removed.isEmpty
            || Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM mirror WHERE peer = ?)"), arguments: [peer])
                == true
        try Had.note(gone, by: peer, db)
    }

    /// The entries as they count for now.
    ///
    /// - Parameter files: how many images stand here.
    func weighed(_ entries: [MirrorEntry], files: Int) throws -> [MirrorEntry] {
        var entries = entries
        var words: [(index: Int, word: Word)] = []
        var (images, renamed, recipes): (Set<ImageID>, Set<Renaming>, Int) = ([], [], 0)
        for index in entries.indices {
            try keepWithin(&entries[index])
            guard let word = try word(of: entries[index]) else { continue }
            words.append((index, word))
            images.formUnion(word.replaced)
            if let here = word.renamed { renamed.insert(Renaming(from: here, to: word.path)) }
            if word.kind == .recipe { recipes += 1 }
        }
        if words.isEmpty { return entries }
        let isTooMuch = try isTooMuch(images.count + renamed.count + recipes, of: files)
        var room = isTooMuch || isWaiting ? try Self.mostHeld - count() : 0
        for (index, word) in words where isTooMuch || isWaiting {
            try hold(word, &entries[index], isKept: room > 0)
            room -= 1
        }
        return entries
    }

    /// Words that are far later than all others on an image are none.
    private func keepWithin(_ entry: inout MirrorEntry) throws {
        guard var info = entry.info, max(info.generation ?? 0, info.edition ?? 0) > Self.leap else { return }
        let known = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT max(generation), max(rank) FROM (
                        SELECT generation, \(Replaced.rank) AS rank FROM own WHERE image = :image
                        UNION ALL SELECT generation, \(Replaced.rank) FROM mirror
                            WHERE image = :image AND peer <> :peer)
                    """), arguments: ["image": info.image.bytes.data, "peer": peer])
        let (generation, rank): (Int64, Int64) = (known?[0] as Int64? ?? 0, known?[1] as Int64? ?? 0)
        if (info.generation ?? 0) - generation > Self.leap { info.generation = nil }
        if (info.edition ?? 0) - rank > Self.leap { (info.replaces, info.edition) = ([], nil) }
        entry.content = .file(info)
    }

    /// What a record says of images here.
    private struct Word {
        var kind: HeldWords.Kind
        var image: ImageID
        /// What the peer calls it.
        var path: RelativePath
        /// The name here: of this image, or of the first one that it is to replace.
        var here: RelativePath
        /// The name here of this very image, where the peer has another.
        var renamed: RelativePath?
        /// Images here that it is to replace.
        var replaced: [ImageID] = []
    }

    /// What is to be weighed of a record; nil for nothing.
    private func word(of entry: MirrorEntry) throws -> Word? {
        switch entry.content {
        case .file(let info)?: try word(of: info)
        case .edit(let edit)?: try word(of: edit)
        case .deletion?, nil: nil
        }
    }

    /// A recipe that is news, and that this node is to run.
    private func word(of edit: Edit) throws -> Word? {
        guard edit.isToRun, try CatalogueDatabase.edit(edit.recipe.id, db).map({ $0.joined(with: edit) != $0 }) ?? true
        else { return nil }
        let here = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT path FROM own WHERE image = ? AND form = 0"),
            arguments: [edit.recipe.image.bytes.data])
        return try here.map {
            Word(kind: .recipe, image: edit.recipe.image, path: edit.path, here: try $0.path(at: 0))
        }
    }

    private func word(of info: FileInfo) throws -> Word? {
        let (replaced, here) = try replaced(by: info)
        let renamed = try renamed(by: info)
        guard let name = renamed ?? here else { return nil }
        return Word(
            kind: replaced.isEmpty ? .name : .edit, image: info.image, path: info.path, here: here ?? name,
            renamed: renamed, replaced: replaced)
    }

    /// The images here that a record says it replaces, and what the first of them is called.
    ///
    /// What the peer itself says of their ranks does not count: it may say something else tomorrow.
    private func replaced(by info: FileInfo) throws -> ([ImageID], RelativePath?) {
        var (images, path): ([ImageID], RelativePath?) = ([], nil)
        for old in info.replaces where old != info.image {
            let own = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT path, max(\(Replaced.rank)) OVER () FROM own
                        WHERE image = :image ORDER BY form LIMIT 1
                        """),
                arguments: ["image": old.bytes.data])
            guard let own, info.supersedes(old, of: own[1]) else { continue }
            images.append(old)
            path = try path ?? own.path(at: 0)
        }
        return (images, path)
    }

    /// The name here of an image that a record gives another one, where that may be followed.
    private func renamed(by info: FileInfo) throws -> RelativePath? {
        guard info.generation != nil || (wasKnown && info.form == .main) else { return nil }
        let own = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT path, generation, origin FROM own WHERE image = ?"),
            arguments: [info.image.bytes.data])
        if own.count > 1 { return try renamed(by: info, own) }
        guard let row = own.first else { return nil }
        let here = try row.path(at: 0)
        let (generation, origin): (Int64, String?) = (row[1] as Int64? ?? 0, row[2])
        let isLater = (info.generation ?? 0) > generation || (info.generation == row[1] && info.path < here)
        guard here != info.path, isLater || info.generation == nil && generation == 0 else { return nil }
        if info.generation == nil {
            // Nobody has said anything of its name: it follows the last one who has it, where this node placed it.
            guard let origin, origin != info.path.description, try !isCalledSo(info.image, here) else { return nil }
        }
        // Where the peer said so before, this is about something else.
        return try isSaid(info) ? nil : here
    }

    /// One of the names here of an image that stands at several paths, where a record gives it another one.
    private func renamed(by info: FileInfo, _ own: [Row]) throws -> RelativePath? {
        let names = try own.map { (path: try $0.path(at: 0), generation: $0[1] as Int64? ?? 0) }
        guard !names.contains(where: { $0.path == info.path }),
            names.allSatisfy({ $0.generation < info.generation ?? 0 }), try !isSaid(info)
        else { return nil }
        return (names.first { $0.path.name == info.path.name } ?? names.first)?.path
    }

    /// Whether another peer has a main of the image at that path.
    private func isCalledSo(_ image: ImageID, _ path: RelativePath) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM mirror WHERE image = ? AND form = 0 AND path = ? AND peer <> ?)"),
            arguments: [image.bytes.data, path.description, peer]) == true
    }

    /// Whether a record of the peer that counts calls the image so already.
    private func isSaid(_ info: FileInfo) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (
                        SELECT 1 FROM mirror WHERE image = ? AND peer = ? AND path = ? AND generation IS ?)
                    """),
            arguments: [info.image.bytes.data, peer, info.path.description, info.generation]) == true
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

    private func count() throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM held_word WHERE peer = ?"), arguments: [peer]) ?? 0
    }

    private func hold(_ word: Word, _ entry: inout MirrorEntry, isKept: Bool) throws {
        guard let content = entry.content else { return }
        let info = entry.info
        if isKept {
            let replaces = info?.replaces ?? []
            try db.cachedStatement(sql: "INSERT INTO held_word VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").execute(
                arguments: [
                    peer, entry.sequence, word.kind.rawValue, word.here.description,
                    Int64(Date.now.timeIntervalSince1970), word.image.bytes.data, word.path.description,
                    info?.generation, replaces.isEmpty ? nil : Data(replaces.flatMap(\.bytes.bytes)), info?.edition,
                    word.kind == .recipe ? Data(Model.Record(sequence: entry.sequence, content).line) : nil,
                ])
        }
        entry.content = info.map { info in
            var info = info
            (info.path, info.generation) = (word.renamed ?? info.path, nil)
            if word.kind == .edit { (info.replaces, info.edition) = ([], nil) }
            return .file(info)
        }
    }
}
