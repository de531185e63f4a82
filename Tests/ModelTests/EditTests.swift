import Model
import TestSupport
import Testing

@Suite("Edits")
struct EditTests {
    private static func recipe() throws -> Recipe {
        Recipe(image: Sample.image(7), look: try Look([.exposure: Amount(thousandths: 500)]))
    }

    private static func edit(
        generation: Int64 = 1, undone: Bool = false, at: Int64 = 0, by: UInt8 = 1, path: String = "a.jpg",
        made: Edit.Made? = nil
    ) throws -> Edit {
        Edit(
            recipe: try recipe(), path: Sample.path(path), generation: generation, isUndone: undone, at: at,
            by: Sample.node(by), made: made)
    }

    private static func any(_ generator: inout SeededGenerator) throws -> Edit {
        let generation = Int64.random(in: 1...3, using: &generator)
        let made = Edit.Made(
            image: Sample.image(.random(in: 1...3, using: &generator)),
            generation: .random(in: 1...generation, using: &generator))
        return try edit(
            generation: generation, undone: .random(using: &generator), at: .random(in: 0...1, using: &generator),
            by: .random(in: 1...2, using: &generator), path: Bool.random(using: &generator) ? "a.jpg" : "b.jpg",
            made: Bool.random(using: &generator) ? made : nil)
    }

    private static func permutations<T>(_ items: [T]) -> [[T]] {
        guard items.count > 1 else { return [items] }
        return items.indices.flatMap { index in
            var rest = items
            let item = rest.remove(at: index)
            return permutations(rest).map { [item] + $0 }
        }
    }

    @Test("come to the same in whatever order, however often and by whatever ways they are heard of")
    func joining() throws {
        for seed in 0..<400 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let edits = try (0..<4).map { _ in try Self.any(&generator) }
            let expected = edits.dropFirst().reduce(edits[0]) { $0.joined(with: $1) }
            for order in Self.permutations(edits) {
                let chain = order.dropFirst().reduce(order[0]) { $0.joined(with: $1) }
                let tree = order[0].joined(with: order[1]).joined(with: order[2].joined(with: order[3]))
                #expect(chain == expected, "seed \(seed)")
                #expect(tree == expected, "seed \(seed)")
                #expect(expected.joined(with: order[0]) == expected, "seed \(seed)")
            }
            #expect((expected.made?.generation ?? 1) <= expected.generation, "seed \(seed)")
        }
    }

    @Test("a later word counts, between equals the one that keeps the edit, and what was made stays")
    func later() throws {
        let made = Edit.Made(image: Sample.image(9), generation: 1)
        let said = try Self.edit(made: made)
        let undone = try Self.edit(generation: 2, undone: true)
        let both = said.joined(with: undone)
        #expect(both.isUndone && both.generation == 2 && both.made == made)
        let kept = try Self.edit(generation: 2, at: 99, by: 8)
        #expect(undone.joined(with: kept) == kept && kept.joined(with: undone) == kept)
        let again = try Self.edit(made: Edit.Made(image: Sample.image(3), generation: 1))
        #expect(said.joined(with: again).made?.image == Sample.image(3))
        let newer = try Self.edit(generation: 2, made: Edit.Made(image: Sample.image(20), generation: 2))
        #expect(newer.joined(with: again).made?.image == Sample.image(20))
    }

    @Test("are to be run when they are not undone and nothing was made for the latest word")
    func open() throws {
        let old = Edit.Made(image: Sample.image(9), generation: 1)
        #expect(try Self.edit().isToRun)
        #expect(try !Self.edit(undone: true).isToRun)
        #expect(try !Self.edit(made: old).isToRun)
        #expect(try Self.edit(generation: 3, made: old).isToRun)
        #expect(try !Self.edit(generation: 3, undone: true, made: old).isToRun)
    }

    private func word(_ undone: Bool, after earlier: Edit?) throws -> Edit? {
        Edit.word(
            undone: undone, recipe: try Self.recipe(), path: Sample.path("n.jpg"), after: earlier, at: 5,
            by: Sample.node(4))
    }

    @Test("a word is news only when it says something else than the last one")
    func words() throws {
        let first = try #require(try word(false, after: nil))
        #expect(first.generation == 1 && !first.isUndone && first.by == Sample.node(4) && first.made == nil)
        #expect(try word(true, after: nil) == nil)
        #expect(try word(false, after: first) == nil)
        var made = first
        made.made = Edit.Made(image: Sample.image(9), generation: 1)
        let undone = try #require(try word(true, after: made))
        #expect(undone.generation == 2 && undone.isUndone && undone.made == made.made)
        #expect(try word(true, after: undone) == nil)
        let redone = try #require(try word(false, after: undone))
        #expect(redone.generation == 3 && redone.isToRun)
    }

    @Test("a peer that names the highest generation is answered once, by keeping the edit", arguments: [true, false])
    func highest(undone: Bool) throws {
        let hostile = try Self.edit(generation: Edit.highestGeneration, undone: undone)
        let answer = try word(!undone, after: hostile)
        #expect((answer != nil) == undone)
        if let answer {
            #expect(hostile.joined(with: answer) == answer)
            #expect(try word(true, after: answer) == nil)
        }
    }
}
