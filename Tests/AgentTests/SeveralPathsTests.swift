import Agent
import Control
import Foundation
import Model
import TestSupport
import Testing

/// An album is often made of copies: a desktop with the photos, an archive, and a laptop with reduced copies.
@Suite("Images at several paths", .serialized)
struct SeveralPathsTests {
    private static let reduced: @Sendable (inout AgentConfiguration) -> Void = { $0.reduceMore() }
    private static let mains: @Sendable (inout AgentConfiguration) -> Void = {
        $0.reduceMore()
        $0.policy.keep = .mains
    }

    private func withTrio(
        _ body: @escaping @Sendable (_ desk: TestNode, _ attic: TestNode, _ laptop: TestNode) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("desk", in: folder, configure: Self.reduced) { desk in
                try await TestNode.run("attic", in: folder, configure: Self.mains) { attic in
                    try await TestNode.run("laptop", in: folder, configure: Self.reduced) { laptop in
                        try await attic.join(desk)
                        try await laptop.join(desk)
                        try await laptop.join(attic)
                        try await body(desk, attic, laptop)
                    }
                }
            }
        }
    }

    private func path(_ text: String) -> RelativePath { Sample.path(text) }

    /// Waits until a node has these files, and those that stand for them where it keeps reduced copies.
    private func expect(_ files: [String], _ attic: TestNode, _ laptop: TestNode) async throws {
        try await attic.wait("\(files)") { _ in (try? attic.files) == files }
        let copies = files.map { $0 + ".reduced.jpg" }.sorted()
        try await laptop.wait("\(copies)") { _ in (try? laptop.files) == copies }
    }

    @Test("An album of copies is one everywhere; its name, and an edit in it, are followed, and the other photo stays")
    func album() async throws {
        try await withTrio { desk, attic, laptop in
            let (one, two) = (try Photo.large(1), try Photo.large(2))
            for (photo, name) in [(one, "a.jpg"), (two, "b.jpg")] {
                try desk.put(photo, "2024/\(name)")
                try desk.put(photo, "album/\(name)")
            }
            try await expect(["2024/a.jpg", "2024/b.jpg", "album/a.jpg", "album/b.jpg"], attic, laptop)
            #expect(try attic.read("album/a.jpg") == one && attic.read("2024/b.jpg") == two)
            #expect(try laptop.read("album/a.jpg.reduced.jpg") == laptop.read("2024/a.jpg.reduced.jpg"))

            try FileManager.default.moveItem(
                at: desk.library.appending(path: "album"), to: desk.library.appending(path: "trip"))
            try await expect(["2024/a.jpg", "2024/b.jpg", "trip/a.jpg", "trip/b.jpg"], attic, laptop)

            let edited = try Photo.large(3)
            try desk.put(edited, "trip/a.jpg", dated: 1_790_000_000)
            try await attic.wait("the edit") { _ in (try? attic.read("trip/a.jpg")) == edited }
            try await laptop.settle(images: 3)
            try await expect(["2024/a.jpg", "2024/b.jpg", "trip/a.jpg", "trip/b.jpg"], attic, laptop)
            #expect(try attic.read("2024/a.jpg") == one)
            for node in [desk, attic, laptop] {
                try await node.scan()
                #expect(try await node.settle(images: 3).problems.isEmpty)
            }
            #expect(try desk.files == ["2024/a.jpg", "2024/b.jpg", "trip/a.jpg", "trip/b.jpg"])
        }
    }

    @Test("An edit that a person makes at the archive, of one of two paths, stands at that path everywhere")
    func editedThere() async throws {
        try await withTrio { desk, attic, laptop in
            let photo = try Photo.large(1)
            try desk.put(photo, "2024/a.jpg")
            try desk.put(photo, "album/a.jpg")
            try await expect(["2024/a.jpg", "album/a.jpg"], attic, laptop)
            try await desk.settle(images: 1)
            let edited = try Photo.large(2)
            try attic.put(edited, "album/a.jpg", dated: 1_790_000_000)
            try await desk.wait("the edit") { _ in (try? desk.read("album/a.jpg")) == edited }
            for node in [desk, attic, laptop] {
                #expect(try await node.settle(images: 2).problems.isEmpty)
            }
            try await expect(["2024/a.jpg", "album/a.jpg"], attic, laptop)
            #expect(try desk.read("2024/a.jpg") == photo && attic.read("2024/a.jpg") == photo)
            #expect(try desk.files == ["2024/a.jpg", "album/a.jpg"])
        }
    }

    @Test("Of two copies that are edited in turn each edit stands where its copy stood, also where that was renamed")
    func bothEdited() async throws {
        try await withTrio { desk, attic, laptop in
            let photo = try Photo.large(1)
            try desk.put(photo, "2024/a.jpg")
            try desk.put(photo, "album/a.jpg")
            try await expect(["2024/a.jpg", "album/a.jpg"], attic, laptop)
            try FileManager.default.moveItem(
                at: desk.library.appending(path: "2024"), to: desk.library.appending(path: "2025"))
            try await expect(["2025/a.jpg", "album/a.jpg"], attic, laptop)
            for (number, name) in [(2, "album/a.jpg"), (3, "2025/a.jpg")] {
                let edited = try Photo.large(number)
                try desk.put(edited, name, dated: 1_790_000_000)
                try await attic.wait("the edit of \(name)") { _ in (try? attic.read(name)) == edited }
                try await laptop.settle(images: 2)
                try await expect(["2025/a.jpg", "album/a.jpg"], attic, laptop)
            }
            for node in [desk, attic, laptop] {
                #expect(try await node.settle(images: 2).problems.isEmpty)
            }
            try await expect(["2025/a.jpg", "album/a.jpg"], attic, laptop)
            #expect(try desk.files == ["2025/a.jpg", "album/a.jpg"])
        }
    }

    @Test("What gets the bytes of another picture is that at both names, also where both were mains before")
    func bytesOfAnother() async throws {
        try await withTrio { desk, attic, laptop in
            let photo = try Photo.large(1)
            try desk.put(photo, "a.jpg")
            try desk.put(try Photo.large(2), "b.jpg")
            try await expect(["a.jpg", "b.jpg"], attic, laptop)
            // With a word on its name, too.
            try FileManager.default.moveItem(
                at: desk.library.appending(path: "b.jpg"), to: desk.library.appending(path: "c.jpg"))
            try await expect(["a.jpg", "c.jpg"], attic, laptop)
            try attic.put(photo, "c.jpg", dated: 1_790_000_000)
            try await desk.wait("the edit") { _ in (try? desk.read("c.jpg")) == photo }
            for node in [desk, attic, laptop] {
                #expect(try await node.settle(images: 1).problems.isEmpty)
            }
            try await expect(["a.jpg", "c.jpg"], attic, laptop)
            #expect(try desk.files == ["a.jpg", "c.jpg"] && desk.read("a.jpg") == photo)
            let made = try FileManager.default.attributesOfItem(atPath: desk.library.path + "/c.jpg")
            #expect(made[.modificationDate] as? Date == Date(timeIntervalSince1970: 1_790_000_000))
        }
    }

    @Test(
        "One of two copies that a person removes stays away there, and comes back when asked for; elsewhere it goes with its owner's"
    )
    func removed() async throws {
        try await withTrio { desk, attic, laptop in
            let photo = try Photo.large(1)
            try desk.put(photo, "2024/a.jpg")
            try desk.put(photo, "album/a.jpg")
            try await expect(["2024/a.jpg", "album/a.jpg"], attic, laptop)
            for node in [desk, attic, laptop] { try await node.settle(images: 1) }
            // Where mains are kept, too: the image is here.
            try attic.remove("2024/a.jpg")
            try laptop.remove("album/a.jpg.reduced.jpg")
            for node in [attic, laptop] {
                try await node.scan()
                try await node.settle(images: 1)
            }
            // What came before is seen by all when what comes after is.
            try desk.put(try Photo.large(2), "b.jpg")
            for node in [desk, attic, laptop] { try await node.settle(images: 2) }
            #expect(try desk.files == ["2024/a.jpg", "album/a.jpg", "b.jpg"])
            #expect(try attic.files == ["album/a.jpg", "b.jpg"])
            #expect(try laptop.files == ["2024/a.jpg.reduced.jpg", "b.jpg.reduced.jpg"])
            #expect(try await attic.control.restore([path("2024")]).map(\.outcome) == [.restored])
            try await attic.wait("it to be back") { _ in (try? attic.read("2024/a.jpg")) == photo }

            try desk.remove("album/a.jpg")
            try await desk.scan()
            try desk.put(try Photo.large(3), "c.jpg")
            for node in [desk, attic, laptop] { try await node.settle(images: 3) }
            #expect(try desk.files == ["2024/a.jpg", "b.jpg", "c.jpg"])
            // Where it was made, it goes from those who followed, too.
            try await attic.wait("its copy gone") { _ in
                (try? attic.files) == ["2024/a.jpg", "b.jpg", "c.jpg"]
            }
            #expect(try laptop.files == ["2024/a.jpg", "b.jpg", "c.jpg"].map { $0 + ".reduced.jpg" })
            #expect(try await attic.settle(images: 3).library.versionsBytes == 0)
        }
    }

    @Test("An image goes from all its paths against one proof, says so before, and comes back to all of them")
    func evicted() async throws {
        try await withTrio { desk, attic, laptop in
            let photo = try Photo.large(1)
            try desk.put(photo, "2024/a.jpg")
            try desk.put(photo, "album/a.jpg")
            try FileManager.default.createDirectory(
                at: desk.library.appending(path: "linked"), withIntermediateDirectories: true)
            try FileManager.default.linkItem(
                at: desk.library.appending(path: "album/a.jpg"), to: desk.library.appending(path: "linked/a.jpg"))
            let files = ["2024/a.jpg", "album/a.jpg", "linked/a.jpg"]
            try await expect(files, attic, laptop)
            for node in [desk, attic, laptop] { try await node.settle(images: 1) }
            let plan = try await desk.work(
                desk.control.evict(EvictRequest(paths: [path("album/a.jpg")], dryRun: true)))
            #expect(plan.reasons.values.allSatisfy { $0.hasSuffix("which goes too") } && plan.reasons.count == 1)
            #expect(try desk.files == files)
            let evicted = try await desk.work(desk.control.evict(EvictRequest(paths: [path("album")])))
            #expect(Set(evicted.outcomes.values) == [.evicted], "\(evicted.reasons)")
            #expect(try desk.files == files.map { $0 + ".reduced.jpg" })
            #expect(try await desk.settle(images: 1).problems.isEmpty)
            _ = try await desk.work(desk.control.fetch([path("2024/a.jpg")]))
            try await desk.wait("all three") { _ in (try? desk.files) == files }
            #expect(try attic.files == files)
            #expect(try desk.read("linked/a.jpg") == photo)
        }
    }

    @Test("Where another photo has the name, nothing is written over, and status says so until that is free")
    func taken() async throws {
        try await withTrio { desk, attic, laptop in
            let (photo, other) = (try Photo.large(1), try Photo.large(2))
            try attic.put(other, "album/a.jpg")
            try await attic.settle(images: 1)
            try desk.put(photo, "2024/a.jpg")
            try await attic.wait("the photo") { _ in (try? attic.read("2024/a.jpg")) == photo }
            try desk.put(photo, "album/b.jpg")
            try await attic.wait("its copy") { _ in (try? attic.read("album/b.jpg")) == photo }
            try attic.put(try Photo.large(3), "trip/c.jpg")
            try await attic.settle(images: 3)
            try await desk.settle(images: 3)
            #expect(try attic.read("album/a.jpg") == other)
            #expect(try attic.files == ["2024/a.jpg", "album/a.jpg", "album/b.jpg", "trip/c.jpg"])
        }
    }
}
