import Agent
import Catalogue
import Control
import Crypto
import Disk
import Foundation
import HostilePeer
import Imaging
import Model
import SingleChanges
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Edits: a recipe here, a preview at once, the rendition where the main is", .serialized)
struct EditTests {
    /// A desktop, which has photos, and a laptop, which has reduced copies of them.
    private func withPair(
        desktop calls: any SystemCalls = LinuxCalls(),
        _ body: @escaping @Sendable (_ laptop: TestNode, _ desktop: TestNode) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                try await TestNode.run("desktop", in: folder, calls: calls, configure: { $0.reduceMore() }) { desktop in
                    try await desktop.join(laptop)
                    try await body(laptop, desktop)
                }
            }
        }
    }

    private func path(_ text: String) -> RelativePath { Sample.path(text) }

    private static func look() throws -> Look {
        try Look(turns: 1, isBlackAndWhite: true, [.exposure: Amount(thousandths: 500)])
    }

    @Test(
        "A preview stands here at once, the rendition there, and then its reduced copy here; undoing takes all of it away"
    )
    func wholeWay() async throws {
        try await withPair { laptop, desktop in
            let photo = try Photo.large(1)
            try desktop.put(photo, "2026/a.jpg")
            try await laptop.settle(images: 1)
            let before = try laptop.read("2026/a.jpg.reduced.jpg")
            let edited = try await laptop.edit(["2026/a.jpg"], Self.look())
            let line = try #require(edited.first)
            #expect(edited.count == 1 && line.holder == "desktop" && line.by == "laptop")
            #expect(line.preview == path("2026/a.jpg.edited.jpg.reduced.jpg"))

            try await desktop.wait("the rendition") { $0.library.mains == 2 }
            let rendition = try desktop.read("2026/a.jpg.edited.jpg")
            let facts = ImageInspector.facts(of: rendition)
            #expect(facts.rendition?.recipe == line.recipe)
            #expect(facts.rendition?.source == ImageID(of: photo))
            #expect(facts.size == PixelSize(width: 1600, height: 2400))
            #expect(facts.captured == ImageInspector.facts(of: photo).captured)
            try await laptop.wait("its reduced copy") { status in
                status.library.reduced == 2 && status.library.images == 2 && status.peers[0].inSync
            }
            let marker = ImageInspector.facts(of: try laptop.read("2026/a.jpg.edited.jpg.reduced.jpg")).marker
            #expect(marker?.image == ImageID(of: rendition) && marker?.preview == nil)
            #expect(try laptop.files == ["2026/a.jpg.edited.jpg.reduced.jpg", "2026/a.jpg.reduced.jpg"])
            let told = try #require(try await laptop.edits().first)
            #expect(told.state == .made && told.rendition == path("2026/a.jpg.edited.jpg") && told.holder == "desktop")

            let undone = try await laptop.undo(["2026/a.jpg"])
            #expect(undone.map(\.state) == [.undone])
            try await desktop.wait("one main") { $0.library.mains == 1 && $0.library.images == 1 }
            try await laptop.wait("one image") { $0.library.images == 1 && $0.library.reduced == 1 }
            #expect(try desktop.files == ["2026/a.jpg"])
            #expect(try laptop.files == ["2026/a.jpg.reduced.jpg"])
            #expect(try desktop.read("2026/a.jpg") == photo)
            #expect(try laptop.read("2026/a.jpg.reduced.jpg") == before)

            _ = try await laptop.edit(["2026/a.jpg"], Self.look())
            try await desktop.wait("the rendition again") { $0.library.mains == 2 }
            #expect(try desktop.read("2026/a.jpg.edited.jpg") == rendition)
            try await laptop.wait("its reduced copy again") { $0.library.reduced == 2 && $0.work.edits == 0 }
            #expect(try desktop.files == ["2026/a.jpg", "2026/a.jpg.edited.jpg"])
            #expect(try desktop.aside("trash").isEmpty)
        }
    }

    @Test("Where the main is, the rendition is made without a preview, and a second look is a second rendition")
    func atTheMain() async throws {
        try await withPair { laptop, desktop in
            try desktop.put(try Photo.large(1), "a.jpg")
            try await laptop.settle(images: 1)
            let first = try await desktop.edit(["a.jpg"], Self.look(), wait: true)
            #expect(first.last?.state == .made && first.last?.holder == "desktop")
            #expect(first.last?.rendition == path("a.jpg.edited.jpg"))
            let again = try await desktop.edit(["a.jpg"], Self.look(), wait: true)
            #expect(again.last?.rendition == path("a.jpg.edited.jpg"))
            let second = try await desktop.edit(["a.jpg"], Look(isMirrored: true), wait: true)
            #expect(second.last?.rendition == path("a.jpg.edited-2.jpg"))
            #expect(try desktop.files == ["a.jpg", "a.jpg.edited-2.jpg", "a.jpg.edited.jpg"])
            // The folder has renditions in it, which are not edited again; the one that is named is.
            let all = try await desktop.edit(["a.jpg.edited.jpg"], Look(turns: 2), wait: true)
            #expect(all.last?.rendition == path("a.jpg.edited.jpg.edited.jpg"))
            try await laptop.wait("four reduced copies") { $0.library.reduced == 4 }
        }
    }

    @Test("Edits of two people apart become two renditions, and both are kept")
    func apart() async throws {
        try await withTemporaryFolder { folder in
            let photo = try Photo.large(1)
            let isPaired = { @Sendable (status: StatusReport) in status.peers.count == 1 }
            try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                try await TestNode.run("desktop", in: folder, configure: { $0.reduceMore() }) { desktop in
                    try await desktop.join(laptop)
                    try desktop.put(photo, "a.jpg")
                    try await laptop.settle(images: 1)
                    _ = try await desktop.wait("the pair", until: isPaired)
                }
                let line = try await laptop.edit(["a.jpg"], Self.look()).last
                #expect(line?.state == .waiting)
                #expect(line?.reason == "desktop holds the main and does not answer")
                #expect(line?.preview == path("a.jpg.edited.jpg.reduced.jpg"))
            }
            try await TestNode.run("desktop", in: folder, configure: { $0.reduceMore() }) { desktop in
                let line = try await desktop.edit(["a.jpg"], Look(isMirrored: true), wait: true).last
                #expect(line?.rendition == path("a.jpg.edited.jpg"))
                try await TestNode.run(
                    "laptop", in: folder,
                    configure: {
                        $0.reduceMore()
                        $0.addresses = ["127.0.0.1:\(desktop.port)"]
                    }
                ) { laptop in
                    try await desktop.wait("both renditions") { $0.library.mains == 3 }
                    try await laptop.wait("reduced copies of both, and no preview") { status in
                        status.library.reduced == 3 && status.library.images == 3
                    }
                    let recipes = Set(
                        try ["a.jpg.edited.jpg", "a.jpg.edited-2.jpg"].map {
                            ImageInspector.facts(of: try desktop.read($0)).rendition?.recipe
                        })
                    #expect(recipes.count == 2)
                    try await laptop.wait("three files") { _ in
                        (try? laptop.files) == [
                            "a.jpg.edited-2.jpg.reduced.jpg", "a.jpg.edited.jpg.reduced.jpg", "a.jpg.reduced.jpg",
                        ]
                    }
                }
            }
        }
    }

    @Test("Of two holders one runs a recipe; when the first is away the next takes over")
    func takeover() async throws {
        try await withTemporaryFolder { folder in
            let photos = try (1...4).map { try Photo.large($0) }
            let archive = { @Sendable (it: inout AgentConfiguration) in
                it.reduceMore()
                it.policy.keep = .mains
            }
            try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                try await TestNode.run("desktop", in: folder, configure: { $0.reduceMore() }) { desktop in
                    try await desktop.join(laptop)
                    for (number, photo) in photos.enumerated() { try desktop.put(photo, "\(number).jpg") }
                    try await TestNode.run("archive", in: folder, configure: archive) { archive in
                        try await archive.join(desktop)
                        try await archive.join(laptop)
                        try await archive.wait("all mains") { $0.library.mains == 4 }
                        try await laptop.wait("two holders of each") {
                            $0.library.images == 4 && $0.safety.atRisk == 0 && $0.library.reduced == 4
                        }
                    }
                    // Some of them are the archive's to run, which is away now.
                    _ = try await laptop.edit((0..<4).map { "\($0).jpg" }, Self.look())
                    try await desktop.wait("four renditions") { $0.library.mains == 8 }
                }
            }
        }
    }

    @Test("Exported is what the holder has, bit by bit: the rendition, or with `original` the main")
    func export() async throws {
        try await withPair { laptop, desktop in
            let photo = try Photo.large(1)
            try desktop.put(photo, "a.jpg")
            try await laptop.settle(images: 1)
            #expect(try await laptop.export("a.jpg") == photo)
            _ = try await laptop.edit(["a.jpg"], Self.look(), wait: true)
            let rendition = try desktop.read("a.jpg.edited.jpg")
            #expect(rendition != photo)
            for node in [laptop, desktop] {
                #expect(try await node.export("a.jpg", wait: true) == rendition)
                #expect(try await node.export("a.jpg", original: true) == photo)
            }
            try await laptop.wait("the reduced copy") { $0.library.reduced == 2 }
            #expect(try await laptop.export("a.jpg.edited.jpg") == rendition)
            let error = await #expect(throws: ControlFailure.self) { try await laptop.export("b.jpg") }
            #expect(error?.code == .notFound)
        }
    }

    @Test("A main that was damaged since is no one's rendition: it is set aside, and nothing is made of it")
    func damaged() async throws {
        try await withPair { laptop, desktop in
            try desktop.put(try Photo.large(1), "a.jpg")
            try await laptop.settle(images: 1)
            try desktop.rot("a.jpg")
            _ = try await laptop.edit(["a.jpg"], Self.look())
            try await desktop.wait("the damage") { $0.safety.damaged == 1 && $0.library.mains == 0 }
            #expect(try desktop.files.filter { $0.hasSuffix("edited.jpg") }.isEmpty)
            // Its status changes when it hears that the main is gone, and may have been in sync before.
            try await laptop.wait("the reason", for: { _ in try await laptop.edits().first?.reason }) {
                $0 == "no known node holds the main"
            }
        }
    }

    @Test("A disk without room for the rendition says so, nothing is left half done, and it is made when there is room")
    func noRoom() async throws {
        let isFull = Mutex(false)
        let calls = FaultyCalls(fault: { call in
            call.kind == .write && isFull.withLock { $0 } ? .noSpace : nil
        })
        try await withPair(desktop: calls) { laptop, desktop in
            try desktop.put(try Photo.large(1), "a.jpg")
            try await laptop.settle(images: 1)
            isFull.withLock { $0 = true }
            _ = try await laptop.edit(["a.jpg"], Self.look())
            let status = try await desktop.wait("the problem") { status in
                status.problems.contains { $0.subject == "a.jpg.edited.jpg" }
            }
            #expect(status.library.mains == 1)
            #expect(try desktop.aside("incoming").isEmpty)
            #expect(calls.hits > 0)
            isFull.withLock { $0 = false }
            try await desktop.wait("the rendition") { status in
                status.library.mains == 2 && !status.problems.contains { $0.subject == "a.jpg.edited.jpg" }
            }
        }
    }

    @Test("What cannot be edited is refused with its reason, and the others go on")
    func refusals() async throws {
        try await withPair { laptop, desktop in
            try desktop.put(try Photo.large(1), "a.jpg")
            try desktop.put(
                [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
                    + [UInt8](repeating: 1, count: 64), "b.png")
            try await desktop.wait("two") { $0.library.mains == 2 }
            let lines = try await desktop.edit(["b.png", "none.jpg", "a.jpg"], Self.look(), wait: true)
            let states = Dictionary(lines.map { ("\($0.path)", $0.state) }) { $1 }
            #expect(states == ["b.png": .failed, "none.jpg": .unknown, "a.jpg": .made])
            #expect(lines.first { $0.state == .failed }?.reason?.contains("decodes a PNG file") == true)
            let nothing = try await desktop.undo(["b.png"])
            #expect(nothing.map(\.state) == [.failed])
        }
    }

    @Test("A preview is of one's own: it is published to nobody, and a lost catalogue makes no photo of it")
    func previewsAreNoPhotos() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                try await TestNode.run("desktop", in: folder, configure: { $0.reduceMore() }) { desktop in
                    try await desktop.join(laptop)
                    try desktop.put(try Photo.large(1), "a.jpg")
                    try await laptop.settle(images: 1)
                }
                _ = try await laptop.edit(["a.jpg"], Self.look())
                try await laptop.scan()
                let status = try await laptop.control.status()
                #expect(status.library.images == 1 && status.library.reduced == 1)
            }
            for ending in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(
                    at: folder.appending(path: "laptop/state/catalogue.sqlite" + ending))
            }
            try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                try await laptop.wait("the library") { $0.library.state == .ok && $0.library.images == 1 }
                try await laptop.scan()
                let status = try await laptop.control.status()
                #expect(status.library.images == 1 && status.library.reduced == 1 && status.library.mains == 0)
                #expect(try laptop.files == ["a.jpg.edited.jpg.reduced.jpg", "a.jpg.reduced.jpg"])
            }
        }
    }

    @Test("A peer that says a person's photo is the rendition of an edit that was undone removes nothing")
    func lyingUndo() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("desktop", in: folder, configure: { $0.reduceMore() }) { desktop in
                let photo = try Photo.large(1)
                try desktop.put(photo, "a.jpg")
                try await desktop.wait("one") { $0.library.mains == 1 }
                let edit = Edit(
                    recipe: Recipe(image: Sample.image(7), look: try Self.look()), path: path("x.jpg"), generation: 2,
                    isUndone: true, at: 0, by: Sample.node(3),
                    made: Edit.Made(image: ImageID(of: photo), generation: 1))
                try await LyingPeer.meet(desktop, { $0.lines = [Record(sequence: 1, .edit(edit)).line] }) {
                    try await desktop.wait("in sync") { $0.peers.first?.inSync == true }
                    #expect(try await desktop.edits().map(\.state) == [.undone])
                    try desktop.put(try Photo.large(2), "b.jpg")
                    try await desktop.wait("two") { $0.library.mains == 2 }
                    #expect(try desktop.read("a.jpg") == photo)
                }
            }
        }
    }

    @Test(
        "Undoing an edit of which a peer says that a person's photo is its rendition leaves that photo",
        arguments: [1, 2])
    func lyingMade(generation: Int64) async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("desktop", in: folder, configure: { $0.reduceMore() }) { desktop in
                let (photo, other) = (try Photo.large(1), try Photo.large(2))
                try desktop.put(photo, "a.jpg")
                try desktop.put(other, "b.jpg")
                try await desktop.wait("two") { $0.library.mains == 2 }
                let edit = Edit(
                    recipe: Recipe(image: ImageID(of: photo), look: try Self.look()), path: path("a.jpg"),
                    generation: generation, at: 0, by: Sample.node(3),
                    made: Edit.Made(image: ImageID(of: other), generation: 1))
                try await LyingPeer.meet(desktop, { $0.lines = [Record(sequence: 1, .edit(edit)).line] }) {
                    try await desktop.wait("the edit, run where it is to be") { status in
                        status.peers.first?.inSync == true && status.work.edits == 0
                            && status.library.mains == 1 + Int(generation)
                    }
                    #expect(try await desktop.undo(["a.jpg"]).map(\.state) == [.undone])
                    try await desktop.wait("two again") { $0.library.mains == 2 && $0.library.images == 2 }
                    #expect(try desktop.files == ["a.jpg", "b.jpg"])
                }
            }
        }
    }

    @Test("Previews that go are no mass disappearance, and one that was edited by hand is no photo")
    func manyPreviews() async throws {
        try await withTemporaryFolder { folder in
            let names = (1...12).map { "\($0).jpg" }
            try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                try await TestNode.run("desktop", in: folder, configure: { $0.reduceMore() }) { desktop in
                    try await desktop.join(laptop)
                    for (number, name) in names.enumerated() { try desktop.put(try Photo.large(number), name) }
                    try await laptop.settle(images: 12)
                }
                _ = try await laptop.edit(names, Self.look())
                #expect(try laptop.files.count == 24)
                try await laptop.scan()
                try laptop.put(try Photo.small(1), "1.jpg.edited.jpg.reduced.jpg")
                try await laptop.scan()
                _ = try await laptop.undo(names)
                try await laptop.scan()
                let status = try await laptop.control.status()
                #expect(status.safety.paused == nil && status.library.state == .ok)
                #expect(status.library.images == 12 && status.library.mains == 0)
                // What a person has made of one stays.
                #expect(
                    try laptop.files == (names.map { "\($0).reduced.jpg" } + ["1.jpg.edited.jpg.reduced.jpg"]).sorted())
            }
        }
    }
}

