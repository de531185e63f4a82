import Catalogue
import Foundation
import Model
import SingleChanges
import TestSupport
import Testing

@Suite("The catalogue knows what is to be run and what was made")
struct RenditionTests {
    private let recipe = EditSample.recipe(1)
    private let main = EditSample.own(Sample.main("a.jpg", 1))
    private let rendition = EditSample.own(Sample.main("a.edited.jpg", 50))

    private func word(_ image: Int, deleted: Bool, generation: Int64 = 1) -> Record.Content {
        .deletion(
            Deletion(
                image: Sample.image(image), path: EditSample.path, generation: generation, isDeleted: deleted, at: 1,
                by: Sample.node(1)))
    }

    @Test("To be run here is what is open, of an image whose main stands here and is not deleted, page by page")
    func open() async throws {
        try await EditSample.withCatalogue { catalogue, _ in
            try await catalogue.apply([
                .image(main), .image(EditSample.own(Sample.reduced("b.jpg", 2))),
                .image(EditSample.own(Sample.main("c.jpg", 3))),
            ])
            var anew = EditSample.edit(4, generation: 3, made: 44)
            anew.made?.generation = 2
            let edits = [
                EditSample.edit(1), EditSample.edit(2, undone: true), EditSample.edit(3, made: 43), anew,
                EditSample.edit(5, of: 2), EditSample.edit(6, of: 3), EditSample.edit(7, of: 99),
            ]
            try await EditSample.hear(catalogue, edits.map { .edit($0) } + [word(3, deleted: true)])
            let expected = [edits[0], anew].sorted { $0.recipe.id < $1.recipe.id }
            #expect(try await catalogue.editsToRun(after: nil, limit: 10) == expected)
            #expect(try await catalogue.editsToRun(after: nil, limit: 1) == [expected[0]])
            #expect(try await catalogue.editsToRun(after: expected[0].recipe.id, limit: 10) == [expected[1]])
            // Those of reduced copies and of images that nobody has are open elsewhere; that of the deleted one is not.
            #expect(try await catalogue.openEdits() == 4)
            try await EditSample.hear(catalogue, [word(3, deleted: false, generation: 2)])
            #expect(try await catalogue.openEdits() == 5)
            #expect(try await catalogue.editsToRun(after: nil, limit: 10).count == 3)
        }
    }

    @Test("A rendition and the word of it come together: the file first, then the edit that names it")
    func records() async throws {
        try await EditSample.withCatalogue { catalogue, path in
            try await catalogue.apply([.image(main)])
            try await EditSample.say(catalogue, [1])
            let images = try await catalogue.recordRendition(rendition, of: recipe.id, generation: 1)
            #expect(images == [Sample.image(1), Sample.image(50)])
            let edit = try #require(try await catalogue.edit(recipe.id))
            #expect(edit.made == Edit.Made(image: Sample.image(50), generation: 1))
            #expect(!edit.isToRun)
            let records = try await catalogue.ownRecords(in: .all, limit: 9)
            #expect(records.map(\.content) == [.file(main.info), .file(rendition.info), .edit(edit)])
            #expect(try await catalogue.ownFiles(of: Sample.image(50)) == [rendition])
            #expect(catalogue.ownBytes == main.info.bytes + rendition.info.bytes)
            #expect(try await catalogue.openEdits() == 0)
            let again = try CatalogueDatabase(path: path)
            #expect(again.ownDigest == catalogue.ownDigest)
            #expect(try await again.edit(recipe.id) == edit)
            try again.close()
        }
    }

    @Test("A rendition that is here already is named without a file")
    func notes() async throws {
        try await EditSample.withCatalogue { catalogue, _ in
            try await catalogue.apply([.image(main), .image(rendition)])
            try await EditSample.say(catalogue, [1])
            let images = try await catalogue.noteRendition(Sample.image(50), of: recipe.id, generation: 1)
            #expect(images == [Sample.image(1), Sample.image(50)])
            #expect(try await catalogue.edits(making: Sample.image(50)).map(\.recipe) == [recipe])
            #expect(try await catalogue.noteRendition(Sample.image(50), of: recipe.id, generation: 1) == nil)
        }
    }

