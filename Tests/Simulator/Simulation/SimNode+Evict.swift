import Model
import Planning

/// One eviction under way: Planning's state machine, and what driving it needs to remember.
final class EvictionTask {
    let image: Int
    let main: OwnRow
    /// Which run of the node began it.
    let run: Int
    var machine: Eviction
    /// The machine before its latest step: what only a broken node goes on from after a restart.
    var before: Eviction
    var asked: [Eviction.Question] = []
    var open = 0
    /// Whether a person asked for it.
    let isAsked: Bool
    /// Until when the holders said that they hold, by their own clocks: what only a broken node goes by.
    var saidUntil: Int?
    var reducedFile: String { main.info.path.reduced.description }
    var asideName: String { SimDisk.own + "incoming/\(image).evicting" }

    init(image: Int, main: OwnRow, run: Int, machine: Eviction, isAsked: Bool) {
        self.image = image
        self.main = main
        self.run = run
        self.machine = machine
        before = machine
        self.isAsked = isAsked
    }
}

/// Evicting a main, step by step as ``Eviction`` says (S2 to S4).
extension SimNode {
    func evict(_ image: Int, asked: Bool) {
        guard isOpen, !isPaused, !jobs.contains(where: { $0.name == "evict" && $0.image == image }) else { return }
        var situation = catalogue.situation(of: image)
        if breaks(.evictOnMirrorsWord) {
            for index in situation.claims.indices { situation.claims[index].info.form = .main }
        }
        if breaks(.countsAnybody) {
            for index in situation.claims.indices { situation.claims[index].isKeeper = true }
        }
        switch planner.eviction(of: situation, name: { Names.number($0).map { Names.people[$0] } ?? "?" }) {
        case .stays(let obstacle): house.tell("\(name): image \(image) stays: \(obstacle)")
        case .possible(let main, let candidates):
            guard let row = catalogue.row(at: main.file.description) else { return }
            let machine = Eviction(
                image: Names.images[image], minimum: policy.copiesMinimum,
                candidates: candidates.map { ($0, house.nonce()) })
            let task = EvictionTask(image: image, main: row, run: run, machine: machine, isAsked: asked)
            house.tell("\(name): begins to evict image \(image), \(row.file)")
            drive(task)
        }
    }

    func drive(_ task: EvictionTask) {
        let job = Job("evict", image: task.image, .step("goes on") { $0.advance(task) })
        job.task = task
        start(job)
    }

    /// The clock that holds are counted by.
    private var holdClock: Duration { breaks(.proofFromWallClock) ? .milliseconds(wall) : monotonic }

    /// What the machine says to do next. One that went astray is left as a crash would leave it.
    func advance(_ task: EvictionTask) -> Next {
        task.before = task.machine
        do {
            return try go(on: task)
        } catch {
            if house.breakage == nil { house.ghost.fail("S9", "\(name): an eviction went astray: \(error)") }
            return .over
        }
    }

    /// Tells the machine what came of a step.
    private func tell(_ task: EvictionTask, _ body: (inout Eviction) throws(Astray) -> Void) {
        do {
            try body(&task.machine)
        } catch {
            // A broken node does what its machine did not say.
            if house.breakage == nil { house.ghost.fail("S9", "\(name): an eviction went astray: \(error)") }
        }
    }

