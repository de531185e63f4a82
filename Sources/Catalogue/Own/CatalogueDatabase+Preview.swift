import Foundation
import GRDB
public import Model

/// A preview of a rendition that stands in the library.
public typealias PreviewFile = (recipe: RecipeID, file: RelativePath, stamp: FileStamp)

/// The previews that were placed here. A row follows its file through ``apply(_:)``: it moves with it, and goes with it
/// or when an image takes its place.
///
/// Whoever removes a preview compares the stamp first: another one means that a person has changed it, and it stays.
extension CatalogueDatabase {
    /// Notes that `file` is the preview of `recipe`, in place of what was noted of either. Durable on return.
    public func setPreview(_ recipe: RecipeID, file: RelativePath, stamp: FileStamp) async throws {
        try await write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO preview VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    recipe.bytes.data, file.description, stamp.bytes, stamp.modified, Int64(bitPattern: stamp.inode),
                    stamp.changed,
                ])
        }
    }

    /// The preview of a recipe; nil for none.
    public func preview(of recipe: RecipeID) async throws -> PreviewFile? {
        try await previews("recipe = ?", [recipe.bytes.data]).first
    }

    /// The preview that stands at `file`; nil for none.
    public func preview(at file: RelativePath) async throws -> PreviewFile? {
        try await previews("file = ?", [file.description]).first
    }

    /// The previews that are of no use any more, by file: of edits that are undone or whose image is deleted, and of
    /// those whose rendition stands here in either form. That an edit is not known says nothing: the catalogue may have been lost.
    public func previewsToRemove() async throws -> [PreviewFile] {
        try await previews(
            """
            EXISTS (
                SELECT 1 FROM edit WHERE edit.recipe = preview.recipe
                    AND (undone OR EXISTS (SELECT 1 FROM own WHERE own.image = edit.made)
                        OR EXISTS (SELECT 1 FROM deletion WHERE deletion.image = edit.image AND deleted)))
            """, [])
    }

    private func previews(_ condition: String, _ arguments: StatementArguments) async throws -> [PreviewFile] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM preview WHERE \(condition) ORDER BY file"), arguments: arguments
            ).map { (try $0.recipe("recipe"), try $0.path("file"), $0.stamp()) }
        }
    }

    /// Forgets the preview of a recipe. Durable on return; the file is not touched.
    public func forgetPreview(_ recipe: RecipeID) async throws {
        try await write { db in
            try db.execute(sql: "DELETE FROM preview WHERE recipe = ?", arguments: [recipe.bytes.data])
        }
    }
}
