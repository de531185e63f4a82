import Agent
import Catalogue
import Control
import Foundation
import Imaging
import Model
import TestSupport
import Testing

@Suite("Mains: backed up, evicted, fetched, deleted, verified", .serialized)
struct MainsTests {
    /// A laptop and an archive, paired, both asking for reduced copies of 1,024 pixels.
    private func withHousehold(
        laptop: @escaping @Sendable (inout AgentConfiguration) -> Void = { _ in },
        archive: @escaping @Sendable (inout AgentConfiguration) -> Void = { $0.policy.keep = .mains },
        _ body: @escaping @Sendable (TestNode, TestNode) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let ofLaptop = { @Sendable (it: inout AgentConfiguration) in
                it.reduceMore()
                laptop(&it)
            }
            let ofArchive = { @Sendable (it: inout AgentConfiguration) in
                it.reduceMore()
                archive(&it)
            }
            try await TestNode.run("laptop", in: folder, configure: ofLaptop) { laptop in
                try await TestNode.run("archive", in: folder, configure: ofArchive) { archive in
                    try await archive.join(laptop)
                    try await body(laptop, archive)
                }
            }
        }
    }

    private func path(_ text: String) -> RelativePath { Sample.path(text) }

    /// Waits until both know that the archive holds so many mains.
    private func backedUp(_ count: Int, _ laptop: TestNode, _ archive: TestNode) async throws {
        try await archive.wait("\(count) mains") { $0.library.mains == count && $0.work.running == 0 }
        try await laptop.wait("two mains of each") { $0.safety.atRisk == 0 && $0.library.images == count }
    }

    @Test("A photo of the laptop ends as a main on the archive; evicted there, it comes back bit-identical")
    func evictAndFetch() async throws {
        try await withHousehold { laptop, archive in
            let photos = try (1...3).map { try Photo.large($0) }
            for (number, photo) in photos.enumerated() { try laptop.put(photo, "2026/\(number).jpg") }
            try await backedUp(3, laptop, archive)
            #expect(try archive.files == ["2026/0.jpg", "2026/1.jpg", "2026/2.jpg"])

            let evicted = try await laptop.work(laptop.control.evict(EvictRequest(paths: [path("2026")])))
            #expect(evicted.outcomes == ["2026/0.jpg": .evicted, "2026/1.jpg": .evicted, "2026/2.jpg": .evicted])
            #expect(try laptop.files == (0..<3).map { "2026/\($0).jpg.reduced.jpg" })
            let status = try await laptop.settle(images: 3)
            #expect(status.library.mains == 0)
            #expect(status.safety.atRisk == 3)
            let why = try await laptop.control.why(path("2026/1.jpg"))
            #expect(why.elsewhere.first?.proved != nil)

            let fetched = try await laptop.work(laptop.control.fetch([path("2026/1.jpg")]))
            #expect(fetched.outcomes == ["2026/1.jpg": .fetched])
            #expect(try laptop.read("2026/1.jpg") == photos[1])
            try await laptop.wait("the copy to go") { _ in
                (try? laptop.files) == ["2026/0.jpg.reduced.jpg", "2026/1.jpg", "2026/2.jpg.reduced.jpg"]
            }
            #expect(try archive.files.count == 3)
        }
    }

    @Test("A main that nobody else holds stays, and the person is told why")
    func nobodyHolds() async throws {
        try await withHousehold(archive: { _ in }) { laptop, other in
            let photo = try Photo.large(1)
            try laptop.put(photo, "a.jpg")
            try await other.settle(images: 1)
            for request in [true, false] {
                let result = try await laptop.work(
                    laptop.control.evict(EvictRequest(paths: [path("a.jpg")], dryRun: request)))
                #expect(result.outcomes == ["a.jpg": .kept])
                #expect(result.reasons["a.jpg"] == "no other node holds the main")
            }
            #expect(try laptop.read("a.jpg") == photo)
            #expect(try laptop.files == ["a.jpg"])
        }
    }

    @Test("Two nodes that are each other's only holders and evict at once do not lose the last main")
    func bothAtOnce() async throws {
        try await withHousehold { laptop, archive in
            let photos = try (1...6).map { try Photo.large($0) }
            for (number, photo) in photos.enumerated() { try laptop.put(photo, "\(number).jpg") }
            try await backedUp(6, laptop, archive)
            let all = (0..<6).map { path("\($0).jpg") }
            async let here = laptop.work(laptop.control.evict(EvictRequest(paths: all)))
            async let there = archive.work(archive.control.evict(EvictRequest(paths: all)))
            _ = try await here
            _ = try await there
            for (number, photo) in photos.enumerated() {
                let copies = [laptop, archive].filter { (try? $0.read("\(number).jpg")) == photo }
                #expect(!copies.isEmpty, "\(number)")
            }
        }
    }

    @Test("A holder whose file has rotted proves nothing; it sets the damage aside and gets it again")
    func rottenHolder() async throws {
        try await withHousehold { laptop, archive in
            let photo = try Photo.large(1)
            try laptop.put(photo, "a.jpg")
            try await backedUp(1, laptop, archive)
            try archive.rot("a.jpg")
            let evicted = try await laptop.work(laptop.control.evict(EvictRequest(paths: [path("a.jpg")])))
            #expect(evicted.outcomes == ["a.jpg": .kept])
            #expect(try laptop.read("a.jpg") == photo)
            try await archive.wait("the repair") { _ in (try? archive.read("a.jpg")) == photo }
            #expect(try archive.aside("damaged").count == 1)
            let again = try await laptop.wait("two mains") { $0.safety.atRisk == 0 }
            #expect(again.library.images == 1)
        }
    }

    @Test("Verifying finds a flipped byte and repairs it from the laptop; what nobody else has is kept and reported")
    func verify() async throws {
        try await withHousehold { laptop, archive in
            let (both, alone) = (try Photo.large(1), try Photo.large(2))
            try laptop.put(both, "both.jpg")
            try archive.put(alone, "alone.jpg")
            try await archive.settle(images: 2)
            try await laptop.settle(images: 2)
            let fine = try await archive.work(archive.control.verify(VerifyRequest(paths: [], all: true)))
            #expect(fine.outcomes == ["both.jpg": .verified, "alone.jpg": .verified])
            let status = try await archive.control.status()
            #expect(status.safety.lastVerified != nil)
            try archive.rot("both.jpg")
            try archive.rot("alone.jpg")
            let found = try await archive.work(archive.control.verify(VerifyRequest(paths: [], all: true)))
            #expect(found.outcomes == ["both.jpg": .repaired, "alone.jpg": .damaged])
            #expect(try archive.read("both.jpg") == both)
            #expect(try archive.aside("damaged").count == 2)
            let after = try await archive.wait("one damaged") { $0.safety.damaged == 1 }
            #expect(after.problems.contains { $0.reason.contains("alone.jpg") })
            let why = try await archive.control.why(path("alone.jpg"))
            #expect(why.damaged != nil)
            #expect(try laptop.files.contains("alone.jpg.reduced.jpg"))
        }
    }

    @Test("Deleting moves the image into the trash of every node, and restoring brings it back on every node")
    func deleteAndRestore() async throws {
        try await withHousehold { laptop, archive in
            let (photo, other) = (try Photo.large(1), try Photo.large(2))
            try laptop.put(photo, "2026/a.jpg")
            try laptop.put(other, "2026/b.jpg")
            try await backedUp(2, laptop, archive)
            let deleted = try await laptop.work(laptop.control.delete(DeleteRequest(paths: [path("2026/a.jpg")])))
            #expect(deleted.outcomes == ["2026/a.jpg": .deleted])
            #expect(try laptop.files == ["2026/b.jpg"])
            try await archive.wait("the trash") { _ in (try? archive.files) == ["2026/b.jpg"] }
            for node in [laptop, archive] {
                try await node.wait("one in the trash") { $0.library.trashImages == 1 && $0.library.images == 1 }
                #expect(try await node.control.trash().map(\.path) == [path("2026/a.jpg")])
                #expect(try await node.control.trash().first?.by == "laptop")
                #expect(try await node.control.trash().first?.daysLeft == 30)
            }
            let lines = try await archive.control.restore([path("2026/a.jpg")])
            #expect(lines.map(\.outcome) == [.undeleted])
            for node in [laptop, archive] {
                try await node.wait("it to be back") { _ in (try? node.read("2026/a.jpg")) == photo }
                try await node.settle(images: 2)
            }
        }
    }

    @Test("A deleted photo that a person puts into the library again is wanted again everywhere")
    func putAgain() async throws {
        try await withHousehold { laptop, archive in
            let photo = try Photo.large(1)
            try laptop.put(photo, "a.jpg")
            try await backedUp(1, laptop, archive)
            _ = try await laptop.work(laptop.control.delete(DeleteRequest(paths: [path("a.jpg")])))
            try await archive.wait("the trash") { _ in (try? archive.files) == [] }
            try laptop.put(photo, "b.jpg")
            try await archive.wait("it to be back") { $0.library.mains == 1 && $0.library.trashImages == 0 }
            try await laptop.settle(images: 1)
            #expect(try laptop.files == ["b.jpg"])
        }
    }

    @Test("A folder removed by hand on one machine removes nothing on the other")
    func removedByHand() async throws {
        try await withHousehold { laptop, archive in
            for number in 1...4 {
                try laptop.put(try Photo.large(number), "\(number < 4 ? "gone" : "kept")/\(number).jpg")
            }
            for number in 5...20 { try laptop.put(try Photo.small(number), "kept/\(number).jpg") }
            try await backedUp(20, laptop, archive)
            try laptop.remove("gone")
            try await laptop.wait("three to be missing") { $0.library.missing == 3 }
            try await laptop.settle(images: 20, missing: 3)
            try await archive.settle(images: 20)
            #expect(try archive.files.count == 20)
            #expect(try await archive.control.trash().isEmpty)
        }
    }

    @Test("A main edited in place becomes the current one on the archive, and what it was goes to the versions")
    func versions() async throws {
        try await withHousehold { laptop, archive in
            let (before, after) = (try Photo.large(1), try Photo.large(2))
            try laptop.put(before, "a.jpg")
            try await backedUp(1, laptop, archive)
            try laptop.put(after, "a.jpg")
            try await archive.wait("the edited one") { _ in (try? archive.read("a.jpg")) == after }
            #expect(try archive.files == ["a.jpg"])
            let versions = try archive.aside("versions")
            #expect(versions.count == 1)
            #expect(versions.first == before)
            try await archive.settle(images: 1)
        }
    }

    @Test("Two different images at one path are both kept, under readable names")
    func conflict() async throws {
        try await withHousehold { laptop, archive in
            let (one, two) = (try Photo.large(1), try Photo.large(2))
            try laptop.put(one, "a.jpg")
            try archive.put(two, "a.jpg")
            try await archive.wait("both") { $0.library.mains == 2 }
            #expect(try archive.files == ["a (laptop).jpg", "a.jpg"])
            #expect(try archive.read("a (laptop).jpg") == one)
            #expect(try archive.read("a.jpg") == two)
        }
    }

    @Test("A laptop over its limit lets its oldest mains go by itself, and an archive at its limit pulls no more")
    func limits() async throws {
        let size = Int64(try Photo.large(1).count)
        try await withHousehold(
            laptop: { $0.policy.limit = size * 3 },
            archive: {
                $0.policy.keep = .mains
                $0.policy.limit = size * 5
            }
        ) { laptop, archive in
            for number in 1...5 { try laptop.put(try Photo.large(number), "\(number).jpg") }
            try await laptop.wait("room") { status in
                status.library.images == 5 && status.library.mainBytes + status.library.reducedBytes <= size * 3
                    && status.library.mains > 0
            }
            #expect(try laptop.files.contains("5.jpg"))
            #expect(try !laptop.files.contains("1.jpg"))
            let held = try await archive.control.status()
            #expect(held.library.mainBytes + held.library.reducedBytes <= size * 5 + 200_000)
            for number in 1...5 {
                #expect(try laptop.files.contains("\(number).jpg") || archive.files.contains("\(number).jpg"))
            }
        }
    }

    @Test("What a power cut took was removed by nobody, and is got again; what is gone after a clean stop is not")
    func powerCut() async throws {
        try await withTemporaryFolder { folder in
            let small = { @Sendable (it: inout AgentConfiguration) in it.reduceMore() }
            try await TestNode.run("holder", in: folder, configure: small) { holder in
                for number in 1...8 { try holder.put(try Photo.large(number), "\(number).jpg") }
                try await TestNode.run("other", in: folder, configure: small) { other in
                    try await other.join(holder)
                    try await other.settle(images: 8)
                }
                let other = folder.appending(path: "other")
                let copy = { @Sendable (number: Int) in other.appending(path: "library/\(number).jpg.reduced.jpg") }
                try FileManager.default.removeItem(at: copy(1))
                try await TestNode.run("other", in: folder, configure: small) { other in
                    _ = try await other.settle(images: 8, missing: 1)
                }
                // As if the machine had started anew since, and the agent had not been asked to stop.
                let catalogue = try CatalogueDatabase(path: other.appending(path: "state/catalogue.sqlite").path)
                try await catalogue.setSetting("boot", to: "another start of the machine")
                try catalogue.close()
                try FileManager.default.removeItem(at: copy(2))
                try await TestNode.run("other", in: folder, configure: small) { other in
                    try await other.wait("what the cut took") { _ in
                        FileManager.default.fileExists(atPath: copy(2).path)
                    }
                    try await other.settle(images: 8, missing: 1)
                }
            }
        }
    }

    @Test("The trash is emptied at a person's word, and only of what is asked")
    func emptyTrash() async throws {
        try await withHousehold { laptop, archive in
            try laptop.put(try Photo.large(1), "x/a.jpg")
            try laptop.put(try Photo.large(2), "y/b.jpg")
            try await backedUp(2, laptop, archive)
            _ = try await laptop.work(laptop.control.delete(DeleteRequest(paths: [path("x"), path("y")])))
            #expect(try await laptop.control.emptyTrash([path("x")]).images == 1)
            #expect(try await laptop.control.trash().map(\.path) == [path("y/b.jpg")])
            #expect(try laptop.aside("trash").count == 1)
            // Elsewhere it lies on for its time.
            try await archive.wait("both in the trash") { $0.library.trashImages == 2 }
            _ = try await laptop.control.restore([path("x/a.jpg")])
            try await laptop.wait("a reduced copy of it") { _ in (try? laptop.files) == ["x/a.jpg.reduced.jpg"] }
            #expect(try archive.files == ["x/a.jpg"])
        }
    }
}

