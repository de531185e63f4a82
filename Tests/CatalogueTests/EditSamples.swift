import Catalogue
import Foundation
import Model
import TestSupport

/// Edits for tests, told apart by small numbers, and what they need around them.
enum EditSample {
    static let me = Sample.node(9)
    static let path = Sample.path("a.jpg")

    /// The recipe number `number`, up to 9,999, for an image.
    static func recipe(_ number: Int, of image: Int = 1) -> Recipe {
        do {
            let amounts: [Adjustment: Amount] = [.tint: Amount(thousandths: number + 1)]
            return Recipe(image: Sample.image(image), look: try Look(amounts))
        } catch { preconditionFailure("\(error)") }
    }

    static func edit(
        _ number: Int = 1, of image: Int = 1, generation: Int64 = 1, undone: Bool = false, at: Int64 = 7,
        by: UInt8 = 1, made: Int? = nil
    ) -> Edit {
        Edit(
            recipe: recipe(number, of: image), path: path, generation: generation, isUndone: undone, at: at,
            by: Sample.node(by), made: made.map { Edit.Made(image: Sample.image($0), generation: generation) })
    }

    static func entry(_ sequence: Int64, _ content: Record.Content) -> MirrorEntry {
        MirrorEntry(
            sequence: sequence, fingerprint: Fingerprint(line: Record(sequence: sequence, content).line),
            content: content)
    }

    /// Records of a peer, from `first` on.
    static func entries(_ contents: [Record.Content], from first: Int64 = 1) -> [MirrorEntry] {
        contents.enumerated().map { entry(first + Int64($0.offset), $0.element) }
    }

    static func own(_ info: FileInfo, file: String? = nil) -> OwnFile {
        OwnFile(
            info: info, file: file.map(Sample.path) ?? info.file,
            stamp: FileStamp(bytes: info.bytes, modified: 5, inode: 6))
    }

    static func pair(_ catalogue: CatalogueDatabase, _ number: UInt8 = 1) async throws {
        try await catalogue.setPeer(
            PeerRow(id: Sample.node(number), name: "p", certificate: [1], addresses: [], paired: 1))
    }

    /// A catalogue that is paired with node 1.
    static func withCatalogue(_ body: (CatalogueDatabase, String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "catalogue.sqlite").path
            let catalogue = try CatalogueDatabase(path: path)
            try await pair(catalogue)
            try await body(catalogue, path)
            try catalogue.close()
        }
    }

    @discardableResult
    static func say(
        _ catalogue: CatalogueDatabase, _ numbers: [Int], of image: Int = 1, undone: Bool = false, at: Int64 = 5
    ) async throws -> (said: [Edit], images: Set<ImageID>) {
        try await catalogue.say(
            undone: undone, recipes: numbers.map { (recipe($0, of: image), path) }, by: me, at: at)
    }

    /// Has node 1 say this, and nothing else any more.
    @discardableResult
    static func hear(_ catalogue: CatalogueDatabase, _ contents: [Record.Content]) async throws -> Set<ImageID> {
        try await catalogue.replaceMirror(of: Sample.node(1), range: .all, with: entries(contents))
    }

    /// The edits that are published, by sequence number.
    static func published(_ catalogue: CatalogueDatabase) async throws -> [Edit] {
        try await catalogue.ownRecords(in: .all, limit: 100_000).compactMap { record in
            if case .edit(let edit) = record.content { edit } else { nil }
        }
    }
}
