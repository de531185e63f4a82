import Catalogue
import Foundation
import GRDB
import Model
import Planning
import SingleChanges
import TestSupport
import Testing

@Suite("Names and edits of a peer that wait for a person")
struct PeerWordsTests {
    private let peer = Sample.node(1)

    /// So many images here, and two peers that speak.
    private func withLibrary(_ count: Int, _ body: (CatalogueDatabase) async throws -> Void) async throws {
        try await withLibrary(count) { catalogue, _ in try await body(catalogue) }
    }

    private func withLibrary(_ count: Int, _ body: (CatalogueDatabase, String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "c.sqlite").path
            let catalogue = try CatalogueDatabase(path: path)
            for number in [1, 2] as [UInt8] {
                try await catalogue.setPeer(
                    PeerRow(id: Sample.node(number), name: "p\(number)", certificate: [1], addresses: [], paired: 1))
            }
            try await catalogue.apply(
                (1...count).map { number in
                    let info = Sample.main("f/\(number).jpg", number)
                    let stamp = FileStamp(bytes: info.bytes, modified: 1, inode: UInt64(number))
                    return .image(OwnFile(info: info, file: info.file, stamp: stamp, origin: info.path))
                })
            try await body(catalogue, path)
        }
    }

    /// The peer's list has these records, in a hundred places from `sequence` on.
    private func say(
        _ infos: [FileInfo], by node: UInt8 = 1, at sequence: Int64 = 1, _ catalogue: CatalogueDatabase
    ) async throws {
        let entries = infos.enumerated().map { index, info in
            let record = Model.Record(sequence: sequence + Int64(index), info: info)
            return MirrorEntry(
                sequence: record.sequence, fingerprint: Fingerprint(line: record.line), content: record.content)
        }
        _ = try await catalogue.replaceMirror(
            of: Sample.node(node), range: SequenceRange(from: sequence, to: sequence + 1000), with: entries)
    }

    private func edit(_ number: Int, of old: Int) -> FileInfo {
        var info = Sample.main("f/\(old).jpg", number)
        (info.replaces, info.edition) = ([Sample.image(old)], 1)
        return info
    }

    private func renamed(_ number: Int, to path: String) -> FileInfo {
        var info = Sample.main(path, number)
        info.generation = 1
        return info
    }

    private func held(_ catalogue: CatalogueDatabase) async throws -> [String] {
        try await catalogue.heldWords(limit: 20).map { "\($0.count) \($0.kind)" }
    }

    /// The files here that the image takes the place of.
    private func replaced(by number: Int, _ catalogue: CatalogueDatabase) async throws -> [String] {
        try await catalogue.situations(of: [Sample.image(number)]).flatMap { $0.replaced.map(\.file.description) }
    }

    private func claim(_ number: Int, _ catalogue: CatalogueDatabase) async throws -> FileInfo? {
        try await catalogue.situations(of: [Sample.image(number)]).first?.claims.first?.info
    }

    private func generation(_ number: Int, _ catalogue: CatalogueDatabase) async throws -> Int64? {
        try await catalogue.ownFiles(of: Sample.image(number)).first?.info.generation
    }

    @Test(
        "whoever was never seen to have an image has not edited it, until a person says so", arguments: [true, false])
    func foreign(counts: Bool) async throws {
        try await withLibrary(3) { catalogue in
            try await say([edit(50, of: 1)], catalogue)
            #expect(try await held(catalogue) == ["1 foreignEdit"])
            #expect(try await replaced(by: 50, catalogue) == [])
            let digest = catalogue.mirrorDigest(of: peer)
            let images = try await catalogue.answerHeldWords(
                of: peer, kind: .foreignEdit, counts: counts)
            #expect(images.isSuperset(of: [50, 1].map(Sample.image)))
            #expect(try await held(catalogue) == [])
            #expect(try await replaced(by: 50, catalogue) == (counts ? ["f/1.jpg"] : []))
            #expect(catalogue.mirrorDigest(of: peer) == digest)
            let own = try await catalogue.ownFiles(of: Sample.image(1)).first?.info.edition
            #expect(own == (counts ? nil : 1), "it stays beside the edit, everywhere")
            let records = try await catalogue.ownRecords(in: .all, limit: 9)
            #expect(catalogue.ownDigest == records.reduce(into: Digest.empty) { $0.add(Fingerprint(line: $1.line)) })
        }
    }

    @Test("whoever had the image has edited it: in one page, in two, and after its list was forgotten")
    func had() async throws {
        try await withLibrary(3) { catalogue in
            for (old, new) in [(1, 51), (2, 52), (3, 53)] {
                try await say([Sample.main("f/\(old).jpg", old)], catalogue)
                switch old {
                case 1: break
                case 2: try await say([], catalogue)
                default:
                    for rights in [PeerRights.guest, .member] {
                        _ = try await catalogue.changeStanding(of: peer) { $0 = PeerStanding(rights) }
                    }
                }
                try await say([edit(new, of: old)], catalogue)
                #expect(try await replaced(by: new, catalogue) == ["f/\(old).jpg"])
            }
            #expect(try await held(catalogue) == [])
        }
    }

    @Test("whoever had what the image was before has edited it, also where the image itself was never seen at it")
    func hadBefore() async throws {
        try await withLibrary(3) { catalogue in
            try await say([Sample.main("f/1.jpg", 77)], catalogue)
            var info = edit(50, of: 1)
            info.replaces.append(Sample.image(77))
            try await say([info], catalogue)
            #expect(try await held(catalogue) == [])
            #expect(try await replaced(by: 50, catalogue) == ["f/1.jpg"])
        }
    }

    @Test("in a small library nothing is too much")
    func small() async throws {
        try await withLibrary(60) { catalogue in
            for round in 0..<5 {
                try await say((1...60).map { renamed($0, to: "f/\(round)x\($0).jpg") }, catalogue)
            }
            #expect(try await held(catalogue) == [])
        }
    }

    @Test("a member says an edit on by the copy that it had; another's copy does not count")
    func passedOn() async throws {
        try await withLibrary(3) { catalogue in
            try await say([Sample.reduced("f/1.jpg", 1)], catalogue)
            try await say([edit(50, of: 1)], by: 2, catalogue)
            #expect(try await replaced(by: 50, catalogue) == [])
            try await say([edit(50, of: 1)], catalogue)
            #expect(try await replaced(by: 50, catalogue) == ["f/1.jpg"])
        }
    }

    @Test("a hundred new names in a library of two hundred wait; a folder that was renamed is one")
    func names() async throws {
        try await withLibrary(200) { catalogue in
            try await say((1...200).map { renamed($0, to: "g/h/\($0).jpg") }, catalogue)
            #expect(try await held(catalogue) == [])
            #expect(try await claim(7, catalogue)?.path == Sample.path("g/h/7.jpg"))
            try await say((1...97).map { renamed($0, to: "f/x\($0).jpg") }, at: 1001, catalogue)
            #expect(try await held(catalogue) == [])
            // The same once more, with another of a renamed folder, is no news.
            try await say(
                (1...98).map { renamed($0, to: $0 < 98 ? "f/x\($0).jpg" : "g/h/98.jpg") }, at: 1001, catalogue)
            #expect(try await held(catalogue) == [])
            try await say([renamed(150, to: "f/x150.jpg")], by: 2, catalogue)
            #expect(try await held(catalogue) == [])
            try await say((1...100).map { renamed($0, to: "f/x\($0).jpg") }, at: 1001, catalogue)
            #expect(try await held(catalogue) == ["3 name"])
            let claims = try await catalogue.situations(of: [Sample.image(100)]).flatMap(\.claims)
            #expect(claims.last { $0.peer == peer }?.info.path == Sample.path("f/100.jpg"))
            // And so does what comes after it, for a day.
            try await say([renamed(102, to: "f/x102.jpg")], at: 2001, catalogue)
            #expect(try await held(catalogue) == ["4 name"])
            // Taken back where it was said, it is no question any more.
            try await say([], at: 1001, catalogue)
            #expect(try await held(catalogue) == ["1 name"])
        }
    }

    @Test("names that waited count at a yes, and are taken back everywhere at a no", arguments: [true, false])
    func answered(counts: Bool) async throws {
        try await withLibrary(200) { catalogue in
            for node in [1, 2] as [UInt8] {
                try await say((1...120).map { renamed($0, to: "f/x\($0).jpg") }, by: node, catalogue)
            }
            #expect(try await held(catalogue) == ["120 name", "120 name"])
            #expect(try await claim(1, catalogue)?.generation == nil)
            let images = try await catalogue.answerHeldWords(
                of: peer, kind: .name, counts: counts)
            #expect(images == Set((1...120).map(Sample.image)))
            #expect(try await held(catalogue) == [], "the other said the same")
            #expect(try await claim(1, catalogue)?.path == Sample.path("f/x1.jpg"))
            #expect(try await claim(1, catalogue)?.generation == 1)
            #expect(try await generation(1, catalogue) == (counts ? nil : 2))
            #expect(try await generation(121, catalogue) == nil)
            try await say([renamed(130, to: "f/x130.jpg")], at: 1001, catalogue)
            #expect(try await held(catalogue) == (counts ? [] : ["1 name"]), "what was meant does not count")
        }
    }

    @Test("what waits goes on waiting when it is fetched again, whatever day it is, and what comes after it waits, too")
    func waiting() async throws {
        try await withLibrary(200) { catalogue, path in
            try await say((1...120).map { renamed($0, to: "f/x\($0).jpg") }, catalogue)
            #expect(try await held(catalogue) == ["120 name"])
            // The next day.
            try await DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE peer SET words_since = 0") }
            try await say((1...120).map { renamed($0, to: "f/x\($0).jpg") }, catalogue)
            try await say([renamed(121, to: "f/x121.jpg")], at: 1001, catalogue)
            #expect(try await held(catalogue) == ["121 name"])
            // A person here who gives another name meanwhile says a later word.
            try await catalogue.apply([.moved(from: Sample.path("f/1.jpg"), to: Sample.path("f/mine.jpg"))])
            #expect(try await generation(1, catalogue) == 2)
            try await catalogue.apply([.moved(from: Sample.path("f/2.jpg"), to: Sample.path("f/x2.jpg"))])
            #expect(try await held(catalogue) == ["119 name"], "it has that name here, or a later one")
        }
    }

    @Test("names are weighed in edits, too, and where nobody has said any word on them")
    func otherNames() async throws {
        try await withLibrary(200) { catalogue in
            let chaos = (1...120).map { number in
                var info = edit(number, of: 200)
                (info.path, info.generation) = (Sample.path("c/\(number + 500).jpg"), 5)
                return info
            }
            try await say(chaos, catalogue)
            #expect(try await held(catalogue) == ["120 edit"])
            #expect(try await claim(7, catalogue)?.path == Sample.path("f/7.jpg"))
            #expect(try await claim(7, catalogue)?.generation == nil)
        }
        // As a version that has no words on names says it.
        try await withLibrary(200) { catalogue in
            let names = { (folder: String) in (1...120).map { Sample.main("\(folder)/\($0).jpg", $0) } }
            try await say(names("f"), catalogue)
            try await say((1...120).map { Sample.main("c/\($0 + 700).jpg", $0) }, catalogue)
            #expect(try await held(catalogue) == ["120 name"])
            #expect(try await claim(7, catalogue)?.path == Sample.path("f/7.jpg"))
            // Where another has them under their names, nobody follows.
            try await say(names("f"), by: 2, catalogue)
            try await say((1...120).map { Sample.main("c/\($0 + 700).jpg", $0) }, at: 5001, catalogue)
            try await say([], catalogue)
            #expect(try await held(catalogue) == [])
        }
    }

    @Test("one edit of many pictures counts as many; nobody can say words after which there are no later ones")
    func many() async throws {
        try await withLibrary(200) { catalogue in
            try await say((1...200).map { Sample.main("f/\($0).jpg", $0) }, catalogue)
            let edits = (0..<20).map { number in
                var info = Sample.main("f/e\(number).jpg", 300 + number)
                (info.replaces, info.edition) = ((1...8).map { Sample.image(number * 8 + $0) }, 1)
                return info
            }
            try await say(edits, at: 1001, catalogue)
            #expect(try await held(catalogue) == ["20 edit"])
            var last = Sample.main("f/last.jpg", 1)
            last.generation = FileInfo.highestGeneration
            try await say([last], by: 2, catalogue)
            #expect(try await catalogue.situations(of: [Sample.image(1)])[0].claims.last?.info.generation == nil)
            for (edition, counts) in [(1_000, true), (1_001, false)] as [(Int64, Bool)] {
                (last.generation, last.edition, last.path) = (edition, edition, Sample.path("f/1.jpg"))
                try await say([last], by: 2, catalogue)
                let info = try await catalogue.situations(of: [Sample.image(1)])[0].claims.last?.info
                #expect(info?.edition == (counts ? edition : nil))
                #expect(info?.generation == (counts ? edition : nil))
            }
        }
    }

    @Test("edits are counted with names, by the pictures that they make")
    func edits() async throws {
        try await withLibrary(200) { catalogue in
            try await say((1...120).map { Sample.main("f/\($0).jpg", $0) }, catalogue)
            try await say((1...60).map { renamed($0, to: "f/x\($0).jpg") }, at: 2001, catalogue)
            #expect(try await held(catalogue) == [])
            try await say((61...120).map { edit($0 + 1000, of: $0) }, catalogue)
            #expect(try await held(catalogue) == ["60 edit"])
            #expect(try await replaced(by: 1061, catalogue) == [])
            _ = try await catalogue.removePeer(peer)
            #expect(try await held(catalogue) == [])
        }
    }

    @Test("recipes of very many images wait, and are run or taken back by a person's answer", arguments: [true, false])
    func recipes(counts: Bool) async throws {
        try await withLibrary(200) { catalogue in
            let edits = (1...120).map { number in
                Edit(
                    recipe: EditSample.recipe(1, of: number), path: Sample.path("f/\(number).jpg"), at: 1, by: peer)
            }
            let say = { (edits: [Edit], sequence: Int64) in
                let entries = edits.enumerated().map { index, edit in
                    let record = Model.Record(sequence: sequence + Int64(index), .edit(edit))
                    return MirrorEntry(
                        sequence: record.sequence, fingerprint: Fingerprint(line: record.line), content: record.content)
                }
                _ = try await catalogue.replaceMirror(
                    of: peer, range: SequenceRange(from: sequence, to: sequence + 100), with: entries)
            }
            try await say(Array(edits.prefix(90)), 1)
            #expect(try await held(catalogue) == [])
            try await say(Array(edits.suffix(30)), 101)
            #expect(try await held(catalogue) == ["30 recipe"])
            #expect(try await catalogue.openEdits() == 90)
            let images = try await catalogue.answerHeldWords(
                of: peer, kind: .recipe, counts: counts)
            #expect(images == (counts ? Set((91...120).map(Sample.image)) : []))
            #expect(try await held(catalogue) == [])
            #expect(try await catalogue.openEdits() == (counts ? 120 : 90))
            #expect(try await catalogue.edit(edits[100].recipe.id)?.isUndone == (counts ? false : nil))
        }
    }
}
