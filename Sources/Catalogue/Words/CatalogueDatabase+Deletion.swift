import Foundation
import GRDB
public import Model

/// Deleting images everywhere, and taking that back.
extension CatalogueDatabase {
    /// Says, durably and for every node to hear, that images are deleted or are not.
    ///
    /// - Parameters:
    ///   - images: each with the path to name it by.
    ///   - by: this node.
    ///   - at: seconds since 1970.
    /// - Returns: the images about which that is news.
    @discardableResult
    public func say(
        deleted: Bool, of images: [(image: ImageID, path: RelativePath)], by: NodeID, at: Int64
    ) async throws -> Set<ImageID> {
        try await write { [self] db in
            var edit = OwnEdit(db: db)
            for (image, path) in images {
                let earlier = try Row.fetchOne(
                    db.cachedStatement(sql: "SELECT * FROM deletion WHERE image = ?"), arguments: [image.bytes.data])
                let word = Deletion.word(
                    deleted: deleted, image: image, path: path, after: try earlier?.deletion(), at: at, by: by)
                if let word { try edit.say(word) }
            }
            self.publish(edit, db)
            return edit.images
        }
    }

    /// The images that are deleted and were at `path` or below it: where the person said so, or here.
    public func deletions(at path: String) async throws -> [Deletion] {
        try await read { db in
            let (condition, arguments) = Self.within(path, column: "path")
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM deletion WHERE deleted AND (\(condition)
                        OR image IN (SELECT image FROM aside WHERE folder = 'trash' AND \(condition)))
                    ORDER BY path
                    """, arguments: arguments + arguments
            ).map { try $0.deletion() }
        }
    }

    /// The word on each of `images`, and when this node heard it, in nanoseconds since 1970.
    public func deletion(of image: ImageID) async throws -> (word: Deletion, heard: Int64)? {
        try await read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM deletion WHERE image = ?", arguments: [image.bytes.data])
                .map { (try $0.deletion(), $0["heard"]) }
        }
    }

    /// The images that are deleted and of which something still stands in this library.
    public func deletedHere(after image: ImageID?, limit: Int) async throws -> [ImageID] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT image FROM deletion WHERE deleted AND image > ?
                        AND EXISTS (SELECT 1 FROM own WHERE own.image = deletion.image) ORDER BY image LIMIT ?
                    """, arguments: [image?.bytes.data ?? Data(), limit]
            ).map { try $0.image("image") }
        }
    }

    /// The images that lie in the trash and are deleted no more.
    public func undeletedInTrash() async throws -> [ImageID] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT image FROM aside WHERE folder = 'trash' AND done
                        AND EXISTS (SELECT 1 FROM deletion d WHERE d.image = aside.image AND NOT d.deleted)
                    """
            ).map { try $0.image("image") }
        }
    }
}
