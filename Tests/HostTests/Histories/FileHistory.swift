import TestSupport

/// One history of what people do to their files, with the programs that they have, at a desk, a laptop and an archive:
/// in turn, apart from each other, with some of the machines away. It is compared with what the people remember.
///
/// A machine that is away is one whose cable is pulled or whose agent does not run. What is done where no agent runs is one
/// deed: more than that cannot be told apart afterwards.
final class FileHistory {
    let trio: Trio
    let sums = ShownLibrary.Sums()
    var dice: SeededGenerator
    var memory = PeoplesMemory()
    /// What happened, for a person who wonders about it.
    var told: [String] = []
    /// Edits and names that nobody has ever used.
    private var fresh = 0
    /// The picture to which both do something, where two machines are apart.
    private var hot: PictureName?
    /// Machines whose agent does not run.
    private var stopped: Set<String> = []
    /// Machines without a network.
    private(set) var unplugged: Set<String> = []

    init(_ trio: Trio, seed: UInt64) {
        self.trio = trio
        dice = SeededGenerator(seed: seed)
    }

    var archive: String { trio.archive.name }

    func isRunning(_ machine: String) -> Bool { !stopped.contains(machine) }

    func machine(_ name: String) -> Machine { trio.all.first { $0.name == name } ?? trio.archive }

    // MARK: dice