    private func go(on task: EvictionTask) throws(Astray) -> Next {
        switch try task.machine.next(at: holdClock) {
        case .mark: return .step("marks the main") { try $0.mark(task) }
        case .placeReduced: return placeReducedSynced(task)
        case .read(let questions):
            return .step("reads the main") { node in
                let file = try? node.disk.read(task.main.file)
                let image: ImageID? =
                    switch file?.content {
                    case nil: nil
                    case .main(let number): Names.images[number]
                    default: ImageID(Names.bytes(0, salt: 99))
                    }
                let answers = questions.map { Names.proof(nonce: $0.nonce, of: .main(task.image)) }
                node.readMain(file, image, answers, task)
                return node.advance(task)
            }
        case .ask(let questions): return ask(questions, task)
        case .remove(let proof):
            if breaks(.markAfterQuestions) {
                return .step("marks the main") { node in
                    try node.transaction { $0.marks.append(.init(image: task.image, path: task.main.path)) }
                    return node.remove(task, proof)
                }
            }
            if breaks(.releaseBeforeRemoval) {
                for question in task.asked {
                    guard let peer = Names.number(question.peer) else { continue }
                    _ = house.send(.release(nonce: question.nonce), from: self, to: peer)
                }
            }
            return remove(task, proof)
        case .record: return .must("records that the reduced copy stands for it") { try $0.recordEvicted(task) }
        case .unmark:
            return .must("takes the mark back") { node in
                try node.transaction { $0.marks.removeAll { $0.image == task.image } }
                node.consider([task.image])
                return node.advance(task)
            }
        case .takeBackReduced: return takeBackReduced(task)
        case .release(let questions):
            let inquiries = questions.compactMap { question in
                Names.number(question.peer).map { Inquiry(peer: $0, request: .release(nonce: question.nonce)) }
            }
            // Nothing depends on an answer.
            return .ask(inquiries, seconds: 2) { node, _, _ in node.advance(task) }
        case .over(let outcome):
            house.tell("\(name): image \(task.image): \(outcome)")
            return .over
        }
    }

    private func readMain(_ file: SimFile?, _ image: ImageID?, _ answers: [Bytes32], _ task: EvictionTask) {
        tell(task) { machine throws(Astray) in try machine.read(image, answers: answers) }
        if let file, file.content != .main(task.image), file.stamp == task.main.stamp { needsScan = true }
    }

    private func mark(_ task: EvictionTask) throws -> Next {
        if breaks(.markNotDurable) || breaks(.markAfterQuestions) {
            tell(task) { machine throws(Astray) in try machine.marked(nil) }
            return advance(task)
        }
        let refusal: Custody.Refusal? = try transaction { catalogue in
            var custody = catalogue.custody(of: task.image)
            if breaks(.evictDespiteHold) { custody.heldUntil = nil }
            if let refusal = custody.refusalToEvict(at: monotonic) { return refusal }
            catalogue.marks.append(SimCatalogue.Mark(image: task.image, path: task.main.path))
            return nil
        }
        tell(task) { machine throws(Astray) in try machine.marked(refusal) }
        return advance(task)
    }

    // MARK: The reduced copy

    private func placeReducedSynced(_ task: EvictionTask) -> Next {
        let temporary = SimDisk.own + "incoming/\(task.image).reduced"
        return attempt("writes the reduced copy", task) { node in
            guard case .main? = try? node.disk.read(task.main.file).content else { throw DiskFault.notFound }
            if let there = node.disk.files[task.reducedFile] {
                guard case .reduced(task.image, let edge) = there.content, edge >= node.policy.edge else {
                    throw DiskFault.exists
                }
                return node.syncReduced(task, task.reducedFile)
            }
            let content = Content.reduced(task.image, edge: node.policy.edge)
            try node.disk.write(temporary, content, bytes: node.house.bytes(of: content), at: node.house.now)
            return node.attempt("gives it its name", task) { node in
                if !node.breaks(.reducedUnsynced) { try node.disk.sync(temporary) }
                try node.disk.rename(temporary, to: task.reducedFile)
                return node.syncReduced(task, task.reducedFile)
            }
        }
    }

    private func syncReduced(_ task: EvictionTask, _ file: String) -> Next {
        attempt("syncs the reduced copy", task) { node in
            if !node.breaks(.reducedUnsynced) {
                try node.disk.sync(file)
                try node.disk.syncFolders()
            }
            node.tell(task) { machine throws(Astray) in try machine.placed(nil) }
            return node.advance(task)
        }
    }

    /// A step whose failure the machine is told of.
    private func attempt(_ label: String, _ task: EvictionTask, _ body: @escaping (SimNode) throws -> Next) -> Next {
        .locked(label) { node in
            do {
                return try body(node)
            } catch {
                let obstacle = Eviction.Obstacle("no reduced copy could be placed: \(error)", isPassing: true)
                node.tell(task) { machine throws(Astray) in try machine.placed(obstacle) }
                return node.advance(task)
            }
        }
    }

