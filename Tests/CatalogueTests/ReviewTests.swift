import Catalogue
import Foundation
import Model
import SingleChanges
import TestSupport
import Testing

@Suite("Deletions of a peer that wait for a person")
struct ReviewTests {
    private let peer = Sample.node(1)

    /// Forty images here, and one peer that speaks.
    private func withLibrary(_ body: (CatalogueDatabase) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let catalogue = try CatalogueDatabase(path: folder.appending(path: "c.sqlite").path)
            for number in [1, 2] as [UInt8] {
                try await catalogue.setPeer(
                    PeerRow(id: Sample.node(number), name: "p\(number)", certificate: [1], addresses: [], paired: 1))
            }
            try await catalogue.apply(
                (1...40).map { number in
                    let info = Sample.main("\(number).jpg", number)
                    let stamp = FileStamp(bytes: info.bytes, modified: 1, inode: UInt64(number))
                    return .image(OwnFile(info: info, file: info.file, stamp: stamp, origin: info.path))
                })
            try await body(catalogue)
        }
    }

    /// The peer says that images are deleted, or are not; its agent has put them into the trash, where that is taken over.
    private func say(
        _ numbers: ClosedRange<Int>, deleted: Bool = true, generation: Int64 = 1, by node: UInt8 = 1,
        at sequence: Int64, _ catalogue: CatalogueDatabase
    ) async throws {
        let entries = numbers.map { number in
            let word = Deletion(
                image: Sample.image(number), path: Sample.path("\(number).jpg"), generation: generation,
                isDeleted: deleted, at: 1, by: peer)
            let record = Model.Record(sequence: sequence + Int64(number - numbers.lowerBound), .deletion(word))
            return MirrorEntry(
                sequence: record.sequence, fingerprint: Fingerprint(line: record.line), content: record.content)
        }
        _ = try await catalogue.replaceMirror(
            of: Sample.node(node), range: SequenceRange(from: sequence, to: sequence + 1_000), with: entries)
        for number in numbers.prefix(40) where try await isDeleted(number, catalogue) {
            try await catalogue.apply([.gone(Sample.path("\(number).jpg"), byPerson: false)])
        }
    }

    private func isDeleted(_ number: Int, _ catalogue: CatalogueDatabase) async throws -> Bool {
        try await catalogue.deletion(of: Sample.image(number))?.word.isDeleted == true
    }

    private func held(_ catalogue: CatalogueDatabase) async throws -> [Int] {
        try await catalogue.heldDeletions().map(\.words.count)
    }

    @Test("a tenth is taken over, and what makes it more than a quarter waits, also when the first are said again")
    func saidAgain() async throws {
        try await withLibrary { catalogue in
            try await say(1...9, at: 1, catalogue)
            #expect(try await held(catalogue) == [])
            #expect(try await isDeleted(9, catalogue))
            // The same words once more make room for no others.
            try await say(1...9, generation: 3, at: 101, catalogue)
            try await say(10...12, at: 201, catalogue)
            #expect(try await held(catalogue) == [3])
            #expect(try await !isDeleted(10, catalogue))
        }
    }

    @Test("taken back where it was said, it is no question any more, and the next deletion is none either")
    func takenBack() async throws {
        try await withLibrary { catalogue in
            try await say(1...30, at: 1, catalogue)
            #expect(try await held(catalogue) == [30])
            try await say(1...30, deleted: false, generation: 2, at: 101, catalogue)
            #expect(try await held(catalogue) == [])
            try await say(31...31, at: 201, catalogue)
            #expect(try await held(catalogue) == [])
            #expect(try await isDeleted(31, catalogue))
        }
    }

    @Test("a yes deletes all that waits, of whoever said it, and begins the count anew")
    func yes() async throws {
        try await withLibrary { catalogue in
            try await say(1...9, at: 1, catalogue)
            try await say(10...20, at: 101, catalogue)
            try await say(10...20, by: 2, at: 1, catalogue)
            #expect(try await held(catalogue) == [11, 11])
            let images = try await catalogue.answerHeld(of: peer, deletes: true, by: Sample.node(9), at: 5)
            #expect(images == Set((10...20).map(Sample.image)))
            #expect(try await held(catalogue) == [])
            try await say(21...21, at: 201, catalogue)
            #expect(try await isDeleted(21, catalogue))
        }
    }

    @Test("a no takes back what waits, and nothing that a person deleted here")
    func no() async throws {
        try await withLibrary { catalogue in
            try await say(1...20, at: 1, catalogue)
            try await catalogue.say(
                deleted: true, of: [(Sample.image(1), Sample.path("1.jpg"))], by: Sample.node(9), at: 4)
            #expect(try await held(catalogue) == [19])
            _ = try await catalogue.answerHeld(of: peer, deletes: false, by: Sample.node(9), at: 5)
            #expect(try await held(catalogue) == [])
            #expect(try await isDeleted(1, catalogue))
            let word = try await catalogue.deletion(of: Sample.image(2))?.word
            #expect(word?.isDeleted == false)
            #expect(word?.generation == 2)
        }
    }

    @Test("deletions of images that nobody has are kept up to the peer's share, and another peer has its own")
    func share() async throws {
        try await withLibrary { catalogue in
            for page in 0..<20 { try await say((page * 1_000 + 100)...(page * 1_000 + 1_099), at: 1, catalogue) }
            #expect(try await catalogue.deletion(of: Sample.image(20_099)) != nil)
            try await say(20_100...20_101, at: 1, catalogue)
            #expect(try await catalogue.deletion(of: Sample.image(20_100)) == nil)
            try await say(20_100...20_101, by: 2, at: 1, catalogue)
            #expect(try await catalogue.deletion(of: Sample.image(20_100)) != nil)
            // What is known here always counts.
            try await say(5...5, at: 50_001, catalogue)
            #expect(try await isDeleted(5, catalogue))
            _ = try await catalogue.removePeer(peer)
            #expect(try await catalogue.deletion(of: Sample.image(20_099)) == nil)
            #expect(try await catalogue.deletion(of: Sample.image(20_100)) != nil)
        }
    }

    @Test("whoever is unpaired takes its questions with it, and its words on what nobody has")
    func unpaired() async throws {
        try await withLibrary { catalogue in
            try await say(1...20, at: 1, catalogue)
            try await say(50...70, at: 101, catalogue)
            try await say(30...30, by: 2, at: 1, catalogue)
            let digest = catalogue.ownDigest
            _ = try await catalogue.removePeer(peer)
            #expect(try await held(catalogue) == [])
            #expect(try await catalogue.deletion(of: Sample.image(50)) == nil)
            #expect(catalogue.ownDigest.count == digest.count - 21)
            #expect(try await isDeleted(30, catalogue))
        }
    }
}
