import HeapModule
import Model
import Planning

/// What is to be got, from whom, and when it is tried again. A value that returns what to do: no clock, no network.
///
/// It cannot spin: what became of a file is taken only while that file is being got, anything else is an ``Astray``; and
/// a file that comes back again and again with nothing done rests, as after a failure.
struct FetchQueue {
    /// One file to get.
    struct Job: Sendable, Hashable {
        var wish: Decision.Wish
        /// How many rounds over all its sources failed.
        var failures = 0
        /// Sources that failed in this round.
        var tried: Set<NodeID> = []
        /// Whether the latest failure may come right by itself.
        var isRetryable = true
        /// The latest failure, as a sentence.
        var reason: String?
        /// How often it was given back since then, one soon after the other.
        fileprivate var returns = 0
        fileprivate var returning: ContinuousClock.Instant?
    }

    private enum State {
        case waiting(Job)
        /// Stale when it is no longer what the planner wants.
        case running(Job, from: NodeID, isStale: Bool)
        case resting(Job, until: ContinuousClock.Instant)
    }

    /// A place in one peer's line. Stale ones, whose image is not waiting any more, are passed over when they come up.
    private struct Entry: Comparable {
        /// What a person asked for comes first.
        var isAsked: Bool
        var captured: Int64
        var image: ImageID
        init(_ wish: Decision.Wish) {
            isAsked = wish.cause == .asked
            captured = wish.info.captured ?? .min
            image = wish.info.image
        }

        // Newest captured first: what a person looks for first. By id among equals, so that the order is certain.
        static func < (a: Entry, b: Entry) -> Bool {
            if a.isAsked != b.isAsked { return b.isAsked }
            return (a.captured, b.image) < (b.captured, a.image)
        }
    }

    /// Retries of what may come right by itself: a peer that went away, a full disk.
    static let soon = Backoff(first: .seconds(2), longest: .seconds(600))
    /// Retries of what only a change at the holder can mend: a picture that cannot be reduced.
    static let late = Backoff(first: .seconds(3600), longest: .seconds(86_400))

    /// How often a file is handed out within a second and given back, before it rests: lanes that end together give it
    /// back a few times.
    static let mostReturns = 8

    private var states: [ImageID: State] = [:]
    private var lines: [NodeID: Heap<Entry>] = [:]
    /// No job that rests is due before this; nil when none rests.
    private var due: ContinuousClock.Instant?
    private(set) var running = 0
    private(set) var resting = 0

    /// The images that are wanted.
    var images: [ImageID] { Array(states.keys) }

    /// Files that wait for their turn or for a peer.
    var pending: Int { states.count - running - resting }

    /// How the getting of one image stands.
    enum Standing: Sendable, Equatable {
        case waiting
        /// It is being got from this node.
        case running(from: NodeID)
        /// It failed, and is tried again later.
        case resting(reason: String)
    }

    /// How the getting of `image` stands; nil when it is not wanted.
    func standing(of image: ImageID) -> Standing? {
        switch states[image] {
        case nil: nil
        case .waiting?: .waiting
        case .running(_, let peer, _)?: .running(from: peer)
        case .resting(let job, _)?: .resting(reason: job.reason ?? "")
        }
    }

    /// Wants a file, or wants it otherwise than before. What is running goes on, and is planned anew when it ends.
    ///
    /// - Returns: the job that the new one takes the place of.
    @discardableResult
    mutating func want(_ wish: Decision.Wish) -> Job? {
        var earlier: Job?
        switch states[wish.info.image] {
        case .running(let job, let peer, _):
            if !job.wish.isSame(as: wish) { states[wish.info.image] = .running(job, from: peer, isStale: true) }
            return nil
        case .waiting(let job):
            if job.wish.isSame(as: wish) { return nil }
            earlier = job
        case .resting(let job, _):
            if job.wish.isSame(as: wish) { return nil }
            earlier = job
            resting -= 1
        case nil: break
        }
        wait(Job(wish: wish))
        return earlier
    }

    /// Wants a file no more. What is running goes on.
    ///
    /// - Returns: the job that was dropped, if there was one.
    mutating func drop(_ image: ImageID) -> Job? {
        switch states[image] {
        case nil: return nil
        case .running(let job, let peer, _):
            states[image] = .running(job, from: peer, isStale: true)
            return nil
        case .waiting(let job):
            states[image] = nil
            return job
        case .resting(let job, _):
            resting -= 1
            states[image] = nil
            return job
        }
    }

    /// The next file to get from `peer`; it counts as running until ``finish(_:)``, ``giveBack(_:now:)`` or
    /// ``fail(_:at:reason:isRetryable:among:now:spread:)``.
    mutating func take(from peer: NodeID) -> Job? {
        while let entry = lines[peer]?.popMax() {
            guard case .waiting(let job)? = states[entry.image], job.wish.sources.contains(peer),
                !job.tried.contains(peer)
            else { continue }
            states[entry.image] = .running(job, from: peer, isStale: false)
            running += 1
            return job
        }
        return nil
    }

    /// What may be got in one request: small mains, so many, of so many bytes together.
    struct Together: Sendable {
        var count: Int
        var bytes: Int64

        func takes(_ wish: Decision.Wish) -> Bool {
            wish.info.form == .main && wish.info.mainBytes <= min(bytes, Policy.smallMain)
        }
    }

    /// The next file to get from `peer`, and those that come next where all of them can be got in one request.
    mutating func take(from peer: NodeID, together limit: Together) -> [Job] {
        guard let first = take(from: peer) else { return [] }
        var jobs = [first]
        guard limit.takes(first.wish) else { return jobs }
        var left = limit.bytes - first.wish.info.mainBytes
        while jobs.count < limit.count, let next = take(from: peer) {
            guard limit.takes(next.wish), next.wish.info.mainBytes <= left else {
                running -= 1
                wait(next)
                break
            }
            left -= next.wish.info.mainBytes
            jobs.append(next)
        }
        return jobs
    }