    // MARK: The questions

    private func ask(_ questions: [Eviction.Question], _ task: EvictionTask) -> Next {
        task.machine.asking(at: holdClock)
        task.open = questions.count
        task.asked += questions
        if let proof = brokenProofs.first(where: { $0.image == Names.images[task.image] }), breaks(.proofUsedTwice) {
            return remove(task, proof)
        }
        if breaks(.evictOnMirrorsWord) { return removeUnproven(task, []) }
        let inquiries = questions.compactMap { question in
            Names.number(question.peer).map {
                Inquiry(peer: $0, request: .hold(task.image, nonce: question.nonce, seconds: question.seconds))
            }
        }
        return .ask(inquiries, seconds: house.patience) { node, inquiry, answer in
            node.take(answer, of: Names.nodes[inquiry.peer], task)
            task.open -= 1
            return task.open == 0 ? node.advance(task) : nil
        }
    }

    private func take(_ answer: Answer?, of peer: NodeID, _ task: EvictionTask) {
        switch answer {
        case .held(let proof, let seconds, let until):
            if breaks(.proofFromAnswer) { task.machine.asking(at: holdClock) }
            task.saidUntil = min(until, task.saidUntil ?? until)
            var counts = false
            let now = holdClock
            tell(task) { machine throws(Astray) in
                counts = try machine.answered(peer, proof: proof, seconds: seconds, at: now)
            }
            house.tell("\(name): the hold \(counts ? "counts" : "does not count")")
        case .refused(let isPassing)?:
            tell(task) { machine throws(Astray) in try machine.refused(peer, "one refused", isPassing: isPassing) }
        default:
            tell(task) { machine throws(Astray) in try machine.refused(peer, "one did not answer", isPassing: true) }
        }
    }

    // MARK: The main goes

    private func remove(_ task: EvictionTask, _ proof: EvictionProof) -> Next {
        .locked("puts the main out of the way") { node in
            do {
                // What was read and proved must be what goes, and a person may have taken the reduced copy away.
                guard let row = node.catalogue.row(at: task.main.file), row.image == task.image,
                    node.disk.files[task.main.file]?.stamp == task.main.stamp,
                    node.breaks(.plansWhileEvicting) || node.hasReduced(task)
                else { throw DiskFault.notFound }
                try node.disk.rename(task.main.file, to: task.asideName)
            } catch {
                let obstacle = Eviction.Obstacle("the main could not be moved: \(error)", isPassing: true)
                node.tell(task) { machine throws(Astray) in try machine.removed(obstacle) }
                return node.advance(task)
            }
            return .must("unlinks it") { $0.unlink(task, proof) }
        }
    }

    private func hasReduced(_ task: EvictionTask) -> Bool {
        if case .reduced(task.image, _)? = disk.files[task.reducedFile]?.content { true } else { false }
    }

    private func unlink(_ task: EvictionTask, _ proof: EvictionProof) -> Next {
        var mayGo = proof.spend(on: Names.images[task.image], at: holdClock)
        if breaks(.proofUsedTwice) {
            // Given up the first time, and gone by the second.
            if brokenProofs.contains(where: { $0 === proof }) { mayGo = true }
            if !brokenProofs.contains(where: { $0 === proof }), mayGo, house.dice.chance(500) {
                brokenProofs.append(proof)
                mayGo = false
            }
        }
        if breaks(.proofByHoldersClock), let until = task.saidUntil { mayGo = wall < until }
        let holders = proof.holders.compactMap(Names.number).sorted()
        // A person may have said meanwhile that the copies of one count no more.
        guard mayGo, counts(holders), disk.presence == .mounted else {
            return goBack(task, "the proof does not count any more")
        }
        do {
            try disk.remove(task.asideName, .evicted(by: task, against: holders))
        } catch {
            return goBack(task, "it could not be removed")
        }
        // A record of what a crash may undo would make the main, when it is back, look like one that a person put there.
        return .must("syncs the folders") { node in
            try node.disk.syncFolders()
            node.tell(task) { machine throws(Astray) in try machine.removed(nil) }
            return node.advance(task)
        }
    }

