import Agent
import Control
import Foundation
import Model
import TestSupport
import Testing

/// What is missing, and why: removed by a person, dismissed, deleted, or lost with a disk.
@Suite("Absence has a reason", .serialized)
struct AbsenceTests {
    private static let reduced: @Sendable (inout AgentConfiguration) -> Void = { $0.reduceMore() }
    private static let mains: @Sendable (inout AgentConfiguration) -> Void = {
        $0.reduceMore()
        $0.policy.keep = .mains
    }

    /// A machine where the photos are, and one that gets them, paired.
    private func withPair(
        keeping: @escaping @Sendable (inout AgentConfiguration) -> Void,
        _ body: @escaping @Sendable (TestNode, TestNode) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("desk", in: folder, configure: Self.reduced) { desk in
                _ = try await TestNode.run("other", in: folder, configure: keeping) { other in
                    try await other.join(desk)
                    try await body(desk, other)
                }
            }
        }
    }

    private func path(_ text: String) -> RelativePath { Sample.path(text) }

    @Test("An archive gets again what was removed there by hand, and what was dismissed there it does not")
    func archive() async throws {
        try await withPair(keeping: Self.mains) { desk, archive in
            for name in ["a.jpg", "b.jpg", "c.jpg"] { try desk.put(try Photo.large(Int(name.utf8.first ?? 0)), name) }
            try await archive.wait("three mains") { $0.library.mains == 3 && $0.work.running == 0 }
            let lines = try await archive.control.dismiss([path("b.jpg"), path("none.jpg")])
            #expect(lines.map(\.images) == [1, 0])
            #expect(lines.map(\.mains) == [1, 0])
            #expect(try archive.files == ["a.jpg", "b.jpg", "c.jpg"])
            try archive.remove("a.jpg")
            try archive.remove("b.jpg")
            try await archive.wait("the one that is wanted") { _ in (try? archive.files) == ["a.jpg", "c.jpg"] }
            try desk.put(try Photo.large(7), "d.jpg")
            try await archive.wait("the next one") { $0.library.mains == 3 && $0.work.running == 0 }
            try await archive.scan()
            #expect(try archive.files == ["a.jpg", "c.jpg", "d.jpg"])
            #expect(try await archive.control.why(path("b.jpg")).here.dismissed)
            #expect(try await archive.control.restore([path("b.jpg")]).map(\.outcome) == [.restored])
            try await archive.wait("it to be back") { $0.library.mains == 4 }
            #expect(try desk.files == ["a.jpg", "b.jpg", "c.jpg", "d.jpg"])
        }
    }

    @Test("What is dismissed loses its reduced copy here, and nothing anywhere else")
    func dismissed() async throws {
        try await withPair(keeping: Self.reduced) { desk, laptop in
            try desk.put(try Photo.large(1), "x/a.jpg")
            try desk.put(try Photo.large(2), "b.jpg")
            try await laptop.settle(images: 2)
            #expect(try await laptop.control.dismiss([path("x")]).map(\.images) == [1])
            try await laptop.settle(images: 2, missing: 1)
            #expect(try laptop.files == ["b.jpg.reduced.jpg"])
            try await laptop.scan()
            #expect(try laptop.files == ["b.jpg.reduced.jpg"])
            #expect(try desk.files == ["b.jpg", "x/a.jpg"])
            _ = try await laptop.work(laptop.control.fetch([path("x/a.jpg")]))
            #expect(try laptop.files == ["b.jpg.reduced.jpg", "x/a.jpg"])
        }
    }

    @Test("A reduced copy that is the last picture of an image is not removed because it is dismissed")
    func last() async throws {
        try await withPair(keeping: Self.reduced) { desk, laptop in
            try desk.put(try Photo.large(1), "a.jpg")
            try await laptop.settle(images: 1)
            try desk.remove("a.jpg")
            try await laptop.wait("that nobody has the main") { $0.peers.first?.images == 0 && $0.work.running == 0 }
            _ = try await laptop.control.dismiss([path("a.jpg")])
            try await laptop.scan()
            #expect(try laptop.files == ["a.jpg.reduced.jpg"])
        }
    }

    @Test("An empty disk in the place of the archive's is filled again by one verb", arguments: [false, true])
    func replaced(withOneFile: Bool) async throws {
        try await withPair(keeping: Self.mains) { desk, archive in
            for number in 1...12 { try desk.put(try Photo.small(number), "\(number).jpg") }
            try await archive.wait("all mains") { $0.library.mains == 12 && $0.work.running == 0 }
            let all = try archive.files
            try FileManager.default.moveItem(at: archive.library, to: archive.folder.appending(path: "broken"))
            try FileManager.default.createDirectory(at: archive.library, withIntermediateDirectories: true)
            try await archive.wait("the absence") {
                $0.library.state == .missing && $0.safety.paused?.contains("syncctl library new") == true
            }
            if withOneFile {
                // By the other verb: what is missing with its disk was removed by nobody, whoever says that it is gone.
                try archive.put(try Photo.small(1), "1.jpg")
                #expect(try await archive.scan(acceptRemovals: true).removed == 11)
            } else {
                let refused = await #expect(throws: ControlFailure.self) {
                    try await archive.scan(acceptRemovals: true)
                }
                #expect(refused?.message.contains("syncctl library new") == true)
                for try await case .done(let report) in archive.control.newLibrary() { #expect(report.removed == 12) }
            }
            try await archive.wait("all mains again") { $0.library.state == .ok && $0.library.mains == 12 }
            #expect(try archive.files == all)
            #expect(try desk.files == all)
        }
    }

    @Test("Files put back from an older backup: what the backup did not have comes again", arguments: [false, true])
    func putBack(keepsMains: Bool) async throws {
        let keeping = keepsMains ? Self.mains : Self.reduced
        try await withTemporaryFolder { folder in
            try await TestNode.run("desk", in: folder, configure: Self.reduced) { desk in
                for number in 10...23 { try desk.put(try Photo.small(number), "\(number).jpg") }
                _ = try await TestNode.run("other", in: folder, configure: keeping) { other in
                    try await other.join(desk)
                    try await other.settle(images: 14)
                }
                let library = folder.appending(path: "other/library")
                for number in 10...20 {
                    let file = library.appending(path: "\(number).jpg")
                    let copy = library.appending(path: ".copy")
                    try FileManager.default.copyItem(at: file, to: copy)
                    #expect(rename(copy.path, file.path) == 0)
                }
                for number in 21...23 {
                    try FileManager.default.removeItem(at: library.appending(path: "\(number).jpg"))
                }
                _ = try await TestNode.run("other", in: folder, configure: keeping) { other in
                    try await other.wait("all of them") { _ in
                        (try? other.files) == (10...23).map { "\($0).jpg" }
                    }
                }
            }
        }
    }

    @Test("Restoring a folder brings back what was removed here; deletions below it only by a word of their own")
    func restored() async throws {
        try await withPair(keeping: Self.reduced) { desk, laptop in
            for number in 1...3 { try desk.put(try Photo.large(number), "x/\(number).jpg") }
            try await laptop.settle(images: 3)
            try laptop.remove("x/1.jpg.reduced.jpg")
            try await laptop.wait("the dismissal") { $0.library.missing == 1 && $0.library.reduced == 2 }
            _ = try await laptop.work(laptop.control.delete(DeleteRequest(paths: [path("x/2.jpg")], dryRun: false)))
            try await desk.wait("the trash") { $0.library.trashImages == 1 }
            let lines = try await laptop.control.restore([path("x")])
            #expect(lines.map(\.outcome) == [.stillDeleted, .restored])
            #expect(lines.map(\.path) == [path("x/2.jpg"), path("x")])
            try await laptop.settle(images: 2)
            #expect(try laptop.files == ["x/1.jpg.reduced.jpg", "x/3.jpg.reduced.jpg"])
            #expect(try desk.files == ["x/1.jpg", "x/3.jpg"])
            #expect(try await laptop.control.restore([path("x")], deleted: true).map(\.outcome) == [.undeleted])
            try await desk.wait("it to be back") { _ in (try? desk.files) == ["x/1.jpg", "x/2.jpg", "x/3.jpg"] }
            try await laptop.settle(images: 3)
        }
    }

    @Test("What a deletion takes besides what was named is said before, and nothing is deleted by asking")
    func duplicates() async throws {
        try await withPair(keeping: Self.reduced) { desk, _ in
            try desk.put(try Photo.small(1), "a.jpg")
            try desk.put(try Photo.small(1), "album/copy.jpg")
            try desk.put(try Photo.small(2), "b.jpg")
            try await desk.settle(images: 2)
            let asked = try await desk.work(
                desk.control.delete(DeleteRequest(paths: [path("a.jpg"), path("b.jpg"), path("c.jpg")], dryRun: true)))
            #expect(asked.outcomes == ["a.jpg": .wouldDelete, "b.jpg": .wouldDelete, "c.jpg": .unknown])
            #expect(asked.reasons["a.jpg"] == "it is the same image as album/copy.jpg, which goes too")
            #expect(try desk.files == ["a.jpg", "album/copy.jpg", "b.jpg"])
            #expect(try await desk.control.trash() == [])
        }
    }
}
