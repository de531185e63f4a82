import Catalogue
import Foundation
import GRDB
import Model
import SingleChanges
import TestSupport
import Testing

@Suite("The catalogue keeps words on recipes")
struct EditTests {
    @Test("A person's word is published under a new number when it is news, and told as it stands in any case")
    func says() async throws {
        try await EditSample.withCatalogue { catalogue, _ in
            let (said, images) = try await EditSample.say(catalogue, [1, 2])
            #expect(said.map(\.recipe) == [EditSample.recipe(1), EditSample.recipe(2)])
            #expect(said.allSatisfy { $0.generation == 1 && $0.by == EditSample.me && $0.isToRun })
            #expect(images == [Sample.image(1)])
            #expect(try await EditSample.published(catalogue) == said)
            let digest = catalogue.ownDigest
            let again = try await EditSample.say(catalogue, [1], at: 99)
            #expect(again.said == [said[0]] && again.images.isEmpty)
            #expect(catalogue.ownDigest == digest)
            let undone = try await EditSample.say(catalogue, [1, 3], undone: true)
            #expect(undone.said.map(\.recipe) == [EditSample.recipe(1)])
            #expect(undone.said[0].isUndone && undone.said[0].generation == 2)
            let records = try await catalogue.ownRecords(in: .all, limit: 9)
            #expect(records.map(\.sequence) == [2, 3])
            #expect(records.map(\.content) == [.edit(said[1]), .edit(undone.said[0])])
            #expect(try await catalogue.edit(EditSample.recipe(1).id) == undone.said[0])
            #expect(try await catalogue.edit(EditSample.recipe(3).id) == nil)
        }
    }

    @Test("Edits of one image within a second, or after one of a clock that is ahead, keep the order they were said in")
    func order() async throws {
        try await EditSample.withCatalogue { catalogue, _ in
            try await EditSample.hear(catalogue, [.edit(EditSample.edit(1, at: 50))])
            for number in 2...9 { try await EditSample.say(catalogue, [number], at: 5) }
            let expected = (1...9).map { EditSample.recipe($0) }
            #expect(try await catalogue.edits(of: Sample.image(1)).map(\.recipe) == expected)
            #expect(try await catalogue.edits(under: "", limit: 99).map(\.recipe) == expected.reversed())
            // A clock that is years ahead is not gone by.
            try await EditSample.hear(catalogue, [.edit(EditSample.edit(1, at: .max))])
            #expect(try await EditSample.say(catalogue, [10], at: 70).said.map(\.at) == [70])
        }
    }

    @Test("Peers' words are joined with what is known, in whatever order they come, and published as one record")
    func joins() async throws {
        let words = [
            EditSample.edit(), EditSample.edit(generation: 2, undone: true, by: 2),
            EditSample.edit(generation: 2, by: 3, made: 50), EditSample.edit(made: 40),
        ]
        var expected = EditSample.edit(generation: 2, by: 3, made: 50)
        expected.at = 7
        for rotation in words.indices {
            for order in [words, words.reversed()] {
                try await EditSample.withCatalogue { catalogue, _ in
                    let turned = Array(order[rotation...] + order[..<rotation])
                    let images = try await EditSample.hear(catalogue, turned.map { .edit($0) })
                    #expect(images.isSuperset(of: [Sample.image(1), Sample.image(50)]))
                    #expect(try await EditSample.published(catalogue) == [expected])
                    #expect(catalogue.ownDigest.count == 1)
                    let digest = catalogue.ownDigest
                    #expect(try await EditSample.hear(catalogue, turned.map { .edit($0) }).isEmpty)
                    #expect(catalogue.ownDigest == digest)
                }
            }
        }
    }

