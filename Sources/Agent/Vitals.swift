import Catalogue
import Model

/// What a node finds out about itself while it starts, and what it counts only once for as long as nothing changes.
final class Vitals: Sendable {
    private struct Counted {
        var version: UInt64
        var target: Int
        var silent: Set<NodeID>
        var counts: HouseholdCounts
        var at: ContinuousClock.Instant
        var took: Duration
    }

    private struct State {
        var port = 0
        var counted: Counted?
        var held: (version: UInt64, words: [HeldWords])?
    }

    /// Fewer images are counted whenever it is asked for: that takes milliseconds.
    private static let many = 20_000
    /// Of a large library that changes all the time, this part of the time at most is spent on counting it.
    private static let share = 20

    /// When the node started.
    let started = ContinuousClock.now
    private let state: Shown<State>
    private let outdated = Bulletin()

    init(status: Status) { state = Shown(State(), in: status) }

    /// The TCP port that peers are served on; 0 before it is bound.
    var port: Int {
        get { state.read { $0.port } }
        set { state.change { $0.port = newValue } }
    }

    /// The household's counts. Of a large library they may be some seconds old; then they are soon counted again.
    func household(_ catalogue: CatalogueDatabase, target: Int, silent: Set<NodeID>) async throws -> HouseholdCounts {
        let known = state.read { $0.counted }
        if let known, known.version == catalogue.version, known.silent == silent, known.target == target {
            return known.counts
        }
        guard let known, known.counts.images >= Self.many else {
            return try await count(catalogue, target: target, silent: silent)
        }
        outdated.post()
        return known.counts
    }

    /// What peers say of names and edits that waits for a person.
    func heldWords(_ catalogue: CatalogueDatabase, limit: Int) async throws -> [HeldWords] {
        let version = catalogue.version
        if let held = state.read({ $0.held }), held.version == version { return held.words }
        let words = try await catalogue.heldWords(limit: limit)
        state.keep { $0.held = (version, words) }
        return words
    }

    /// Counts anew what takes long, when somebody asked for it and it changed.
    func run(_ catalogue: CatalogueDatabase, target: () -> Int, silent: () -> Set<NodeID>) async {
        while !Task.isCancelled {
            let edition = outdated.edition
            let (silent, target) = (silent(), target())
            if let known = state.read({ $0.counted }),
                known.version != catalogue.version || known.silent != silent || known.target != target
            {
                let due = known.at + known.took * Self.share
                if due > .now { try? await ContinuousClock().sleep(until: due) }
                // A fault of the catalogue is told where the counts are asked for.
                _ = try? await count(catalogue, target: target, silent: silent)
            }
            await outdated.wait(past: edition)
        }
    }

    private func count(
        _ catalogue: CatalogueDatabase, target: Int, silent: Set<NodeID>
    ) async throws -> HouseholdCounts {
        let (version, start) = (catalogue.version, ContinuousClock.now)
        let counts = try await catalogue.household(target: target, silent: silent)
        let end = ContinuousClock.now
        let isKnown = state.read { $0.counted?.counts == counts }
        state.change(tellingIf: { _ in !isKnown }) {
            $0.counted = Counted(
                version: version, target: target, silent: silent, counts: counts, at: end, took: end - start)
        }
        return counts
    }
}
