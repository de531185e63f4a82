import Catalogue
import Foundation
import Model
import Planning
import SingleChanges
import TestSupport
import Testing

@Suite("Edits of pictures in the catalogue")
struct EditedPictureTests: EditedPictures {
    @Test("A file that a person renames over another is an edit of it, and keeps nothing of where it came from")
    func renamedOver() async throws {
        try await withCatalogue { catalogue in
            try await catalogue.apply([
                .image(own(Sample.main("a.jpg", 1))), .image(own(Sample.main("x.jpg", 2), origin: "x.jpg")),
            ])
            try await catalogue.apply([.renamed([OwnRename(from: Sample.path("x.jpg"), to: path)])])
            #expect(try await replaces("a.jpg", catalogue) == [Sample.image(1)])
            #expect(try await catalogue.ownFile(at: path)?.origin == nil)
            // An edit that becomes the backup of the next one, over an earlier backup, is the edit of both.
            try await catalogue.apply([.image(own(Sample.main("b.jpg", 3)))])
            try await catalogue.apply([.renamed([OwnRename(from: path, to: Sample.path("b.jpg"))])])
            #expect(try await replaces("b.jpg", catalogue) == [3, 1].map(Sample.image))
            #expect(try await catalogue.ownFile(at: Sample.path("b.jpg"))?.info.edition == 2, "later than the first")
        }
    }

