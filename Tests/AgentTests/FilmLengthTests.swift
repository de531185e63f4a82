import Agent
import Control
import Foundation
import Model
import TestSupport
import Testing

/// Films as cameras write them: what says how long they last stands behind their pictures.
@Suite("How long a film lasts", .serialized)
struct FilmLengthTests {
    /// Of 2.5 seconds.
    static func film(_ number: UInt8) -> [UInt8] {
        let header: [UInt8] = [0, 0, 0, 0] + big(0) + big(0) + big(600) + big(1_500) + [UInt8](repeating: 0, count: 80)
        return box("ftyp", Array("qt  \0\0\0\0qt  ".utf8)) + box("mdat", [UInt8](repeating: number, count: 300_000))
            + box("moov", box("mvhd", header))
    }

    private static func big(_ number: Int) -> [UInt8] {
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    private static func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
        big(content.count + 8) + Array(name.utf8) + content
    }

    private static func lengths(_ node: TestNode) async throws -> [String: Double] {
        var lengths: [String: Double] = [:]
        for try await line in node.control.images(under: "", form: nil) {
            lengths[line.path.description] = line.duration
        }
        return lengths
    }

    @Test("is in the lists of the machine that has it, of one without it, and of an archive; why says it")
    func known() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("desk", in: folder, configure: { $0.reduceMore() }) { desk in
                try desk.put(Self.film(1), "clip.MOV")
                try desk.put(try Photo.small(1), "a.jpg")
                let keeping = { @Sendable (it: inout AgentConfiguration) in it.policy.keep = .mains }
                try await TestNode.run("attic", in: folder, configure: keeping) { attic in
                    try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                        try await attic.join(desk)
                        try await laptop.join(desk)
                        try await attic.settle(images: 2)
                        try await laptop.settle(images: 2, missing: 1)
                        for node in [desk, attic, laptop] {
                            #expect(try await Self.lengths(node) == ["clip.MOV": 2.5], "\(node.name)")
                            #expect(try await node.control.why(Sample.path("clip.MOV")).duration == 2.5)
                            #expect(try await node.control.why(Sample.path("a.jpg")).duration == nil)
                        }
                    }
                }
            }
        }
    }

    @Test("is asked of films that an earlier version has listed, once, and reaches the others")
    func learnt() async throws {
        try await withTemporaryFolder { folder in
            let state = folder.appending(path: "desk/state")
            try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                try await TestNode.run("desk", in: folder, configure: { $0.reduceMore() }) { desk in
                    try await laptop.join(desk)
                    try desk.put(Self.film(1), "clip.MOV")
                    // Nothing tells the length of this one.
                    try desk.put(Array(Self.film(2).prefix(300_000)), "cut.MOV")
                    try await laptop.settle(images: 2, missing: 2)
                }
                let catalogue = CatalogueFile(state: state)
                try catalogue.run("UPDATE own SET duration = NULL; DELETE FROM setting WHERE key = 'lengths'")
                try await TestNode.run("desk", in: folder, configure: { $0.reduceMore() }) { desk in
                    try await desk.wait("its library") { $0.library.state == .ok }
                    try await desk.scan()
                    #expect(try await Self.lengths(desk) == ["clip.MOV": 2.5])
                    try await laptop.settle(images: 2, missing: 2)
                    #expect(try await Self.lengths(laptop) == ["clip.MOV": 2.5])
                }
                try catalogue.run("UPDATE own SET duration = NULL")
                try await TestNode.run("desk", in: folder, configure: { $0.reduceMore() }) { desk in
                    try await desk.wait("its library") { $0.library.state == .ok }
                    try await desk.scan()
                    #expect(try await Self.lengths(desk).isEmpty, "they were asked already")
                }
            }
        }
    }
}
