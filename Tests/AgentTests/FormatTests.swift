import Agent
import Control
import Foundation
import Imaging
import Model
import TestSupport
import Testing

/// A desktop with the decoder, whose pictures and films are no JPEGs, and machines that see them.
@Suite("Pictures and films of other types than JPEG", .serialized)
struct FormatTests {
    private static let decoder = HostBinaries.path("syncd-decoder")

    /// A picture of 2400 by 1600 that no other is like.
    private static func picture(_ number: Int, as name: String, _ arguments: [String] = []) throws -> [UInt8] {
        try ImagingTool.run(
            "convert",
            [
                "-size", "2400x1600", "-seed", "\(number)", "plasma:fractal", "-attenuate", "0.1", "+noise", "Gaussian",
            ] + arguments + [name])
    }

    private static func film() throws -> [UInt8] {
        try ImagingTool.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=10:duration=3", "-c:v", "mpeg4",
                "-b:v",
                "4M", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "-",
            ])
    }

    private func withLaptop(
        decoder: String? = Self.decoder,
        _ body: @escaping @Sendable (_ desk: TestNode, _ laptop: TestNode) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let reduced = { @Sendable (it: inout AgentConfiguration) in
                it.reduceMore()
                it.decoder = decoder
            }
            try await TestNode.run("desk", in: folder, configure: reduced) { desk in
                try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                    try await laptop.join(desk)
                    try await body(desk, laptop)
                }
            }
        }
    }

    @Test("A PNG, a WebP, a TIFF and a film have reduced copies on a machine without the decoder")
    func reduced() async throws {
        try await withLaptop { desk, laptop in
            let files = [
                "a.png": try Self.picture(1, as: "png:-"),
                "b.webp": try Self.picture(2, as: "webp:-", ["-define", "webp:lossless=true"]),
                "c.tif": try Self.picture(3, as: "tiff:-"), "d.mp4": try Self.film(),
            ]
            for (path, bytes) in files { try desk.put(bytes, path) }
            let status = try await laptop.settle(images: 4)
            #expect(status.problems.isEmpty)
            #expect(try laptop.files == files.keys.map { "\($0).reduced.jpg" }.sorted())
            for path in files.keys {
                let copy = try laptop.read("\(path).reduced.jpg")
                let facts = ImageInspector.facts(of: copy)
                #expect(facts.type == .jpeg && facts.marker != nil)
                #expect(try #require(facts.size).longEdge >= 1024, "\(path)")
            }
        }
    }

    @Test("A picture that is none, and one that is cut, are named at the machine that has them; the others come")
    func broken() async throws {
        try await withLaptop { desk, laptop in
            let good = try Self.picture(1, as: "png:-")
            try desk.put(good, "good.png")
            try desk.put(Array(good.prefix(40)) + [UInt8](repeating: 7, count: 400_000), "bad.png")
            try await laptop.wait("the good one") { _ in (try? laptop.files) == ["good.png.reduced.jpg"] }
            let status = try await desk.wait("the problem") { $0.problems.map(\.subject) == ["bad.png"] }
            #expect(status.problems[0].reason.hasPrefix("No reduced copy can be made of it: The picture is damaged"))
        }
    }

    @Test("A picture is evicted where the decoder is, and fetched again")
    func evicted() async throws {
        try await withTemporaryFolder { folder in
            let configure = { @Sendable (it: inout AgentConfiguration) in
                it.reduceMore()
                it.decoder = Self.decoder
            }
            try await TestNode.run("desk", in: folder, configure: configure) { desk in
                try await TestNode.run(
                    "attic", in: folder,
                    configure: {
                        configure(&$0)
                        $0.policy.keep = .mains
                    }
                ) { attic in
                    try await attic.join(desk)
                    let (picture, film) = (try Self.picture(1, as: "png:-"), try Self.film())
                    try desk.put(picture, "a.png")
                    try desk.put(film, "b.mp4")
                    try await attic.settle(images: 2)
                    try await desk.wait("attic's list") { $0.safety.atRisk == 0 }
                    let paths = [Sample.path("a.png"), Sample.path("b.mp4")]
                    let evicted = try await desk.work(desk.control.evict(EvictRequest(paths: paths)))
                    #expect(evicted.outcomes == ["a.png": .evicted, "b.mp4": .evicted])
                    #expect(try desk.files == ["a.png.reduced.jpg", "b.mp4.reduced.jpg"])
                    _ = try await desk.work(desk.control.fetch(paths))
                    try await desk.wait("both") { $0.library.mains == 2 && $0.library.reduced == 0 }
                    #expect(try desk.read("a.png") == picture && desk.read("b.mp4") == film)
                }
            }
        }
    }

    @Test("An edit of a PNG, said on a machine without the decoder, runs on the main")
    func edited() async throws {
        try await withLaptop { desk, laptop in
            try desk.put(try Self.picture(1, as: "png:-"), "a.png")
            try await laptop.settle(images: 1)
            let look = try Look(turns: 1, isBlackAndWhite: true, [.exposure: Amount(thousandths: 500)])
            let line = try #require(try await laptop.edit(["a.png"], look).first)
            #expect(line.preview == Sample.path("a.png.edited.jpg.reduced.jpg"))
            try await desk.wait("the rendition") { $0.library.mains == 2 }
            let facts = ImageInspector.facts(of: try desk.read("a.png.edited.jpg"))
            #expect(facts.rendition?.recipe == line.recipe)
            #expect(facts.size == PixelSize(width: 1600, height: 2400))
            try await laptop.wait("its reduced copy") { $0.library.reduced == 2 }
        }
    }

    @Test("An edit as a PNG has names of its own, its reduced copy takes the preview's place, and undoing removes it")
    func editedAsPNG() async throws {
        try await withLaptop { desk, laptop in
            try desk.put(try Photo.large(1), "a.jpg")
            try await laptop.settle(images: 1)
            let look = try Look(turns: 1, isPNG: true, [.exposure: Amount(thousandths: 500)])
            let line = try #require(try await laptop.edit(["a.jpg"], look).first)
            #expect(line.preview == Sample.path("a.jpg.edited.png.reduced.jpg"))
            try await desk.wait("the rendition") { $0.library.mains == 2 }
            let facts = ImageInspector.facts(of: try desk.read("a.jpg.edited.png"))
            #expect(facts.type == .png && facts.rendition?.recipe == line.recipe)
            #expect(facts.size == PixelSize(width: 1600, height: 2400))
            #expect(try await desk.control.why(Sample.path("a.jpg.edited.png")).type == .png)
            try await laptop.wait("its reduced copy") { $0.library.reduced == 2 }
            #expect(try laptop.files == ["a.jpg.edited.png.reduced.jpg", "a.jpg.reduced.jpg"])
            // The same without PNG is another picture, and both may stand.
            let other = try Look(turns: 1, [.exposure: Amount(thousandths: 500)])
            _ = try await laptop.edit(["a.jpg"], other)
            try await desk.wait("both") { $0.library.mains == 3 }
            #expect(try desk.files == ["a.jpg", "a.jpg.edited.jpg", "a.jpg.edited.png"])
            _ = try await desk.undo(["a.jpg.edited.png"])
            try await desk.wait("one of them") { $0.library.mains == 2 }
            #expect(try desk.files == ["a.jpg", "a.jpg.edited.jpg"])
        }
    }

    @Test(
        "A machine without the decoder says so in doctor, evicts no picture that it cannot reduce, and one with it is well"
    )
    func doctor() async throws {
        try await withLaptop { desk, laptop in
            let there = try await desk.control.doctor().first { $0.check == "decoder" }
            #expect(there?.state == .ok)
            #expect(there?.what.contains("the system call filter") == true)
            let here = try await laptop.control.doctor().first { $0.check == "decoder" }
            #expect(here?.state == .warning)
            try laptop.put(try Self.picture(1, as: "png:-"), "a.png")
            try await desk.settle(images: 1, missing: 1)
            let why = try await desk.control.why(Sample.path("a.png"))
            #expect(why.next.reason.contains("on laptop it is not"))
            let kept = try await laptop.work(laptop.control.evict(EvictRequest(paths: [Sample.path("a.png")])))
            #expect(kept.outcomes == ["a.png": .kept])
        }
    }
}
