import Model
import TestSupport
import Testing

@Suite("Words on deleting")
struct DeletionTests {
    private let image = Sample.image(1)
    private let path = Sample.path("x.jpg")

    private func word(_ generation: Int64, deleted: Bool, at: Int64 = 0) -> Deletion {
        Deletion(image: image, path: path, generation: generation, isDeleted: deleted, at: at, by: Sample.node(1))
    }

    private func say(deleted: Bool, after earlier: Deletion?) -> Deletion? {
        Deletion.word(deleted: deleted, image: image, path: path, after: earlier, at: 5, by: Sample.node(2))
    }

    @Test(
        "Of two words the later change of mind counts, whatever the clocks say, and between equals the one that keeps")
    func order() {
        #expect(word(1, deleted: true).supersedes(nil))
        #expect(word(2, deleted: true, at: 1).supersedes(word(1, deleted: false, at: 99)))
        #expect(!word(1, deleted: false, at: 99).supersedes(word(2, deleted: true, at: 1)))
        #expect(word(2, deleted: false).supersedes(word(2, deleted: true)))
        #expect(!word(2, deleted: true).supersedes(word(2, deleted: false)))
        #expect(!word(2, deleted: true).supersedes(word(2, deleted: true, at: 99)))
    }

    @Test("All come to agree, in whatever order they hear")
    func agreement() {
        let words = [word(1, deleted: true), word(2, deleted: false), word(2, deleted: true), word(3, deleted: true)]
        let last = words.permutations.map { order in
            order.reduce(nil as Deletion?) { $1.supersedes($0) ? $1 : $0 }
        }
        #expect(last.count == 24)
        #expect(last.allSatisfy { $0 == words[3] })
    }

    @Test("A word is only said when it changes something")
    func saying() throws {
        #expect(say(deleted: false, after: nil) == nil)
        let first = try #require(say(deleted: true, after: nil))
        #expect(first.generation == 1)
        #expect(say(deleted: true, after: first) == nil)
        let second = try #require(say(deleted: false, after: first))
        #expect(second.generation == 2)
        #expect(second.supersedes(first))
        #expect(say(deleted: false, after: second) == nil)
        #expect(try #require(say(deleted: true, after: second)).generation == 3)
    }

    @Test("The highest generation can be taken back, once and for good")
    func highest() throws {
        let deleted = word(Deletion.highestGeneration, deleted: true)
        let back = try #require(say(deleted: false, after: deleted))
        #expect(back.generation == Deletion.highestGeneration)
        #expect(back.supersedes(deleted))
        #expect(say(deleted: true, after: back) == nil)
    }
}

extension Array {
    /// All orders of the elements.
    fileprivate var permutations: [[Element]] {
        if isEmpty { return [[]] }
        return indices.flatMap { index -> [[Element]] in
            var rest = self
            let first = rest.remove(at: index)
            return rest.permutations.map { [first] + $0 }
        }
    }
}
