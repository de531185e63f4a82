import Catalogue
import Disk
import Model
import Planning
import Synchronization

/// Mains that have come whole, on their way into the library: while some are synced, renamed and recorded, more come,
/// and go the same way together. One sync of a folder and one transaction serve all of a batch, as one commit of the
/// disk's journal does, so that many small files cost little more than one.
///
/// Nothing of a main is visible under its name before it was synced and compared (S5): that is the first step, and it
/// is done for the whole batch before the second.
final class ReceivedMains: Sendable {
    /// One that waits.
    struct Main: Sendable {
        var incoming: IncomingFile
        /// What it is recorded as.
        var wish: Decision.Wish
        var job: FetchQueue.Job
        /// The name of the node that it came from.
        var label: String
    }

    private struct State {
        var waiting: [(main: Main, done: CheckedContinuation<Void, any Error>)] = []
        var isBusy = false
    }

    /// Mains of one batch, at most: few enough that nobody waits long for the turn.
    private static let most = 128

    private let shelf: Shelf
    private let placements: Placements
    private let fetcher: Fetcher
    private let steering: Steering
    private let state = Mutex(State())
    /// Syncing waits for the disk, and what is being received meanwhile must not.
    private let syncing = DiskThreads(count: 1, name: "syncing")

    init(shelf: Shelf, placements: Placements, fetcher: Fetcher, steering: Steering) {
        self.shelf = shelf
        self.placements = placements
        self.fetcher = fetcher
        self.steering = steering
    }

    /// Places a main, and says so to the fetcher and the planner. Goes on to its end when the task is cancelled: a file
    /// between the disk and the catalogue would look like a person's.
    func place(_ main: Main) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let isFirst = state.withLock { state in
                state.waiting.append((main, continuation))
                defer { state.isBusy = true }
                return !state.isBusy
            }
            // Belongs to no session: the mains of several are in it, and each may be cancelled.
            if isFirst { Task { await placeAll() } }
        }
    }

    private func placeAll() async {
        while true {
            let batch = state.withLock { state in
                let batch = Array(state.waiting.prefix(Self.most))
                state.waiting.removeFirst(batch.count)
                state.isBusy = !batch.isEmpty
                return batch
            }
            if batch.isEmpty { return }
            await place(batch)
        }
    }

    private func place(_ batch: [(main: Main, done: CheckedContinuation<Void, any Error>)]) async {
        var results = await seal(batch.map(\.main))
        var images: Set<ImageID> = []
        let sound = batch.indices.filter { if case .success = results[$0] { true } else { false } }
        let placed = await placements.place(mains: sound.map { batch[$0].main })
        for (index, result) in zip(sound, placed) { results[index] = result }
        for (item, result) in zip(batch, results) {
            guard case .success(let concerned) = result else {
                shelf.halfReceived.add(item.main.incoming.image)
                continue
            }
            images.formUnion(concerned)
            images.insert(item.main.job.wish.info.image)
        }
        await fetcher.finish(
            zip(batch, results).compactMap { item, result in
                if case .success = result { item.main.job } else { nil }
            })
        // While they came, their holders may have moved them, or this node may want something else of them.
        await steering.consider(images)
        for (item, result) in zip(batch, results) { item.done.resume(with: result.map { _ in }) }
    }

    private func seal(_ mains: [Main]) async -> [Result<Set<ImageID>, any Error>] {
        let incoming = mains.map(\.incoming)
        do {
            let folder = try shelf.demand()
            return try await syncing.run { Placement(library: folder).seal(incoming) }.map { result in
                result.map { [] }.mapError { $0 }
            }
        } catch {
            return mains.map { _ in .failure(error) }
        }
    }
}