    private enum Meanwhile: CaseIterable { case undone, saidAnew, made, unknown, itself }

    @Test("What is not wanted any more when it is finished changes nothing", arguments: Meanwhile.allCases)
    private func tooLate(meanwhile: Meanwhile) async throws {
        try await EditSample.withCatalogue { catalogue, _ in
            try await catalogue.apply([.image(main)])
            if meanwhile != .unknown { try await EditSample.say(catalogue, [1]) }
            var file = rendition
            switch meanwhile {
            case .undone: try await EditSample.say(catalogue, [1], undone: true)
            case .saidAnew:
                try await EditSample.say(catalogue, [1], undone: true)
                try await EditSample.say(catalogue, [1])
            case .made: try await EditSample.hear(catalogue, [.edit(EditSample.edit(1, made: 51))])
            case .unknown: break
            case .itself: file = EditSample.own(Sample.main("a.edited.jpg", 1))
            }
            let (digest, bytes) = (catalogue.ownDigest, catalogue.ownBytes)
            #expect(try await catalogue.recordRendition(file, of: recipe.id, generation: 1) == nil)
            #expect(try await catalogue.noteRendition(file.info.image, of: recipe.id, generation: 1) == nil)
            #expect(catalogue.ownDigest == digest && catalogue.ownBytes == bytes)
            #expect(try await catalogue.ownFile(at: rendition.file) == nil)
        }
    }

    @Test("An undoing and a finished rendition at once end as one after the other would", arguments: 0..<20)
    func race(round: Int) async throws {
        try await EditSample.withCatalogue { catalogue, path in
            try await catalogue.apply([.image(main)])
            try await EditSample.say(catalogue, [1])
            async let recorded = catalogue.recordRendition(rendition, of: recipe.id, generation: 1)
            async let undone = EditSample.say(catalogue, [1], undone: true)
            let images = try await recorded
            _ = try await undone
            let edit = try #require(try await catalogue.edit(recipe.id))
            #expect(edit.isUndone && edit.generation == 2)
            #expect((edit.made != nil) == (images != nil))
            #expect(try await catalogue.ownFiles(of: Sample.image(50)).count == (images == nil ? 0 : 1))
            #expect(try await catalogue.undoneHere(after: nil, limit: 9) == (images == nil ? [] : [edit]))
            let again = try CatalogueDatabase(path: path)
            #expect(again.ownDigest == catalogue.ownDigest)
            try again.close()
        }
    }

    @Test("Undone here is what stands here as a main, is nobody else's, and of which no deletion was ever a matter")
    func undoneHere() async throws {
        try await EditSample.withCatalogue { catalogue, _ in
            func listed() async throws -> [Recipe] {
                try await catalogue.undoneHere(after: nil, limit: 10).map(\.recipe)
            }
            try await catalogue.apply([.image(main), .image(EditSample.own(Sample.reduced("r.jpg", 60)))])
            try await EditSample.say(catalogue, [1, 2])
            _ = try await catalogue.recordRendition(rendition, of: recipe.id, generation: 1)
            _ = try await catalogue.noteRendition(Sample.image(60), of: EditSample.recipe(2).id, generation: 1)
            #expect(try await listed().isEmpty)
            try await EditSample.say(catalogue, [1, 2], undone: true)
            #expect(try await listed() == [recipe])
            #expect(try await catalogue.undoneHere(after: recipe.id, limit: 10).isEmpty)
            // Another edit came to the same bytes and stands.
            try await EditSample.hear(catalogue, [.edit(EditSample.edit(3, made: 50))])
            #expect(try await listed().isEmpty)
            try await EditSample.hear(catalogue, [.edit(EditSample.edit(3, generation: 2, undone: true))])
            #expect(Set(try await listed()) == [recipe, EditSample.recipe(3)])
            try await EditSample.hear(catalogue, [word(50, deleted: true)])
            #expect(try await listed().isEmpty)
            try await EditSample.hear(catalogue, [word(50, deleted: false, generation: 2)])
            #expect(try await listed().isEmpty)
        }
    }
}