extension TestNode {
    /// What came of a piece of work, by path.
    struct Work: Sendable {
        var outcomes: [String: ImageOutcome.Outcome] = [:]
        var reasons: [String: String] = [:]
        var parts: [String: ImageOutcome.Part] = [:]
        var summary: WorkSummary?
    }

    /// Reads all that is told of a piece of work.
    func work(_ messages: AsyncThrowingStream<WorkMessage, any Error>) async throws -> Work {
        var work = Work()
        for try await message in messages {
            switch message {
            case .progress: break
            case .image(let line):
                work.outcomes[line.path.description] = line.outcome
                work.reasons[line.path.description] = line.reason
                work.parts[line.path.description] = line.part
            case .done(let summary): work.summary = summary
            }
        }
        guard work.summary != nil else { throw Failure("The work ended without a summary.") }
        return work
    }

    /// Flips one bit in the middle of a file, as a disk does.
    func rot(_ path: String) throws { try CatalogueFile(state: state).rot(path, in: library) }

    /// The contents of the files in one of the agent's own folders.
    func aside(_ folder: String) throws -> [[UInt8]] {
        let url = library.appending(path: ".mainstay/\(folder)")
        guard FileManager.default.fileExists(atPath: url.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
            .map { Array(try Data(contentsOf: $0)) }
    }
}
