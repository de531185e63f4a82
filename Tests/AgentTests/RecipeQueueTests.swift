import Model
import Planning
import TestSupport
import Testing

@testable import Agent

@Suite("The queue of recipes to run")
struct RecipeQueueTests {
    private let start = ContinuousClock.now

    private func edit(_ number: Int, generation: Int64 = 1) throws -> Edit {
        let recipe = Recipe(image: Sample.image(number), look: try Look([.exposure: Amount(thousandths: 100)]))
        return Edit(
            recipe: recipe, path: Sample.path("a.jpg"), generation: generation, isUndone: false, at: 1,
            by: Sample.node(1))
    }

    @Test("A recipe that is run to its end and asked for all the same is not run without end")
    func spinning() throws {
        var queue = RecipeQueue()
        let edit = try edit(1)
        var runs = 0
        #expect(throws: Astray.self) {
            while runs < 100 {
                #expect(queue.look(at: edit, now: start).rests == nil)
                try queue.begin(edit.recipe.id)
                try queue.ended(edit.recipe.id)
                runs += 1
            }
        }
        #expect(runs == RecipeQueue.mostEnds)
        // It rests then, as after any failure, and is tried again.
        let wait = try queue.failed(
            edit.recipe.id, subject: "a", reason: "it came no further", isRetryable: true, now: start)
        #expect(queue.look(at: edit, now: start).rests == start + wait)
        #expect(queue.look(at: edit, now: start + wait).rests == nil)
        try queue.begin(edit.recipe.id)
        #expect(queue.fault(of: edit.recipe.id) == "it came no further")
    }

    @Test("A new word on a recipe begins anew")
    func again() throws {
        var queue = RecipeQueue()
        for generation in 1...9 {
            let edit = try edit(1, generation: Int64(generation))
            _ = queue.look(at: edit, now: start)
            try queue.begin(edit.recipe.id)
            try queue.ended(edit.recipe.id)
        }
    }

    @Test("An end of what is not run, a second beginning, and a failure of what nobody knows are refused")
    func astray() throws {
        var queue = RecipeQueue()
        let (first, second) = (try edit(1), try edit(2))
        #expect(throws: Astray.self) { try queue.begin(first.recipe.id) }
        for edit in [first, second] { _ = queue.look(at: edit, now: start) }
        try queue.begin(first.recipe.id)
        #expect(throws: Astray.self) { try queue.begin(second.recipe.id) }
        #expect(throws: Astray.self) { try queue.begin(first.recipe.id) }
        #expect(throws: Astray.self) { try queue.ended(second.recipe.id) }
        #expect(queue.running == first.recipe.id)
        try queue.ended(first.recipe.id)
        #expect(throws: Astray.self) { try queue.ended(first.recipe.id) }
        #expect(queue.keep([]).isEmpty)
        #expect(throws: Astray.self) {
            try queue.failed(first.recipe.id, subject: "a", reason: "no", isRetryable: true, now: start)
        }
    }
}
