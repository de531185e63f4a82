import Catalogue
import Model
import Synchronization

/// To whom this node gives its mains: a peer that reads one here while it is asked to prove that it has it may have it
/// from nowhere else.
///
/// Keepers are believed because a person named them; this is for one that was taken over. In memory: after a restart all
/// evictions begin anew too.
final class ServedMains: Sendable {
    /// One giving of some mains to one peer.
    final class Delivery: Sendable {
        fileprivate let images: [ImageID]
        fileprivate let node: NodeID
        private let served: ServedMains
        private let isOver = Atomic(false)

        fileprivate init(_ images: [ImageID], to node: NodeID, _ served: ServedMains) {
            (self.images, self.node, self.served) = (images, node, served)
        }

        /// Whether nothing more of it is given: an eviction has begun since.
        var isStopped: Bool { served.isStopped(self) }

        /// It was given, or given up. Once; a second time nothing happens.
        func end() { if !isOver.exchange(true, ordering: .relaxed) { served.forget(self) } }

        deinit { end() }
    }

    private struct Pair: Hashable {
        var image: ImageID
        var node: NodeID
    }

    private struct State {
        /// How many deliveries are under way.
        var open: [Pair: Int] = [:]
        /// Those of them that go no further.
        var stopped: Set<Pair> = []
        /// What a peer said it had by this record, and got from here nevertheless; until when it proves nothing by it.
        var doubted: [Pair: (record: Record.Sequence, until: ContinuousClock.Instant)] = [:]
    }

    /// How long a peer that got a main which it said it had is not believed to have it.
    static let doubt = Duration.seconds(3600)
    /// Doubts that are remembered; of more, all are forgotten that end first.
    static let most = 100_000

    private let state = Mutex(State())
    private let catalogue: CatalogueDatabase
    private let clock: @Sendable () -> ContinuousClock.Instant

    init(catalogue: CatalogueDatabase, clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.catalogue = catalogue
        self.clock = clock
    }

    /// Notes, before anything is read, that a peer is given these mains.
    func begin(_ images: [ImageID], to node: NodeID) async throws -> Delivery {
        let delivery = Delivery(images, to: node, self)
        state.withLock { state in
            for image in images { state.open[Pair(image: image, node: node), default: 0] += 1 }
        }
        let claimed = try await catalogue.mains(of: node, among: images)
        if claimed.isEmpty { return delivery }
        let now = clock()
        state.withLock { state in
            if state.doubted.count >= Self.most { state.doubted = state.doubted.filter { $0.value.until > now } }
            guard state.doubted.count < Self.most else { return }
            for (image, record) in claimed {
                state.doubted[Pair(image: image, node: node)] = (record, now + Self.doubt)
            }
        }
        return delivery
    }

    /// Nothing more is given of a main whose eviction is marked: whoever has the rest of it could prove it to another that
    /// evicts it too.
    func stop(_ image: ImageID) {
        state.withLock { state in state.stopped.formUnion(state.open.keys.filter { $0.image == image }) }
    }

    private func isStopped(_ delivery: Delivery) -> Bool {
        state.withLock { state in
            !state.stopped.isEmpty
                && delivery.images.contains { state.stopped.contains(Pair(image: $0, node: delivery.node)) }
        }
    }

    private func forget(_ delivery: Delivery) {
        state.withLock { state in
            for image in delivery.images {
                let pair = Pair(image: image, node: delivery.node)
                guard let count = state.open[pair] else { continue }
                state.open[pair] = count > 1 ? count - 1 : nil
                if count == 1 { state.stopped.remove(pair) }
            }
        }
    }

    /// Whether what the peer proves of the main may come from this node's own file.
    ///
    /// A keeper that repairs its main takes it off its list and puts it there again, under another number: that is none.
    func isDoubtful(_ image: ImageID, at node: NodeID) async throws -> Bool {
        let (pair, now) = (Pair(image: image, node: node), clock())
        let (isOpen, doubted) = state.withLock { ($0.open[pair] != nil, $0.doubted[pair]) }
        if isOpen { return true }
        guard let doubted, doubted.until > now else { return false }
        return try await catalogue.mains(of: node, among: [image])[image] == doubted.record
    }
}
