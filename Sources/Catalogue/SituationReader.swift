import Foundation
import GRDB
import Model
import Planning

/// Collects what is known of many images with a few statements, whatever their number: planning looks at every image of
/// a first exchange.
struct SituationReader {
    private let db: Database
    private let peers: [Int64: NodeID]
    private var found: [ImageID: Situation] = [:]

    /// Images that one statement asks for. A short list is filled up with its last one, so that few statements differ.
    private static let page = 256

    init(_ db: Database) throws {
        self.db = db
        peers = try CatalogueDatabase.peerNumbers(db)
    }

    /// The situations of `images`, in the same order.
    consuming func situations(of images: [ImageID]) throws -> [Situation] {
        var result: [Situation] = []
        for start in stride(from: 0, to: images.count, by: Self.page) {
            let page = images[start..<min(start + Self.page, images.count)]
            found = Dictionary(page.map { ($0, Situation(image: $0)) }) { $1 }
            try read(page.map(\.bytes.data))
            result += page.compactMap { found[$0] }
        }
        return result
    }

    private mutating func read(_ images: [Data]) throws {
        try Self.rows(db, "SELECT \(FileInfo.columns), file, origin FROM own WHERE image", images, " ORDER BY file") {
            row in
            let own = try Self.own(row)
            found[own.info.image]?.own.append(own)
        }
        try Self.rows(
            db, "SELECT peer, \(FileInfo.columns) FROM mirror WHERE image", images, " ORDER BY peer, sequence"
        ) { row in
            guard let peer = peers[row[0]] else { return }
            let info = try row.info(at: 1)
            found[info.image]?.claims.append(Situation.Claim(peer: peer, info: info))
        }
        try Self.rows(db, "SELECT image FROM dismissal WHERE image", images) {
            found[try $0.image(at: 0)]?.isDismissed = true
        }
        try Self.rows(db, "SELECT image, form FROM asked WHERE image", images) {
            found[try $0.image(at: 0)]?.asked = $0[1] == 0 ? .main : .reduced
        }
        try Self.rows(db, "SELECT image FROM evicting WHERE image", images) {
            found[try $0.image(at: 0)]?.isEvicting = true
        }
        try Self.rows(db, "SELECT * FROM deletion WHERE image", images) { row in
            let deletion = try row.deletion()
            found[deletion.image]?.deletion = deletion
        }
        var replacedHere: Set<ImageID> = []
        let asides = "SELECT folder, done, name, \(FileInfo.columns) FROM aside WHERE image"
        try Self.rows(db, asides, images, " ORDER BY form, name") { row in
            let info = try row.info(at: 3)
            switch Aside.Folder(rawValue: row[0]) {
            case .versions: replacedHere.insert(info.image)
            case .trash where row[1]: found[info.image]?.trash.append(Situation.Trashed(name: row[2], info: info))
            default: break
            }
        }
        try readEdits(replacedHere)
    }