    @Test("Two nodes at which the same was said apart agree after they have heard each other, and then are quiet")
    func agrees() async throws {
        try await EditSample.withCatalogue { here, _ in
            try await EditSample.withCatalogue { there, _ in
                try await EditSample.say(here, [1], at: 20)
                _ = try await there.say(
                    undone: false, recipes: [(EditSample.recipe(1), Sample.path("b.jpg"))], by: Sample.node(4), at: 10)
                for round in 0..<3 {
                    let before = (here.ownDigest, there.ownDigest)
                    let mine = try await EditSample.published(here)
                    let theirs = try await EditSample.published(there)
                    try await EditSample.hear(here, theirs.map { .edit($0) })
                    try await EditSample.hear(there, mine.map { .edit($0) })
                    if round > 0 { #expect(before == (here.ownDigest, there.ownDigest)) }
                }
                #expect(try await EditSample.published(here) == (try await EditSample.published(there)))
                #expect(try await EditSample.published(here).map(\.by) == [Sample.node(4)])
            }
        }
    }

    @Test("What a peer says outside the asked range, or twice under one number, is not taken over")
    func outside() async throws {
        try await EditSample.withCatalogue { catalogue, _ in
            _ = try await catalogue.replaceMirror(
                of: Sample.node(1), range: SequenceRange(from: 10, to: 20),
                with: [
                    EditSample.entry(5, .edit(EditSample.edit(1))), EditSample.entry(15, .edit(EditSample.edit(2))),
                    EditSample.entry(15, .edit(EditSample.edit(3))),
                ])
            #expect(try await EditSample.published(catalogue).map(\.recipe) == [EditSample.recipe(2)])
        }
    }

    @Test("Digests and pages have edits among files and deletions, also after opening again")
    func digests() async throws {
        try await EditSample.withCatalogue { catalogue, path in
            for number in 1...150 {
                try await catalogue.apply([.image(EditSample.own(Sample.main("\(number).jpg", number)))])
                try await EditSample.say(catalogue, [number], of: number)
                try await catalogue.say(
                    deleted: true, of: [(Sample.image(900 + number), EditSample.path)], by: EditSample.me, at: 1)
            }
            try await EditSample.say(catalogue, [7], of: 7, undone: true)
            let records = try await catalogue.ownRecords(in: .all, limit: 1000)
            #expect(records.count == 450)
            #expect(records.map(\.sequence) == records.map(\.sequence).sorted())
            var paged: [Model.Record] = []
            repeat {
                let rest = SequenceRange(from: (paged.last?.sequence ?? 0) + 1, to: catalogue.ownLast + 1)
                let page = try await catalogue.ownRecords(in: rest, limit: 7)
                if page.isEmpty { break }
                paged += page
            } while paged.count <= records.count
            #expect(paged == records)
            let expected = records.reduce(into: Digest.empty) { $0.add(Fingerprint(line: $1.line)) }
            let again = try CatalogueDatabase(path: path)
            for opened in [catalogue, again] {
                #expect(opened.ownDigest == expected)
                #expect(opened.ownLast == catalogue.ownLast)
                let parts = SequenceRange(from: 0, to: opened.ownLast + 1).split(into: 16)
                #expect(try await opened.ownDigests(of: parts).reduce(.empty, +) == expected)
            }
            try again.close()
        }
    }

    @Test("A catalogue of the version before edits is taken on as it is, and has none")
    func upgrade() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "catalogue.sqlite").path
            let before = try CatalogueDatabase(path: path)
            try await before.apply([.image(EditSample.own(Sample.main("a.jpg", 1)))])
            try await before.say(deleted: true, of: [(Sample.image(2), EditSample.path)], by: EditSample.me, at: 1)
            let digest = before.ownDigest
            try before.close()
            let queue = try DatabaseQueue(path: path)
            try await queue.write { db in
                try db.execute(sql: "DROP TABLE edit; DROP TABLE preview")
                try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '3:%'")
                #expect(db.changesCount == 1)
            }
            try queue.close()
            let catalogue = try CatalogueDatabase(path: path)
            #expect(catalogue.ownDigest == digest)
            #expect(try await catalogue.openEdits() == 0)
            try await EditSample.say(catalogue, [1])
            #expect(catalogue.ownLast == 3)
            #expect(catalogue.ownDigest.count == 3)
            try catalogue.close()
        }
    }

    @Test("Edits are found by image, by rendition and by path, page by page", arguments: [1, 2, 100])
    func questions(page: Int) async throws {
        try await EditSample.withCatalogue { catalogue, _ in
            let (first, second) = (EditSample.edit(1, at: 30, made: 50), EditSample.edit(2, at: 20, made: 50))
            var deep = EditSample.edit(3, of: 2, undone: true)
            deep.path = Sample.path("f/b.jpg")
            var beside = EditSample.edit(4, of: 3)
            beside.path = Sample.path("f.jpg")
            try await EditSample.hear(catalogue, [first, second, deep, beside].map { .edit($0) })
            #expect(try await catalogue.edits(of: Sample.image(1)) == [second, first])
            #expect(try await catalogue.edits(making: Sample.image(50)) == [second, first])
            #expect(try await catalogue.edits(making: Sample.image(1)).isEmpty)
            let latestFirst = [first, second]
            for (path, expected) in [
                ("", latestFirst + [beside, deep]), ("f", [deep]), ("f/b.jpg", [deep]), ("a.jpg", latestFirst),
                ("b", []),
            ] {
                var found: [Edit] = []
                repeat {
                    let more = try await catalogue.edits(under: path, after: found.last, limit: page)
                    if more.isEmpty { break }
                    found += more
                } while found.count < 10
                #expect(found == expected, "\(path)")
            }
        }
    }
}
