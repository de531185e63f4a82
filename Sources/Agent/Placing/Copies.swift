import Catalogue
import Model
import Planning

/// Images that are to stand at more paths here, or at fewer, one after the other: copying takes the disk's time, and nobody
/// who plans waits for it.
final class Copies: Sendable {
    private struct State {
        var waiting: Set<ImageID> = []
        /// Those for which the list of a peer is to be whole first.
        var deferred: Set<ImageID> = []
        var isRunning = false
        /// How often a list has become whole.
        var lists = 0
    }

    private let state: Shown<State>
    private let changes = Bulletin()
    private let placements: Placements
    private let peers: TrustedPeers

    init(placements: Placements, peers: TrustedPeers, status: Status) {
        self.placements = placements
        self.peers = peers
        state = Shown(State(), in: status)
    }

    /// How many images wait, and whether one is being copied.
    var counts: (pending: Int, running: Int) {
        state.read { ($0.waiting.count + $0.deferred.count, $0.isRunning ? 1 : 0) }
    }

    /// Has an image brought to its paths, as the planner says when it comes to that.
    func take(_ image: ImageID) {
        if state.change(tellingIf: { $0 }, { $0.waiting.insert(image).inserted }) { changes.post() }
    }

    /// The list of a peer is whole here.
    func isWhole() {
        let isAny = state.keep { state in
            state.lists += 1
            state.waiting.formUnion(state.deferred)
            state.deferred = []
            return !state.waiting.isEmpty
        }
        if isAny { changes.post() }
    }

    private func next() -> (image: ImageID, lists: Int)? {
        state.change(tellingIf: { $0 != nil }) { state in
            guard let image = state.waiting.popFirst() else { return nil }
            state.deferred.remove(image)
            state.isRunning = true
            return (image, state.lists)
        }
    }

    private func ended(_ image: ImageID, isSettled: Bool, _ lists: Int) {
        state.change { state in
            state.isRunning = false
            if isSettled { return }
            if state.lists == lists { state.deferred.insert(image) } else { state.waiting.insert(image) }
        }
    }

    /// Whether the mirrors on which a decision rests are as the peers said last: of those that have the image at several
    /// paths, or say the latest word.
    private func isSettled(_ situation: Situation) -> Bool {
        let latest = situation.claims.compactMap(\.info.generation).max()
        return Dictionary(grouping: situation.claims, by: \.peer).allSatisfy { peer, claims in
            let isLatest = latest.map { latest in claims.contains { $0.info.generation == latest } } ?? false
            guard claims.count > 1 || isLatest else { return true }
            guard let announced = peers[peer]?.link.announced else { return false }
            return announced == placements.catalogue.mirrorDigest(of: peer)
        }
    }

    /// Copies what there is, until the task is cancelled.
    func run(_ steering: Steering) async {
        while !Task.isCancelled {
            let edition = changes.edition
            guard let (image, lists) = next() else {
                await changes.wait(past: edition)
                continue
            }
            let planner = await steering.planner
            let images = await placements.spread(image, planner) { [self] in isSettled($0) }
            let situation = try? await placements.catalogue.situations(of: [image]).first
            ended(image, isSettled: situation.map(isSettled) ?? true, lists)
            if !images.isEmpty { await steering.consider(images) }
        }
    }
}
