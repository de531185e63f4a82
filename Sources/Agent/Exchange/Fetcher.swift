import Control
import Foundation
import Model
import Planning

/// Hands out what is to be got to whoever is connected to a source of it.
actor Fetcher {
    private var queue = FetchQueue()
    private var connected: Set<NodeID> = []
    private static let disk = "disk"
    /// One file tries whether the disk takes any again.
    private static let diskRetry = Backoff(first: .seconds(5), longest: .seconds(300))

    private let problems: Problems
    private let shown: Shown<Counts>
    /// Nothing is handed out before this: the disk is full, and every file would fail alike.
    private var paused: (until: ContinuousClock.Instant, failures: Int)?
    /// Posted when there may be something new to take.
    private let work = Bulletin()

    init(problems: Problems, status: Status) {
        self.problems = problems
        shown = Shown((0, 0, 0), in: status)
    }

    /// Peers that answer now.
    var reachable: Set<NodeID> { connected }

    /// The images that are wanted, whether they wait, run or rest.
    var wanted: [ImageID] { queue.images }

    /// How much waits, runs and rests after a failure.
    nonisolated var counts: Counts { shown.read { $0 } }

    typealias Counts = (pending: Int, running: Int, failed: Int)

    /// A person asks for these again: what failed is tried now.
    func wake(_ images: [ImageID]) {
        queue.wake(images)
        announce()
    }

    /// How the getting of an image stands; nil when it is not wanted.
    func state(of image: ImageID) -> FetchQueue.Standing? { queue.standing(of: image) }

    /// A peer answers again, or no longer.
    func setConnected(_ peer: NodeID, _ isConnected: Bool) {
        if isConnected {
            connected.insert(peer)
            queue.wake(for: peer)
        } else {
            connected.remove(peer)
            queue.lost(peer, connected: connected)
        }
        announce()
    }

    /// Takes over what the planner wants, and what it no longer wants.
    func take(wishes: [Decision.Wish], dropped: [ImageID]) {
        for wish in wishes {
            if let earlier = queue.want(wish) { problems.withdraw(earlier.wish.info.path.description) }
        }
        for image in dropped {
            if let job = queue.drop(image) { problems.withdraw(job.wish.info.path.description) }
        }
        announce()
    }

    /// The next file to get from `peer`, as soon as there is one, or several that can be got in one request; none when
    /// the task is cancelled.
    func next(from peer: NodeID, together: FetchQueue.Together) async -> [FetchQueue.Job] {
        while !Task.isCancelled {
            let edition = work.edition
            if let paused, paused.until > .now {
                await work.wait(past: edition, until: paused.until)
                continue
            }
            let due = queue.wake(now: .now)
            let jobs = queue.take(from: peer, together: together)
            show()
            if !jobs.isEmpty { return jobs }
            if let due { await work.wait(past: edition, until: due) } else { await work.wait(past: edition) }
        }
        return []
    }

    /// The file was placed, or is not wanted any more.
    func finish(_ job: FetchQueue.Job) throws(Astray) { try finish([job]) }

    /// The files were placed, or are not wanted any more.
    ///
    /// - Returns: images of which the planner wanted something else meanwhile, or nothing: it is to be asked again.
    @discardableResult
    func finish(_ jobs: [FetchQueue.Job]) throws(Astray) -> Set<ImageID> {
        guard !jobs.isEmpty else { return [] }
        var stale: Set<ImageID> = []
        var astray: Astray?
        for job in jobs {
            // One that was not being got keeps none of the others from their end.
            do {
                if try queue.finish(job.wish.info.image) { stale.insert(job.wish.info.image) }
            } catch {
                astray = error
            }
            problems.withdraw(job.wish.info.path.description)
        }
        if paused != nil {
            paused = nil
            problems.withdraw(Self.disk)
        }
        announce()
        if let astray { throw astray }
        return stale
    }

    /// The peer was too busy, or the session ended: nobody's fault.
    func giveBack(_ job: FetchQueue.Job) throws(Astray) {
        defer { announce() }
        let image = job.wish.info.image
        guard let next = try queue.giveBack(image, now: .now), case .resting(let reason)? = queue.standing(of: image)
        else { return }
        report(job, reason, next, by: job.wish.sources.first)
    }

    /// The disk takes no file at present: the job goes back in line, and nothing is handed out for a while.
    func pause(_ job: FetchQueue.Job, reason: String) throws(Astray) {
        try queue.giveBack(job.wish.info.image, now: .now)
        // Several lanes run into the same full disk; the first one's wait holds for all.
        if paused.map({ $0.until <= .now }) ?? true {
            let failures = (paused?.failures ?? 0) + 1
            let wait = Self.diskRetry.wait(afterFailures: failures, spread: 1)
            paused = (.now + wait, failures)
            problems.report(Self.disk, reason, nextTry: Date(timeIntervalSinceNow: wait / .seconds(1)))
        }
        announce()
    }

    /// Getting the file from `peer` failed.
    ///
    /// - Returns: true when the reason is new, and worth a line in the log.
    func fail(
        _ job: FetchQueue.Job, at peer: NodeID, reason: String, isRetryable: Bool
    ) throws(Astray) -> Bool {
        let next = try queue.fail(
            job.wish.info.image, at: peer, reason: reason, isRetryable: isRetryable, among: connected, now: .now,
            spread: .random(in: 0...1))
        announce()
        return next.map { report(job, reason, $0, by: peer) } ?? false
    }

    @discardableResult
    private func report(
        _ job: FetchQueue.Job, _ reason: String, _ next: ContinuousClock.Instant, by peer: NodeID?
    ) -> Bool {
        let seconds = (next - .now) / .seconds(1)
        return problems.report(
            job.wish.info.path.description, reason, nextTry: Date(timeIntervalSinceNow: seconds), by: peer)
    }

    private func announce() {
        work.post()
        show()
    }

    private func show() {
        let counts = (queue.pending, queue.running, queue.resting)
        let isSame = shown.read { $0 == counts }
        if !isSame { shown.change { $0 = counts } }
    }
}
