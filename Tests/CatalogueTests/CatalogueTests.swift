import Catalogue
import Foundation
import Model
import Planning
import SingleChanges
import TestSupport
import Testing

@Suite("The catalogue")
struct CatalogueTests {
    private func own(_ info: FileInfo, file: String? = nil, origin: String? = nil, inode: UInt64 = 1) -> OwnFile {
        OwnFile(
            info: info, file: file.map(Sample.path) ?? info.file,
            stamp: FileStamp(bytes: info.bytes, modified: 5, inode: inode), origin: origin.map(Sample.path))
    }

    private func withCatalogue(_ body: (CatalogueDatabase, String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "catalogue.sqlite").path
            try await body(try CatalogueDatabase(path: path), path)
        }
    }

    private func peer(_ number: UInt8) -> PeerRow {
        PeerRow(
            id: Sample.node(number), name: "n\(number)", certificate: [1, 2], addresses: ["a:1", "b:2"], paired: 7)
    }

    private func entry(_ sequence: Int64, _ info: FileInfo) -> MirrorEntry {
        MirrorEntry(
            sequence: sequence, fingerprint: Fingerprint(line: Record(sequence: sequence, info: info).line),
            content: .file(info))
    }

    @Test("The digest kept in memory is that of the records, after any change and after opening again")
    func digest() async throws {
        try await withCatalogue { catalogue, path in
            try await catalogue.apply((1...600).map { .image(own(Sample.main("f/\($0).jpg", $0))) })
            try await catalogue.apply([
                .gone(Sample.path("f/3.jpg"), byPerson: true),
                .moved(from: Sample.path("f/4.jpg"), to: Sample.path("g/4.jpg")),
                .image(own(Sample.main("f/5.jpg", 9005))), .image(own(Sample.main("f/6.jpg", 6))),
            ])
            let records = try await catalogue.ownRecords(in: .all, limit: 10_000)
            let expected = records.reduce(into: Digest.empty) { $0.add(Fingerprint(line: $1.line)) }
            #expect(records.count == 599)
            #expect(catalogue.ownDigest == expected)
            let parts = SequenceRange(from: 0, to: catalogue.ownLast + 1).split(into: 16)
            #expect(try await catalogue.ownDigests(of: parts).reduce(.empty, +) == expected)
            let again = try CatalogueDatabase(path: path)
            #expect(again.ownDigest == expected)
            #expect(again.ownLast == catalogue.ownLast)
        }
    }

    @Test("An unchanged record keeps its number, a changed one gets a new one, and none comes back")
    func sequences() async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1))), .image(own(Sample.main("b.jpg", 2)))])
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1), inode: 77))])
            #expect(try await catalogue.ownRecords(in: .all, limit: 9).map(\.sequence) == [1, 2])
            try await catalogue.apply([.image(own(Sample.main("b.jpg", 3)))])
            #expect(try await catalogue.ownRecords(in: .all, limit: 9).map(\.sequence) == [1, 3])
            try await catalogue.apply([
                .gone(Sample.path("b.jpg"), byPerson: false), .image(own(Sample.main("c.jpg", 4))),
            ])
            #expect(try await catalogue.ownRecords(in: .all, limit: 9).map(\.sequence) == [1, 4])
        }
    }

    @Test("A person's removal dismisses the image, unless it is here under another path; its return undoes that")
    func dismissal() async throws {
        try await withCatalogue { catalogue, _ in
            func isDismissed(_ image: Int) async throws -> Bool {
                try await catalogue.situations(of: [Sample.image(image)])[0].isDismissed
            }
            try await catalogue.apply([.image(own(Sample.main("a.jpg", 1))), .image(own(Sample.main("b.jpg", 1)))])
            try await catalogue.apply([.gone(Sample.path("a.jpg"), byPerson: true)])
            #expect(try await !isDismissed(1))
            try await catalogue.apply([.gone(Sample.path("b.jpg"), byPerson: true)])
            #expect(try await isDismissed(1))
            try await catalogue.apply([.image(own(Sample.main("c.jpg", 1)))])
            #expect(try await !isDismissed(1))
            try await catalogue.apply([.gone(Sample.path("c.jpg"), byPerson: true)])
            #expect(try await catalogue.withdrawDismissals(at: "c.jpg") == [Sample.image(1)])
            #expect(try await !isDismissed(1))
        }
    }

    @Test("What vanished without a person's hand is not dismissed; a main written over is, a reduced copy is not")
    func noDismissal() async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.apply([
                .image(own(Sample.main("a.jpg", 1))), .image(own(Sample.main("b.jpg", 2))),
                .image(own(Sample.reduced("c.jpg", 3))),
            ])
            try await catalogue.apply([
                .gone(Sample.path("a.jpg"), byPerson: false), .image(own(Sample.main("b.jpg", 12))),
                .image(own(Sample.main("c.jpg.reduced.jpg", 13))),
            ])
            let dismissed = try await catalogue.situations(of: [1, 2, 3].map(Sample.image)).map(\.isDismissed)
            #expect(dismissed == [false, true, false])
        }
    }

    @Test("A moved file keeps its image under its new path; a renamed reduced copy keeps its main's path in step")
    func moves() async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.apply([
                .image(own(Sample.main("a.jpg", 1))), .image(own(Sample.reduced("b.jpg", 2), origin: "b.jpg")),
            ])
            try await catalogue.apply([
                .moved(from: Sample.path("a.jpg"), to: Sample.path("x/a.jpg")),
                .moved(from: Sample.path("b.jpg.reduced.jpg"), to: Sample.path("x/b.jpg.reduced.jpg")),
            ])
            #expect(try await catalogue.ownFiles(of: Sample.image(1)).map(\.info.path) == [Sample.path("x/a.jpg")])
            let reduced = try await catalogue.ownFiles(of: Sample.image(2))
            #expect(reduced.map(\.info.path) == [Sample.path("x/b.jpg")])
            #expect(reduced.map(\.origin) == [Sample.path("b.jpg")])
        }
    }

    @Test("In one transaction, what was another file, or dismissed, a moment before is an image all the same")
    func oneTransaction() async throws {
        try await withCatalogue { catalogue, _ in
            let (a, b) = (own(Sample.main("a.jpg", 1)), own(Sample.main("b.jpg", 2)))
            try await catalogue.apply([
                .image(b), .other(OtherFile(file: a.file, stamp: a.stamp, reason: "a fault")), .image(a),
                .gone(b.file, byPerson: true), .image(b),
            ])
            #expect(try await catalogue.unreadableFiles(limit: 9).isEmpty)
            #expect(try await catalogue.situations(of: [2].map(Sample.image)).map(\.isDismissed) == [false])
            #expect(try await catalogue.ownRecords(in: .all, limit: 9).count == 2)
            #expect(try await catalogue.knownFiles(into: 0) { count, _, _ in count += 1 } == 2)
            let records = try await catalogue.ownRecords(in: .all, limit: 9)
            #expect(catalogue.ownDigest == records.reduce(into: Digest.empty) { $0.add(Fingerprint(line: $1.line)) })
        }
    }

    @Test("What is known of files that were read: the own one at each name, and whose image is deleted")
    func knownOfRead() async throws {
        try await withCatalogue { catalogue, _ in
            let a = own(Sample.main("a.jpg", 1))
            try await catalogue.apply([.image(a)])
            #expect(try await catalogue.isUnspokenOf())
            try await catalogue.say(
                deleted: true, of: [(Sample.image(2), Sample.path("b.jpg"))], by: Sample.node(1), at: 1)
            let known = try await catalogue.known(of: [
                (a.file, Sample.image(3)), (Sample.path("b.jpg"), Sample.image(2)),
            ])
            #expect(known.own == [a.file: a])
            #expect(known.deleted == [Sample.image(2)])
            #expect(try await !catalogue.isUnspokenOf())
            try await catalogue.say(
                deleted: false, of: [(Sample.image(2), Sample.path("b.jpg"))], by: Sample.node(1), at: 2)
            #expect(try await catalogue.known(of: [(a.file, Sample.image(2))]).deleted.isEmpty)
        }
    }

    @Test("The composed and the decomposed form of a name are two files")
    func normalization() async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.apply([
                .image(own(Sample.main("caf\u{E9}.jpg", 1))), .image(own(Sample.main("cafe\u{301}.jpg", 2))),
            ])
            #expect(try await catalogue.knownFiles(in: "").count == 2)
            #expect(try await catalogue.images(at: Sample.path("cafe\u{301}.jpg")) == [Sample.image(2)])
        }
    }

    @Test("A mirror holds exactly what a range was replaced by, and its digest follows, also after opening again")
    func mirror() async throws {
        try await withCatalogue { catalogue, path in
            try await catalogue.setPeer(peer(1))
            let first = (1...500).map { entry(Int64($0), Sample.main("p/\($0).jpg", $0)) }
            let images = try await catalogue.replaceMirror(of: Sample.node(1), range: .all, with: first)
            #expect(images.count == 500)
            let refused = MirrorEntry(
                sequence: 7, fingerprint: Fingerprint(value: 99), content: nil, refusal: "path is absolute")
            let changed = try await catalogue.replaceMirror(
                of: Sample.node(1), range: SequenceRange(from: 5, to: 10),
                with: [refused, entry(8, Sample.main("n.jpg", 900))])
            #expect(changed == Set([5, 6, 7, 8, 9, 900].map(Sample.image)))
            var expected = Digest.empty
            for entry in first where !(5..<10).contains(entry.sequence) { expected.add(entry.fingerprint) }
            expected.add(refused.fingerprint)
            expected.add(entry(8, Sample.main("n.jpg", 900)).fingerprint)
            #expect(catalogue.mirrorDigest(of: Sample.node(1)) == expected)
            let ranges = SequenceRange(from: 0, to: 501).split(into: 16)
            #expect(try await catalogue.mirrorDigests(of: Sample.node(1), ranges: ranges).reduce(.empty, +) == expected)
            #expect(try await catalogue.mirrorLast(of: Sample.node(1)) == 500)
            #expect(try await catalogue.refusals(of: Sample.node(1), limit: 5).reasons == ["path is absolute"])
            #expect(try CatalogueDatabase(path: path).mirrorDigest(of: Sample.node(1)) == expected)
        }
    }

    @Test("A record outside the asked range, or twice in it, does not get in")
    func outside() async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.setPeer(peer(1))
            _ = try await catalogue.replaceMirror(
                of: Sample.node(1), range: SequenceRange(from: 10, to: 20),
                with: [
                    entry(5, Sample.main("a.jpg", 1)), entry(15, Sample.main("b.jpg", 2)),
                    entry(15, Sample.main("c.jpg", 3)),
                ])
            #expect(catalogue.mirrorDigest(of: Sample.node(1))?.count == 1)
            #expect(
                try await catalogue.situations(of: [Sample.image(1), Sample.image(3)]).allSatisfy { $0.claims.isEmpty })
        }
    }

    @Test("Nothing is mirrored of a node that is no peer, and unpairing forgets its mirror and nothing else")
    func unpair() async throws {
        try await withCatalogue { catalogue, _ in
            #expect(
                try await catalogue.replaceMirror(
                    of: Sample.node(9), range: .all, with: [entry(1, Sample.main("a.jpg", 1))]) == [])
            try await catalogue.setPeer(peer(1))
            try await catalogue.apply([.image(own(Sample.reduced("a.jpg", 1), origin: "a.jpg"))])
            _ = try await catalogue.replaceMirror(
                of: Sample.node(1), range: .all, with: [entry(1, Sample.main("a.jpg", 1))])
            #expect(try await catalogue.removePeer(Sample.node(1)) == [Sample.image(1)])
            #expect(catalogue.mirrorDigest(of: Sample.node(1)) == nil)
            #expect(try await catalogue.peers().isEmpty)
            #expect(try await catalogue.ownFiles(of: Sample.image(1)).count == 1)
        }
    }

    @Test("Peers come back as they were set, and setting one again keeps its mirror")
    func peers() async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.setPeer(peer(1))
            try await catalogue.setPeer(peer(2))
            _ = try await catalogue.replaceMirror(
                of: Sample.node(1), range: .all, with: [entry(1, Sample.main("a.jpg", 1))])
            var renamed = peer(1)
            renamed.name = "attic"
            try await catalogue.setPeer(renamed)
            #expect(try await catalogue.peers().map(\.name) == ["attic", "n2"])
            #expect(try await catalogue.peers()[0].addresses == ["a:1", "b:2"])
            #expect(catalogue.mirrorDigest(of: Sample.node(1))?.count == 1)
        }
    }

    @Test("What is wanted is what peers have and this node has not, page by page")
    func wanted() async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.setPeer(peer(1))
            _ = try await catalogue.replaceMirror(
                of: Sample.node(1), range: .all, with: (1...6).map { entry(Int64($0), Sample.main("\($0).jpg", $0)) })
            try await catalogue.apply([
                .image(own(Sample.main("mine.jpg", 1))), .image(own(Sample.reduced("2.jpg", 2))),
                .image(own(Sample.reduced("3.jpg", 3, edge: 100))), .image(own(Sample.reduced("4.jpg", 4))),
                .gone(Sample.path("4.jpg.reduced.jpg"), byPerson: true),
            ])
            #expect(try await catalogue.wanted(after: nil, edge: 2048, limit: 2) == [3, 5].map(Sample.image))
            #expect(try await catalogue.wanted(after: Sample.image(5), edge: 2048, limit: 2) == [Sample.image(6)])
        }
    }

    @Test("A situation has everything that planning asks: own files, claims, and what the image took the place of")
    func situation() async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.setPeer(peer(1))
            var edit = Sample.main("x.jpg", 1)
            edit.replaces = [Sample.image(5)]
            _ = try await catalogue.replaceMirror(
                of: Sample.node(1), range: .all, with: [entry(1, edit), entry(2, Sample.main("y.jpg", 2))])
            try await catalogue.apply([
                .image(own(Sample.reduced("x.jpg", 5), origin: "x.jpg")),
                .image(own(Sample.reduced("y.jpg", 2), origin: "y.jpg")),
            ])
            let situations = try await catalogue.situations(of: [1, 2].map(Sample.image))
            #expect(situations[0].claims.map(\.peer) == [Sample.node(1)])
            #expect(situations[0].replaced.map(\.info.image) == [Sample.image(5)])
            #expect(situations[1].own.map(\.origin) == [Sample.path("y.jpg")])
            #expect(situations[1].mains() == 1)
        }
    }

    @Test("Of many images at once the same is known as of each by itself, in the order asked for")
    func manySituations() async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.setPeer(peer(1))
            let count = 600
            _ = try await catalogue.replaceMirror(
                of: Sample.node(1), range: .all,
                with: (1...count).filter { $0 % 3 != 0 }.map { number in
                    var info = Sample.main("\(number).jpg", number)
                    if number % 3 == 1 { info.replaces = [Sample.image(number - 1)] }
                    return entry(Int64(number), info)
                })
            // Every third stands here, and half of them at the path of another, which is an edit of it.
            try await catalogue.apply(
                stride(from: 3, to: count, by: 3).map {
                    .image(own(Sample.reduced("\($0 % 2 == 0 ? $0 : $0 + 1).jpg", $0), origin: "\($0 + 1).jpg"))
                })
            let images = (1...count).reversed().map(Sample.image)
            let together = try await catalogue.situations(of: images)
            #expect(together.map(\.image) == images)
            #expect(together.filter { !$0.replaced.isEmpty }.count == 199)
            for (image, situation) in zip(images, together) {
                #expect(try await catalogue.situations(of: [image]) == [situation])
            }
        }
    }

    @Test("A reduced copy that stood alone is known as replaced when a peer's late word says so, and only at its path")
    func replacedLate() async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.setPeer(peer(1))
            try await catalogue.apply([
                .image(own(Sample.reduced("a.jpg", 1), origin: "a.jpg")),
                .image(own(Sample.reduced("b.jpg", 2), origin: "b.jpg")),
            ])
            #expect(try await catalogue.situations(of: [Sample.image(1)]).map(\.isReplaced) == [false])
            var changed = Sample.main("a.jpg", 3)
            changed.replaces = [Sample.image(1), Sample.image(2)]
            let concerned = try await catalogue.replaceMirror(
                of: Sample.node(1), range: .all, with: [entry(1, changed)])
            #expect(concerned == [Sample.image(1), Sample.image(2), Sample.image(3)])
            let known = try await catalogue.situations(of: [1, 2, 3].map(Sample.image))
            #expect(known.map(\.isReplaced) == [true, false, false])
        }
    }

    @Test(
        "A copy of a copy, under a name of its own beside what replaced it, is replaced too; by a person's name it is not"
    )
    func replacedBeside() async throws {
        try await withCatalogue { catalogue, _ in
            for node in [1, 2] as [UInt8] { try await catalogue.setPeer(peer(node)) }
            var changed = Sample.main("x/a.jpg", 3)
            changed.replaces = [Sample.image(1), Sample.image(2)]
            _ = try await catalogue.replaceMirror(
                of: Sample.node(1), range: .all,
                with: [entry(1, changed), entry(2, Sample.reduced("x/a (ben).jpg", 1))])
            try await catalogue.apply([
                .image(own(Sample.reduced("x/a (ben 2).jpg", 1), origin: "x/a.jpg")),
                .image(own(Sample.reduced("x/mine.jpg", 2), origin: "x/a.jpg")),
            ])
            let known = try await catalogue.situations(of: [1, 2].map(Sample.image))
            #expect(known.map(\.isReplaced) == [true, false])
            // Somebody has the main after all.
            _ = try await catalogue.replaceMirror(
                of: Sample.node(2), range: .all, with: [entry(1, Sample.main("x/a (ben).jpg", 1))])
            #expect(try await catalogue.situations(of: [Sample.image(1)]).map(\.isReplaced) == [false])
        }
    }

    @Test("Counts are those of the contract")
    func counts() async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.setPeer(peer(1))
            try await catalogue.setPeer(peer(2))
            for node in [1, 2] as [UInt8] {
                _ = try await catalogue.replaceMirror(
                    of: Sample.node(node), range: .all,
                    with: (1...3).map { entry(Int64($0), Sample.main("\($0).jpg", $0)) })
            }
            try await catalogue.apply([
                .image(own(Sample.main("a.jpg", 10))), .image(own(Sample.main("b.jpg", 10))),
                .image(own(Sample.main("1.jpg", 1))),
                .image(own(Sample.reduced("2.jpg", 2))),
            ])
            let counts = catalogue.ownCounts
            let household = try await catalogue.household(target: 3)
            #expect(household.images == 4)
            #expect(counts.mains == 3)
            #expect(counts.reduced == 1)
            #expect(household.missing == 1)
            #expect(counts.mainBytes == 9_000_000)
            #expect(counts.reducedBytes == 400_000)
            #expect(counts.elsewhereBytes == 3_000_000)
            #expect(household.atRisk == 3)
            #expect(household.ofPeers == [Sample.node(1): 3, Sample.node(2): 3] && household.refused.isEmpty)
            #expect(try await catalogue.household(target: 1).atRisk == 0)
            // 1.jpg is here; 2.jpg and 3.jpg are at peers only.
            let silent = try await catalogue.household(target: 1, silent: [Sample.node(1), Sample.node(2)])
            #expect(silent.atRisk == 2 && silent.images == 4)
            #expect(try await catalogue.household(target: 1, silent: [Sample.node(1)]).atRisk == 0)
        }
    }

    @Test("The listing shows every image once a path, in order, whatever the page size", arguments: [1, 2, 100])
    func listing(page: Int) async throws {
        try await withCatalogue { catalogue, _ in
            try await catalogue.setPeer(peer(1))
            _ = try await catalogue.replaceMirror(
                of: Sample.node(1), range: .all,
                with: [
                    entry(1, Sample.main("f/c.jpg", 1)), entry(2, Sample.main("f/a.jpg", 2)),
                    entry(3, Sample.main("f/b.jpg", 2)),
                    entry(4, Sample.main("g.jpg", 3)),
                ])
            try await catalogue.apply([
                .image(own(Sample.reduced("f/c.jpg", 1))), .image(own(Sample.main("f/d.jpg", 4))),
            ])
            var lines: [ListedImage] = []
            repeat {
                let more = try await catalogue.list(
                    under: "f", after: lines.last.map { ($0.info.path, $0.info.image) }, limit: page)
                if more.isEmpty { break }
                lines += more
            } while lines.count < 50
            #expect(lines.map(\.info.path.description) == ["f/a.jpg", "f/c.jpg", "f/d.jpg"])
            #expect(lines.map(\.isHere) == [false, true, true])
            #expect(lines.map(\.info.form) == [.main, .reduced, .main])
            #expect(lines.map(\.holders) == [[Sample.node(1)], [Sample.node(1)], []])
        }
    }

    @Test("A file that is no database is reported with its remedy, and left as it is")
    func damaged() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "catalogue.sqlite").path
            try Data("this is no database, however long one looks at it; it never was, and never will be one ....".utf8)
                .write(to: URL(filePath: path))
            let error = #expect(throws: CatalogueError.self) { try CatalogueDatabase(path: path) }
            #expect(error?.code == .damaged)
            #expect(error?.message.contains("move it away") == true)
            #expect(try Data(contentsOf: URL(filePath: path)).count == 91)
        }
    }

    @Test("The sizes of all records that seven peers can have add up without an overflow")
    func sizes() {
        let records = 7 * Int64(CatalogueDatabase.mostRecordsOfPeer)
        #expect(!records.multipliedReportingOverflow(by: FileInfo.mostBytes).overflow)
    }
}