    /// What peers say of edits. While no peer says that anything was replaced, nobody asks.
    private mutating func readEdits(_ replacedHere: Set<ImageID>) throws {
        let isAnyReplaced = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM mirror WHERE replaces IS NOT NULL)"))
        guard isAnyReplaced == true else { return }
        try readReplaced()
        let edits = try editsAtPaths()
        for (image, situation) in found {
            for (index, claim) in situation.claims.enumerated() {
                found[image]?.claims[index].isEdited = Self.isEdited(image, at: claim.info.path, edits)
            }
            found[image]?.yielding =
                situation.own.first { own in
                    own.isEdit
                        && edits[own.info.path]?.contains {
                            $0.image < image && Situation.areApart($0, own.info)
                        } == true
                }?.file
            guard situation.main == nil, !(situation.claims.isEmpty && situation.own.isEmpty),
                situation.own.allSatisfy(\.isCopy)
            else { continue }
            found[image]?.isReplaced = Self.isReplaced(situation, edits, wasHere: replacedHere.contains(image))
        }
        try readReplaced(among: replacedHere)
    }

    /// The own files that the images took the place of, as peers say.
    private mutating func readReplaced() throws {
        var edits: [ImageID: [Situation.Claim]] = [:]
        for situation in found.values {
            for claim in situation.claims {
                for old in claim.info.replaces where old != claim.info.image { edits[old, default: []].append(claim) }
            }
        }
        if edits.isEmpty { return }
        var own: [ImageID: [Situation.Own]] = [:]
        for page in Self.pages(of: edits.keys) {
            try Self.rows(db, "SELECT \(FileInfo.columns), file, origin FROM own WHERE image", page, " ORDER BY file") {
                let file = try Self.own($0)
                own[file.info.image, default: []].append(file)
            }
        }
        let said = try said(of: own.keys)
        for (old, files) in own {
            for claim in edits[old] ?? [] {
                // Who has both has nothing edited of it; where each names the other, nobody knows which was the last.
                let words = said[old] ?? []
                if words.contains(where: { $0.info.replaces.contains(claim.info.image) }) { continue }
                if words.contains(where: { $0.peer == claim.peer && $0.info.form == .main }) { continue }
                // An edit stands at one path.
                let places = found[claim.info.image]?.claims.count {
                    $0.peer == claim.peer && !$0.info.replaces.isEmpty
                }
                if places != 1 { continue }
                for file in files where !file.info.replaces.contains(claim.info.image) {
                    let isAtPath = file.info.path == claim.info.path || file.origin == claim.info.path
                    // Somebody may have given it, or the edit, another name meanwhile.
                    let isRenamed = file.info.generation != nil || claim.info.generation != nil
                    guard isAtPath || (isRenamed && files.count == 1),
                        found[claim.info.image]?.replaced.contains(file) == false
                    else { continue }
                    found[claim.info.image]?.replaced.append(file)
                }
            }
        }
    }

    /// What peers say of each of these images.
    private func said(of images: some Collection<ImageID>) throws -> [ImageID: [Situation.Claim]] {
        var said: [ImageID: [Situation.Claim]] = [:]
        for page in Self.pages(of: images) {
            try Self.rows(db, "SELECT peer, \(FileInfo.columns) FROM mirror WHERE image", page) { row in
                guard let peer = peers[row[0]] else { return }
                let info = try row.info(at: 1)
                said[info.image, default: []].append(Situation.Claim(peer: peer, info: info))
            }
        }
        return said
    }

    /// The edits that peers have at the names of the images: of their claims, of copies that this node placed, and of own
    /// edits.
    private func editsAtPaths() throws -> [RelativePath: [FileInfo]] {
        var paths: Set<RelativePath> = []
        for situation in found.values {
            for own in situation.own where own.isEdit { paths.insert(own.info.path) }
            for claim in situation.claims { paths.insert(claim.info.path) }
            if situation.main != nil { continue }
            for own in situation.own where own.isCopy { paths.insert(own.origin ?? own.info.path) }
        }
        paths.formUnion(paths.flatMap(\.disambiguationBases))
        var edits: [RelativePath: [FileInfo]] = [:]
        for start in stride(from: 0, to: paths.count, by: Self.page) {
            let page = paths.dropFirst(start).prefix(Self.page).map(\.description)
            try Self.rows(db, "SELECT \(FileInfo.columns) FROM mirror WHERE replaces IS NOT NULL AND path", page) {
                let info = try $0.info(at: 0)
                edits[info.path, default: []].append(info)
            }
        }
        return edits
    }

    private static func isEdited(
        _ image: ImageID, at path: RelativePath, _ edits: [RelativePath: [FileInfo]]
    ) -> Bool {
        edits[path]?.contains { $0.image != image && $0.replaces.contains(image) } == true
    }

    private static func isReplaced(
        _ situation: Situation, _ edits: [RelativePath: [FileInfo]], wasHere: Bool
    ) -> Bool {
        let replaced = { (path: RelativePath) in isEdited(situation.image, at: path, edits) }
        let isOrphan = !situation.claims.contains { $0.info.form == .main }
        if isOrphan {
            // A copy of a copy may stand beside what replaced it, under a name of its own.
            let places = situation.claims.map(\.info.path) + situation.own.map { $0.origin ?? $0.info.path }
            return places.allSatisfy { place in ([place] + place.disambiguationBases).contains(where: replaced) }
        }
        // A main that a peer holds is not replaced by what another peer has at that path, unless it was here and was.
        return situation.claims.allSatisfy { (wasHere || $0.info.form == .reduced) && replaced($0.info.path) }
            && situation.own.allSatisfy { replaced($0.origin ?? $0.info.path) }
    }

    /// Images that were replaced here, whatever name they had: they are not to come back from a node that has not heard
    /// of the edit yet.
    private mutating func readReplaced(among images: Set<ImageID>) throws {
        let gone = images.filter { image in
            guard let situation = found[image] else { return false }
            return situation.own.isEmpty && !situation.claims.isEmpty && !situation.isReplaced
        }
        if gone.isEmpty { return }
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql:
                    "SELECT peer, \(FileInfo.columns) FROM mirror INDEXED BY mirror_replacing WHERE replaces IS NOT NULL"
            ))
        while let row = try rows.next() {
            guard let peer = peers[row[0]] else { continue }
            let edit = try row.info(at: 1)
            for image in edit.replaces where gone.contains(image) && edit.image != image {
                let claims = found[image]?.claims ?? []
                let isHeldThere = claims.contains { $0.peer == peer && $0.info.form == .main }
                if isHeldThere || claims.contains(where: { $0.info.replaces.contains(edit.image) }) { continue }
                found[image]?.isReplaced = true
            }
        }
    }

    private static func pages(of images: some Collection<ImageID>) -> [[Data]] {
        let all = images.map(\.bytes.data)
        return stride(from: 0, to: all.count, by: page).map { Array(all[$0..<min($0 + page, all.count)]) }
    }

    private static func own(_ row: Row) throws -> Situation.Own {
        let (file, last) = (FileInfo.columnCount, FileInfo.columnCount + 1)
        let origin: String? = row[last]
        return Situation.Own(
            info: try row.info(at: 0), file: try row.path(at: file),
            origin: try origin.map { _ in try row.path(at: last) })
    }

    /// Calls `body` with each row that `select`, which ends with a column's name, finds for one of `keys`.
    private static func rows(
        _ db: Database, _ select: String, _ keys: [some DatabaseValueConvertible & Sendable], _ rest: String = "",
        _ body: (Row) throws -> Void
    ) throws {
        guard let last = keys.last else { return }
        let count = keys.count == 1 ? 1 : page
        let marks = count == 1 ? oneMark : marks
        let statement = try db.cachedStatement(sql: select + marks + rest)
        let filled = keys + Array(repeating: last, count: count - keys.count)
        let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(filled))
        while let row = try cursor.next() { try body(row) }
    }

    private static let oneMark = " IN (?)"
    private static let marks = " IN (" + Array(repeating: "?", count: page).joined(separator: ",") + ")"
}
