import Catalogue
import Model
import SingleChanges
import TestSupport
import Testing

@Suite("What an edit says that it has replaced, beside the file that was there")
struct EditChainTests: EditedPictures {
    @Test("An edit of a file that was placed here says what that had replaced, and of too many those that a peer has")
    func chain() async throws {
        try await withCatalogue { catalogue in
            try await mirror([edit("a.jpg", 1, of: [50, 51])], in: catalogue)
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1), origin: "a.jpg"))])
            try await catalogue.apply([.found(own(Sample.main("a.jpg", 2)))])
            #expect(try await replaces("a.jpg", catalogue) == [1, 50, 51].map(Sample.image))
            try await mirror([Sample.main("a.jpg", 51)], in: catalogue)
            for number in 3...20 { try await catalogue.apply([.found(own(Sample.main("a.jpg", number)))]) }
            #expect(try await replaces("a.jpg", catalogue) == [19, 18, 17, 16, 51].map(Sample.image))
        }
    }

    @Test("An edit does not say that it replaced what a peer has beside the file that was there: that was one of two")
    func beside() async throws {
        try await withCatalogue { catalogue in
            try await mirror([edit("a.jpg", 1, of: [50, 51]), Sample.main("copy.jpg", 50)], in: catalogue)
            try await mirror([Sample.main("old name.jpg", 51)], of: 2, in: catalogue)
            try await catalogue.apply([.image(own(edit("a.jpg", 1, of: [50, 51]), origin: "a.jpg"))])
            try await catalogue.apply([.found(own(Sample.main("a.jpg", 2)))])
            #expect(try await replaces("a.jpg", catalogue) == [1, 51].map(Sample.image))
            // Who has both because they have not heard of the edit is still to hear of it.
            try await mirror([Sample.main("a.jpg", 60), Sample.main("b.jpg", 61)], in: catalogue)
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 60))), .image(own(Sample.main("b.jpg", 61)))])
            try await catalogue.apply([.renamed([OwnRename(from: Sample.path("b.jpg"), to: path)])])
            try await catalogue.apply([.found(own(Sample.main("a.jpg", 62)))])
            let said = try await replaces("a.jpg", catalogue) ?? []
            #expect(Array(said.prefix(2)) == [61, 60].map(Sample.image))
        }
    }
}
