import Model
import Planning

/// One node: what outlives a crash, what a run of the agent has in memory, and its clocks.
///
/// It is driven as the agent is: decisions come from Planning, and each step does one durable thing.
final class SimNode {
    let index: Int
    var policy: Policy
    unowned let house: Household

    // What outlives a crash.
    var disk = SimDisk()
    var catalogue: SimCatalogue

    // This run of the agent.
    var isUp = true
    var run = 1
    /// Whether what an earlier run left was put in order, so that peers are answered.
    var isReady = true
    var isPaused = false
    var jobs: [Job] = []
    weak var turn: Job?
    /// Images to plan for.
    var dirty: Set<Int> = []
    var needsScan = false
    /// Peers whose lists may have changed.
    var news: Set<Int> = []
    /// Evictions that a broken node keeps.
    var brokenTasks: [EvictionTask] = []
    var brokenProofs: [EvictionProof] = []

    // Its clocks: what it counts from, how fast, and how wrong the wall clock is.
    var startedAt = 0
    var rate = 1_000_000
    var wallError = 0
    /// The machine's starts.
    var boot = 0
    /// Whether the library was not looked at since a start of the machine, or since one of the agent.
    var isFirstLook = false
    var isFirstLookOfRun = false

    init(index: Int, policy: Policy, house: Household) {
        self.index = index
        self.policy = policy
        self.house = house
        catalogue = SimCatalogue(peers: house.size, wall: 0)
    }

    var name: String { Names.people[index] }
    var id: NodeID { Names.nodes[index] }

    /// Milliseconds of this run.
    var milliseconds: Int { (house.now - startedAt) * rate / 1_000_000 }
    /// This run's monotonic time.
    var monotonic: Duration { .milliseconds(milliseconds) }
    /// Milliseconds by the clock on the wall.
    var wall: Int { house.now + wallError }
    /// Milliseconds that this node has seen pass, as far as it can know.
    var nodeTime: Int { catalogue.nodeTime + milliseconds - noted }
    /// When node time was last written down, in milliseconds of this run.
    var noted = 0

    func breaks(_ breakage: Breakage) -> Bool { house.breakage == breakage }

    // MARK: Jobs

    func start(_ job: Job) { jobs.append(job) }

    /// Whether something other than an eviction is done about the image.
    func isBusy(with image: Int) -> Bool { jobs.contains { $0.image == image && $0.task == nil } }
    func isBusy(_ name: String) -> Bool { jobs.contains { $0.name == name } }

    /// Whether `job` can do its next step now.
    func canStep(_ job: Job) -> Bool {
        if job.isWaiting { return false }
        switch job.next {
        case .step: return true
        // What waits for the disk is not tried again before it is back.
        case .must where disk.presence != .mounted: return false
        case .locked, .must: return turn == nil || turn === job
        case .ask, .over: return false
        }
    }

    /// Does the next step of `job`.
    func step(_ job: Job) {
        let (label, body, isMust): (String, (SimNode) throws -> Next, Bool)
        switch job.next {
        case .step(let text, let step): (label, body, isMust) = (text, step, false)
        case .locked(let text, let step):
            (label, body, isMust) = (text, step, false)
            turn = job
        case .must(let text, let step):
            (label, body, isMust) = (text, step, true)
            turn = job
        case .ask, .over: return
        }
        house.tell("\(name): \(job.name): \(label)")
        do {
            go(on: job, try body(self))
        } catch {
            house.tell("\(name): \(job.name): \(label) failed: \(error)")
            if !isMust { end(job) }
        }
    }

    /// Takes in what a step, or an answer, leads to.
    func go(on job: Job, _ next: Next) {
        switch next {
        case .over: end(job)
        case .ask(let inquiries, let seconds, let onAnswer):
            if turn === job { turn = nil }
            job.next = .over
            job.onAnswer = onAnswer
            job.waiting = []
            for inquiry in inquiries {
                let id = house.send(inquiry.request, from: self, to: inquiry.peer)
                job.waiting.append((id, inquiry, milliseconds + seconds * 1000))
            }
        case .step:
            if turn === job { turn = nil }
            job.next = next
        case .locked, .must: job.next = next
        }
    }

    func end(_ job: Job) {
        if turn === job { turn = nil }
        jobs.removeAll { $0 === job }
        if let image = job.image, job.name == "fetch" { dirty.insert(image) }
    }

    /// Takes in an answer, or that there was none.
    func answered(_ job: Job, _ id: Int, _ answer: Answer?) {
        guard let onAnswer = job.onAnswer, let index = job.waiting.firstIndex(where: { $0.id == id }) else { return }
        let inquiry = job.waiting.remove(at: index).inquiry
        do {
            guard let next = try onAnswer(self, inquiry, answer) else { return }
            job.onAnswer = nil
            job.waiting = []
            go(on: job, next)
        } catch {
            house.tell("\(name): \(job.name) failed: \(error)")
            job.onAnswer = nil
            end(job)
        }
    }

    // MARK: The catalogue

    /// One durable transaction, or none of it.
    func transaction<Result>(_ body: (inout SimCatalogue) throws -> Result) throws -> Result {
        if case .noSpace? = disk.failure?.fault, disk.presence == .mounted { try disk.call() }
        var copy = catalogue
        let result = try body(&copy)
        let isNews = copy.last != catalogue.last || copy.rows.count != catalogue.rows.count
        catalogue = copy
        if isNews { publish() }
        return result
    }

    /// Changed facts: plan for these.
    func consider(_ images: some Sequence<Int>) { dirty.formUnion(images) }

    /// Tells all peers that the own list changed.
    func publish() {
        for peer in house.nodes where peer !== self { peer.news.insert(index) }
    }

    /// Whether the library is there and may be changed.
    var isOpen: Bool { isUp && isReady && disk.presence == .mounted }

    /// Bytes that the library may still take up.
    var room: Int64? {
        policy.limit.map { limit in catalogue.rows.reduce(limit) { $0 - $1.info.bytes } }
    }

    var planner: Planner {
        var reachable: Set<NodeID> = []
        for peer in house.nodes where peer !== self && house.isLinked(index, peer.index) { reachable.insert(peer.id) }
        return Planner(policy: policy, reachable: reachable, room: room)
    }
}
