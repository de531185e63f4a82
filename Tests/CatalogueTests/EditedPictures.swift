import Catalogue
import Foundation
import Model
import Planning
import TestSupport
import Testing

/// A catalogue with two peers, and records of edits, for the suites about them.
protocol EditedPictures {}

extension EditedPictures {
    var path: RelativePath { Sample.path("a.jpg") }

    func own(_ info: FileInfo, origin: String? = nil) -> OwnFile {
        OwnFile(
            info: info, file: info.file, stamp: FileStamp(bytes: info.bytes, modified: 1, inode: 1),
            origin: origin.map(Sample.path))
    }

    func edit(_ path: String, _ number: Int, of old: [Int]) -> FileInfo {
        var info = Sample.main(path, number)
        info.replaces = old.map(Sample.image)
        return info
    }

    func withCatalogue(_ body: (CatalogueDatabase) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let catalogue = try CatalogueDatabase(path: folder.appending(path: "c.sqlite").path)
            for number in [1, 2] as [UInt8] {
                try await catalogue.setPeer(
                    PeerRow(
                        id: Sample.node(number), name: "peer \(number)", certificate: [], addresses: [], paired: 0,
                        seen: nil))
            }
            try await body(catalogue)
        }
    }

    @discardableResult
    func mirror(
        _ infos: [FileInfo], of peer: UInt8 = 1, in catalogue: CatalogueDatabase
    ) async throws -> Set<ImageID> {
        let entries = infos.enumerated().map { number, info in
            let sequence = Int64(number + 1)
            return MirrorEntry(
                sequence: sequence, fingerprint: Fingerprint(line: Record(sequence: sequence, info: info).line),
                content: .file(info))
        }
        return try await catalogue.replaceMirror(of: Sample.node(peer), range: .all, with: entries)
    }

    func situation(of number: Int, _ catalogue: CatalogueDatabase) async throws -> Situation {
        try #require(try await catalogue.situations(of: [Sample.image(number)]).first)
    }

    func replaces(_ file: String, _ catalogue: CatalogueDatabase) async throws -> [ImageID]? {
        try await catalogue.ownFile(at: Sample.path(file))?.info.replaces
    }
}
