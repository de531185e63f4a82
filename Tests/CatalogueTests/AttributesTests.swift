import Catalogue
import Foundation
import GRDB
import Model
import Planning
import SingleChanges
import TestSupport
import Testing

@Suite("The catalogue keeps what mains are beside their bytes")
struct AttributesTests {
    private static let tags = [FileAttributes.Extended(name: "user.xdg.tags", value: [1, 0, 255])]

    private static func main(_ path: String, _ image: Int, _ attributes: FileAttributes?) -> FileInfo {
        var info = Sample.main(path, image)
        info.attributes = attributes
        return info
    }

    private static func digest(_ catalogue: CatalogueDatabase) async throws -> Digest {
        let records = try await catalogue.ownRecords(in: .all, limit: 99)
        return records.reduce(into: Digest.empty) { $0.add(Fingerprint(line: $1.line)) }
    }

    @Test("in records, in mirrors, of what lies aside, and what their files show of them")
    func keeps() async throws {
        let said = try #require(
            FileAttributes(seconds: -1, nanoseconds: 5, mode: 0o666, extended: Self.tags, changes: 2))
        let shown = try #require(FileAttributes(seconds: -1, nanoseconds: 0, mode: 0o644))
        try await EditSample.withCatalogue { catalogue, path in
            var own = EditSample.own(Self.main("a.jpg", 1, said))
            own.shown = shown
            try await catalogue.apply([.image(own), .image(EditSample.own(Sample.main("b.jpg", 2)))])
            #expect(try await catalogue.ownFile(at: own.file) == own)
            #expect(try await catalogue.ownRecords(in: .all, limit: 9).map(\.info?.attributes) == [said, nil])
            #expect(try await Self.digest(catalogue) == catalogue.ownDigest)
            // Another name, and another look at the same file, are no news of them.
            let moved = Sample.path("c.jpg")
            try await catalogue.apply([.moved(from: own.file, to: moved)])
            #expect(try await catalogue.ownFile(at: moved)?.shown == shown)
            let last = catalogue.ownLast
            var again = try #require(try await catalogue.ownFile(at: moved))
            again.shown = nil
            again.stamp.modified = 9
            try await catalogue.apply([.image(again)])
            #expect(try await catalogue.ownFile(at: moved) == again)
            #expect(catalogue.ownLast == last)
            // Other attributes are a new record of the same file.
            again.info.attributes = said.latest(of: [])
            try await catalogue.apply([.image(again)])
            #expect(catalogue.ownLast == last + 1)
            #expect(try await Self.digest(catalogue) == catalogue.ownDigest)

            // Which nobody has read for that.
            try await catalogue.noteVerified([again], at: -5)
            again.info.attributes = said.latest(of: [said, try #require(again.info.attributes)])
            again.stamp.changed = 11
            try await catalogue.apply([.stamped(moved, again.stamp), .image(again)])
            #expect(try await catalogue.mains(unreadSince: -4, after: (-9, moved), limit: 9).map(\.own) == [again])

            again.shown = shown
            let aside = Aside(name: "x", folder: .trash, since: 1, own: again)
            #expect(try await catalogue.intend(aside, at: .zero) == nil)
            #expect(try await catalogue.asides(done: false).map(\.own) == [again])

            let claim = Self.main("d.jpg", 3, said)
            try await EditSample.hear(catalogue, [.file(claim), .file(Sample.main("e.jpg", 4))])
            let situations = try await catalogue.situations(of: [Sample.image(3), Sample.image(4), Sample.image(1)])
            #expect(situations.map { $0.claims.map(\.info.attributes) } == [[said], [nil], []])
            #expect(situations[2].own.map(\.info) == [again.info] && situations[2].own.map(\.file) == [moved])
            let listed = try await catalogue.list(under: "", after: nil, limit: 9)
            #expect(listed.map(\.isHere) == [true, true, false, false])
            #expect(listed.first { $0.info.image == claim.image }?.info.attributes == said)
        }
    }

    @Test("and takes over one of an earlier version, whose records stay as they are")
    func upgrade() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "catalogue.sqlite").path
            let before = try CatalogueDatabase(path: path)
            try await EditSample.pair(before)
            try await before.apply([.image(EditSample.own(Sample.main("a.jpg", 1)))])
            try await EditSample.hear(before, [.file(Sample.main("b.jpg", 2))])
            let digest = before.ownDigest
            try before.close()
            let queue = try DatabaseQueue(path: path)
            try await queue.write { db in
                try db.execute(sql: "DROP INDEX own_plain")
                for (table, column) in [
                    ("own", "attributes"), ("own", "shown"), ("mirror", "attributes"), ("aside", "attributes"),
                    ("aside", "shown"),
                ] {
                    try db.execute(sql: "ALTER TABLE \(table) DROP COLUMN \(column)")
                }
                try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '8:%'")
                #expect(db.changesCount == 1)
            }
            try queue.close()
            let catalogue = try CatalogueDatabase(path: path)
            #expect(catalogue.ownDigest == digest)
            #expect(try await Self.digest(catalogue) == digest)
            #expect(try await catalogue.ownFile(at: Sample.path("a.jpg")) == EditSample.own(Sample.main("a.jpg", 1)))
            #expect(try await catalogue.plainMains(after: nil, limit: 9).map(\.file) == [Sample.path("a.jpg")])
            #expect(try await catalogue.plainMains(after: Sample.path("a.jpg"), limit: 9).isEmpty)
            let claims = try await catalogue.situations(of: [Sample.image(2)]).flatMap(\.claims)
            #expect(claims.map(\.info) == [Sample.main("b.jpg", 2)])
            try catalogue.close()
        }
    }
}
