import Catalogue
import Disk
import Imaging
import Model

/// The previews of edits: made here from a reduced copy, placed beside it, never published, and gone once the rendition,
/// or a reduced copy of it, has come or the edit is undone.
struct Previews: Sendable {
    let id: NodeID
    let shelf: Shelf
    let catalogue: CatalogueDatabase
    let pool: RenderingPool

    /// Makes a preview and places it.
    ///
    /// - Parameter own: the reduced copy.
    /// - Throws: `ImagingError`, `DiskError`, `CatalogueError`.
    func make(_ recipe: Recipe, from own: OwnFile) async throws {
        if let known = try await catalogue.preview(of: recipe.id), try await stands(known) { return }
        let bytes = try await render(recipe, from: own)
        let (catalogue, shelf) = (catalogue, shelf)
        try await catalogue.change { _ in
            // What it is to show may have come meanwhile, or may not be wanted any more.
            guard let edit = try await catalogue.edit(recipe.id), !edit.isUndone else { return }
            if let made = edit.made, try await !catalogue.ownFiles(of: made.image).isEmpty { return }
            let placed = try await shelf.free(from: own.info.path, isPNG: recipe.look.isPNG) { path in
                try await catalogue.images(at: path).isEmpty
            } place: { folder, path in
                try Placement(library: folder).placeReduced(bytes, at: path.reduced, main: own.info.attributes)
            }
            try await catalogue.setPreview(recipe.id, file: placed.path, stamp: placed.identity.stamp)
        }
    }

    /// The preview's bytes.
    func render(_ recipe: Recipe, from own: OwnFile) async throws -> [UInt8] {
        let folder = try shelf.demand()
        return try await pool.preview(recipe, mainSize: own.info.size, for: id) { try Content.read(own, in: folder) }
    }

    /// Whether the file that was placed as a preview stands there still.
    private func stands(_ preview: PreviewFile) async throws -> Bool {
        try await shelf.run { try $0.find(preview.file).map { preview.stamp.identity.isStill($0.identity) } == true }
    }

    /// Removes the previews that have served; one that cannot be removed is in no other's way.
    ///
    /// - Throws: the last fault, after all were tried.
    func removeServed() async throws {
        var fault: (any Error)?
        for preview in try await catalogue.previewsToRemove() {
            do { try await remove(preview) } catch { fault = error }
        }
        if let fault { throw fault }
    }

    private func remove(_ preview: PreviewFile) async throws {
        let (catalogue, shelf) = (catalogue, shelf)
        try await catalogue.change { turn in
            // A person has removed it, or made something else of it, which is theirs.
            guard try await stands(preview) else { return try await catalogue.forgetPreview(preview.recipe) }
            // First on record, so that nobody takes it for a person's removal.
            _ = try await catalogue.apply([.gone(preview.file, byPerson: false)], turn)
            let known = KnownFile(path: preview.file, identity: preview.stamp.identity)
            do {
                try await shelf.run { try Placement(library: $0).removeReduced(known, pruning: false) }
            } catch let error as DiskError where error.code == .notFound || error.code == .changed {
            } catch {
                try await catalogue.setPreview(preview.recipe, file: preview.file, stamp: preview.stamp)
                throw error
            }
        }
    }
}