extension TestNode {
    /// Edits, and gives the last line of each image, in order.
    func edit(_ paths: [String], _ look: Look, wait: Bool = false) async throws -> [EditLine] {
        try await edit(
            EditRequest(
                paths: try paths.map { try RelativePath($0) }, action: .apply(EditRequest.Wish(look: look)), wait: wait)
        )
    }

    func undo(_ paths: [String]) async throws -> [EditLine] {
        try await edit(EditRequest(paths: try paths.map { try RelativePath($0) }, action: .undo))
    }

    private func edit(_ request: EditRequest) async throws -> [EditLine] {
        var lines: [EditLine] = []
        for try await case .edit(let line) in control.edit(request) { lines.append(line) }
        return lines
    }

    func edits() async throws -> [EditLine] {
        var lines: [EditLine] = []
        for try await line in control.edits(under: []) { lines.append(line) }
        return lines
    }

    func export(_ path: String, original: Bool = false, wait: Bool = false) async throws -> [UInt8] {
        let export = try await control.export(
            ExportRequest(path: try RelativePath(path), original: original, wait: wait))
        var bytes: [UInt8] = []
        for try await chunk in export.bytes { bytes += chunk }
        #expect(bytes.count == Int(export.head.bytes) && ImageID(of: bytes) == export.head.image)
        return bytes
    }
}
