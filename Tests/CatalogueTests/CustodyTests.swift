import Catalogue
import Foundation
import Model
import Planning
import SingleChanges
import TestSupport
import Testing

@Suite("The catalogue keeps promises and words on deleting")
struct CustodyTests {
    private let image = Sample.image(1)
    private let path = Sample.path("a.jpg")
    private let peer = Sample.node(1)
    private let nonce = Sample.image(77).bytes

    private func withCatalogue(_ body: (CatalogueDatabase, String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "catalogue.sqlite").path
            let catalogue = try CatalogueDatabase(path: path)
            try await catalogue.countAbsence(wall: 1_000_000)
            try await body(catalogue, path)
            try catalogue.close()
        }
    }

    private func own(_ info: FileInfo, origin: String? = nil) -> OwnFile {
        OwnFile(
            info: info, file: info.file, stamp: FileStamp(bytes: info.bytes, modified: 5, inode: 6),
            origin: origin.map(Sample.path))
    }

    private func aside(_ folder: Aside.Folder, name: String = "a~1.jpg") -> Aside {
        Aside(name: name, folder: folder, since: 1, own: own(Sample.main("a.jpg", 1)))
    }

    private func success(_ promised: Result<CatalogueDatabase.Promise, Custody.Refusal>) throws
        -> CatalogueDatabase.Promise
    {
        try promised.get()
    }

    @Test("What is promised is not evicted nor set aside before the promise ends, and what is evicted is not promised")
    func promises() async throws {
        try await withCatalogue { catalogue, _ in
            let promiseOfNothing = try await catalogue.promise(image, to: peer, nonce: nonce, seconds: 10, at: .zero)
            #expect(throws: Custody.Refusal.noMain) { try promiseOfNothing.get() }
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1)))])
            _ = try success(try await catalogue.promise(image, to: peer, nonce: nonce, seconds: 10, at: .seconds(5)))
            let early = Duration.seconds(15) - .milliseconds(1)
            #expect(try await catalogue.markEvicting(image, file: path, at: early) == .held(until: .seconds(15)))
            #expect(try await catalogue.intend(aside(.trash), at: early) == .held(until: .seconds(15)))
            #expect(try await catalogue.intend(aside(.versions), at: early) == .held(until: .seconds(15)))
            #expect(try await catalogue.markEvicting(image, file: path, at: .seconds(15)) == nil)
            let whileEvicting = try await catalogue.promise(
                image, to: peer, nonce: nonce, seconds: 10, at: .seconds(16))
            #expect(throws: Custody.Refusal.evicting) { try whileEvicting.get() }
            #expect(try await catalogue.intend(aside(.trash), at: .seconds(16)) == .evicting)
            #expect(try await catalogue.markEvicting(image, file: path, at: .seconds(16)) == .evicting)
            try await catalogue.unmarkEvicting(image)
            _ = try success(try await catalogue.promise(image, to: peer, nonce: nonce, seconds: 10, at: .seconds(16)))
        }
    }

    @Test("A promise outlives a restart with its whole time, however long the node was away by its clock")
    func rearmed() async throws {
        try await withCatalogue { catalogue, path in
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1)))])
            _ = try success(
                try await catalogue.promise(image, to: peer, nonce: nonce, seconds: 300, at: .seconds(1000)))
            let again = try CatalogueDatabase(path: path)
            try await again.rearmHolds(at: .milliseconds(20))
            #expect(try await again.custody(of: image).heldUntil == .milliseconds(300_020))
            try again.close()
        }
    }

    @Test("A promise withdrawn takes no other one with it")
    func withdrawn() async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1)))])
            _ = try success(try await catalogue.promise(image, to: peer, nonce: nonce, seconds: 100, at: .zero))
            let second = try success(
                try await catalogue.promise(image, to: peer, nonce: nonce, seconds: 200, at: .zero))
            try await catalogue.withdraw(second)
            #expect(try await catalogue.custody(of: image).heldUntil == .seconds(100))
        }
    }

    @Test("A hold is given back by the node that got it, by its nonce, and no other hold ends with it")
    func released() async throws {
        try await withCatalogue { catalogue, path in
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1)))])
            let (other, later) = (Sample.node(2), Sample.image(78).bytes)
            let first = try success(
                try await catalogue.promise(image, to: peer, nonce: nonce, seconds: 300, at: .zero))
            _ = try success(try await catalogue.promise(image, to: other, nonce: nonce, seconds: 200, at: .zero))
            _ = try success(try await catalogue.promise(image, to: peer, nonce: later, seconds: 100, at: .zero))
            let holds = try await catalogue.holds(on: image, at: .seconds(1))
            #expect(holds.map(\.peer) == [peer, other])
            #expect(holds.map(\.until) == [.seconds(300), .seconds(200)])
            // Nobody's, and nothing.
            #expect(try await catalogue.release(nonce, by: Sample.node(3)) == nil)
            #expect(try await catalogue.release(Sample.image(79).bytes, by: peer) == nil)
            #expect(try await catalogue.custody(of: image).heldUntil == .seconds(300))
            #expect(try await catalogue.stands(first))
            // Its own, once and for all.
            #expect(try await catalogue.release(nonce, by: peer) == image)
            #expect(try await catalogue.release(nonce, by: peer) == nil)
            #expect(try await !catalogue.stands(first))
            #expect(try await catalogue.custody(of: image).heldUntil == .seconds(200))
            #expect(try await catalogue.holds(on: image, at: .seconds(150)).map(\.peer) == [other])
            #expect(try await catalogue.release(nonce, by: other) == image)
            #expect(try await catalogue.custody(of: image).heldUntil == .seconds(100))
            // Durable: a start begins only what still stands anew.
            let again = try CatalogueDatabase(path: path)
            try await again.rearmHolds(at: .zero)
            #expect(try await again.custody(of: image).heldUntil == .seconds(100))
            #expect(try await again.release(later, by: peer) == image)
            #expect(try await again.markEvicting(image, file: self.path, at: .zero) == nil)
            try again.close()
        }
    }

    @Test("A damaged main is set aside although it was promised: its bytes keep no promise")
    func damaged() async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1)))])
            _ = try success(try await catalogue.promise(image, to: peer, nonce: nonce, seconds: 100, at: .zero))
            #expect(try await catalogue.intend(aside(.damaged), at: .zero) == nil)
        }
    }

    @Test("An eviction recorded leaves the reduced copy and no mark; the digest follows")
    func recorded() async throws {
        try await withCatalogue { catalogue, path in
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1)))])
            #expect(try await catalogue.markEvicting(image, file: self.path, at: .zero) == nil)
            let before = catalogue.ownDigest
            let reduced = own(Sample.reduced("a.jpg", 1))
            #expect(try await catalogue.recordEviction(of: image, file: self.path, reduced: reduced) == [image])
            #expect(try await catalogue.ownFiles(of: image) == [reduced])
            #expect(try await catalogue.evictingMarks().isEmpty)
            #expect(catalogue.ownDigest != before)
            #expect(catalogue.ownBytes == reduced.info.bytes)
            let again = try CatalogueDatabase(path: path)
            #expect(again.ownDigest == catalogue.ownDigest)
            #expect(again.ownBytes == catalogue.ownBytes)
            #expect(try await again.situations(of: [image]).first?.isDismissed == false)
            try again.close()
        }
    }

    @Test("What went aside is no own file any more, is not dismissed, and comes back as it was")
    func asides() async throws {
        try await withCatalogue { catalogue, _ in
            let main = own(Sample.main("a.jpg", 1), origin: "a.jpg")
            try await catalogue.apply([.image(main)])
            var trashed = aside(.trash)
            trashed.own = main
            #expect(try await catalogue.intend(trashed, at: .zero) == nil)
            #expect(try await catalogue.asides(done: false) == [trashed])
            #expect(try await catalogue.asides().isEmpty)
            try await catalogue.finishAside(trashed.name)
            #expect(try await catalogue.ownFiles(of: image).isEmpty)
            #expect(try await catalogue.asides(in: .trash) == [trashed])
            #expect(try await catalogue.asideSize(in: .trash).bytes == main.info.bytes)
            let situation = try await catalogue.situations(of: [image]).first
            #expect(situation?.trash.map(\.name) == [trashed.name])
            #expect(situation?.isDismissed == false)
            _ = try await catalogue.returned(trashed.name, as: main)
            #expect(try await catalogue.ownFiles(of: image) == [main])
            #expect(try await catalogue.asides().isEmpty)
        }
    }

    @Test("A word on deleting is published, taken over from peers, and only a later one counts")
    func words() async throws {
        try await withCatalogue { catalogue, path in
            let me = Sample.node(9)
            try await catalogue.setPeer(
                PeerRow(id: peer, name: "p", certificate: [1], addresses: [], paired: 1))
            #expect(try await catalogue.say(deleted: true, of: [(image, self.path)], by: me, at: 7) == [image])
            #expect(try await catalogue.say(deleted: true, of: [(image, self.path)], by: me, at: 8).isEmpty)
            let records = try await catalogue.ownRecords(in: .all, limit: 10)
            guard case .deletion(let word)? = records.first?.content else {
                Issue.record("\(records)")
                return
            }
            #expect(word.generation == 1)
            #expect(word.isDeleted)
            #expect(catalogue.ownDigest.count == 1)

            // A peer takes it back, then an older word of it comes late.
            var back = word
            (back.generation, back.isDeleted) = (2, false)
            for (sequence, content) in [(Int64(1), back), (2, word)] {
                let line = Record(sequence: sequence, .deletion(content)).line
                let entry = MirrorEntry(
                    sequence: sequence, fingerprint: Fingerprint(line: line), content: .deletion(content))
                let range = SequenceRange(from: sequence, to: sequence + 1)
                _ = try await catalogue.replaceMirror(of: peer, range: range, with: [entry])
            }
            #expect(try await catalogue.deletion(of: image)?.word == back)
            #expect(try await catalogue.deletions(at: "").isEmpty)
            #expect(catalogue.ownDigest.count == 1)
            let now = try await catalogue.ownRecords(in: .all, limit: 10)
            #expect(now.map(\.content) == [.deletion(back)])
            #expect(now.first?.sequence ?? 0 > records.first?.sequence ?? 0)
            // Files and words share one row of numbers, and the digests of a reopened catalogue agree.
            try await catalogue.apply([.image(own(Sample.main("b.jpg", 2)))])
            #expect(catalogue.ownLast == (now.first?.sequence ?? 0) + 1)
            let again = try CatalogueDatabase(path: path)
            #expect(again.ownDigest == catalogue.ownDigest)
            let whole = try await again.ownDigests(of: SequenceRange(from: 0, to: again.ownLast + 1).split(into: 16))
            #expect(whole.reduce(.empty, +) == again.ownDigest)
            try again.close()
        }
    }

    @Test(
        "A peer that names the highest generation is answered once, by keeping the image for good",
        arguments: [true, false])
    func highest(deleted: Bool) throws {
        let hostile = Deletion(
            image: image, path: path, generation: Deletion.highestGeneration, isDeleted: deleted, at: 0, by: peer)
        let answer = Deletion.word(deleted: !deleted, image: image, path: path, after: hostile, at: 1, by: peer)
        #expect((answer != nil) == deleted)
        if let answer {
            #expect(answer.supersedes(hostile))
            #expect(!hostile.supersedes(answer))
            #expect(Deletion.word(deleted: true, image: image, path: path, after: answer, at: 2, by: peer) == nil)
        }
    }

    @Test("Node time counts an absence as a day at most, and never goes back")
    func nodeTime() async throws {
        try await withCatalogue { catalogue, _ in
            let start = try await catalogue.nodeTime()
            try await catalogue.countTime(3600, wall: 1_003_600)
            #expect(try await catalogue.nodeTime() == start + 3600)
            try await catalogue.countAbsence(wall: 1_003_600 + 600)
            #expect(try await catalogue.nodeTime() == start + 4200)
            try await catalogue.countAbsence(wall: 1_003_600 + 365 * 86_400)
            #expect(try await catalogue.nodeTime() == start + 4200 + 86_400)
            try await catalogue.countAbsence(wall: 5)
            #expect(try await catalogue.nodeTime() == start + 4200 + 86_400)
        }
    }

    @Test("A file changed in place names what it replaced; a touch keeps that, and what this node placed names nothing")
    func replaces() async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1)))])
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 2)))])
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 3)))])
            var touched = own(Sample.main("a.jpg", 3))
            touched.stamp.modified = 77
            let digest = catalogue.ownDigest
            try await catalogue.apply([.image(touched)])
            #expect(catalogue.ownDigest == digest)
            #expect(
                try await catalogue.ownFile(at: path)?.info.replaces == [Sample.image(2), Sample.image(1)])
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1)))])
            #expect(
                try await catalogue.ownFile(at: path)?.info.replaces == [Sample.image(3), Sample.image(2)])
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 4), origin: "a.jpg"))])
            #expect(try await catalogue.ownFile(at: path)?.info.replaces == [])
        }
    }
}
