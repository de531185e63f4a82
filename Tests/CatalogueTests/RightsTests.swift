import Catalogue
import Foundation
import GRDB
import Model
import Planning
import TestSupport
import Testing

@Suite("What a peer may: its records count as far as its rights go, and the digests agree all the same")
struct RightsTests {
    private let peer = Sample.node(1)

    private func with(
        _ rights: PeerRights, _ body: (CatalogueDatabase) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let catalogue = try CatalogueDatabase(path: folder.appending(path: "catalogue.sqlite").path)
            try await catalogue.setPeer(
                PeerRow(
                    id: peer, name: "p", certificate: [1], addresses: [], paired: 1, standing: PeerStanding(rights)))
            try await body(catalogue)
        }
    }

    /// A photo that a person renamed and edited, and words on another one.
    private var said: [Model.Record.Content] {
        var file = Sample.main("new.jpg", 1)
        (file.replaces, file.edition, file.generation) = ([Sample.image(9)], 1, 3)
        file.attributes = FileAttributes(seconds: 7, nanoseconds: 0, mode: 0o644, changes: 4)
        let deletion = Deletion.word(
            deleted: true, image: Sample.image(2), path: Sample.path("old.jpg"), after: nil, at: 1, by: peer)
        return [.file(file)] + [deletion].compactMap { $0.map(Model.Record.Content.deletion) }
    }

    private var entries: [MirrorEntry] {
        said.enumerated().map { index, content in
            let record = Model.Record(sequence: Int64(index) + 1, content)
            return MirrorEntry(
                sequence: record.sequence, fingerprint: Fingerprint(line: record.line), content: content)
        }
    }

    private var digest: Digest { entries.reduce(into: .empty) { $0.add($1.fingerprint) } }

    private func claim(_ catalogue: CatalogueDatabase) async throws -> (info: FileInfo, isKeeper: Bool)? {
        try await catalogue.situations(of: [Sample.image(1)]).first?.claims.first.map { ($0.info, $0.isKeeper) }
    }

    private func isDeleted(_ catalogue: CatalogueDatabase) async throws -> Bool {
        try await catalogue.deletion(of: Sample.image(2)) != nil
    }

    @Test("of a guest nothing counts")
    func guest() async throws {
        try await with(.guest) { catalogue in
            let images = try await catalogue.replaceMirror(of: peer, range: .all, with: entries)
            #expect(images.isEmpty)
            #expect(try await claim(catalogue) == nil)
            #expect(try await !isDeleted(catalogue))
            #expect(catalogue.mirrorDigest(of: peer) == digest)
            #expect(try await catalogue.household(target: 2).images == 0)
        }
    }

    @Test("of one that only shares the images count, and no word on names, edits, attributes and deletion")
    func shares() async throws {
        try await with([.sees, .shares]) { catalogue in
            _ = try await catalogue.replaceMirror(of: peer, range: .all, with: entries)
            let info = try #require(try await claim(catalogue)?.info)
            #expect(info.path == Sample.path("new.jpg"))
            #expect(info.replaces == [])
            #expect(info.edition == nil)
            #expect(info.generation == nil)
            #expect(info.attributes?.seconds == 7)
            #expect(info.attributes?.changes == 0)
            #expect(try await !isDeleted(catalogue))
            #expect(catalogue.mirrorDigest(of: peer) == digest)
        }
    }

    @Test("of a member all counts, but it is no keeper", arguments: [PeerRights.member, .archive])
    func speaks(rights: PeerRights) async throws {
        try await with(rights) { catalogue in
            _ = try await catalogue.replaceMirror(of: peer, range: .all, with: entries)
            let claim = try #require(try await claim(catalogue))
            #expect(claim.info.generation == 3)
            #expect(claim.info.replaces == [Sample.image(9)])
            #expect(claim.isKeeper == rights.contains(.keeps))
            #expect(try await isDeleted(catalogue))
        }
    }

    @Test("what it may more is asked for anew, and what it may less is forgotten, but for what was taken over")
    func changed() async throws {
        try await with(.guest) { catalogue in
            _ = try await catalogue.replaceMirror(of: peer, range: .all, with: entries)
            _ = try await catalogue.changeStanding(of: peer) { $0 = PeerStanding(.member) }
            #expect(catalogue.mirrorDigest(of: peer) == .empty)
            _ = try await catalogue.replaceMirror(of: peer, range: .all, with: entries)
            #expect(try await claim(catalogue)?.info.generation == 3)
            // Who keeps is asked for nothing anew.
            let kept = try await catalogue.changeStanding(of: peer) { $0 = PeerStanding(.archive) }?.images
            #expect(kept?.contains(Sample.image(1)) == true)
            #expect(catalogue.mirrorDigest(of: peer) == digest)
            #expect(try await claim(catalogue)?.isKeeper == true)
            let images = try await catalogue.changeStanding(of: peer) { $0 = PeerStanding(.guest) }?.images
            #expect(images?.isSuperset(of: [Sample.image(1), Sample.image(9)]) == true)
            #expect(catalogue.mirrorDigest(of: peer) == .empty)
            #expect(try await claim(catalogue) == nil)
            #expect(try await isDeleted(catalogue))
            #expect(try await catalogue.peers().map(\.standing) == [PeerStanding(.guest)])
            let nobody = try await catalogue.changeStanding(of: Sample.node(7)) { $0 = PeerStanding(.guest) }
            #expect(nobody == nil)
        }
    }

    @Test("whoever was paired before there were rights is a member, and a person is asked about its copies")
    func migrated() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "catalogue.sqlite").path
            try CatalogueDatabase(path: path).close()
            let queue = try DatabaseQueue(path: path)
            // As the version before has left it.
            try await queue.write { db in
                for sql in [
                    "DROP TABLE held_deletion", "DROP INDEX deletion_via", "ALTER TABLE deletion DROP COLUMN via",
                    "ALTER TABLE deletion DROP COLUMN concerned", "ALTER TABLE peer DROP COLUMN rights",
                    "ALTER TABLE peer DROP COLUMN decision",
                    "DELETE FROM grdb_migrations WHERE identifier LIKE '10:%'",
                ] { try db.execute(sql: sql) }
                try db.execute(
                    sql: "INSERT INTO peer (id, name, certificate, addresses, paired) VALUES (?, 'p', x'01', '', 1)",
                    arguments: [Data(Sample.node(1).bytes.bytes)])
            }
            try queue.close()
            #expect(try await CatalogueDatabase(path: path).peers().map(\.standing) == [.open])
        }
    }
}
