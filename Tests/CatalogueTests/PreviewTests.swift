import Catalogue
import Foundation
import Model
import SingleChanges
import TestSupport
import Testing

@Suite("The catalogue follows previews")
struct PreviewTests {
    private let recipe = EditSample.recipe(1).id
    private let file = Sample.path("a.edited.jpg.reduced.jpg")
    private let stamp = FileStamp(bytes: 100, modified: 1 << 62, inode: .max)

    private func previewed(_ body: (CatalogueDatabase) async throws -> Void) async throws {
        try await EditSample.withCatalogue { catalogue, _ in
            try await EditSample.say(catalogue, [1])
            try await catalogue.apply([.other(OtherFile(file: file, stamp: stamp, reason: nil))])
            try await catalogue.setPreview(recipe, file: file, stamp: stamp)
            try await body(catalogue)
        }
    }

    @Test("A preview is known by its recipe until it is forgotten, one a recipe and one a file")
    func sets() async throws {
        try await previewed { catalogue in
            let known = try #require(try await catalogue.preview(of: recipe))
            #expect(known == (recipe, file, stamp))
            var changed = stamp
            changed.bytes = 7
            try await catalogue.setPreview(recipe, file: Sample.path("n.jpg"), stamp: changed)
            let renewed = try #require(try await catalogue.preview(of: recipe))
            #expect(renewed == (recipe, Sample.path("n.jpg"), changed))
            let other = EditSample.recipe(2).id
            try await catalogue.setPreview(other, file: Sample.path("n.jpg"), stamp: stamp)
            #expect(try await catalogue.preview(of: recipe) == nil)
            try await catalogue.forgetPreview(other)
            #expect(try await catalogue.preview(of: other) == nil)
        }
    }

    @Test("It stays where its file is seen again, also changed: the stamp tells")
    func staysKnown() async throws {
        try await previewed { catalogue in
            var changed = stamp
            changed.modified -= 1
            try await catalogue.apply([.other(OtherFile(file: file, stamp: changed, reason: "is damaged"))])
            #expect(try await catalogue.preview(of: recipe)?.stamp == stamp)
        }
    }

    @Test("It goes with its file, and when an image takes the file's place", arguments: [true, false])
    func goes(byPerson: Bool) async throws {
        try await previewed { catalogue in
            try await catalogue.apply([.gone(file, byPerson: byPerson)])
            #expect(try await catalogue.preview(of: recipe) == nil)
            try await catalogue.setPreview(recipe, file: file, stamp: stamp)
            try await catalogue.apply([.image(EditSample.own(Sample.reduced("a.edited.jpg", 50)))])
            #expect(try await catalogue.preview(of: recipe) == nil)
            try await catalogue.setPreview(recipe, file: Sample.path("a.edited.jpg"), stamp: stamp)
            let rendition = EditSample.own(Sample.main("a.edited.jpg", 50))
            #expect(try await catalogue.recordRendition(rendition, of: recipe, generation: 1) != nil)
            #expect(try await catalogue.preview(of: recipe) == nil)
        }
    }

    @Test("It moves with its file, and goes when another is moved over it")
    func moves() async throws {
        try await previewed { catalogue in
            let place = Sample.path("x/renamed.jpg")
            try await catalogue.apply([.moved(from: file, to: place)])
            #expect(try await catalogue.preview(of: recipe)?.file == place)
            let other = EditSample.recipe(2).id
            try await catalogue.setPreview(other, file: file, stamp: stamp)
            try await catalogue.apply([.moved(from: place, to: file)])
            #expect(try await catalogue.preview(of: recipe)?.file == file)
            #expect(try await catalogue.preview(of: other) == nil)
            try await catalogue.apply([
                .image(EditSample.own(Sample.main("m.jpg", 8))), .moved(from: Sample.path("m.jpg"), to: file),
            ])
            #expect(try await catalogue.preview(of: recipe) == nil)
        }
    }

    @Test(
        "It is to be removed when the edit is undone or the rendition is here in either form, not when the edit is not known"
    )
    func removal() async throws {
        try await previewed { catalogue in
            func listed() async throws -> [RelativePath] { try await catalogue.previewsToRemove().map(\.file) }
            #expect(try await listed().isEmpty)
            let strange = Sample.path("b.jpg")
            try await catalogue.setPreview(EditSample.recipe(9).id, file: strange, stamp: stamp)
            #expect(try await listed().isEmpty)
            #expect(try await catalogue.preview(at: strange)?.recipe == EditSample.recipe(9).id)
            try await catalogue.forgetPreview(EditSample.recipe(9).id)

            // Made elsewhere: the preview stays until something of the rendition is here.
            try await EditSample.hear(catalogue, [.edit(EditSample.edit(1, made: 50))])
            #expect(try await listed().isEmpty)
            for info in [Sample.reduced("r.jpg", 50), Sample.main("r.jpg", 50)] {
                let own = EditSample.own(info)
                try await catalogue.apply([.image(own)])
                #expect(try await listed() == [file])
                try await catalogue.apply([.gone(own.file, byPerson: false)])
                #expect(try await listed().isEmpty)
            }
            try await EditSample.say(catalogue, [1], undone: true)
            #expect(try await listed() == [file])
        }
    }
}
