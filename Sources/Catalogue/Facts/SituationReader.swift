import Foundation
import GRDB
import Model
import Planning

/// Collects what is known of many images with a few statements, whatever their number: planning looks at every image of
/// a first exchange.
struct SituationReader {
    private let db: Database
    private let peers: [Int64: NodeID]
    private let keepers: Set<Int64>
    private var found: [ImageID: Situation] = [:]

    /// Images that one statement asks for. A short list is filled up with its last one, so that few statements differ.
    private static let page = 256

    init(_ db: Database) throws {
        self.db = db
        peers = try CatalogueDatabase.peerNumbers(db)
        keepers = try CatalogueDatabase.keepers(db)
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
            let number: Int64 = row[0]
            guard let peer = peers[number] else { return }
            let info = try row.info(at: 1)
            found[info.image]?.claims.append(
                Situation.Claim(peer: peer, info: info, isKeeper: keepers.contains(number)))
        }
        try Self.rows(db, "SELECT image FROM dismissal WHERE image", images) {
            found[try $0.image(at: 0)]?.isDismissed = true
        }
        if try Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM refused)")) == true {
            try Self.rows(db, "SELECT image, path, generation FROM refused WHERE image", images) {
                found[try $0.image(at: 0)]?.refused[try $0.path(at: 1)] = $0[2]
            }
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
        let ranks = try ranks(of: found.keys)
        for (image, situation) in found {
            let rank = ranks[image] ?? 0
            let isEdited = { (path: RelativePath) in
                edits[path]?.contains { $0.supersedes(image, of: rank) } == true
            }
            for (index, claim) in situation.claims.enumerated() {
                found[image]?.claims[index].isEdited = isEdited(claim.info.path)
            }
            let yielding = try situation.own.first { own in
                try own.isEdit && edits[own.info.path]?.contains { try yields(own.info, to: $0) } == true
            }
            found[image]?.yielding = yielding?.file
            guard situation.main == nil, !(situation.claims.isEmpty && situation.own.isEmpty),
                situation.own.allSatisfy(\.isCopy)
            else { continue }
            let isReplaced = Self.isReplaced(
                situation, wasHere: replacedHere.contains(image), isEdited: isEdited)
            found[image]?.isReplaced = isReplaced
            guard isReplaced, !situation.own.isEmpty else { continue }
            let isEditComing = try isEditComing(to: image, of: rank)
            found[image]?.isEditComing = isEditComing
        }
        try readReplaced(among: replacedHere, ranks)
    }

    /// Whether none of the edits that peers have of the image is here, and one is wanted.
    private func isEditComing(to image: ImageID, of rank: Int64) throws -> Bool {
        let edits = try Replaced.claims(on: image, db).map(\.info).filter { $0.supersedes(image, of: rank) }
        let isSettled = try db.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM own WHERE image = :image)
                    OR EXISTS (SELECT 1 FROM dismissal WHERE image = :image)
                    OR EXISTS (SELECT 1 FROM deletion WHERE image = :image AND deleted)
                """)
        return try !edits.isEmpty
            && edits.allSatisfy { try Bool.fetchOne(isSettled, arguments: ["image": $0.image.bytes.data]) != true }
    }

    /// Whether an own edit has to give way to another that has its name.
    private func yields(_ own: FileInfo, to other: FileInfo) throws -> Bool {
        guard other.image < own.image else { return false }
        let words = try [own, other].map { Array(try records(of: $0.image).values) }
        return try Situation.areApart(other, own, among: Array(words.joined().joined()))
            && words.allSatisfy { Situation.isName(own.path, by: $0) } && !isKnownToPeople(other.image)
    }

    /// All records of an image, by the numbers of the nodes that say so.
    private func records(of image: ImageID) throws -> [Int64: [FileInfo]] {
        let own: Int64 = Replaced.own
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(own), \(FileInfo.columns) FROM own WHERE image = :image
                    UNION ALL SELECT peer, \(FileInfo.columns) FROM mirror WHERE image = :image
                    """), arguments: ["image": image.bytes.data])
        return try rows.reduce(into: [:]) { $0[$1[0], default: []].append(try $1.info(at: 1)) }
    }

    /// Whether the people here know the image: one of them has put it here, or written over it. Then no edit of theirs was
    /// made apart from it, and it only had the name that a peer still says it has.
    private func isKnownToPeople(_ image: ImageID) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM own WHERE image = :image AND form = 0 AND origin IS NULL)
                        OR EXISTS (SELECT 1 FROM dismissal WHERE image = :image)
                    """), arguments: ["image": image.bytes.data]) == true
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
        let (ranks, places) = (try ranks(of: own.keys), try places(of: own.keys))
        let owners = try owners(of: edits.keys)
        try readGaveWay(to: edits.filter { own[$0.key] == nil })
        for (old, files) in own {
            let rank = ranks[old] ?? 0
            let all = try Replaced.claims(on: old, db).map(\.info).filter { $0.supersedes(old, of: rank) }
            for claim in edits[old] ?? [] where claim.info.supersedes(old, of: rank) {
                // An edit that has other names meanwhile stands at one path.
                let isAtOne =
                    found[claim.info.image]?.claims.count {
                        $0.peer == claim.peer && !$0.info.replaces.isEmpty
                    } == 1
                // A reduced copy that still stands where the edit does is on its way out.
                let kept = (places[old]?[claim.peer] ?? []).filter {
                    $0.form == .main || $0.path != claim.info.path
                }.map(\.path)
                let hadIt = claim.info.replaces.contains { owners[$0]?.contains(claim.peer) == true }
                for file in files {
                    // Who never had a main that stands here, nor what that was before, has not edited it.
                    if file.info.form == .main && !hadIt { continue }
                    // Or beside it, under a name that it has of an agent.
                    let isAtPath =
                        file.info.path == claim.info.path || file.origin == claim.info.path
                        || (file.origin != nil && file.info.generation == nil
                            && file.info.path.isDisambiguation(of: claim.info.path))
                    // Somebody may have given it, or the edit, another name meanwhile.
                    // Of what stood at several, each was edited for itself: where another edit is, that took its place.
                    let isRenamed =
                        (file.info.generation != nil || claim.info.generation != nil)
                        && !all.contains { $0.image != claim.info.image && $0.path == file.info.path }
                    // Who has both wants both: of one of several paths only what stood there was edited.
                    let isEdited =
                        kept.isEmpty
                        ? isAtPath || (isRenamed && isAtOne && files.count == 1)
                        : isAtPath && files.count > 1 && !kept.contains(file.info.path)
                    guard isEdited,
                        found[claim.info.image]?.replaced.contains(file) == false
                    else { continue }
                    found[claim.info.image]?.replaced.append(file)
                }
            }
        }
    }

    /// What had to give way here to mains that people put here, or that stand at several paths elsewhere, as the peers say
    /// that have these edits of it.
    private mutating func readGaveWay(to edits: [ImageID: [Situation.Claim]]) throws {
        let olds = edits.filter { _, claims in
            claims.contains { claim in
                guard let situation = found[claim.info.image], situation.main != nil else { return false }
                return situation.isAtSeveral || situation.own.contains { $0.info.form == .main && $0.origin == nil }
            }
        }.keys
        var gone: Set<ImageID> = []
        for page in Self.pages(of: olds) {
            let versions = Aside.Folder.versions.rawValue
            for table in ["aside WHERE done AND folder = '\(versions)' AND", "dismissal WHERE"] {
                try Self.rows(db, "SELECT image FROM \(table) image", page) { gone.insert(try $0.image(at: 0)) }
            }
        }
        let ranks = try ranks(of: gone)
        for old in gone {
            for claim in edits[old] ?? [] where claim.info.supersedes(old, of: ranks[old] ?? 0) {
                found[claim.info.image]?.gaveWay.insert(old)
            }
        }
    }

    /// Where a peer has an image.
    private struct Place {
        var path: RelativePath
        var form: Form
    }

    /// Where peers have each of these images.
    private func places(of images: some Collection<ImageID>) throws -> [ImageID: [NodeID: [Place]]] {
        var places: [ImageID: [NodeID: [Place]]] = [:]
        for page in Self.pages(of: images) {
            try Self.rows(db, "SELECT image, peer, path, form FROM mirror WHERE image", page) { row in
                guard let peer = peers[row[1]] else { return }
                let form: Form = row[3] == 0 ? .main : .reduced
                places[try row.image(at: 0), default: [:]][peer, default: []].append(
                    Place(path: try row.path(at: 2), form: form))
            }
        }
        return places
    }

    /// The peers that have, or had, each of these images, in whatever form.
    private func owners(of images: some Collection<ImageID>) throws -> [ImageID: Set<NodeID>] {
        var owners: [ImageID: Set<NodeID>] = [:]
        for page in Self.pages(of: images) {
            for table in ["mirror", "had"] {
                try Self.rows(db, "SELECT image, peer FROM \(table) WHERE image", page) { row in
                    if let peer = peers[row[1]] { owners[try row.image(at: 0), default: []].insert(peer) }
                }
            }
        }
        return owners
    }

    /// The highest rank that a record of each of these images has, own or a peer's; of those that have any.
    private func ranks(of images: some Collection<ImageID>) throws -> [ImageID: Int64] {
        var ranks: [ImageID: Int64] = [:]
        for page in Self.pages(of: images) {
            for table in ["own", "mirror"] {
                try Self.rows(db, "SELECT image, \(Replaced.rank) FROM \(table) WHERE image", page) { row in
                    let image = try row.image(at: 0)
                    ranks[image] = max(ranks[image] ?? 0, row[1])
                }
            }
        }
        return ranks
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

    private static func isReplaced(
        _ situation: Situation, wasHere: Bool, isEdited: (RelativePath) -> Bool
    ) -> Bool {
        let isOrphan = !situation.claims.contains { $0.info.form == .main }
        if isOrphan {
            // A copy of a copy may stand beside what replaced it, under a name of its own.
            let places = situation.claims.map(\.info.path) + situation.own.map { $0.origin ?? $0.info.path }
            return places.allSatisfy { place in ([place] + place.disambiguationBases).contains(where: isEdited) }
        }
        // A main that a peer holds is not replaced by what another peer has at that path, unless it was here and was.
        return situation.claims.allSatisfy { (wasHere || $0.info.form == .reduced) && isEdited($0.info.path) }
            && situation.own.allSatisfy { isEdited($0.origin ?? $0.info.path) }
    }

    /// Images that were replaced here, whatever name they had: they are not to come back from a node that has not heard
    /// of the edit yet.
    private mutating func readReplaced(among images: Set<ImageID>, _ ranks: [ImageID: Int64]) throws {
        for image in images {
            guard let situation = found[image], situation.own.isEmpty, !situation.claims.isEmpty,
                !situation.isReplaced
            else { continue }
            let holders = Set(situation.claims.lazy.filter { $0.info.form == .main }.map(\.peer))
            found[image]?.isReplaced = try Replaced.claims(on: image, db).contains { peer, info in
                info.supersedes(image, of: ranks[image] ?? 0) && peers[peer].map(holders.contains) == false
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