    func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &dice) }

    /// Whether something happens that happens so many times in a hundred.
    func chance(_ percent: Int) -> Bool { below(100) < percent }

    func number() -> Int {
        fresh += 1
        return fresh
    }

    /// A name that nobody has ever used.
    func freshName(like name: PictureName) -> PictureName {
        let number = number()
        return switch below(4) {
        case 0: name.replacingLast(with: "new \(number).jpg")
        case 1: PictureName("moved \(number)/\(name.last)")
        case 2: PictureName("2021/é \(number)/x'\(number).JPG")
        default: PictureName("a\(number).jpg")
        }
    }

    func tell(_ machine: String, _ what: String) {
        told.append("\(machine)\(stopped.contains(machine) ? ", unseen," : ""): \(what)")
    }

    // MARK: what stands where

    /// A picture as it stands at a machine.
    struct Seen {
        /// Where it is in the people's memory.
        var place: Int
        var name: PictureName
        var isMain: Bool
        var image: String
        var traits: FileTraits

        var file: PictureName { isMain ? name : name.reduced }

        func file(called name: PictureName) -> PictureName { isMain ? name : name.reduced }
    }

    /// The pictures that somebody at a machine sees, in an order that is the same in each run; first that of which there
    /// is much talk.
    func seen(_ machine: String) async throws -> [Seen] {
        let shown = try await ShownLibrary.read(self.machine(machine), sums)
        let known = memory.standing[machine] ?? [:]
        return shown.pictures.keys.sorted().compactMap { name in
            guard let there = shown.pictures[name], let place = known[name] else { return nil }
            return Seen(place: place, name: name, isMain: there.isMain, image: there.image, traits: there.traits)
        }
    }

    /// One of those that somebody may do something to.
    func pick(_ all: [Seen], _ machine: String, _ right: (PeoplesMemory.Picture) -> Bool) -> Seen? {
        let allowed = all.filter { memory.may(machine, $0.place, right) }
        if let hot, chance(70), let one = allowed.first(where: { memory.pictures[$0.place].name == hot }) { return one }
        return allowed.isEmpty ? nil : allowed[below(allowed.count)]
    }

    // MARK: machines

    /// The first photos.
    func begin() async throws {
        try await PhotoRoll.shared.take(3, on: trio.desktop, in: "2019")
        try await PhotoRoll.shared.take(2, on: trio.desktop, in: "2020 é")
        try await PhotoRoll.shared.take(2, on: trio.laptop, in: "laptop")
        for (machine, count) in [(trio.desktop, 5), (trio.laptop, 2)] {
            // A file that is being touched while it is read has no sum yet.
            var shown = try await ShownLibrary.read(machine, sums)
            let deadline = ContinuousClock.now + .seconds(30)
            while shown.pictures.values.count(where: \.isMain) < count, .now < deadline {
                shown = try await ShownLibrary.read(machine, sums)
            }
            for (name, picture) in shown.pictures.sorted(by: { $0.key < $1.key }) where picture.isMain {
                memory.add(
                    .init(image: picture.image, traits: picture.traits, by: machine.name), name, archive: archive)
            }
        }
        guard memory.pictures.count == 7 else { throw HostFailure("there are \(memory.pictures.count) photos, not 7") }
        try await settle()
    }

    private func leave(_ name: String, _ way: Int) async throws {
        let machine = machine(name)
        switch way {
        case 0:
            try await machine.stopAgent()
            stopped.insert(name)
        case 1:
            try await machine.killAgent()
            stopped.insert(name)
        default:
            try await machine.host.linkDown()
            unplugged.insert(name)
        }
        told.append("\(name) \(["stops", "is killed", "is unplugged"][way])")
    }

    private func comeBack() async throws {
        for name in trio.all.map(\.name) {
            if unplugged.remove(name) != nil { try await machine(name).host.linkUp() }
            if stopped.remove(name) != nil { try await machine(name).startAgent() }
        }
    }

    /// People do some things, and then all are together again.
    func chapter() async throws {
        let names = trio.all.map(\.name).shuffled(using: &dice)
        hot = nil
        switch below(10) {
        case 0..<3: try await act(names[0], most: 3)
        case 3..<5:
            for name in names.dropFirst() where chance(60) { try await leave(name, below(3)) }
            try await act(names[0], most: 3)
        case 5:
            try await leave(names[0], below(2))
            try await act(names[0], most: 1)
        default:
            // Two of them apart; the third is with one of them, or away too.
            try await leave(names[0], below(3))
            if chance(30) { try await leave(names[2], below(3)) }
            let shared = memory.pictures.filter { !$0.isGone }.map(\.name).sorted()
            if chance(70) && !shared.isEmpty { hot = shared[below(shared.count)] }
            try await act(names[0], most: stopped.contains(names[0]) ? 1 : 2)
            try await act(names[1], most: 2)
        }
        try await comeBack()
        try await settle()
    }

    private func act(_ machine: String, most: Int) async throws {
        for _ in 0..<(below(most) + 1) {
            var isDone = false
            for _ in 0..<8 where !isDone { isDone = try await deed(machine) }
            if isDone && !stopped.contains(machine) { try await look(machine) }
        }
    }

    /// Before anything else is done, the agent has seen what was done: more than one deed cannot be told apart.
    private func look(_ name: String) async throws {
        let machine = machine(name)
        if chance(40) {
            try await machine.require("scan")
            return
        }
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            let shown = try await ShownLibrary.read(machine, sums)
            if try await shown.isKnown(to: machine) { return }
        }
        throw HostFailure("\(name) does not see what was done there within 30 s, after \(told)")
    }

    /// - Returns: whether there was anything to be done.
    private func deed(_ machine: String) async throws -> Bool {
        let all = try await seen(machine)
        if all.isEmpty { return false }
        let deeds: [(weight: Int, deed: () async throws -> Bool)] = [
            (12, { try await self.rename(machine, all) }), (8, { try await self.rotate(machine, all, 2) }),
            (5, { try await self.rotate(machine, all, 3) }), (5, { try await self.shift(machine, all) }),
            (4, { try await self.changeCase(machine, all) }), (4, { try await self.changeAccents(machine, all) }),
            (6, { try await self.renameFolder(machine, all) }), (5, { try await self.moveFolder(machine, all) }),
            (30, { try await self.edit(machine, all) }), (10, { try await self.describe(machine, all) }),
            (4, { try await self.duplicate(machine, all) }), (2, { try await self.makeAlbum(machine, all) }),
            (4, { try await self.moveOver(machine, all) }), (4, { try await self.takePhoto(machine) }),
            (7, { try await self.remove(machine, all) }), (7, { try await self.restore(machine) }),
            (3, { try await self.delete(machine, all) }),
        ]
        var choice = below(deeds.reduce(0) { $0 + $1.weight })
        for (weight, deed) in deeds {
            if choice < weight { return try await deed() }
            choice -= weight
        }
        return false
    }
}