    @Test("Whoever looks at a file once more asks again for what replaced it: that could not be done before, perhaps")
    func lookedAtAgain() async throws {
        try await withCatalogue { catalogue in
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1), origin: "a.jpg"))])
            try await mirror([Sample.main("a.jpg", 1)], in: catalogue)
            try await mirror([edit("a.jpg", 2, of: [1])], in: catalogue)
            var found = own(Sample.main("a.jpg", 1), origin: "a.jpg")
            found.stamp.inode = 77
            #expect(try await catalogue.apply([.found(found)]) == Set([1, 2].map(Sample.image)))
        }
    }

    @Test("An edit has the latest word on the name that it takes, however it was saved", arguments: [true, false])
    func keepsTheName(byRename: Bool) async throws {
        try await withCatalogue { catalogue in
            var old = Sample.main("a.jpg", 1)
            (old.generation, old.edition) = (3, 4)
            try await catalogue.apply([.image(own(old)), .image(own(Sample.main("x.jpg", 2)))])
            try await catalogue.apply([
                byRename
                    ? .renamed([OwnRename(from: Sample.path("x.jpg"), to: path)]) : .found(own(Sample.main("a.jpg", 2)))
            ])
            let edit = try #require(try await catalogue.ownFile(at: path)?.info)
            #expect(edit.generation == 3 && edit.edition == 5)
            try await catalogue.apply([.renamed([OwnRename(from: path, to: Sample.path("b.jpg"))])])
            #expect(try await catalogue.ownFile(at: Sample.path("b.jpg"))?.info.generation == 4)
        }
    }

    @Test("A name that is passed on over another, unseen until then, is a later word than that other had")
    func passedOnLater() async throws {
        try await withCatalogue { catalogue in
            try await catalogue.setSetting(CatalogueDatabase.lookedAt, to: "yes")
            var old = Sample.main("a.jpg", 1)
            old.generation = 3
            try await catalogue.apply([.image(own(old)), .image(own(Sample.main("b.jpg", 2)))])
            try await catalogue.apply([.renamed([OwnRename(from: Sample.path("b.jpg"), to: path)])])
            try await catalogue.apply([.found(own(Sample.main("z.jpg", 1)))])
            #expect(try await catalogue.ownFile(at: Sample.path("z.jpg"))?.info.generation == 4)
        }
    }

    @Test("What was no image for a moment, as somebody wrote over it, is an edit of what it was")
    func interrupted() async throws {
        try await withCatalogue { catalogue in
            var old = Sample.main("a.jpg", 1)
            (old.generation, old.edition) = (3, 4)
            try await catalogue.apply([.image(own(old))])
            let stamp = FileStamp(bytes: 0, modified: 2, inode: 1)
            try await catalogue.apply([.other(OtherFile(file: path, stamp: stamp, reason: nil))])
            try await catalogue.apply([.found(own(Sample.main("a.jpg", 2)))])
            let edit = try #require(try await catalogue.ownFile(at: path)?.info)
            #expect(edit.replaces == [Sample.image(1)] && edit.edition == 5 && edit.generation == 3)
            #expect(try await situation(of: 1, catalogue).isDismissed)
            // Another photo of that name, much later, which is no image at first either.
            try await catalogue.apply([
                .gone(path, byPerson: true), .other(OtherFile(file: path, stamp: stamp, reason: nil)),
            ])
            try await catalogue.apply([.found(own(Sample.main("a.jpg", 3)))])
            #expect(try await replaces("a.jpg", catalogue) == [])
        }
    }

    @Test("A copy beside a name, which an agent has put there, is replaced by the edit that has the name")
    func besideTheName() async throws {
        try await withCatalogue { catalogue in
            let beside = "a (desk).jpg"
            try await catalogue.apply([.image(own(Sample.main(beside, 1), origin: beside))])
            try await mirror([Sample.main("a.jpg", 1)], in: catalogue)
            try await mirror([edit("a.jpg", 2, of: [1])], in: catalogue)
            #expect(try await situation(of: 2, catalogue).replaced.map(\.file) == [Sample.path(beside)])
            try await catalogue.apply([
                .gone(Sample.path(beside), byPerson: false), .image(own(Sample.main(beside, 1))),
            ])
            #expect(try await situation(of: 2, catalogue).replaced.isEmpty, "a person has put it there")
        }
    }

    @Test("What stands here is never said to be replaced: names that are passed on one by one end as names")
    func passedOn() async throws {
        try await withCatalogue { catalogue in
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1))), .image(own(Sample.main("b.jpg", 2)))])
            // Somebody has swapped them, and nobody has seen the first step of it.
            try await catalogue.apply([.renamed([OwnRename(from: Sample.path("b.jpg"), to: path)])])
            #expect(try await replaces("a.jpg", catalogue) == [Sample.image(1)])
            try await catalogue.apply([.found(own(Sample.main("b.jpg", 1)))])
            #expect(try await replaces("a.jpg", catalogue) == [])
            #expect(try await replaces("b.jpg", catalogue) == [])
            let records = try await catalogue.ownRecords(in: .all, limit: 9)
            #expect(catalogue.ownDigest == records.reduce(into: Digest.empty) { $0.add(Fingerprint(line: $1.line)) })
        }
    }

    @Test("Who puts back what a peer says was replaced has edited that, once the library was looked at")
    func putBack() async throws {
        try await withCatalogue { catalogue in
            try await mirror([edit("a.jpg", 2, of: [1])], in: catalogue)
            try await catalogue.apply([.found(own(Sample.main("a.jpg", 1)))])
            #expect(try await replaces("a.jpg", catalogue) == [], "it may be old")
            try await catalogue.apply([.gone(path, byPerson: false)])
            try await catalogue.setSetting(CatalogueDatabase.lookedAt, to: "yes")
            try await catalogue.apply([.found(own(Sample.main("a.jpg", 1)))])
            #expect(try await replaces("a.jpg", catalogue) == [Sample.image(2)])
            #expect(try await situation(of: 2, catalogue).replaced.isEmpty)
        }
    }

    @Test(
        "An edit replaces what stands at its path, whoever put that there, and under a name that a person gave it since"
    )
    func replaced() async throws {
        try await withCatalogue { catalogue in
            try await mirror([Sample.main("a.jpg", 1)], in: catalogue)
            try await mirror([edit("a.jpg", 2, of: [1])], in: catalogue)
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1)))])
            #expect(try await situation(of: 2, catalogue).replaced.map(\.file) == [path])
            try await catalogue.apply([.gone(path, byPerson: false), .image(own(edit("a.jpg", 1, of: [2])))])
            #expect(try await situation(of: 2, catalogue).replaced.isEmpty, "nobody knows which is the later one")
            for (edition, count) in [(2, 0), (1, 0)] as [(Int64, Int)] {
                var later = edit("a.jpg", 1, of: [2])
                later.edition = edition
                try await catalogue.apply([.gone(path, byPerson: false), .image(own(later))])
                #expect(try await situation(of: 2, catalogue).replaced.count == count)
            }

            var renamed = Sample.main("b.jpg", 1)
            try await catalogue.apply([.gone(path, byPerson: false), .image(own(renamed, origin: "b.jpg"))])
            #expect(try await situation(of: 2, catalogue).replaced.isEmpty, "nobody has renamed it")
            renamed.generation = 1
            try await catalogue.apply([.image(own(renamed, origin: "b.jpg"))])
            #expect(try await situation(of: 2, catalogue).replaced.map(\.file) == [Sample.path("b.jpg")])
            try await mirror([edit("a.jpg", 2, of: [1]), Sample.main("c.jpg", 1)], in: catalogue)
            #expect(try await situation(of: 2, catalogue).replaced.isEmpty, "it stands there too")
        }
    }

    @Test(
        "Neither of two that name each other is replaced, nor is one with another name by an edit that a peer says of several paths"
    )
    func doubtful() async throws {
        try await withCatalogue { catalogue in
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1), origin: "a.jpg"))])
            try await mirror([Sample.main("a.jpg", 1)], in: catalogue)
            try await mirror([edit("a.jpg", 2, of: [1])], in: catalogue)
            #expect(try await situation(of: 2, catalogue).replaced.count == 1)
            try await mirror([edit("b.jpg", 1, of: [2])], of: 2, in: catalogue)
            #expect(try await situation(of: 2, catalogue).replaced.isEmpty)
            try await mirror([], of: 2, in: catalogue)
            try await mirror([edit("a.jpg", 2, of: [1]), edit("c.jpg", 2, of: [3])], in: catalogue)
            #expect(try await situation(of: 2, catalogue).replaced.count == 1)
            var renamed = Sample.main("d.jpg", 1)
            renamed.generation = 1
            try await catalogue.apply([
                .gone(Sample.path("a.jpg"), byPerson: false), .image(own(renamed, origin: "d.jpg")),
            ])
            #expect(try await situation(of: 2, catalogue).replaced.isEmpty)
        }
    }

    @Test("Of an image at several paths an edit replaces what stood at its own, where its maker keeps the others")
    func oneOfSeveral() async throws {
        try await withCatalogue { catalogue in
            try await catalogue.apply(
                ["a.jpg", "b.jpg"].map { .image(own(Sample.main($0, 1), origin: $0)) })
            try await mirror(["a.jpg", "b.jpg"].map { Sample.main($0, 1) }, in: catalogue)
            try await mirror([edit("a.jpg", 2, of: [1]), Sample.main("b.jpg", 1)], in: catalogue)
            #expect(try await situation(of: 2, catalogue).replaced.map(\.file) == [Sample.path("a.jpg")])
        }
    }

    @Test("A person who saves over one of two names of a picture has edited it there, and wants it there no more")
    func savedOverOne() async throws {
        try await withCatalogue { catalogue in
            try await catalogue.apply(["a.jpg", "b.jpg"].map { .found(own(Sample.main($0, 1))) })
            try await catalogue.apply([.found(own(Sample.main("a.jpg", 2)))])
            let edited = try #require(try await catalogue.ownFile(at: Sample.path("a.jpg")))
            #expect(edited.info.replaces == [Sample.image(1)])
            #expect(try await situation(of: 1, catalogue).refused.keys.map(\.description) == ["a.jpg"])
            #expect(try await !situation(of: 1, catalogue).isDismissed)
        }
    }

    @Test(
        "One of several paths that a person removes or renames does not come back, until it is restored or stands there"
    )
    func refused() async throws {
        try await withCatalogue { catalogue in
            func refused() async throws -> [String] {
                try await situation(of: 1, catalogue).refused.keys.map(\.description).sorted()
            }
            try await catalogue.apply(["a.jpg", "b.jpg", "c.jpg"].map { .found(own(Sample.main($0, 1))) })
            try await catalogue.apply([.gone(Sample.path("b.jpg"), byPerson: true, isWanted: true)])
            try await catalogue.apply([.moved(from: Sample.path("c.jpg"), to: Sample.path("d.jpg"))])
            #expect(try await refused() == ["b.jpg", "c.jpg"])
            #expect(try await catalogue.withdrawDismissals(at: "b.jpg") == [Sample.image(1)])
            try await catalogue.apply([.found(own(Sample.main("c.jpg", 1)))])
            #expect(try await refused().isEmpty)
            try await catalogue.apply([.gone(Sample.path("c.jpg"), byPerson: false)])
            #expect(try await refused().isEmpty)
        }
    }

    @Test("What was replaced here does not come back from a node that has not heard of it, whatever it is called there")
    func staysAway() async throws {
        try await withCatalogue { catalogue in
            let old = own(Sample.main("b.jpg", 1), origin: "b.jpg")
            try await catalogue.apply([.image(old)])
            let aside = Aside(name: "b~1.jpg", folder: .versions, since: 1, own: old)
            #expect(try await catalogue.intend(aside, at: .zero) == nil)
            try await catalogue.finishAside("b~1.jpg")
            try await mirror([edit("a.jpg", 2, of: [1])], in: catalogue)
            try await mirror([Sample.main("b.jpg", 1)], of: 2, in: catalogue)
            #expect(try await situation(of: 1, catalogue).isReplaced)
            try await mirror([edit("a.jpg", 2, of: [1]), Sample.main("c.jpg", 1)], in: catalogue)
            #expect(try await !situation(of: 1, catalogue).isReplaced, "who edited it has it beside the edit")
        }
    }

    @Test(
        "Of two edits made apart the own one yields when the other sorts first, and is planned for when it is heard of")
    func apart() async throws {
        try await withCatalogue { catalogue in
            let (low, high) = Sample.image(2) < Sample.image(3) ? (2, 3) : (3, 2)
            for (mine, other) in [(high, low), (low, high)] {
                try await catalogue.apply([.gone(path, byPerson: false), .image(own(Sample.main("a.jpg", 1)))])
                try await catalogue.apply([.found(own(Sample.main("a.jpg", mine)))])
                let concerned = try await mirror([edit("a.jpg", other, of: [1])], in: catalogue)
                #expect(concerned.contains(Sample.image(mine)))
                #expect(try await situation(of: mine, catalogue).yielding == (mine == high ? path : nil))
                #expect(try await situation(of: other, catalogue).replaced.isEmpty)
                #expect(try await catalogue.edited(after: nil, limit: 9) == [Sample.image(mine)])
            }
        }
    }

    @Test("An edit does not give way to one that has another name by a later word, nor where it is to have one itself")
    func toldApart() async throws {
        try await withCatalogue { catalogue in
            let (low, high) = Sample.image(2) < Sample.image(3) ? (2, 3) : (3, 2)
            func yields() async throws -> Bool { try await situation(of: high, catalogue).yielding != nil }
            try await catalogue.apply([.image(own(edit("a.jpg", high, of: [1])))])
            try await mirror([edit("a.jpg", low, of: [1])], in: catalogue)
            #expect(try await yields())
            for number in [low, high] {
                var renamed = edit("z.jpg", number, of: [1])
                renamed.generation = 1
                try await mirror([renamed], of: 2, in: catalogue)
                #expect(try await !yields(), "the first peer has not heard of it yet")
            }
            try await mirror([], of: 2, in: catalogue)
            #expect(try await yields())
            var moved = edit("z.jpg", low, of: [1])
            moved.generation = 1
            try await catalogue.apply([.image(own(moved, origin: "z.jpg"))])
            #expect(try await !yields(), "it is here under that name")
        }
    }

    @Test("Whether an edit gives way is told by the highest rank that is known of the two, not by those of two records")
    func apartByRank() async throws {
        try await withCatalogue { catalogue in
            let (low, high) = Sample.image(2) < Sample.image(3) ? (2, 3) : (3, 2)
            try await catalogue.apply([.image(own(edit("a.jpg", high, of: [1])))])
            try await mirror([edit("a.jpg", low, of: [1])], in: catalogue)
            var later = edit("b.jpg", low, of: [high, 1])
            later.edition = 2
            try await mirror([later], of: 2, in: catalogue)
            #expect(try await situation(of: high, catalogue).yielding == nil, "it is replaced")
        }
    }

    @Test("What gave way here to a person's main, as a peer says, lies in the versions, or is not wanted any more")
    func gaveWay() async throws {
        try await withCatalogue { catalogue in
            func gaveWay() async throws -> Set<ImageID> { try await situation(of: 1, catalogue).gaveWay }
            // 1 was put over 2, 3 and 4 at a peer; 4 was never here.
            let all = [2, 3].map { own(Sample.main("\($0).jpg", $0)) }
            try await catalogue.apply(([own(Sample.main("a.jpg", 1))] + all).map { .image($0) })
            try await mirror((1...4).map { Sample.main("\($0).jpg", $0) }, in: catalogue)
            try await mirror([edit("2.jpg", 1, of: [2, 3, 4])], in: catalogue)
            #expect(try await gaveWay().isEmpty, "they stand here")
            let aside = Aside(name: "2~1.jpg", folder: .versions, since: 1, own: all[0])
            #expect(try await catalogue.intend(aside, at: .zero) == nil)
            #expect(try await gaveWay().isEmpty, "it is about to go")
            try await catalogue.finishAside("2~1.jpg")
            #expect(try await gaveWay() == [Sample.image(2)])
            try await catalogue.apply([.gone(Sample.path("3.jpg"), byPerson: true)])
            #expect(try await gaveWay() == Set([2, 3].map(Sample.image)))
            #expect(try await catalogue.edited(after: nil, limit: 9) == [Sample.image(1)], "it is planned for")
            // Somebody wants one beside it.
            var beside = Sample.main("3.jpg", 3)
            beside.edition = 3
            try await mirror([beside], of: 2, in: catalogue)
            #expect(try await gaveWay() == [Sample.image(2)])
            try await catalogue.apply([
                .gone(Sample.path("a.jpg"), byPerson: false), .image(own(Sample.main("a.jpg", 1), origin: "a.jpg")),
            ])
            #expect(try await gaveWay().isEmpty, "what was placed here takes on all of it")
        }
    }

    @Test("When an edit goes from a peer's list, what it had replaced is planned for: it may stand there again")
    func undone() async throws {
        try await withCatalogue { catalogue in
            try await mirror([edit("a.jpg", 2, of: [1])], in: catalogue)
            #expect(try await mirror([], in: catalogue) == [Sample.image(1), Sample.image(2)])
            // And the edit, when what it replaced goes from another list after it was heard of.
            try await mirror([edit("b.jpg", 2, of: [1])], in: catalogue)
            try await mirror([Sample.main("a.jpg", 1)], of: 2, in: catalogue)
            #expect(try await mirror([], of: 2, in: catalogue) == [Sample.image(1), Sample.image(2)])
        }
    }
}
