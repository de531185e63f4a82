import Agent
import Control
import Foundation
import Model
import TestSupport
import Testing

/// A desktop with everything that a camera's card holds, an archive that keeps mains, and a laptop.
@Suite("Every file is a main", .serialized)
struct EveryFileTests {
    /// A film: a head that says so, and enough behind it not to be taken as it is.
    private static func film(_ number: UInt8) -> [UInt8] {
        [0, 0, 0, 24] + Array("ftypqt  ".utf8) + [UInt8](repeating: number, count: 300_000)
    }
    private static let sidecar = Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".utf8)

    private func withArchive(
        ignoring patterns: [String] = [],
        _ body: @escaping @Sendable (_ desk: TestNode, _ attic: TestNode) async throws -> Void
    ) async throws {
        let rules = try IgnoreRules(patterns)
        try await withTemporaryFolder { folder in
            try await TestNode.run("desk", in: folder, configure: { $0.reduceMore() }) { desk in
                try await TestNode.run(
                    "attic", in: folder,
                    configure: {
                        $0.reduceMore()
                        $0.policy.keep = .mains
                        $0.policy.ignoring = rules
                    }
                ) { attic in
                    try await attic.join(desk)
                    try await body(desk, attic)
                }
            }
        }
    }

    @Test("Films, sidecars and unknown files are listed, backed up by an archive, and verified there")
    func backedUp() async throws {
        try await withArchive { desk, attic in
            let files = [
                "2026/clip.MOV": Self.film(1), "2026/IMG_1.xmp": Self.sidecar,
                "2026/note.wav": Array("RIFF1234WAVE".utf8),
                "2026/drawing.psd": Array("8BPS".utf8) + [UInt8](repeating: 3, count: 250_000),
                "2026/IMG_1.JPG": try Photo.large(1),
            ]
            for (path, bytes) in files { try desk.put(bytes, path) }
            let status = try await attic.settle(images: 5)
            #expect(status.library.mains == 5 && status.safety.atRisk == 0 && status.problems.isEmpty)
            for (path, bytes) in files { #expect(try attic.read(path) == bytes) }
            try await desk.wait("attic's list") { $0.safety.atRisk == 0 }
            var lines: [ImageLine] = []
            for try await line in desk.control.images(under: "", form: .main) { lines.append(line) }
            #expect(Set(lines.map(\.path.description)) == Set(files.keys))
            #expect(lines.allSatisfy { $0.holders.sorted() == ["attic", "desk"] })
            let verified = try await attic.work(attic.control.verify(VerifyRequest(paths: [], all: true)))
            #expect(verified.outcomes == files.mapValues { _ in .verified })
        }
    }

    @Test("A film without a reduced copy is named where it is missing, and its main is not evicted")
    func notReducible() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("desk", in: folder, configure: { $0.reduceMore() }) { desk in
                try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                    try await laptop.join(desk)
                    try desk.put(Self.film(1), "clip.MOV")
                    try desk.put(Self.sidecar, "IMG_1.xmp")
                    try await laptop.settle(images: 2, missing: 1)
                    #expect(try laptop.files == ["IMG_1.xmp"], "a small file is taken as it is")
                    let why = try await laptop.control.why(Sample.path("clip.MOV"))
                    #expect(why.next.what == "nothing")
                    #expect(why.next.reason.contains("a film (MOV) has a reduced copy only where"))
                    let status = try await laptop.wait("the sentence") { !$0.problems.isEmpty }
                    #expect(status.problems.map(\.subject) == ["formats"])
                    let reason = try #require(status.problems.first?.reason)
                    #expect(reason.hasPrefix("No reduced copy is made of 1 MOV on desk:"))
                }
            }
        }
    }

    @Test("What is left alone is counted by why, and is nobody's main")
    func leftAlone() async throws {
        try await withArchive(ignoring: ["*.bak", "private"]) { desk, attic in
            for name in ["@eaDir/IMG_1.JPG", "Thumbs.db", "a.bak", "private/IMG_2.JPG"] {
                try attic.put(Self.sidecar, name)
            }
            try attic.put(Array("#!/bin/sh\n".utf8), "script")
            try attic.put(Array("alert(1)".utf8), "page.html")
            try attic.put([], "empty")
            try attic.put(Self.sidecar, "half.part")
            try attic.put(Self.sidecar, ".hidden")
            try FileManager.default.createSymbolicLink(
                at: attic.library.appending(path: "link.jpg"),
                withDestinationURL: attic.library.appending(path: "a.bak"))
            try attic.put(Self.film(2), "clip.MOV")
            try await attic.scan()
            let status = try await attic.wait("what is left alone") { ($0.library.leftAlone?.total ?? 0) == 10 }
            let leftAlone = try #require(status.library.leftAlone)
            #expect(status.library.images == 1)
            #expect(leftAlone.ignored == 4 && leftAlone.runnable == 2 && leftAlone.empty == 1)
            #expect(leftAlone.unfinished == 1 && leftAlone.hidden == 1 && leftAlone.links == 1)
            #expect(leftAlone.unnameable == 0 && leftAlone.special == 0)
        }
    }

    @Test("What a machine is told to ignore does not come to it from others, which keep it")
    func ignoredFromPeers() async throws {
        try await withArchive(ignoring: ["*.MOV"]) { desk, attic in
            try desk.put(Self.film(1), "clip.MOV")
            try desk.put(try Photo.large(1), "IMG_1.JPG")
            try await attic.wait("the photo") { _ in (try? attic.files) == ["IMG_1.JPG"] }
            let why = try await attic.control.why(Sample.path("clip.MOV"))
            #expect(why.next.reason.contains("left alone here"))
            try await attic.wait("nothing to do") { $0.work.pending == 0 && $0.work.running == 0 }
            #expect(try attic.files == ["IMG_1.JPG"] && desk.files == ["IMG_1.JPG", "clip.MOV"])
        }
    }

    @Test("A file that was listed, and is to be ignored from now on, stays where it is and is no removal")
    func ignoredLater() async throws {
        let rules = try IgnoreRules(["*.MOV"])
        try await withTemporaryFolder { folder in
            try await TestNode.run("desk", in: folder) { desk in
                try desk.put(Self.film(1), "clip.MOV")
                try desk.put(Self.sidecar, "IMG_1.xmp")
                try await desk.settle(images: 2)
            }
            try await TestNode.run("desk", in: folder, configure: { $0.policy.ignoring = rules }) { desk in
                try await desk.settle(images: 1)
                #expect(try desk.files == ["IMG_1.xmp", "clip.MOV"])
                #expect(try await desk.scan().removed == 0)
            }
            try await TestNode.run("desk", in: folder) { desk in
                let status = try await desk.settle(images: 2)
                #expect(status.problems.isEmpty)
            }
        }
    }

    @Test("A photo that a program left as rubbish is no edit: the other machines keep the photo")
    func rubbish() async throws {
        try await withArchive { desk, attic in
            let photo = try Photo.large(1)
            try desk.put(photo, "IMG_1.JPG")
            try await attic.settle(images: 1)
            try desk.put([UInt8](repeating: 0, count: 5_000), "IMG_1.JPG", dated: 1_790_000_000)
            try await desk.wait("the problem") { $0.problems.map(\.subject) == ["IMG_1.JPG"] }
            try await attic.wait("nothing to do") { $0.work.pending == 0 && $0.work.running == 0 }
            #expect(try attic.read("IMG_1.JPG") == photo)
        }
    }

    @Test("Nor is the rubbish of a film, written twice, nor what is renamed over a photo and is none")
    func rubbishAgain() async throws {
        try await withArchive { desk, attic in
            let photo = try Photo.large(1)
            try desk.put(Self.film(1), "clip.mp4")
            try desk.put(photo, "IMG_1.JPG")
            try await attic.settle(images: 2)
            for number in 1...2 {
                let time = 1_790_000_000 + Double(number)
                try desk.put([UInt8](repeating: UInt8(number), count: 5_000), "clip.mp4", dated: time)
                try await desk.scan()
                let problems = try await desk.control.status().problems.map(\.subject)
                #expect(problems.filter { $0 != "formats" } == ["clip.mp4"])
            }
            try desk.put([UInt8](repeating: 9, count: 5_000), "IMG_1.JPG.new")
            try await attic.wait("the text") { $0.library.mains == 3 }
            rename(desk.library.appending(path: "IMG_1.JPG.new").path, desk.library.appending(path: "IMG_1.JPG").path)
            try await desk.scan()
            try await attic.wait("nothing to do") { status in
                status.work.pending == 0 && status.work.running == 0 && status.peers.allSatisfy(\.inSync)
            }
            let all = try attic.files.map { try attic.read($0) }
            #expect(all.contains(Self.film(1)) && all.contains(photo))
            #expect(try attic.read("clip.mp4") == Self.film(1))
        }
    }

    @Test("A photo that was ignored while others edited it is no earlier state that a person has put back")
    func ignoredMeanwhile() async throws {
        let rules = try IgnoreRules(["2019"])
        let (old, new) = (try Photo.large(1), try Photo.large(2))
        try await withTemporaryFolder { folder in
            let mains: @Sendable (inout AgentConfiguration) -> Void = {
                $0.reduceMore()
                $0.policy.keep = .mains
            }
            try await TestNode.run("desk", in: folder, configure: mains) { desk in
                let written = try await TestNode.run("attic", in: folder, configure: mains) { attic in
                    try await attic.join(desk)
                    try attic.put(old, "2019/a.jpg")
                    let written = ContinuousClock.now
                    try await desk.settle(images: 1)
                    #expect(try desk.read("2019/a.jpg") == old)
                    // Who never had the photo has not edited it: the desk is seen to have it.
                    try await attic.wait("word of the desk's main") { $0.peers.first?.images == 1 }
                    return written
                }
                try await TestNode.run(
                    "attic", in: folder,
                    configure: {
                        mains(&$0)
                        $0.policy.ignoring = rules
                    }
                ) { attic in
                    try await attic.wait("nothing listed") { $0.library.mains == 0 }
                    try desk.put(new, "2019/a.jpg", dated: 1_790_000_000)
                    try await attic.wait("word of the edit") {
                        $0.library.images == 1 && $0.peers.first?.inSync == true
                    }
                    #expect(try attic.read("2019/a.jpg") == old)
                }
                // It is to be an old file at the first look: what was just written, and may be written to, is looked at later.
                try await ContinuousClock().sleep(until: written + .seconds(6))
                try await TestNode.run("attic", in: folder, configure: mains) { attic in
                    try await attic.wait("the edit") { _ in (try? attic.read("2019/a.jpg")) == new }
                    try await desk.settle(images: 1)
                    #expect(try desk.files == ["2019/a.jpg"])
                    #expect(try desk.read("2019/a.jpg") == new)
                }
            }
        }
    }
}
