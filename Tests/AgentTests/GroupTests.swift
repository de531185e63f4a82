import Agent
import Control
import Foundation
import Model
import TestSupport
import Testing

/// A laptop with photos and what belongs to them, and an archive that keeps mains.
@Suite("Files that belong together", .serialized)
struct GroupTests {
    private static let sidecar = Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".utf8)

    private func path(_ text: String) -> RelativePath { Sample.path(text) }

    /// - Parameter limit: of the laptop's library.
    private func withHousehold(
        limit: Int64? = nil, _ body: @escaping @Sendable (_ laptop: TestNode, _ archive: TestNode) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let ofLaptop = { @Sendable (it: inout AgentConfiguration) in
                it.reduceMore()
                it.policy.limit = limit
            }
            let ofArchive = { @Sendable (it: inout AgentConfiguration) in
                it.reduceMore()
                it.policy.keep = .mains
            }
            try await TestNode.run("laptop", in: folder, configure: ofLaptop) { laptop in
                try await TestNode.run("archive", in: folder, configure: ofArchive) { archive in
                    try await archive.join(laptop)
                    try await body(laptop, archive)
                }
            }
        }
    }

    private func backedUp(_ count: Int, _ laptop: TestNode, _ archive: TestNode) async throws {
        try await archive.wait("\(count) mains") { $0.library.mains == count && $0.work.running == 0 }
        try await laptop.wait("two mains of each") { $0.safety.atRisk == 0 && $0.library.images == count }
    }

    /// A live photo, with the sidecar of its edit. The names say what belongs together, and the bytes what can be reduced:
    /// a picture in the film's place spares the decoder, whose process would hold the sockets of other tests' agents.
    private static func putLivePhoto(_ number: Int, _ node: TestNode, film: [UInt8]) throws {
        try node.put(try Photo.large(number), "2026/IMG_\(number).JPG")
        try node.put(film, "2026/IMG_\(number).MOV")
        try node.put(sidecar + [UInt8(number)], "2026/IMG_\(number).AAE")
    }

    private static func film(_ number: Int) throws -> [UInt8] { try Photo.large(number + 100) }

    @Test("A live photo is evicted, fetched, deleted and restored as one; its sidecar is never evicted")
    func whole() async throws {
        try await withHousehold { laptop, archive in
            try Self.putLivePhoto(1, laptop, film: try Self.film(2))
            let all = ["2026/IMG_1.AAE", "2026/IMG_1.JPG", "2026/IMG_1.MOV"]
            try await backedUp(3, laptop, archive)
            let lead = path("2026/IMG_1.JPG")
            let part = ImageOutcome.Part(of: lead, kind: .film)

            let dry = try await laptop.work(laptop.control.evict(EvictRequest(paths: [lead], dryRun: true)))
            #expect(dry.outcomes == ["2026/IMG_1.JPG": .wouldEvict, "2026/IMG_1.MOV": .wouldEvict])
            let evicted = try await laptop.work(laptop.control.evict(EvictRequest(paths: [lead])))
            #expect(evicted.outcomes == ["2026/IMG_1.JPG": .evicted, "2026/IMG_1.MOV": .evicted], "\(evicted.reasons)")
            #expect(evicted.parts == ["2026/IMG_1.MOV": part])
            #expect(
                try laptop.files == [
                    "2026/IMG_1.AAE", "2026/IMG_1.JPG.reduced.jpg", "2026/IMG_1.MOV.reduced.jpg",
                ])
            try await laptop.settle(images: 3)

            let fetched = try await laptop.work(laptop.control.fetch([lead]))
            #expect(
                fetched.outcomes == [
                    "2026/IMG_1.JPG": .fetched, "2026/IMG_1.MOV": .fetched, "2026/IMG_1.AAE": .here,
                ])
            try await laptop.wait("three mains") { _ in (try? laptop.files) == all }

            let deleted = try await laptop.work(laptop.control.delete(DeleteRequest(paths: [lead])))
            #expect(Set(deleted.outcomes.keys) == Set(all) && Set(deleted.outcomes.values) == [.deleted])
            for node in [laptop, archive] {
                try await node.wait("nothing") { _ in (try? node.files) == [] }
            }
            let restored = try await laptop.control.restore([lead])
            #expect(Set(restored.map(\.path.description)) == Set(all))
            #expect(Set(restored.map(\.outcome)) == [.undeleted])
            for node in [laptop, archive] {
                try await node.wait("all again") { _ in (try? node.files) == all }
            }
        }
    }

    @Test("Where the photo cannot be reduced, which shows in the last moment, its film stays too")
    func lateObstacle() async throws {
        try await withHousehold { laptop, archive in
            try laptop.put([0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 7, count: 400_000), "2026/IMG_1.JPG")
            try laptop.put(try Self.film(1), "2026/IMG_1.MOV")
            try await backedUp(2, laptop, archive)
            let lead = path("2026/IMG_1.JPG")
            let evicted = try await laptop.work(laptop.control.evict(EvictRequest(paths: [lead])))
            #expect(evicted.outcomes == ["2026/IMG_1.JPG": .kept, "2026/IMG_1.MOV": .kept], "\(evicted.reasons)")
            let reason = try #require(evicted.reasons["2026/IMG_1.MOV"])
            #expect(reason.hasPrefix("'IMG_1.JPG' belongs to it and stays: "), "\(reason)")
            #expect(try laptop.files == ["2026/IMG_1.JPG", "2026/IMG_1.MOV"])
            // The film alone may go.
            let alone = EvictRequest(paths: [path("2026/IMG_1.MOV")], alone: true)
            let film = try await laptop.work(laptop.control.evict(alone))
            #expect(film.outcomes == ["2026/IMG_1.MOV": .evicted], "\(film.reasons)")
        }
    }

    @Test("The name of a reduced copy's file stands for its photo, and so for all that belongs to it")
    func reducedName() async throws {
        try await withHousehold { laptop, archive in
            try Self.putLivePhoto(1, laptop, film: try Self.film(2))
            try await backedUp(3, laptop, archive)
            _ = try await laptop.work(laptop.control.evict(EvictRequest(paths: [path("2026/IMG_1.JPG")])))
            let copy = path("2026/IMG_1.JPG.reduced.jpg")
            let fetched = try await laptop.work(laptop.control.fetch([copy]))
            #expect(fetched.outcomes["2026/IMG_1.MOV"] == .fetched, "\(fetched.outcomes)")
        }
    }

    @Test("One part alone is taken where that is said, and where it is the part that is named")
    func alone() async throws {
        try await withHousehold { laptop, archive in
            try Self.putLivePhoto(1, laptop, film: try Self.film(2))
            try await backedUp(3, laptop, archive)
            let (lead, film) = (path("2026/IMG_1.JPG"), path("2026/IMG_1.MOV"))
            let named = try await laptop.work(laptop.control.evict(EvictRequest(paths: [film])))
            #expect(named.outcomes == ["2026/IMG_1.MOV": .evicted], "\(named.reasons)")
            let again = try await laptop.work(laptop.control.fetch([film]))
            #expect(again.outcomes == ["2026/IMG_1.MOV": .fetched])
            try await laptop.wait("three mains") { $0.library.mains == 3 && $0.library.reduced == 0 }
            let evicted = try await laptop.work(laptop.control.evict(EvictRequest(paths: [lead], alone: true)))
            #expect(evicted.outcomes == ["2026/IMG_1.JPG": .evicted] && evicted.parts.isEmpty)
            let fetched = try await laptop.work(laptop.control.fetch([lead], alone: true))
            #expect(fetched.outcomes == ["2026/IMG_1.JPG": .fetched])
            let deleted = try await laptop.work(laptop.control.delete(DeleteRequest(paths: [lead], alone: true)))
            #expect(deleted.outcomes == ["2026/IMG_1.JPG": .deleted])
            #expect(try await laptop.control.restore([lead], alone: true).map(\.path) == [lead])
            for node in [laptop, archive] {
                try await node.wait("all again") { _ in
                    (try? node.files) == ["2026/IMG_1.AAE", "2026/IMG_1.JPG", "2026/IMG_1.MOV"]
                }
            }
        }
    }

    @Test(
        "Where the film may not go, the photo stays too, and the person is told which and why",
        arguments: [
            // One of which nobody here makes a reduced copy, and one whose reduced copy fails when it is made.
            (FilmLengthTests.film(3), "this machine makes no reduced copy of a film"),
            ([0xFF, 0xD8, 0xFF] + [UInt8](repeating: 3, count: 300_000), "its reduced copy could not be placed"),
        ])
    func stays(film: [UInt8], why: String) async throws {
        try await withHousehold { laptop, archive in
            try Self.putLivePhoto(1, laptop, film: film)
            let photo = try laptop.read("2026/IMG_1.JPG")
            try await backedUp(3, laptop, archive)
            let evicted = try await laptop.work(
                laptop.control.evict(EvictRequest(paths: [path("2026/IMG_1.JPG")])))
            #expect(evicted.outcomes == ["2026/IMG_1.JPG": .kept, "2026/IMG_1.MOV": .kept])
            let reason = try #require(evicted.reasons["2026/IMG_1.JPG"])
            #expect(reason.hasPrefix("'IMG_1.MOV' belongs to it and stays: \(why)"), "\(reason)")
            #expect(try laptop.read("2026/IMG_1.JPG") == photo && laptop.read("2026/IMG_1.MOV") == film)
            #expect(try laptop.files.count == 3)
            // By the folder, and by age, it is the same.
            let requests = [
                EvictRequest(paths: [path("2026")]), EvictRequest(paths: [], olderThanDays: 1),
                EvictRequest(paths: [path("2026")], olderThanDays: 1),
            ]
            for request in requests {
                let result = try await laptop.work(laptop.control.evict(request))
                #expect(result.outcomes == ["2026/IMG_1.JPG": .kept, "2026/IMG_1.MOV": .kept], "\(result.reasons)")
            }
            let alone = try await laptop.work(
                laptop.control.evict(EvictRequest(paths: [path("2026/IMG_1.JPG")], alone: true)))
            #expect(alone.outcomes == ["2026/IMG_1.JPG": .evicted])
        }
    }

    @Test("For a limit, live photos go whole, the oldest first, and those that are not needed stay whole")
    func limit() async throws {
        let films = try (2...4).map { try Self.film($0) }
        let photos = try (2...4).map { try Photo.large($0) }
        let bytes = zip(films, photos).reduce(Int64(0)) { $0 + Int64($1.0.count + $1.1.count) }
        // Less than all, and more than two of them.
        try await withHousehold(limit: bytes - 200_000) { laptop, archive in
            for (index, film) in films.enumerated() { try Self.putLivePhoto(index + 2, laptop, film: film) }
            try await archive.wait("nine mains") { $0.library.mains == 9 && $0.work.running == 0 }
            try await laptop.wait("room") { $0.library.reduced >= 2 && $0.work.running == 0 && $0.work.pending == 0 }
            try await laptop.wait("rest") { status in
                status.library.mainBytes + status.library.reducedBytes <= bytes - 200_000
            }
            let files = try Set(laptop.files)
            #expect(files.isSuperset(of: ["2026/IMG_2.JPG.reduced.jpg", "2026/IMG_2.MOV.reduced.jpg"]))
            for number in 2...4 {
                let isMain = ["JPG", "MOV"].map { files.contains("2026/IMG_\(number).\($0)") }
                #expect(isMain[0] == isMain[1], "\(files)")
                #expect(files.contains("2026/IMG_\(number).AAE"))
            }
        }
    }

    @Test("A sidecar that is the same file as another photo's is not deleted with one of them")
    func sharedSidecar() async throws {
        try await withHousehold { laptop, archive in
            for number in 1...2 {
                try laptop.put(try Photo.large(number), "IMG_\(number).JPG")
                try laptop.put(Self.sidecar, "IMG_\(number).AAE")
            }
            // One sidecar, at two paths.
            try await archive.wait("four files") { $0.library.mains == 4 && $0.work.running == 0 }
            try await laptop.wait("two mains of each") { $0.safety.atRisk == 0 && $0.library.images == 3 }
            let dry = try await laptop.work(
                laptop.control.delete(DeleteRequest(paths: [path("IMG_1.JPG")], dryRun: true)))
            #expect(dry.outcomes == ["IMG_1.JPG": .wouldDelete])
            #expect(dry.reasons["IMG_1.JPG"] == "IMG_1.AAE stays, as IMG_2.AAE is the same file")
            let deleted = try await laptop.work(laptop.control.delete(DeleteRequest(paths: [path("IMG_1.JPG")])))
            #expect(deleted.outcomes == ["IMG_1.JPG": .deleted] && deleted.reasons == dry.reasons)
            #expect(try laptop.files == ["IMG_1.AAE", "IMG_2.AAE", "IMG_2.JPG"])
            // Of a copy of a photo in an album, too, all goes that belongs to it.
            for place in ["IMG_3.JPG", "album/IMG_3.JPG"] { try laptop.put(try Photo.large(3), place) }
            for place in ["IMG_3.xmp", "album/IMG_3.xmp"] { try laptop.put(Self.sidecar + [3], place) }
            let all = [
                "IMG_1.AAE", "IMG_2.AAE", "IMG_2.JPG", "IMG_3.JPG", "IMG_3.xmp", "album/IMG_3.JPG", "album/IMG_3.xmp",
            ]
            try await archive.wait("the album") { _ in (try? archive.files) == all }
            let album = try await laptop.work(laptop.control.delete(DeleteRequest(paths: [path("IMG_3.JPG")])))
            #expect(album.outcomes == ["IMG_3.JPG": .deleted, "IMG_3.xmp": .deleted], "\(album.reasons)")
            try await laptop.wait("both gone") { _ in
                (try? laptop.files) == ["IMG_1.AAE", "IMG_2.AAE", "IMG_2.JPG"]
            }
            // Where both go, so does what they share.
            let both = try await laptop.work(
                laptop.control.delete(DeleteRequest(paths: [path("IMG_2.JPG"), path("IMG_1.AAE")])))
            #expect(both.outcomes.count == 2 && Set(both.outcomes.values) == [.deleted])
            try await archive.wait("nothing") { _ in (try? archive.files) == [] }
        }
    }

    @Test("ls shows them as one with its parts, and why says what belongs to what; a part that is renamed is none")
    func shown() async throws {
        try await withHousehold { laptop, archive in
            try laptop.put(try Photo.large(1), "a/IMG_1.JPG")
            try laptop.put(FilmLengthTests.film(1), "a/IMG_1.mov")
            try laptop.put(Self.sidecar, "a/IMG_1.JPG.xmp")
            try laptop.put(try Photo.large(2), "a/other.jpg")
            try await backedUp(4, laptop, archive)
            func lines(_ under: String, _ form: HeldForm? = nil) async throws -> [ImageLine] {
                var lines: [ImageLine] = []
                for try await line in laptop.control.images(under: under, form: form) { lines.append(line) }
                return lines
            }
            let all = try await lines("")
            #expect(all.map(\.path.description) == ["a/IMG_1.JPG", "a/IMG_1.JPG.xmp", "a/IMG_1.mov", "a/other.jpg"])
            let (lead, film) = (path("a/IMG_1.JPG"), path("a/IMG_1.mov"))
            #expect(all.map(\.group) == [nil, lead, lead, nil])
            #expect(all[0].parts?.map(\.path) == [film, path("a/IMG_1.JPG.xmp")] && all[3].parts == nil)
            let part = try #require(all[0].parts?.first)
            #expect(part.kind == .film && part.form == .main && part.bytes == all[2].bytes)
            #expect(part.holders == all[2].holders && part.holders.sorted() == ["archive", "laptop"])
            // What is asked for alone stands alone.
            #expect(try await lines("a/IMG_1.mov").map(\.group) == [nil])
            #expect(try await lines("a/IMG_1.JPG").first?.parts?.count == 2)
            #expect(try await lines("", .main).allSatisfy { $0.parts == nil && $0.group == nil })
            #expect(try await laptop.control.why(lead).parts?.map(\.path) == all[0].parts?.map(\.path))
            #expect(try await laptop.control.why(film).group == lead)
            #expect(try await laptop.control.why(path("a/other.jpg")).parts == nil)

            let (from, to) = (
                laptop.library.appending(path: "a/IMG_1.mov"), laptop.library.appending(path: "a/sea.mov")
            )
            try FileManager.default.moveItem(at: from, to: to)
            try await archive.wait("the name") { _ in
                (try? archive.files) == ["a/IMG_1.JPG", "a/IMG_1.JPG.xmp", "a/other.jpg", "a/sea.mov"]
            }
            #expect(try await lines("a/sea.mov").map(\.group) == [nil])
            #expect(try await laptop.control.why(lead).parts?.map(\.path) == [path("a/IMG_1.JPG.xmp")])
        }
    }

    @Test("What is dismissed with a photo comes back with it")
    func dismissed() async throws {
        try await withHousehold { laptop, archive in
            try archive.put(try Photo.large(1), "IMG_1.JPG")
            try archive.put(Self.sidecar, "IMG_1.xmp")
            try await laptop.wait("both") { _ in (try? laptop.files) == ["IMG_1.JPG.reduced.jpg", "IMG_1.xmp"] }
            let dismissed = try await laptop.control.dismiss([path("IMG_1.JPG")])
            #expect(dismissed.map(\.path.description) == ["IMG_1.JPG", "IMG_1.xmp"])
            try laptop.remove("IMG_1.xmp")
            try await laptop.wait("nothing") { $0.library.mains == 0 && $0.library.reduced == 0 }
            _ = try await laptop.control.restore([path("IMG_1.JPG")])
            try await laptop.wait("both") { _ in (try? laptop.files) == ["IMG_1.JPG.reduced.jpg", "IMG_1.xmp"] }
            #expect(try archive.files.count == 2)
        }
    }

    @Test("Nothing is deleted that came after a person was asked")
    func agreed() async throws {
        try await withHousehold { laptop, archive in
            try laptop.put(try Photo.large(1), "IMG_1.JPG")
            try await backedUp(1, laptop, archive)
            var request = DeleteRequest(paths: [path("IMG_1.JPG")], dryRun: true)
            for try await case .done(let summary) in laptop.control.delete(request) { request.agreed = summary.agreed }
            #expect(request.agreed?.count == 1)
            request.dryRun = nil
            try laptop.put(Self.sidecar, "IMG_1.AAE")
            try await backedUp(2, laptop, archive)
            let agreed = request
            let failure = await #expect(throws: ControlFailure.self) {
                try await laptop.work(laptop.control.delete(agreed))
            }
            #expect(failure?.code == .tryAgain && failure?.message.contains("nothing was deleted") == true)
            #expect(try laptop.files == ["IMG_1.AAE", "IMG_1.JPG"])
            request.alone = true
            let deleted = try await laptop.work(laptop.control.delete(request))
            #expect(deleted.outcomes == ["IMG_1.JPG": .deleted])
        }
    }

    @Test("A film that is not wanted here does not come with its photo, but by its own name")
    func dismissedFilm() async throws {
        try await withHousehold { laptop, archive in
            try Self.putLivePhoto(1, archive, film: try Self.film(2))
            let here = ["2026/IMG_1.AAE", "2026/IMG_1.JPG.reduced.jpg", "2026/IMG_1.MOV.reduced.jpg"]
            try await laptop.wait("reduced copies") { _ in (try? laptop.files) == here }
            _ = try await laptop.control.dismiss([path("2026/IMG_1.MOV")])
            try await laptop.wait("no film") { _ in (try? laptop.files) == Array(here.dropLast()) }
            let fetched = try await laptop.work(laptop.control.fetch([path("2026/IMG_1.JPG")]))
            #expect(fetched.outcomes == ["2026/IMG_1.JPG": .fetched, "2026/IMG_1.AAE": .here])
            #expect(fetched.reasons["2026/IMG_1.JPG"] == "its film is not wanted here: name IMG_1.MOV to fetch it")
            let film = try await laptop.work(laptop.control.fetch([path("2026/IMG_1.MOV")]))
            #expect(film.outcomes == ["2026/IMG_1.MOV": .fetched])
            // Where all of it was dismissed, all of it comes again.
            _ = try await laptop.control.dismiss([path("2026/IMG_1.JPG")])
            for file in try laptop.files { try laptop.remove(file) }
            try await laptop.wait("nothing") { $0.library.mains == 0 && $0.library.reduced == 0 }
            let again = try await laptop.work(laptop.control.fetch([path("2026/IMG_1.JPG")]))
            #expect(again.outcomes.count == 3 && Set(again.outcomes.values) == [.fetched], "\(again.reasons)")
        }
    }

    @Test("A sidecar that another photo has too is not dismissed with one of them; by its own name it is")
    func dismissedSidecar() async throws {
        try await withHousehold { laptop, archive in
            for number in 1...2 {
                try laptop.put(try Photo.large(number), "IMG_\(number).JPG")
                try laptop.put(Self.sidecar, "IMG_\(number).AAE")
            }
            try await laptop.wait("two mains of each") { $0.safety.atRisk == 0 && $0.library.images == 3 }
            let lines = try await laptop.control.dismiss([path("IMG_1.JPG")])
            #expect(
                lines == [
                    DismissLine(path: path("IMG_1.JPG"), images: 1, mains: 1),
                    DismissLine(path: path("IMG_1.AAE"), images: 0, mains: 0, isShared: true),
                ])
            let album = try await laptop.control.dismiss([path("IMG_1.JPG"), path("IMG_2.JPG")])
            #expect(album.map(\.isShared) == [nil, nil, nil, nil], "\(album)")
            let named = try await laptop.control.dismiss([path("IMG_1.AAE")])
            #expect(named == [DismissLine(path: path("IMG_1.AAE"), images: 1, mains: 1)])
        }
    }

    @Test("What was deleted together is restored together, whatever has come in its place")
    func restoredBeside() async throws {
        try await withHousehold { laptop, archive in
            try laptop.put(try Photo.large(1), "IMG_1.HEIC")
            try laptop.put(try Self.film(2), "IMG_1.MOV")
            try laptop.put(Self.sidecar, "IMG_1.HEIC.xmp")
            try await backedUp(3, laptop, archive)
            _ = try await laptop.work(laptop.control.delete(DeleteRequest(paths: [path("IMG_1.HEIC")])))
            try await archive.wait("nothing") { _ in (try? archive.files) == [] }
            // The camera counts anew.
            try laptop.put(try Photo.large(3), "IMG_1.JPG")
            try await archive.wait("the new one") { _ in (try? archive.files) == ["IMG_1.JPG"] }
            let lines = try await laptop.control.restore([path("IMG_1.HEIC")])
            #expect(lines.map(\.outcome) == [.undeleted, .undeleted, .undeleted], "\(lines)")
            try await archive.wait("all of it") { _ in
                (try? archive.files) == ["IMG_1.HEIC", "IMG_1.HEIC.xmp", "IMG_1.JPG", "IMG_1.MOV"]
            }
        }
    }
}
