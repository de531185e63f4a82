import Agent
import Control
import Foundation
import Imaging
import Model
import TestSupport
import Testing

@Suite("Two agents", .serialized)
struct ExchangeTests {
    /// Two paired agents that ask for reduced copies of 1,024 pixels.
    private func withPair(_ body: @escaping @Sendable (TestNode, TestNode) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { a in
                try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                    try await b.join(a)
                    try await body(a, b)
                }
            }
        }
    }

    @Test("Each gets reduced copies of what the other has, both ways at once, and no main changes")
    func bothWays() async throws {
        try await withPair { a, b in
            let (one, two) = (try Photo.large(1), try Photo.large(2))
            try a.put(one, "2026/05/one.JPG")
            try b.put(two, "holiday/two é 📷.jpg")
            try await a.settle(images: 2)
            try await b.settle(images: 2)
            #expect(try a.files == ["2026/05/one.JPG", "holiday/two é 📷.jpg.reduced.jpg"])
            #expect(try b.files == ["2026/05/one.JPG.reduced.jpg", "holiday/two é 📷.jpg"])
            #expect(try a.read("2026/05/one.JPG") == one)
            #expect(try b.read("holiday/two é 📷.jpg") == two)
            let facts = ImageInspector.facts(of: try b.read("2026/05/one.JPG.reduced.jpg"))
            #expect(facts.marker?.edge == 1024)
            #expect(facts.captured == 1_780_000_001)
            let status = try await b.control.status()
            #expect(status.library.mains == 1)
            #expect(status.library.reduced == 1)
            #expect(status.library.elsewhereBytes == Int64(one.count))
            #expect(status.safety.atRisk == 2)
        }
    }

    @Test("A folder is summed up: forms, holders, what is at risk, and what happens next with equal reasons together")
    func whyFolder() async throws {
        try await withPair { a, b in
            for number in 1...3 { try a.put(try Photo.large(number), "2026/05/\(number).jpg") }
            try b.put(try Photo.large(4), "2026/06/4.jpg")
            try a.put(try Photo.small(5), "2026/06/5.jpg")
            try a.put(try Photo.large(1), "2026/copy.jpg")
            try await a.settle(images: 5)
            try await b.settle(images: 5)
            // A node that is in sync may still be told what the other one has just taken.
            let report = try await b.wait(
                "anna's four mains and one reduced copy", for: { try await $0.why(folder: "2026") }
            ) {
                $0.holders.first?.mains == 4 && $0.holders.first?.reduced == 1 && $0.mains.images == 2
            }
            #expect(report.images == 5)
            #expect(report.mains.images == 2)
            #expect(report.reduced.images == 3)
            #expect(report.missing == 0)
            #expect(report.atRisk == 4)
            #expect(report.target == 2)
            #expect(report.holders.map(\.name) == ["anna"])
            #expect(report.holders.first?.mains == 4)
            #expect(report.holders.first?.reduced == 1)
            #expect(report.next.reduce(0) { $0 + $1.images } == 5)
            let most = try #require(report.next.first)
            #expect(most == FolderReport.Step(what: "nothing", reason: "a reduced copy of 1024 px is here", images: 3))
            #expect(report.next.contains { $0.reason.contains("it may not be evicted") })
            #expect(try await b.control.why(folder: "2026/06").images == 2)
            #expect(try await b.control.why(folder: "").images == 5)
            let failure = await #expect(throws: ControlFailure.self) { try await b.control.why(folder: "2027") }
            #expect(failure?.code == .notFound)
        }
    }

    @Test("A scan counts images: not records, of which deletions and edits are some, and not files")
    func counted() async throws {
        try await withPair { a, b in
            for number in 1...3 { try a.put(try Photo.large(number), "\(number).jpg") }
            try a.put(try Photo.large(1), "copy of 1.jpg")
            try await b.settle(images: 3)
            for try await _ in a.control.delete(DeleteRequest(paths: [Sample.path("3.jpg")])) {}
            try await a.settle(images: 2)
            try await b.settle(images: 2)
            #expect(try await a.scan().images == 2)
            #expect(try await b.scan().images == 2)
        }
    }

    @Test("A small main is taken as it is, and then there are two of it")
    func small() async throws {
        try await withPair { a, b in
            let photo = try Photo.small(3)
            try a.put(photo, "small.jpg")
            let status = try await b.settle(images: 1)
            #expect(try b.read("small.jpg") == photo)
            #expect(status.library.mains == 1)
            #expect(status.safety.atRisk == 0)
        }
    }

    @Test("A folder renamed at one node is renamed at the other, and nothing is fetched again")
    func rename() async throws {
        try await withPair { a, b in
            for number in 1...5 { try a.put(try Photo.large(number), "old/\(number).jpg") }
            try await b.settle(images: 5)
            let before = try b.read("old/3.jpg.reduced.jpg")
            try FileManager.default.moveItem(at: a.library.appending(path: "old"), to: a.library.appending(path: "new"))
            try await b.wait("the new folder") { _ in
                (try? b.files) == (1...5).map { "new/\($0).jpg.reduced.jpg" }
            }
            #expect(try b.read("new/3.jpg.reduced.jpg") == before)
            #expect(!FileManager.default.fileExists(atPath: b.library.appending(path: "old").path))
            try await b.settle(images: 5)
        }
    }

    @Test("A photo changed in place changes at the other node too, and its old picture is gone there")
    func changedInPlace() async throws {
        try await withPair { a, b in
            try a.put(try Photo.large(1), "x.jpg")
            try await b.settle(images: 1)
            let before = try b.read("x.jpg.reduced.jpg")
            try a.put(try Photo.large(2), "x.jpg")
            try await b.wait("the new picture") { _ in (try? b.read("x.jpg.reduced.jpg")) != before }
            let status = try await b.settle(images: 1)
            #expect(try b.files == ["x.jpg.reduced.jpg"])
            #expect(status.library.reduced == 1)
        }
    }

    @Test("Two different images at one path are both kept under readable names")
    func samePath() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { a in
                try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                    try a.put(try Photo.large(1), "x.jpg")
                    try b.put(try Photo.large(2), "x.jpg")
                    try await a.settle(images: 1)
                    try await b.settle(images: 1)
                    try await b.join(a)
                    try await a.settle(images: 2)
                    try await b.settle(images: 2)
                    #expect(try a.files == ["x (ben).jpg.reduced.jpg", "x.jpg"])
                    #expect(try b.files == ["x (anna).jpg.reduced.jpg", "x.jpg"])
                }
            }
        }
    }

    @Test("A reduced copy removed by hand stays away until it is restored")
    func dismissal() async throws {
        try await withPair { a, b in
            try a.put(try Photo.large(1), "x.jpg")
            try await b.settle(images: 1)
            try b.remove("x.jpg.reduced.jpg")
            try await b.wait("the dismissal") { $0.library.missing == 1 && $0.library.reduced == 0 }
            let why = try await b.control.why(try RelativePath("x.jpg"))
            #expect(why.here.dismissed)
            // What would bring it back if anything did: another photo of the same peer, and a look at everything.
            try a.put(try Photo.large(2), "y.jpg")
            try await b.settle(images: 2, missing: 1)
            try await b.scan()
            #expect(try b.files == ["y.jpg.reduced.jpg"])
            #expect(try await b.control.restore([try RelativePath("x.jpg")]).map(\.outcome) == [.restored])
            try await b.settle(images: 2)
            #expect(try b.files == ["x.jpg.reduced.jpg", "y.jpg.reduced.jpg"])
            #expect(try a.files == ["x.jpg", "y.jpg"])
        }
    }

    @Test("Removing a main by hand removes nothing at the other node")
    func mainRemoved() async throws {
        try await withPair { a, b in
            try a.put(try Photo.large(1), "x.jpg")
            try await b.settle(images: 1)
            try a.remove("x.jpg")
            try await b.wait("no holder") { $0.peers.first?.images == 0 }
            #expect(try b.files == ["x.jpg.reduced.jpg"])
            #expect(try a.files == [])
        }
    }

    @Test("A main copied over its reduced copy makes that superfluous")
    func mainArrives() async throws {
        try await withPair { a, b in
            let photo = try Photo.large(1)
            try a.put(photo, "x.jpg")
            try await b.settle(images: 1)
            try b.put(photo, "x.jpg")
            try await b.wait("only the main") { $0.library.mains == 1 && $0.library.reduced == 0 }
            #expect(try b.files == ["x.jpg"])
        }
    }

    @Test("A reduced copy is never taken for a main, whatever becomes of its name and of the database")
    func neverPromoted() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { a in
                try a.put(try Photo.large(1), "x.jpg")
                try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                    try await b.join(a)
                    try await b.settle(images: 1)
                    let copy = try b.read("x.jpg.reduced.jpg")
                    try b.put(copy, "best of.jpg")
                    try await b.wait("both") { $0.library.reduced == 2 }
                }
                try FileManager.default.removeItem(at: folder.appending(path: "ben/state"))
                try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                    let status = try await b.wait("both, without a database") { $0.library.reduced == 2 }
                    #expect(status.library.mains == 0)
                }
                #expect(try await a.control.status().library.mains == 1)
            }
        }
    }

    @Test("A reduced copy that an editor stripped of its marker stays one, and comes to nobody as a main")
    func strippedCopy() async throws {
        try await withPair { a, b in
            try a.put(try Photo.large(1), "x.jpg")
            try await b.settle(images: 1)
            try b.put(try Photo.large(9), "x.jpg.reduced.jpg")
            let status = try await b.wait("the note") { $0.problems.contains { $0.subject == "x.jpg.reduced.jpg" } }
            #expect(status.library.mains == 0)
            #expect(status.library.reduced == 1)
            try await a.settle(images: 1)
            #expect(try a.files == ["x.jpg"])
            #expect(try b.files == ["x.jpg.reduced.jpg"])
        }
    }

    @Test("A reduced copy that a power cut left short is set aside and got anew", arguments: [0, 5000])
    func torso(bytes: Int) async throws {
        try await withPair { a, b in
            try a.put(try Photo.large(1), "x.jpg")
            try await b.settle(images: 1)
            let whole = try b.read("x.jpg.reduced.jpg")
            try b.put(Array(whole.prefix(bytes)), "x.jpg.reduced.jpg")
            try await b.wait("the whole copy") { _ in (try? b.read("x.jpg.reduced.jpg")) == whole }
            try await b.settle(images: 1)
            #expect(try b.files == ["x.jpg.reduced.jpg"])
        }
    }

    @Test(
        "Whatever date a file claims, the agent goes on, and whole photos are exchanged",
        // The year 1901, before 1970, the last moment that 64 bits of nanoseconds can tell, 2300, the end of ext4's time.
        arguments: [-2_147_483_648, -86_400, 9_223_372_036.9, 10_413_792_000, 15_032_385_535])
    func dates(time: Double) async throws {
        try await withPair { a, b in
            try a.put(try Photo.large(1), "x.jpg", dated: time)
            try a.put([], "odd.jpg", dated: time)
            try await b.settle(images: 1)
            let whole = try b.read("x.jpg.reduced.jpg")
            try b.put(Array(whole.prefix(5000)), "x.jpg.reduced.jpg", dated: time)
            try await a.scan()
            try await b.scan()
            try await b.wait("the whole copy again") { _ in (try? b.read("x.jpg.reduced.jpg")) == whole }
            try a.put(try Photo.large(2), "y.jpg")
            try await b.wait("the next photo") { _ in (try? b.read("y.jpg.reduced.jpg")) != nil }
        }
    }

    @Test("A node told to keep mains gets those of which it holds reduced copies")
    func becomesArchive() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { a in
                let photo = try Photo.large(1)
                try a.put(photo, "x.jpg")
                try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                    try await b.join(a)
                    try await b.settle(images: 1)
                }
                try await TestNode.run("ben", in: folder, configure: { $0.policy.keep = .mains }) { b in
                    try await b.wait("the main") { $0.library.mains == 1 && $0.library.reduced == 0 }
                    #expect(try b.read("x.jpg") == photo)
                    #expect(try b.files == ["x.jpg"])
                }
            }
        }
    }

    @Test("An archive pulls the mains")
    func archive() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("laptop", in: folder) { a in
                let photo = try Photo.large(1)
                try a.put(photo, "x.jpg")
                try await TestNode.run("archive", in: folder, configure: { $0.policy.keep = .mains }) { b in
                    try await b.join(a)
                    let status = try await b.settle(images: 1)
                    #expect(status.library.mains == 1)
                    #expect(try b.read("x.jpg") == photo)
                }
            }
        }
    }

    @Test("Unpairing ends everything between the two and touches no file")
    func unpair() async throws {
        try await withPair { a, b in
            try a.put(try Photo.large(1), "x.jpg")
            try await b.settle(images: 1)
            _ = try await a.control.unpair("ben")
            try await b.wait("offline") { $0.peers.first?.state == .offline }
            try a.put(try Photo.large(2), "y.jpg")
            try await a.wait("its own photo") { $0.library.mains == 2 }
            #expect(try b.files == ["x.jpg.reduced.jpg"])
            #expect(try await b.control.status().library.images == 1)
        }
    }

    @Test("`why` and `ls` tell what is held, by whom, and what comes next")
    func answers() async throws {
        try await withPair { a, b in
            try a.put(try Photo.large(1), "f/x.jpg")
            try a.put(Array("%PDF-1.7 not a photo".utf8), "f/notes.pdf")
            try await b.settle(images: 2)
            let why = try await b.control.why(try RelativePath("f/x.jpg"))
            #expect(why.here.form == .reduced)
            #expect(why.elsewhere.map(\.name) == ["anna"])
            #expect(why.next.what == "nothing")
            var lines: [ImageLine] = []
            for try await line in b.control.images(under: "f", form: nil) { lines.append(line) }
            #expect(lines.map(\.path.description) == ["f/notes.pdf", "f/x.jpg"])
            #expect(lines.map(\.form) == [.main, .reduced])
            #expect(lines.map { Set($0.holders) } == [["anna", "ben"], ["anna"]])
            let failure = await #expect(throws: ControlFailure.self) {
                try await b.control.why(try RelativePath("no.jpg"))
            }
            #expect(failure?.code == .notFound)
        }
    }
}
