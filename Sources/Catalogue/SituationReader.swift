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
        try readNeighbours(replacedHere)
    }

    /// What else stands at the paths of the claims, here, and what peers say has replaced what stood there. Where the
    /// main is here nobody asks, nor, while no peer says that anything was replaced, where a reduced copy is.
    private mutating func readNeighbours(_ replacedHere: Set<ImageID>) throws {
        let isAnyReplaced =
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM mirror WHERE replaces IS NOT NULL)")) ?? false
        var claimants: [RelativePath: Set<ImageID>] = [:]
        for (image, situation) in found where situation.own.isEmpty || (isAnyReplaced && situation.main == nil) {
            for claim in situation.claims { claimants[claim.info.path, default: []].insert(image) }
            for own in situation.own where own.isCopy {
                claimants[own.origin ?? own.info.path, default: []].insert(image)
            }
        }
        let beside = isAnyReplaced ? claimants.keys.flatMap(\.disambiguationBases) : []
        let paths = Array(Set(claimants.keys).union(beside))
        var occupants: [RelativePath: [Situation.Own]] = [:]
        var replacements: [RelativePath: [(image: ImageID, replaces: Set<ImageID>)]] = [:]
        for start in stride(from: 0, to: paths.count, by: Self.page) {
            let page = paths[start..<min(start + Self.page, paths.count)].map(\.description)
            try Self.rows(db, "SELECT \(FileInfo.columns), file, origin FROM own WHERE path", page) { row in
                // Most often it is the very image that is claimed to be there.
                let (path, image) = (try row.path(at: 0), try row.image(at: 1))
                guard claimants[path] != [image] else { return }
                occupants[path, default: []].append(try Self.own(row))
            }
            guard isAnyReplaced else { continue }
            try Self.rows(db, "SELECT \(FileInfo.columns) FROM mirror WHERE replaces IS NOT NULL AND path", page) {
                row in
                let info = try row.info(at: 0)
                replacements[info.path, default: []].append((info.image, Set(info.replaces)))
            }
        }
        let isOrphan = { (situation: Situation) in
            situation.main == nil && !situation.claims.contains { $0.info.form == .main }
        }
        for (image, situation) in found where situation.main == nil {
            for claim in situation.claims where situation.own.isEmpty {
                let other = occupants[claim.info.path]?.first { $0.info.image != image }
                if let other { found[image]?.occupants[claim.info.path] = other }
            }
            // A main that a peer holds is not replaced by what another peer has at that path, unless it was here and was.
            let replaced: (RelativePath) -> Bool = { path in
                replacements[path]?.contains { $0.image != image && $0.replaces.contains(image) } == true
            }
            guard isAnyReplaced, !(situation.claims.isEmpty && situation.own.isEmpty),
                situation.own.allSatisfy(\.isCopy)
            else { continue }
            if isOrphan(situation) {
                // A copy of a copy may stand beside what replaced it, under a name of its own.
                let places = situation.claims.map(\.info.path) + situation.own.map { $0.origin ?? $0.info.path }
                found[image]?.isReplaced = places.allSatisfy { place in
                    ([place] + place.disambiguationBases).contains(where: replaced)
                }
            } else {
                found[image]?.isReplaced =
                    situation.claims.allSatisfy {
                        (replacedHere.contains(image) || $0.info.form == .reduced) && replaced($0.info.path)
                    } && situation.own.allSatisfy { replaced($0.origin ?? $0.info.path) }
            }
        }
    }

    private static func own(_ row: Row) throws -> Situation.Own {
        let origin: String? = row[FileInfo.columnCount + 1]
        return Situation.Own(
            info: try row.info(at: 0), file: try row.path(at: FileInfo.columnCount),
            origin: try origin.map { _ in try row.path(at: FileInfo.columnCount + 1) })
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
