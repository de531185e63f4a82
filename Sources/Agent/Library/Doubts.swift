import Model
import Synchronization

/// Own files that were found to be others than the catalogue says, by whoever was to change them: they are looked at again.
final class Doubts: Sendable {
    private struct State {
        var files: Set<RelativePath> = []
        /// How often each was doubted since then.
        var counts: [RelativePath: Int] = [:]
        var since = ContinuousClock.now
    }

    private let state = Mutex(State())
    /// Posted when there is one more.
    let changes = Bulletin()

    /// Looks at one file within an hour: where looking changes nothing, the next whole look tells.
    private static let most = 3

    func add(_ file: RelativePath) {
        let isNew = state.withLock { state in
            if .now - state.since > .seconds(3600) { (state.counts, state.since) = ([:], .now) }
            guard state.counts[file, default: 0] < Self.most, state.files.insert(file).inserted else { return false }
            state.counts[file, default: 0] += 1
            return true
        }
        if isNew { changes.post() }
    }

    /// Takes all of them out.
    func take() -> Set<RelativePath> {
        state.withLock { state in
            defer { state.files = [] }
            return state.files
        }
    }
}