    /// The file is here, or not wanted any more.
    ///
    /// - Returns: whether the planner wanted something else of it meanwhile, or nothing.
    @discardableResult
    mutating func finish(_ image: ImageID) throws(Astray) -> Bool {
        guard case .running(_, _, let isStale)? = states[image] else { throw Self.notAsked(image) }
        states[image] = nil
        running -= 1
        return isStale
    }

    /// Puts a file back in line without counting a failure: the peer was busy or the session ended.
    ///
    /// - Returns: when it is tried again, where it was given back too often to be handed out now.
    @discardableResult
    mutating func giveBack(_ image: ImageID, now: ContinuousClock.Instant) throws(Astray) -> ContinuousClock.Instant? {
        guard case .running(var job, _, _)? = states[image] else { throw Self.notAsked(image) }
        running -= 1
        if let last = job.returning, now < last + .seconds(1) {
            job.returns += 1
        } else {
            (job.returns, job.returning) = (1, now)
        }
        guard job.returns >= Self.mostReturns else {
            wait(job)
            return nil
        }
        job.reason = "\(Astray(.noProgress, "it came back \(job.returns) times with nothing done"))"
        return rest(&job, isRetryable: true, now: now, spread: 1)
    }

    private static func notAsked(_ image: ImageID) -> Astray { Astray(.notAsked, "image \(image)") }

    private mutating func rest(
        _ job: inout Job, isRetryable: Bool, now: ContinuousClock.Instant, spread: Double
    ) -> ContinuousClock.Instant {
        job.failures += 1
        job.isRetryable = isRetryable
        (job.tried, job.returns, job.returning) = ([], 0, nil)
        let wait = (isRetryable ? Self.soon : Self.late).wait(afterFailures: job.failures, spread: spread)
        states[job.wish.info.image] = .resting(job, until: now + wait)
        resting += 1
        due = min(due ?? now + wait, now + wait)
        return now + wait
    }

    /// Getting it from `peer` failed. The other sources come first; then it rests.
    ///
    /// - Returns: when it is tried again, or nil when another source is tried now.
    mutating func fail(
        _ image: ImageID, at peer: NodeID, reason: String, isRetryable: Bool, among connected: Set<NodeID>,
        now: ContinuousClock.Instant, spread: Double
    ) throws(Astray) -> ContinuousClock.Instant? {
        guard case .running(var job, _, _)? = states[image] else { throw Self.notAsked(image) }
        running -= 1
        job.reason = reason
        job.tried.insert(peer)
        if job.wish.sources.contains(where: { connected.contains($0) && !job.tried.contains($0) }) {
            wait(job)
            return nil
        }
        return rest(&job, isRetryable: isRetryable, now: now, spread: spread)
    }

    /// Puts what has rested long enough back in line.
    ///
    /// - Returns: when the next one is due, or nil when none rests.
    mutating func wake(now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        if let due, now < due { return due }
        due = nil
        guard resting > 0 else { return nil }
        for (_, state) in states {
            guard case .resting(let job, let until) = state else { continue }
            if until > now {
                due = min(due ?? until, until)
            } else {
                resting -= 1
                wait(job)
            }
        }
        return due
    }

    /// A peer answers again: what it failed to give, or was away for, need not rest any longer. What only its holder can
    /// mend rests on.
    mutating func wake(for peer: NodeID) {
        for (_, state) in states where resting > 0 {
            guard case .resting(let job, _) = state, job.isRetryable, job.wish.sources.contains(peer) else { continue }
            resting -= 1
            wait(job)
        }
    }

    /// A person asks again: these need not rest any longer.
    mutating func wake(_ images: [ImageID]) {
        for image in images {
            guard case .resting(let job, _)? = states[image] else { continue }
            resting -= 1
            wait(job)
        }
    }

    /// A peer is gone, and nobody gets anything from it any more: what is still said to be got from it waits again, and
    /// what waits for nobody else that was not tried yet may be asked of all again.
    mutating func lost(_ peer: NodeID, connected: Set<NodeID>) {
        if running > 0 {
            for (_, state) in states {
                guard case .running(let job, peer, _) = state else { continue }
                running -= 1
                wait(job)
            }
        }
        for (_, state) in states {
            guard case .waiting(var job) = state, !job.tried.isEmpty, job.wish.sources.contains(peer),
                !job.wish.sources.contains(where: { connected.contains($0) && !job.tried.contains($0) })
            else { continue }
            job.tried = []
            wait(job)
        }
    }

    private mutating func wait(_ job: Job) {
        let info = job.wish.info
        states[info.image] = .waiting(job)
        for source in job.wish.sources where (lines[source]?.count ?? 0) > 2 * states.count + 1000 { tidy(source) }
        for source in job.wish.sources where !job.tried.contains(source) {
            lines[source, default: Heap()].insert(Entry(job.wish))
        }
    }

    /// Leaves out of a peer's line what came to stand in it several times.
    private mutating func tidy(_ peer: NodeID) {
        var line = Heap<Entry>()
        for state in states.values {
            guard case .waiting(let job) = state, job.wish.sources.contains(peer), !job.tried.contains(peer) else {
                continue
            }
            line.insert(Entry(job.wish))
        }
        lines[peer] = line
    }
}

extension Decision.Wish {
    /// Whether it asks for the same file, whatever the order of its sources.
    fileprivate func isSame(as other: Decision.Wish) -> Bool {
        var (mine, theirs) = (self, other)
        mine.sources.sort()
        theirs.sources.sort()
        return mine == theirs
    }
}
