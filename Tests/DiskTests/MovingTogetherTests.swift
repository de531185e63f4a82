import Foundation
import Model
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Disk

@Suite("Several files that get other names at once")
struct MovingTogetherTests {
    private func moves(_ sandbox: DiskSandbox, _ names: KeyValuePairs<String, String>) throws -> [Placement.Move] {
        try names.map { from, to in
            let found = try #require(try sandbox.library.find(try path(from)))
            return Placement.Move(
                known: KnownFile(path: found.path, identity: found.identity), target: try path(to),
                name: Placement.movingName(for: found.path))
        }
    }

    private func incoming(_ sandbox: DiskSandbox) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: sandbox.url(".mainstay/incoming").path)
    }

    @Test("Names are swapped, passed around, shifted and changed in case, whatever the order")
    func permutations() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            for name in ["a", "b", "c", "d", "e", "f", "g"] { _ = try sandbox.write(name + ".jpg", Array(name.utf8)) }
            let batch = try moves(
                sandbox,
                [
                    "a.jpg": "b.jpg", "b.jpg": "a.jpg", "c.jpg": "x/y/d.jpg", "d.jpg": "c.jpg", "e.jpg": "d.jpg",
                    "f.jpg": "F.jpg", "g.jpg": "e.jpg",
                ])
            for (move, result) in zip(batch, try Placement(library: sandbox.library).move(batch)) {
                #expect(try result.get() == KnownFile(path: move.target, identity: move.known.identity))
            }
            let there = ["b.jpg", "a.jpg", "x/y/d.jpg", "c.jpg", "d.jpg", "F.jpg", "e.jpg"]
            #expect(there.map { sandbox.read($0) } == "abcdefg".utf8.map { [$0] })
            #expect(try incoming(sandbox).isEmpty)
        }
    }

    @Test("A folder whose name differs in the form of its accents alone is another")
    func accents() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            for name in ["a", "b"] { _ = try sandbox.write("\u{E9}/\(name).jpg", Array(name.utf8)) }
            let batch = try moves(sandbox, ["\u{E9}/a.jpg": "e\u{301}/a.jpg", "\u{E9}/b.jpg": "\u{E9}/c.jpg"])
            for result in try Placement(library: sandbox.library).move(batch) { _ = try result.get() }
            #expect(sandbox.read("e\u{301}/a.jpg") == [0x61] && sandbox.read("\u{E9}/a.jpg") == nil)
            #expect(sandbox.read("\u{E9}/c.jpg") == [0x62])
        }
    }

    @Test("What stands at a new name and is not moved is not overwritten; whoever waits for that file's name waits on")
    func taken() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            for name in ["a", "b", "c", "d"] { _ = try sandbox.write(name + ".jpg", Array(name.utf8)) }
            var batch = try moves(sandbox, ["a.jpg": "b.jpg", "b.jpg": "c.jpg", "d.jpg": "e.jpg"])
            batch[2].known.identity.mtime += 1
            let results = try Placement(library: sandbox.library).move(batch)
            #expect(results.map { result in diskError { _ = try result.get() }?.code } == [.exists, .exists, .changed])
            #expect(["a.jpg", "b.jpg", "c.jpg", "d.jpg"].map { sandbox.read($0) } == "abcd".utf8.map { [$0] })
        }
    }

    @Test("A circle that cannot be closed goes back whole")
    func broken() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            for name in ["a", "b", "c"] { _ = try sandbox.write(name + ".jpg", Array(name.utf8)) }
            var batch = try moves(sandbox, ["a.jpg": "b.jpg", "b.jpg": "c.jpg", "c.jpg": "a.jpg"])
            batch[1].known.identity.mtime += 1
            let results = try Placement(library: sandbox.library).move(batch)
            #expect(results.allSatisfy { result in diskError { _ = try result.get() } != nil })
            #expect(["a.jpg", "b.jpg", "c.jpg"].map { sandbox.read($0) } == "abc".utf8.map { [$0] })
            #expect(try incoming(sandbox).isEmpty)
        }
    }

    @Test("Whatever call fails, each file stands at one of its names, or steps back from where it had stepped aside")
    func faults() async throws {
        for number in 1...60 {
            try await withFolder { parent in
                let sandbox = try DiskSandbox(in: parent)
                for name in ["a", "b", "c"] { _ = try sandbox.write(name + ".jpg", Array(name.utf8)) }
                let batch = try moves(sandbox, ["a.jpg": "b.jpg", "b.jpg": "a.jpg", "c.jpg": "n/d.jpg"])
                sandbox.library.release()
                let counter = Mutex(0)
                let calls = FaultyCalls { _ in
                    counter.withLock {
                        $0 += 1
                        return $0 == number ? .ioError : nil
                    }
                }
                guard let library = try? LibraryFolder(path: sandbox.url("").path, .create, calls: calls) else {
                    return
                }
                _ = try? Placement(library: library).move(batch)
                library.release()
                let after = try LibraryFolder(path: sandbox.url("").path, .create)
                for move in batch {
                    _ = try Placement(library: after).returnMoving(move.name, to: [move.target, move.known.path])
                }
                var seen: Set<FileIdentity> = []
                for name in ["a.jpg", "b.jpg", "c.jpg", "n/d.jpg", "a (kept).jpg", "b (kept).jpg"] {
                    if let found = try after.find(path(name)) { seen.insert(found.identity) }
                }
                #expect(seen == Set(batch.map(\.known.identity)), "call \(number)")
            }
        }
    }

    @Test("A thousand files of one folder cost a sync for each folder, not for each file")
    func syncs() async throws {
        try await withFolder { parent in
            let calls = FaultyCalls()
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            var batch: [Placement.Move] = []
            for number in 0..<1000 {
                let file = try Placement(library: library).placeReduced([1], at: path("old/\(number).reduced.jpg"))
                batch.append(
                    Placement.Move(
                        known: file, target: try path("new/\(number).reduced.jpg"),
                        name: Placement.movingName(for: file.path)))
            }
            let before = calls.count(.sync)
            for result in try Placement(library: library).move(batch) { _ = try result.get() }
            #expect(calls.count(.sync) - before < 8)
            #expect(!FileManager.default.fileExists(atPath: parent.path + "/old"))
        }
    }
}
