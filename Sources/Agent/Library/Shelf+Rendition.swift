import Catalogue
import Disk
import Imaging
import Model

extension Shelf {
    /// Bytes in which every marker of ours lies.
    private static let head = 256 << 10

    /// Whether a main here says itself, in its XMP, that it is what a recipe gave. What peers say of it proves nothing.
    func isRendition(_ main: OwnFile, of recipe: Recipe) async throws -> Bool {
        let head = try await run {
            try $0.open(main.file, expecting: main.stamp.identity).read(from: 0, count: Self.head)
        }
        let marker = ImageInspector.facts(of: head).rendition
        return marker?.recipe == recipe.id && marker?.source == recipe.image
    }
}
