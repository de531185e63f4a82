import Catalogue
import Foundation
import GRDB
import Model
import Planning
import SingleChanges
import TestSupport
import Testing

@Suite("What the catalogue says of many files")
struct FilesTests {
    private func own(_ info: FileInfo) -> OwnFile {
        OwnFile(info: info, file: info.file, stamp: FileStamp(bytes: info.bytes, modified: 5, inode: 1))
    }

    private func withCatalogue(_ body: (CatalogueDatabase) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await body(try CatalogueDatabase(path: folder.appending(path: "catalogue.sqlite").path))
        }
    }

    @Test("Unknown is what is not there, and what is there otherwise")
    func unknown() async throws {
        try await withCatalogue { catalogue in
            let (image, text) = (own(Sample.main("a.jpg", 1)), Sample.path("notes.txt"))
            let stamp = FileStamp(bytes: 3, modified: 4, inode: 5)
            try await catalogue.apply([.image(image), .other(OtherFile(file: text, stamp: stamp, reason: nil))])
            var changed = image.stamp
            changed.modified += 1
            #expect(try await catalogue.unknown(among: [(image.file, image.stamp), (text, stamp)]) == [])
            #expect(try await catalogue.unknown(among: [(image.file, changed), (text, stamp)]) == [image.file])
            #expect(try await catalogue.unknown(among: [(Sample.path("b.jpg"), stamp)]) == [Sample.path("b.jpg")])
        }
    }

    @Test("A ctime is kept, alone makes a file unknown, and is filled in by whoever reads a file of an old catalogue")
    func ctime() async throws {
        try await withCatalogue { catalogue in
            var old = own(Sample.main("a.jpg", 1))
            let text = OtherFile(
                file: Sample.path("b.txt"), stamp: FileStamp(bytes: 3, modified: 4, inode: 5, changed: 6), reason: nil)
            try await catalogue.apply([.image(old), .other(text)])
            let digest = catalogue.ownDigest
            old.stamp.changed = 7
            #expect(try await catalogue.unknown(among: [(old.file, old.stamp)]) == [old.file])
            try await catalogue.noteVerified([old], at: 1)
            #expect(try await catalogue.ownFile(at: old.file)?.stamp.changed == 7)
            var (image, other) = (old.stamp, text.stamp)
            (image.changed, other.changed, other.inode) = (8, 9, 10)
            #expect(try await catalogue.unknown(among: [(old.file, image), (text.file, other)]).count == 2)
            try await catalogue.noteVerified([old], at: 2)
            #expect(try await catalogue.ownFile(at: old.file)?.stamp.changed == 7, "only where none was known")
            try await catalogue.apply([.stamped(old.file, image), .stamped(text.file, other)])
            #expect(try await catalogue.unknown(among: [(old.file, image), (text.file, other)]) == [])
            (image.changed, old.stamp.changed) = (11, 11)
            try await catalogue.apply([.image(old)])
            #expect(try await catalogue.unknown(among: [(old.file, image)]) == [])
            #expect(catalogue.ownDigest == digest, "none of it is news")
        }
    }

    @Test("An image is known at its path, at its file's, at a peer's and where it was removed, and below their folders")
    func known() async throws {
        try await withCatalogue { catalogue in
            var reduced = Sample.main("b/r.heic", 2)
            (reduced.form, reduced.edge) = (.reduced, 2048)
            try await catalogue.apply([
                .image(own(Sample.main("a/here.jpg", 1))), .image(own(reduced)),
                .image(own(Sample.main("c/gone.jpg", 3))),
                .gone(Sample.path("c/gone.jpg"), byPerson: true),
            ])
            for path in ["a/here.jpg", "a", "b/r.heic", "b/r.heic.reduced.jpg", "b", "c/gone.jpg", "c"] {
                #expect(try await catalogue.knowsImages(under: Sample.path(path)), "\(path)")
            }
            for path in ["a/here", "a/here.jpg/x", "d", "here.jpg"] {
                #expect(try await !catalogue.knowsImages(under: Sample.path(path)), "\(path)")
            }
        }
    }

    @Test("A main is in nobody's way unless it is here or dismissed, or its name or that of its reduced copy is taken")
    func obstacles() async throws {
        try await withCatalogue { catalogue in
            var reduced = Sample.main("r.jpg", 3)
            (reduced.form, reduced.edge) = (.reduced, 2048)
            try await catalogue.apply([
                .image(own(Sample.main("here.jpg", 1))), .image(own(Sample.main("gone.jpg", 2))), .image(own(reduced)),
                .gone(Sample.path("gone.jpg"), byPerson: true),
            ])
            let obstacles = try await catalogue.obstacles(to: [
                (Sample.image(1), Sample.path("elsewhere.jpg")), (Sample.image(2), Sample.path("gone.jpg")),
                (Sample.image(3), Sample.path("r.jpg")), (Sample.image(9), Sample.path("here.jpg")),
                (Sample.image(9), Sample.path("free.jpg")),
            ])
            #expect(obstacles == [.unwanted, .unwanted, .taken, .taken, nil])
        }
    }

    @Test(
        "How long a film lasts is kept of own files, of peers and of what lies aside; a version before did without it")
    func lengths() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "catalogue.sqlite").path
            let before = try CatalogueDatabase(path: path)
            try await EditSample.pair(before)
            var (own, theirs) = (Sample.main("a.mov", 1, type: .mov), Sample.main("b.mkv", 2, type: .matroska))
            (own.duration, theirs.duration) = (2_500, 9_000)
            var copy = Sample.reduced("c.mov", 3)
            copy.type = .mov
            var main = Sample.main("c.mov", 3, type: .mov)
            main.duration = 4_000
            let photo = Sample.main("d.jpg", 4)
            let entries = EditSample.entries([.file(theirs), .file(main), .file(photo)])
            try await before.apply([.image(EditSample.own(own)), .image(EditSample.own(copy))])
            _ = try await before.replaceMirror(of: Sample.node(1), range: .all, with: entries)
            let said: [Int64?] = [2_500, 9_000, 4_000, nil]
            #expect(try await before.list(under: "", after: nil, limit: 9).map(\.info.duration) == said)
            let aside = Aside(name: "x", folder: .trash, since: 1, own: EditSample.own(own))
            #expect(try await before.intend(aside, at: .zero) == nil)
            #expect(try await before.asides(done: false).map(\.own.info.duration) == [2_500])
            let digest = try #require(before.mirrorDigest(of: Sample.node(1)))
            #expect(try await before.filmsWithoutLength(after: nil, limit: 9).isEmpty)
            try before.close()

            let queue = try DatabaseQueue(path: path)
            try await queue.write { db in
                for table in ["own", "mirror", "aside"] {
                    try db.execute(sql: "ALTER TABLE \(table) DROP COLUMN duration")
                }
                try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '14:%'")
                #expect(db.changesCount == 1)
            }
            try queue.close()
            let catalogue = try CatalogueDatabase(path: path)
            let films = try await catalogue.filmsWithoutLength(after: nil, limit: 9)
            #expect(films.map(\.file) == [Sample.path("a.mov")])
            #expect(try await catalogue.filmsWithoutLength(after: films[0].file, limit: 9).isEmpty)
            // What the peer has said of films is asked for again, and stands meanwhile.
            #expect(catalogue.mirrorDigest(of: Sample.node(1)) != digest)
            #expect(try await catalogue.situations(of: [Sample.image(2)])[0].claims.map(\.info.path) == [theirs.path])
            let asked = try await catalogue.replaceMirror(of: Sample.node(1), range: .all, with: entries)
            #expect(asked.isSuperset(of: [Sample.image(2), Sample.image(3)]) && !asked.contains(photo.image))
            #expect(catalogue.mirrorDigest(of: Sample.node(1)) == digest)
            #expect(
                try await catalogue.list(under: "", after: nil, limit: 9).map(\.info.duration) == [
                    nil, 9_000, 4_000, nil,
                ])
            try catalogue.close()
        }
    }

    @Test("What a version before took for no image, and what it refused of a peer, is looked at again")
    func upgraded() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "catalogue.sqlite").path
            let before = try CatalogueDatabase(path: path)
            try await EditSample.pair(before)
            let stamp = FileStamp(bytes: 3, modified: 4, inode: 5)
            let (film, told) = (Sample.path("clip.MOV"), Sample.path("rubbish.jpg"))
            try await before.apply([
                .other(OtherFile(file: film, stamp: stamp, reason: nil)),
                .other(OtherFile(file: told, stamp: stamp, reason: "It is none.")),
            ])
            let good = EditSample.entry(1, .file(Sample.main("a.jpg", 1)))
            let refused = MirrorEntry(
                sequence: 2, fingerprint: Fingerprint(value: 99), content: nil,
                refusal: "type is not one of this version's")
            _ = try await before.replaceMirror(of: Sample.node(1), range: .all, with: [good, refused])
            try before.close()
            let queue = try DatabaseQueue(path: path)
            try await queue.write { db in
                try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '13:%'")
                #expect(db.changesCount == 1)
            }
            try queue.close()
            let catalogue = try CatalogueDatabase(path: path)
            #expect(try await catalogue.unknown(among: [(film, stamp), (told, stamp)]) == [film])
            var digest = Digest.empty
            digest.add(good.fingerprint)
            #expect(catalogue.mirrorDigest(of: Sample.node(1)) == digest)
            try catalogue.close()
        }
    }
}
