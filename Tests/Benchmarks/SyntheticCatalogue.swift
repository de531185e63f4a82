import Catalogue
import Foundation
import Model
import SingleChanges
import TestSupport

/// Catalogues of libraries that have no files, for what concerns records alone. An agent finds all the files gone, takes
/// that for a disk that was emptied, and goes on saying what it knew.
///
/// Every tenth file is a copy of the one before it, so that records can come and go without any image doing so.
enum SyntheticCatalogue {
    static func folder(of number: Int) -> String { "2026/\(number / 1000)" }
    static func path(of number: Int) -> RelativePath { Sample.path("\(folder(of: number))/IMG_\(number).JPG") }

    /// Makes `count` images known to the agent whose folder this is, and that does not run.
    static func fill(_ folder: URL, _ count: Int, form: Form) async throws {
        try await apply(in: folder, (0..<count).lazy.map { .image(file($0, at: path(of: $0), form)) })
    }

    /// Copies of images that are known, under new names.
    static func addDoubles(to folder: URL, _ count: Int) async throws {
        try await apply(
            in: folder, (0..<count).map { .image(file($0 * 10, at: Sample.path("copies/IMG_\($0).JPG"), .main)) })
    }

    /// Takes away copies, all over the list.
    static func removeDoubles(from folder: URL, _ count: Int, of total: Int) async throws {
        var random = SeededGenerator(seed: 1)
        try await apply(
            in: folder,
            (0..<count).map { _ in
                .gone(path(of: Int.random(in: 0..<total / 10, using: &random) * 10 + 1), byPerson: false)
            })
    }

    /// Bytes of the catalogue's files.
    static func size(in folder: URL) throws -> Double {
        try ["", "-wal"].reduce(0) { sum, ending in
            let path = catalogue(folder) + ending
            guard FileManager.default.fileExists(atPath: path) else { return sum }
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber
            return sum + (size?.doubleValue ?? 0)
        }
    }

    private static func catalogue(_ folder: URL) -> String { folder.appending(path: "state/catalogue.sqlite").path }

    private static func apply(in folder: URL, _ changes: some Sequence<OwnChange>) async throws {
        let catalogue = try CatalogueDatabase(path: catalogue(folder))
        var batch: [OwnChange] = []
        for change in changes {
            batch.append(change)
            guard batch.count == 4096 else { continue }
            try await catalogue.apply(batch)
            batch = []
        }
        try await catalogue.apply(batch)
        try catalogue.close()
    }

    private static func file(_ number: Int, at path: RelativePath, _ form: Form) -> OwnFile {
        // The copy of the one before it.
        let image = number % 10 == 1 ? number - 1 : number
        var random = SeededGenerator(seed: UInt64(image))
        var info = Sample.main(path.description, 0, bytes: Int64.random(in: 2_000_000...9_000_000, using: &random))
        if let bytes = Bytes32((0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }) {
            info.image = ImageID(bytes)
        }
        info.captured = 1_600_000_000 + Int64(image) * 317
        var (file, origin): (RelativePath, RelativePath?) = (path, nil)
        if form == .reduced {
            (info.form, info.edge, info.bytes) = (.reduced, 2250, Int64.random(in: 300_000...600_000, using: &random))
            (file, origin) = (Sample.path(path.description + ".reduced.jpg"), path)
        }
        let stamp = FileStamp(bytes: info.bytes, modified: 1_780_000_000_000_000_000, inode: UInt64(number) + 100)
        return OwnFile(info: info, file: file, stamp: stamp, origin: origin)
    }
}
