import Model
import Planning

/// The recipes that are to be run here: which may be run now, and which rest. A value: no clock, no disk.
///
/// It cannot spin: a recipe is begun and ended in turn, anything else is an ``Astray``; and one that was run to its end
/// again and again and is asked for still rests, as after a failure.
struct RecipeQueue {
    /// A recipe that is known here.
    private struct Entry {
        /// Since when this node knows of this word.
        let since: ContinuousClock.Instant
        var generation: Int64
        /// How often it was run to its end.
        var ends = 0
        var failures = 0
        /// Of the latest failure.
        var reason: String?
        /// What that was reported of.
        var subject: String?
        var next: ContinuousClock.Instant?
    }

    /// Runs of one word that may come to nothing: the main may go, or the edit be undone, at the last moment.
    static let mostEnds = 3

    private static let soon = Backoff(first: .seconds(5), longest: .seconds(600))
    /// Of what only another main can mend.
    private static let late = Backoff(first: .seconds(3600), longest: .seconds(86_400))

    private var entries: [RecipeID: Entry] = [:]
    /// The recipe that is being run.
    private(set) var running: RecipeID?

    /// Why the recipe could not be run the last time it was tried; nil when it was not, or never failed.
    func fault(of recipe: RecipeID) -> String? { entries[recipe]?.reason }

    /// Takes in that an edit is to be run.
    ///
    /// - Returns: since when this node knows of this word, and until when it rests; nil when it does not.
    mutating func look(
        at edit: Edit, now: ContinuousClock.Instant
    ) -> (since: ContinuousClock.Instant, rests: ContinuousClock.Instant?) {
        let known = entries[edit.recipe.id].flatMap { $0.generation == edit.generation ? $0 : nil }
        let entry = known ?? Entry(since: now, generation: edit.generation)
        entries[edit.recipe.id] = entry
        return (entry.since, entry.next.flatMap { $0 > now ? $0 : nil })
    }

    /// A recipe is about to be run.
    mutating func begin(_ recipe: RecipeID) throws(Astray) {
        if let running { throw Astray(.askedTwice, "recipe \(running) runs") }
        guard let entry = entries[recipe] else { throw Astray(.notAsked, "recipe \(recipe)") }
        guard entry.ends < Self.mostEnds else {
            entries[recipe]?.ends = 0
            throw Astray(.noProgress, "recipe \(recipe) was run \(entry.ends) times")
        }
        running = recipe
    }

    /// It was run to its end.
    mutating func ended(_ recipe: RecipeID) throws(Astray) {
        guard running == recipe else { throw Astray(.notAsked, "recipe \(recipe)") }
        running = nil
        entries[recipe]?.ends += 1
    }

    /// It is not run any more, and nothing came of it.
    mutating func givenUp(_ recipe: RecipeID) { if running == recipe { running = nil } }

    /// It could not be run.
    ///
    /// - Returns: for how long it rests.
    mutating func failed(
        _ recipe: RecipeID, subject: String, reason: String, isRetryable: Bool, now: ContinuousClock.Instant
    ) throws(Astray) -> Duration {
        guard var entry = entries[recipe] else { throw Astray(.notAsked, "recipe \(recipe)") }
        givenUp(recipe)
        entry.failures += 1
        let wait = (isRetryable ? Self.soon : Self.late).wait(afterFailures: entry.failures, spread: 1)
        (entry.reason, entry.subject, entry.next) = (reason, subject, now + wait)
        entries[recipe] = entry
        return wait
    }

    /// Forgets all but these: the others were made elsewhere, or undone.
    ///
    /// - Returns: what had been reported of them.
    mutating func keep(_ recipes: Set<RecipeID>) -> [String] {
        let over = entries.filter { !recipes.contains($0.key) }
        for recipe in over.keys { entries[recipe] = nil }
        return over.values.compactMap(\.subject)
    }
}
