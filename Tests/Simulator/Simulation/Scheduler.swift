import Model
import Planning

/// Chooses what happens next, from a seed and nothing else.
struct Scheduler {
    let house: Household
    private var snapshots: [Snapshot] = []
    /// How often each kind of event comes, deeds and blows: another mixture for every seed.
    private var deeds: [Int] = []
    private var blows: [Int] = []
    private var kinds: [Int] = []
    private(set) var events = 0

    init(_ house: Household) {
        self.house = house
        deeds = Deed.allCases.map { _ in house.dice.chance(650) ? house.dice.within(1...10) : 0 }
        deeds[Deed.evict.rawValue] += house.isCrowded ? 60 : 12
        if house.isCrowded {
            deeds[Deed.edit.rawValue] += house.dice.below(30)
            deeds[Deed.add.rawValue] += house.dice.below(15)
        }
        deeds[Deed.delete.rawValue] += house.dice.below(4)
        switch house.climate.trust {
        case .full: deeds[Deed.permit.rawValue] = 0
        case .mixed: break
        case .fickle: deeds[Deed.permit.rawValue] += 20
        }
        if house.climate.theme == .changing { deeds[Deed.edit.rawValue] += 40 }
        if house.climate.theme == .trashy {
            for deed in [Deed.delete, .restore] { deeds[deed.rawValue] += house.dice.within(5...20) }
        }
        blows = Blow.allCases.map { _ in house.dice.chance(500) ? house.dice.within(1...10) : 0 }
        for blow in [Blow.emptyFolder, .kill, .crash] where blows[blow.rawValue] > 0 { blows[blow.rawValue] += 4 }
        if house.isCrowded { blows[Blow.wallJump.rawValue] += 8 }
        blows[Blow.heal.rawValue] += 1 + blows[Blow.cut.rawValue]
        blows[Blow.snapshot.rawValue] +=
            (blows[Blow.rollBackDisk.rawValue] + blows[Blow.rollBackCatalogue.rawValue]) / 2
        // Messages, steps, beginnings, deeds, blows, time.
        kinds = [30, 45, 16, house.dice.within(3...9), house.dice.within(1...8), house.dice.within(2...8)]
        if house.dice.chance(150) { kinds[4] = 0 }
    }

    /// Runs `count` events, or until a rule is broken.
    mutating func run(_ count: Int) {
        for _ in 0..<count where house.ghost.violation == nil { event() }
    }

    mutating func countEvent() { events += 1 }

    private mutating func event() {
        countEvent()
        house.now += 1 + house.dice.below(30)
        switch house.dice.weighted(kinds) {
        case 0 where !house.messages.isEmpty:
            let index = house.dice.below(house.messages.count)
            house.messages.swapAt(index, house.messages.count - 1)
            house.deliver(house.messages.removeLast())
        case 3:
            house.act(Deed.allCases[house.dice.weighted(deeds)])
            judge(hand: true)
            return
        case 4:
            house.strike(Blow.allCases[house.dice.weighted(blows)], &snapshots)
            judge(hand: true)
            return
        case 5: pass()
        case 2: begin()
        default: step()
        }
        judge(hand: false)
    }

    /// Has the ghost look at what was done.
    func judge(hand: Bool) {
        for node in house.nodes where !node.disk.operations.isEmpty || !node.catalogue.changes.isEmpty {
            // What people and fate did themselves is not judged.
            if node.index != house.liar, !hand { house.ghost.judge(node) }
            node.disk.operations.removeAll()
            node.catalogue.changes.removeAll()
        }
    }

    private func step() {
        var ready: [(SimNode, Job)] = []
        for node in house.nodes where node.isUp {
            for job in node.jobs where node.canStep(job) { ready.append((node, job)) }
        }
        guard var (node, job) = house.dice.pick(ready) else { return begin() }
        // A slow disk: what changes the library takes its time, and all else happens meanwhile.
        // Where files are on their way into the versions, it is theirs alone that is slow.
        let isSlow = node.turn === job && (job.task == nil || house.climate.theme != .changing)
        if isSlow, house.dice.chance(house.climate.slowness), let other = house.dice.pick(ready) {
            (node, job) = other
        }
        node.step(job)
    }

    /// A node begins something by itself.
    private func begin() {
        guard let node = house.dice.pick(house.nodes) else { return }
        if node.index == house.liar { return house.dice.chance(500) ? house.fabricate() : house.pry() }
        guard node.isUp else {
            if house.dice.chance(600) {
                house.tell("\(node.name) starts")
                node.begin()
            }
            return
        }
        guard node.isReady else { return }
        let choice = house.dice.below(100)
        if choice < 40, let image = house.dice.pick(node.dirty.sorted()) {
            node.plan(image)
        } else if choice < 65, let peer = house.dice.pick(node.news.sorted()) {
            node.exchange(with: peer)
        } else if choice < 85, node.needsScan {
            node.scan()
        } else {
            idle(node, choice % 8)
        }
    }

    private func idle(_ node: SimNode, _ choice: Int) {
        switch choice {
        case 0: node.scan()
        case 1 where house.climate.theme == .trashy, 3: node.purge()
        case 1, 2: if let row = house.dice.pick(node.catalogue.rows.filter(\.isMain)) { node.verify(row) }
        case 4: node.noteTime()
        case 5: if let image = house.dice.pick(node.catalogue.images) { node.plan(image) }
        case 6: node.makeRoom()
        default:
            let peer = house.dice.below(house.size)
            if peer != node.index { node.exchange(with: peer) }
        }
    }

    private func pass() {
        // What is in a machine's memory alone is written down after half a minute or so.
        if house.dice.chance(200) { for node in house.nodes { node.disk.settle() } }
        let span =
            switch house.climate.theme {
            case .trashy: 26
            case .changing: 12
            case .plain, .crowded: 20
            }
        switch house.dice.below(span) {
        case 0..<8: house.now += house.dice.within(1...20) * 1000
        case 8..<12: house.now += house.dice.within(20...120) * 1000
        case 12..<17: house.now += house.dice.within(100...500) * 1000
        case 17..<19: house.now += house.dice.within(1...30) * 3_600_000
        default: house.now += house.dice.within(1...40) * 86_400_000
        }
        for node in house.nodes where node.isUp { house.timeOut(node) }
    }
}
