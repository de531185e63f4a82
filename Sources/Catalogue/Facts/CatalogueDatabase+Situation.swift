import Foundation
import GRDB
public import Model
public import Planning

/// The facts that planning asks for.
extension CatalogueDatabase {
    /// Images from which on two connections read, each a half of them: planning waits for nothing else.
    private static let manySituations = 512

    /// What this node knows of each of `images`, in the same order. Of many images each half is of one moment.
    public func situations(of images: [ImageID]) async throws -> [Situation] {
        guard !images.isEmpty else { return [] }
        guard images.count >= Self.manySituations else {
            return try await read { db in try SituationReader(db).situations(of: images) }
        }
        let (first, second) = (Array(images.prefix(images.count / 2)), Array(images.dropFirst(images.count / 2)))
        async let begun = read { db in try SituationReader(db).situations(of: first) }
        let rest = try await read { db in try SituationReader(db).situations(of: second) }
        let situations = try await begun
        return situations + rest
    }

    /// The images that peers have and of which no main stands here, after `image` in the order of ids.
    ///
    /// A dismissed image is left out, and so is one of which a reduced copy of at least `edge` pixels stands here.
    public func wanted(after image: ImageID?, edge: Int, limit: Int) async throws -> [ImageID] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT image FROM mirror
                    WHERE image > ?
                        AND NOT EXISTS (
                            SELECT 1 FROM own WHERE own.image = mirror.image AND (own.form = 0 OR own.edge >= ?))
                        AND NOT EXISTS (SELECT 1 FROM dismissal WHERE dismissal.image = mirror.image)
                    ORDER BY image LIMIT ?
                    """,
                arguments: [image?.bytes.data ?? Data(), edge, limit]
            ).map { try $0.image("image") }
        }
    }

    /// The images of which a reduced copy stands here, after `image` in the order of ids.
    public func reducedHere(after image: ImageID?, limit: Int) async throws -> [ImageID] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT DISTINCT image FROM own WHERE image > ? AND form = 1 ORDER BY image LIMIT ?",
                arguments: [image?.bytes.data ?? Data(), limit]
            ).map { try $0.image("image") }
        }
    }

    /// The images whose path here, or at a peer, is `path`, or whose own file is. Most often one.
    public func images(at path: RelativePath) async throws -> [ImageID] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT image FROM own WHERE path = :path
                    UNION SELECT image FROM own WHERE file = :path
                    UNION SELECT image FROM mirror WHERE path = :path AND image IS NOT NULL
                    UNION SELECT image FROM dismissal WHERE path = :path
                    UNION SELECT image FROM deletion WHERE path = :path
                    UNION SELECT image FROM aside WHERE path = :path
                    """, arguments: ["path": path.description]
            ).map { try $0.image("image") }
        }
    }

    /// Whether anything is known of an image at `path`, or below it.
    public func knowsImages(under path: RelativePath) async throws -> Bool {
        try await read { db in
            for place in ["own.path", "own.file", "mirror.path", "dismissal.path", "deletion.path", "aside.path"] {
                let table = place.prefix { $0 != "." }
                let (condition, arguments) = Self.within(path.description, column: place)
                let sql = "SELECT EXISTS (SELECT 1 FROM \(table) WHERE \(condition))"
                if try Bool.fetchOne(db, sql: sql, arguments: arguments) == true { return true }
            }
            return false
        }
    }

    static func peerNumbers(_ db: Database) throws -> [Int64: NodeID] {
        try Row.fetchAll(db.cachedStatement(sql: "SELECT number, id FROM peer")).reduce(into: [:]) {
            $0[$1["number"]] = try $1.node("id")
        }
    }
}
