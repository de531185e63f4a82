import Catalogue
import Model
import SingleChanges
import TestSupport
import Testing

@Suite("The names in one folder")
struct FolderTests {
    @Test("are those of the images in it, here and at peers, as ls lists them, without what lies below")
    func names() async throws {
        try await EditSample.withCatalogue { catalogue, _ in
            let own = [
                "a.jpg", "b/a.jpg", "b/c/a.jpg", "b/c.jpg", "b/c/d/e.jpg", "b/d.jpg", "b0.jpg", "b-/a.jpg", "b/é/a.jpg",
                "b/é.jpg",
            ]
            try await catalogue.apply(
                own.enumerated().map { .image(EditSample.own(Sample.main($0.element, $0.offset))) })
            try await EditSample.hear(
                catalogue,
                [
                    .file(Sample.main("b/other.jpg", 0)), .file(Sample.main("b/theirs.mov", 50)),
                    .file(Sample.main("z/theirs.mov", 50)), .file(Sample.main("b/x/deep.jpg", 51)),
                ])
            func names(_ folder: String) async throws -> [String] {
                try await catalogue.paths(in: folder).map(\.description).sorted()
            }
            #expect(try await names("") == ["a.jpg", "b0.jpg"])
            #expect(try await names("b") == ["b/a.jpg", "b/c.jpg", "b/d.jpg", "b/theirs.mov", "b/é.jpg"])
            #expect(try await names("b/c") == ["b/c/a.jpg"])
            #expect(try await names("z") == [], "it is listed under the first of its paths")
            #expect(try await names("nowhere") == [])
            for folder in ["", "b", "b/c", "b/c/d"] {
                let listed = try await catalogue.list(under: folder, after: nil, limit: 99).map(\.info.path)
                #expect(try await catalogue.paths(in: folder) == Set(listed.filter { ($0.folder ?? "") == folder }))
            }
            let listed = try await catalogue.list(at: [
                Sample.path("b/theirs.mov"), Sample.path("a.jpg"), Sample.path("x"),
            ])
            #expect(listed.count == 2)
            #expect(listed[Sample.path("a.jpg")]?.isHere == true)
            #expect(listed[Sample.path("b/theirs.mov")]?.holders == [Sample.node(1)])
        }
    }

    @Test("of what is gone are those of what was deleted, and of what is not wanted here any more")
    func gone() async throws {
        try await EditSample.withCatalogue { catalogue, _ in
            let images = (1...4).map { (image: Sample.image($0), path: Sample.path("a/\($0).jpg")) }
            try await catalogue.say(deleted: true, of: Array(images[0...1]), by: EditSample.me, at: 5)
            try await catalogue.say(deleted: false, of: [images[1]], by: EditSample.me, at: 6)
            try await catalogue.dismiss([images[2]])
            #expect(try await catalogue.gonePaths(in: "a") == [images[0].path, images[2].path])
            #expect(try await catalogue.gonePaths(in: "").isEmpty)
        }
    }
}
