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

    /// The bytes are the image's, but not of the type that its record says.
    struct OtherType: Error, CustomStringConvertible {
        let said: ImageType
        let `is`: ImageType?
        var description: String {
            "It is said to be \(said.noun), and is \(`is`?.noun ?? "empty, or a program or page that a desktop would run")."
        }
    }

    /// What became of one.
    typealias Outcome = Result<Void, any Error>

    /// Mains that came together.
    private struct Group {
        var mains: [Main]
        var done: CheckedContinuation<[Outcome], Never>
    }

    private struct State {
        var waiting: [Group] = []
        var isBusy = false
    }

    /// Mains of one batch, at most: few enough that nobody waits long for the turn.
    private static let most = 256

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

    /// Places mains, and says so to the fetcher and the planner. Goes on to its end when the task is cancelled: a file
    /// between the disk and the catalogue would look like a person's.
    ///
    /// - Returns: what became of each, in order.
    func place(_ mains: [Main]) async -> [Outcome] {
        await withCheckedContinuation { continuation in
            let isFirst = state.withLock { state in
                state.waiting.append(Group(mains: mains, done: continuation))
                defer { state.isBusy = true }
                return !state.isBusy
            }
            // Belongs to no session: the mains of several are in it, and each may be cancelled.
            if isFirst { Task { await placeAll() } }
        }
    }

    /// While one batch is placed, the next one is synced.
    private func placeAll() async {
        await withTaskGroup(of: Void.self) { placing in
            while true {
                let groups = nextBatch()
                if groups.isEmpty { return }
                let mains = groups.flatMap(\.mains)
                let sealed = await seal(mains)
                await placing.next()
                placing.addTask {
                    var outcomes = await self.place(mains, sealed: sealed)[...]
                    for group in groups {
                        group.done.resume(returning: Array(outcomes.prefix(group.mains.count)))
                        outcomes = outcomes.dropFirst(group.mains.count)
                    }
                }
            }
        }
    }

    private func nextBatch() -> [Group] {
        state.withLock { state in
            var count = 0
            let groups = Array(
                state.waiting.prefix { group in
                    defer { count += group.mains.count }
                    return count == 0 || count + group.mains.count <= Self.most
                })
            state.waiting.removeFirst(groups.count)
            state.isBusy = !groups.isEmpty
            return groups
        }
    }

    private func place(
        _ mains: [Main], sealed: [Result<Set<ImageID>, any Error>]
    ) async -> [Outcome] {
        var results = sealed
        let sound = mains.indices.filter { if case .success = results[$0] { true } else { false } }
        let placed = await placements.place(mains: sound.map { mains[$0] })
        for (index, result) in zip(sound, placed) { results[index] = result }
        // What had come in part is to be forgotten, and that is the planner's.
        var images = Set(shelf.halfReceived.among(mains.map(\.incoming.image)))
        for (main, result) in zip(mains, results) {
            switch result {
            case .success(let concerned): images.formUnion(concerned)
            case .failure: shelf.halfReceived.add(main.incoming.image)
            }
        }
        let came = zip(mains, results).compactMap { main, result in
            if case .success = result { main.job } else { nil }
        }
        do {
            // While they came, their holders may have moved them, or this node may want something else of them.
            let stale = try await fetcher.finish(came)
            images.formUnion(stale)
        } catch {
            // They stand there. Who got them has lost count, and is told so.
            results = mains.map { _ in .failure(error) }
        }
        if !images.isEmpty { await steering.consider(images) }
        return results.map { result in result.map { _ in } }
    }

    private func seal(_ mains: [Main]) async -> [Result<Set<ImageID>, any Error>] {
        let incoming = mains.map(\.incoming)
        do {
            let folder = try shelf.demand()
            let types = mains.map(\.wish.info.type)
            return try await syncing.run {
                zip(Placement(library: folder).seal(incoming), zip(incoming, types)).map { result, main in
                    let (file, type) = main
                    return Result {
                        try result.get()
                        let found = try file.type()
                        guard let found, type.admits(found) else { throw OtherType(said: type, is: found) }
                        return []
                    }
                }
            }
        } catch {
            return mains.map { _ in .failure(error) }
        }
    }
}