    private func removeUnproven(_ task: EvictionTask, _ holders: [Int]) -> Next {
        .must("unlinks it") { node in
            try node.disk.rename(task.main.file, to: task.asideName)
            try node.disk.remove(task.asideName, .evicted(by: task, against: holders))
            return .must("records that the reduced copy stands for it") { try $0.recordEvicted(task) }
        }
    }

    private func goBack(_ task: EvictionTask, _ reason: String) -> Next {
        .must("puts it back, because \(reason)") { node in
            var other = task.main.path
            do {
                try node.disk.rename(task.asideName, to: task.main.file)
            } catch DiskFault.exists {
                // A person put another file there meanwhile.
                other = task.main.path.disambiguated(by: node.name, attempt: 1 + node.house.serial())
                try node.disk.rename(task.asideName, to: other.description)
            }
            return .must("syncs the folder") { node in
                try node.disk.syncFolders()
                if other != task.main.path, let row = node.catalogue.row(at: task.main.file), row.image == task.image {
                    try node.transaction { $0.moved(row, to: other) }
                    node.needsScan = true
                }
                let obstacle = Eviction.Obstacle(reason, isPassing: true)
                node.tell(task) { machine throws(Astray) in try machine.removed(obstacle) }
                return node.advance(task)
            }
        }
    }

    /// The main stays, so what was to stand for it goes: only beside the main, and only a copy of it.
    private func takeBackReduced(_ task: EvictionTask) -> Next {
        .locked("takes the reduced copy back") { node in
            if node.standsBesideMain(task.reducedFile, task.main) {
                // Where that fails the copy stays for now: it is only needless.
                if let row = node.catalogue.row(at: task.reducedFile), !row.isMain, row.image == task.image,
                    (try? node.transaction { $0.gone(row, byPerson: false) }) == nil
                {
                    return node.advance(task)
                }
                return .locked("removes it") { node in
                    if node.standsBesideMain(task.reducedFile, task.main) {
                        try? node.disk.remove(task.reducedFile, .reduced)
                    }
                    return node.advance(task)
                }
            }
            return node.advance(task)
        }
    }

    /// Whether a reduced copy stands at `file`, beside the main that it was made of.
    func standsBesideMain(_ file: String, _ main: OwnRow) -> Bool {
        guard case .reduced(main.image, _)? = disk.files[file]?.content else { return false }
        return disk.files[main.file]?.stamp == main.stamp
    }

    private func recordEvicted(_ task: EvictionTask) throws -> Next {
        try recordEvicted(task.image, task.main.path, asked: task.isAsked)
        consider([task.image])
        return advance(task)
    }

    /// The reduced copy stands for the main now.
    func recordEvicted(_ image: Int, _ main: RelativePath, asked: Bool) throws {
        guard disk.presence == .mounted else { throw DiskFault.unmounted }
        try transaction { catalogue in
            catalogue.marks.removeAll { $0.image == image }
            if asked { catalogue.asked[image] = .reduced }
            guard let row = catalogue.row(at: main.description), row.image == image, row.isMain else { return }
            var info = row.info
            info.form = .reduced
            info.edge = policy.edge
            if let file = disk.files[info.file.description], case .reduced(image, let edge) = file.content {
                info.bytes = file.stamp.bytes
                info.edge = edge
                catalogue.put(info, image, at: info.file, file.stamp, origin: row.origin)
                catalogue.gone(row, byPerson: false)
            } else {
                // A person took the reduced copy away at the very moment.
                catalogue.gone(row, byPerson: false)
            }
        }
    }
}

extension SimNode {
    /// Evicts the oldest main that may go, when the library is over its limit.
    func makeRoom() {
        guard let room, room < 0, isOpen, !isPaused, !isBusy("evict") else { return }
        let mains = catalogue.rows.filter { $0.isMain && catalogue.asked[$0.image] != .main }
        let oldest = mains.sorted { ($0.info.captured ?? 0, $0.image) < ($1.info.captured ?? 0, $1.image) }
        for row in oldest {
            guard case .possible = planner.eviction(of: catalogue.situation(of: row.image), name: { _ in "" }) else {
                continue
            }
            return evict(row.image, asked: false)
        }
    }
}
