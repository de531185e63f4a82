import Catalogue
import Foundation
import Model
import Planning
import SingleChanges
import TestSupport
import Testing

@Suite("Names in the catalogue")
struct NamesTests {
    private func own(_ info: FileInfo, origin: String? = nil) -> OwnFile {
        OwnFile(
            info: info, file: info.file, stamp: FileStamp(bytes: info.bytes, modified: 1, inode: 1),
            origin: origin.map(Sample.path))
    }

    private func withCatalogue(_ body: (CatalogueDatabase) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let catalogue = try CatalogueDatabase(path: folder.appending(path: "c.sqlite").path)
            try await catalogue.setSetting(CatalogueDatabase.lookedAt, to: "yes")
            try await catalogue.setPeer(
                PeerRow(id: Sample.node(1), name: "peer", certificate: [], addresses: [], paired: 0, seen: nil))
            try await body(catalogue)
        }
    }

    private func mirror(_ infos: [FileInfo], in catalogue: CatalogueDatabase) async throws {
        let entries = infos.enumerated().map { number, info in
            MirrorEntry(
                sequence: Int64(number + 1), fingerprint: Fingerprint(line: [UInt8(number)]), content: .file(info))
        }
        _ = try await catalogue.replaceMirror(of: Sample.node(1), range: .all, with: entries)
    }

    private func names(_ catalogue: CatalogueDatabase) async throws -> [String] {
        try await catalogue.ownRecords(in: .all, limit: 100).compactMap { record in
            guard case .file(let info) = record.content else { return nil }
            return "\(info.image.description.prefix(4)) \(info.path) \(info.generation ?? 0)"
        }.sorted()
    }

    @Test("Names are swapped and passed around in one transaction, other files' names too, and nothing is dismissed")
    func renamed() async throws {
        try await withCatalogue { catalogue in
            let files = (1...3).map { own(Sample.main("\($0).jpg", $0)) }
            try await catalogue.apply(files.map { .image($0) })
            try await catalogue.apply([
                .other(OtherFile(file: Sample.path("n.txt"), stamp: files[0].stamp, reason: nil)),
                .renamed(
                    [("1", "2"), ("2", "3"), ("3", "1")].map {
                        OwnRename(from: Sample.path("\($0).jpg"), to: Sample.path("\($1).jpg"))
                    } + [OwnRename(from: Sample.path("n.txt"), to: Sample.path("m.txt"))]),
            ])
            #expect(try await names(catalogue) == ["0001 2.jpg 1", "0002 3.jpg 1", "0003 1.jpg 1"])
            let situations = try await catalogue.situations(of: (1...3).map(Sample.image))
            #expect(situations.allSatisfy { !$0.isDismissed && $0.own.count == 1 })
            #expect(try await catalogue.knownFiles(in: "m.txt").count == 1)
            let records = try await catalogue.ownRecords(in: .all, limit: 9)
            #expect(catalogue.ownDigest == records.reduce(into: Digest.empty) { $0.add(Fingerprint(line: $1.line)) })
            #expect(catalogue.ownCounts.mains == 3)
        }
    }

    @Test("A person's word is the highest that is known, plus one; the agent's has what it follows")
    func generations() async throws {
        try await withCatalogue { catalogue in
            var claimed = Sample.main("there.jpg", 1)
            claimed.generation = 6
            try await mirror([claimed, Sample.main("x.jpg", 2)], in: catalogue)
            var followed = Sample.main("there.jpg", 1)
            followed.generation = 6
            try await catalogue.apply([
                .image(own(followed, origin: "there.jpg")), .found(own(Sample.main("new.jpg", 3))),
            ])
            #expect(try await names(catalogue) == ["0001 there.jpg 6", "0003 new.jpg 0"])
            try await catalogue.apply([.moved(from: followed.path, to: Sample.path("mine.jpg"))])
            #expect(try await names(catalogue) == ["0001 mine.jpg 7", "0003 new.jpg 0"])
            // Read again, it is called as before; a second name, or the first one elsewhere, is a word.
            try await catalogue.apply([
                .found(own(Sample.main("mine.jpg", 1))), .found(own(Sample.main("y.jpg", 2))),
                .found(own(Sample.main("x.jpg", 2))), .found(own(Sample.main("x (desk).jpg", 2))),
            ])
            #expect(
                try await names(catalogue) == [
                    "0001 mine.jpg 7", "0002 x (desk).jpg 0", "0002 x.jpg 2", "0002 y.jpg 1", "0003 new.jpg 0",
                ])
            let renames = [
                OwnRename(
                    from: Sample.path("mine.jpg"), to: Sample.path("there.jpg"), info: followed,
                    origin: Sample.path("there.jpg"))
            ]
            _ = try await catalogue.finishMoves(renames)
            #expect(try await names(catalogue).first == "0001 there.jpg 6")
        }
    }

    @Test("Before the library was looked at once, what is found is nobody's word")
    func firstLook() async throws {
        try await withTemporaryFolder { folder in
            let catalogue = try CatalogueDatabase(path: folder.appending(path: "c.sqlite").path)
            try await catalogue.setPeer(
                PeerRow(id: Sample.node(1), name: "peer", certificate: [], addresses: [], paired: 0, seen: nil))
            try await mirror([Sample.main("x.jpg", 1)], in: catalogue)
            try await catalogue.apply([.found(own(Sample.main("y.jpg", 1)))])
            #expect(try await names(catalogue) == ["0001 y.jpg 0"])
        }
    }

    @Test("Who waits for a name is told when it becomes free; what is misnamed is found")
    func waiting() async throws {
        try await withCatalogue { catalogue in
            try await mirror([Sample.main("a.jpg", 1)], in: catalogue)
            try await catalogue.apply([
                .image(own(Sample.main("a (peer).jpg", 1), origin: "a.jpg")), .image(own(Sample.main("a.jpg", 2))),
            ])
            #expect(try await catalogue.misnamed(after: nil, limit: 9) == [Sample.image(1)])
            let images = try await catalogue.apply([.gone(Sample.path("a.jpg"), byPerson: true)])
            #expect(images == [Sample.image(1), Sample.image(2)])
        }
    }

    @Test("A batch swaps names, goes beside what stays, and leaves what waits beside its name")
    func steps() async throws {
        try await withCatalogue { catalogue in
            func claim(_ path: String, _ image: Int) -> FileInfo {
                var info = Sample.main(path, image)
                info.generation = 1
                return info
            }
            try await mirror(
                [claim("2.jpg", 1), claim("1.jpg", 2), claim("mine.jpg", 3), claim("mine.jpg", 4)], in: catalogue)
            try await catalogue.apply([
                .image(own(Sample.main("1.jpg", 1), origin: "1.jpg")),
                .image(own(Sample.main("2.jpg", 2), origin: "2.jpg")),
                .image(own(Sample.main("3.jpg", 3), origin: "3.jpg")),
                .image(own(Sample.main("mine (peer).jpg", 4), origin: "mine.jpg")),
                .image(own(Sample.main("mine.jpg", 5))),
            ])
            let planner = Planner(policy: Policy())
            // One of two that are swapped takes the other with it.
            let steps = try await catalogue.nameSteps(for: [1, 3, 4].map(Sample.image), planner)
            #expect(
                steps.map { "\($0.own.file) \($0.info.path) \($0.info.generation ?? 0) \($0.wanted)" } == [
                    "1.jpg 2.jpg 1 2.jpg", "3.jpg mine (peer 2).jpg 0 mine.jpg", "2.jpg 1.jpg 1 1.jpg",
                ])
            let records = steps.map { $0.record(at: $0.info.file) }
            #expect(records.map(\.origin) == ["2.jpg", "mine.jpg", "1.jpg"].map(Sample.path))
            _ = try await catalogue.finishMoves(records)
            #expect(try await catalogue.nameSteps(for: (1...5).map(Sample.image), planner).isEmpty)
        }
    }

    @Test("What stands beside a name is told for as long as somebody has it under that name")
    func beside() async throws {
        try await withCatalogue { catalogue in
            try await mirror([Sample.main("a.jpg", 1)], in: catalogue)
            try await catalogue.apply([.image(own(Sample.main("a (desk).jpg", 1), origin: "a.jpg"))])
            #expect(try await catalogue.household(target: 2).firstBeside == [Sample.path("a (desk).jpg")])
            // Who had it as a.jpg has stepped aside too: it is called so everywhere now.
            try await mirror([], in: catalogue)
            try await mirror([Sample.main("a (desk).jpg", 1)], in: catalogue)
            #expect(try await catalogue.household(target: 2).beside == 0)
        }
    }

    @Test("What was removed here comes back by the name that it had, and by the one that it has elsewhere")
    func restored() async throws {
        try await withCatalogue { catalogue in
            for name in ["a.jpg", "2024/b.jpg", "2024"] {
                try await mirror([], in: catalogue)
                try await mirror([Sample.main("2024/b.jpg", 1)], in: catalogue)
                try await catalogue.apply([
                    .image(own(Sample.main("a.jpg", 1))), .gone(Sample.path("a.jpg"), byPerson: true),
                ])
                #expect(try await catalogue.situations(of: [Sample.image(1)]).allSatisfy(\.isDismissed))
                #expect(try await catalogue.withdrawDismissals(at: name) == [Sample.image(1)], "by \(name)")
                #expect(try await catalogue.situations(of: [Sample.image(1)]).allSatisfy { !$0.isDismissed })
            }
        }
    }
}
