import Catalogue
import Foundation
import GRDB
import Model
import SingleChanges
import TestSupport
import Testing

@Suite("Floods of edits")
struct EditLimitTests {
    @Test("Of one image 32 edits are taken over, and of known ones every word; the mirror's digest has all of them")
    func ofImage() async throws {
        try await EditSample.withCatalogue { catalogue, _ in
            let flood = (1...100).map { EditSample.edit($0) }
            try await EditSample.hear(catalogue, flood.map { .edit($0) })
            #expect(try await EditSample.published(catalogue) == Array(flood.prefix(32)))
            let expected = EditSample.entries(flood.map { .edit($0) }).reduce(into: Digest.empty) {
                $0.add($1.fingerprint)
            }
            #expect(catalogue.mirrorDigest(of: Sample.node(1)) == expected)
            // One is undone, so that there is room for another; the known one that comes back is never left out.
            try await EditSample.hear(
                catalogue, [.edit(EditSample.edit(3, generation: 2, undone: true)), .edit(EditSample.edit(70))])
            #expect(try await catalogue.edit(EditSample.recipe(3).id)?.isUndone == true)
            #expect(try await catalogue.edit(EditSample.recipe(70).id) != nil)
            try await EditSample.hear(
                catalogue, [.edit(EditSample.edit(3, generation: 3)), .edit(EditSample.edit(71))])
            #expect(try await catalogue.edit(EditSample.recipe(3).id)?.isUndone == false)
            #expect(try await catalogue.edit(EditSample.recipe(71).id) == nil)
            #expect(try await catalogue.openEdits() == 33)
        }
    }

    @Test("Undone edits of one image are not remembered without end either")
    func undone() async throws {
        try await EditSample.withCatalogue { catalogue, _ in
            try await EditSample.hear(
                catalogue, (1...300).map { .edit(EditSample.edit($0, generation: 2, undone: true)) })
            #expect(try await catalogue.edits(of: Sample.image(1)).count == 256)
            let error = await #expect(throws: CatalogueError.self) { try await EditSample.say(catalogue, [999]) }
            #expect(error?.code == .tooMany)
            // What was taken back can be said again.
            #expect(try await EditSample.say(catalogue, [5]).said.first?.isToRun == true)
        }
    }

    @Test("A person is bound by the same number, is told what to do, and nothing of such a word remains")
    func person() async throws {
        try await EditSample.withCatalogue { catalogue, _ in
            try await EditSample.say(catalogue, Array(1...63))
            let digest = catalogue.ownDigest
            let error = await #expect(throws: CatalogueError.self) { try await EditSample.say(catalogue, [64, 65]) }
            #expect(error?.code == .tooMany)
            #expect(error?.isRetryable == false)
            #expect(error?.message.contains("syncctl edit a.jpg --undo") == true)
            #expect(catalogue.ownDigest == digest)
            #expect(try await catalogue.edit(EditSample.recipe(64).id) == nil)
            try await EditSample.say(catalogue, [64])
            #expect(try await EditSample.say(catalogue, [64]).said.count == 1)
            try await EditSample.say(catalogue, [1], undone: true)
            try await EditSample.say(catalogue, [65])
            #expect(try await catalogue.openEdits() == 64)
            await #expect(throws: CatalogueError.self) { try await EditSample.say(catalogue, [1]) }
        }
    }

    /// Puts `count` edits into a closed catalogue, of as many images that nobody has.
    private func fill(_ path: String, _ count: Int) async throws {
        let queue = try DatabaseQueue(path: path)
        try await queue.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
                    INSERT INTO edit
                        SELECT n, randomblob(32), randomblob(32), '', 'a.jpg', 1, 0, 1, zeroblob(32), NULL, NULL,
                            zeroblob(16) FROM number
                    """, arguments: [count])
            try db.execute(sql: "INSERT INTO sqlite_sequence (name, seq) VALUES ('own', ?)", arguments: [count])
        }
        try queue.close()
    }

    @Test("Of images that nobody has 20,000 edits are taken over; those of known images always")
    func strange() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "catalogue.sqlite").path
            let empty = try CatalogueDatabase(path: path)
            try await EditSample.pair(empty)
            try empty.close()
            try await fill(path, 19_990)
            let catalogue = try CatalogueDatabase(path: path)
            try await EditSample.hear(catalogue, (1...5).map { .edit(EditSample.edit(of: $0 + 100)) })
            try await catalogue.apply([.image(EditSample.own(Sample.main("a.jpg", 1)))])
            var more: [Model.Record.Content] = (1...20).map { .edit(EditSample.edit(of: 1000 + $0)) }
            more += [.edit(EditSample.edit(of: 1)), .edit(EditSample.edit(of: 101, generation: 2, undone: true))]
            more += [.file(Sample.main("theirs.jpg", 2)), .edit(EditSample.edit(of: 2))]
            try await EditSample.hear(catalogue, more)
            // 20,000 of strange images, the two of known ones, and the file.
            #expect(catalogue.ownDigest.count == 20_003)
            for (image, isKept) in [(1, true), (2, true), (1005, true), (1006, false)] {
                let edit = try await catalogue.edit(EditSample.recipe(1, of: image).id)
                #expect((edit != nil) == isKept, "image \(image)")
            }
            #expect(try await catalogue.edit(EditSample.recipe(1, of: 101).id)?.isUndone == true)
            #expect(catalogue.mirrorDigest(of: Sample.node(1))?.count == 24)
            try await EditSample.hear(catalogue, [.edit(EditSample.edit(of: 2000))])
            #expect(catalogue.ownDigest.count == 20_003)
            try catalogue.close()
        }
    }
}
