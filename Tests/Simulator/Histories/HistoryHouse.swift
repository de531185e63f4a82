import Catalogue
import Model
import Planning
import Simulation

/// The machines of one history, and the wire between them.
final class HistoryHouse {
    var dice: Dice
    private(set) var nodes: [HistoryNode] = []
    var memory = Memory()
    var album = Album()
    let note: (String) -> Void
    /// Machines that are not at home.
    private var away: Set<Int> = []
    /// Whether all machines know each other, or only the archive knows all.
    private let isMesh: Bool
    /// Whose people have done something while its agent did not run.
    var unseen: Set<Int> = []
    /// What the people have done.
    var deeds = 0
    private var fresh = 0

    /// Rounds after which all must be done.
    private static let rounds = 24

    init(
        seed: UInt64, _ shape: HistoryShape, catalogues: [CatalogueDatabase], start: HistoryStart?, mistake: Mistake?,
        note: @escaping (String) -> Void
    ) {
        dice = Dice(seed: seed)
        isMesh = shape.isMesh
        self.note = note
        if let start { (memory, album) = (start.memory, start.album) }
        nodes = catalogues.enumerated().map { index, catalogue in
            HistoryNode(
                index: index, HistoryKind.kinds[index], catalogue: catalogue, mistake: mistake,
                tell: { [unowned self] in album.tell($0) }, note: note)
        }
        if let start {
            for node in nodes { (node.disk, node.heard) = (start.disks[node.index], start.heard[node.index]) }
        }
        connect()
    }

    /// A name that nobody has ever used.
    func freshName() throws -> RelativePath {
        fresh += 1
        let form = ["new\(fresh).jpg", "2021/x\(fresh).jpg", "a\(fresh).jpg", "2019/\(fresh) é.jpg"]
        return try RelativePath(form[dice.below(form.count)])
    }

    func freshFolder() -> String {
        fresh += 1
        return "folder\(fresh)"
    }

    private func connect() {
        for node in nodes {
            node.reachable = Set(nodes.filter { areConnected(node.index, $0.index) }.map(\.id))
        }
    }

    private func areConnected(_ one: Int, _ other: Int) -> Bool {
        one != other && (isMesh || one == 1 || other == 1)
            && [one, other].allSatisfy { !away.contains($0) && nodes[$0].isRunning }
    }

    /// Some machines leave, or have their agents stopped.
    func part() {
        for index in nodes.indices where dice.chance(350) {
            if dice.chance(400) {
                nodes[index].isRunning = false
                // What was got and not placed is got again.
                nodes[index].received = []
                note("\(nodes[index].name) stops")
            } else {
                away.insert(index)
                note("\(nodes[index].name) is away")
            }
        }
        connect()
    }

    /// A machine is back, and its agent runs.
    func back(_ index: Int) async throws {
        let node = nodes[index]
        guard away.remove(index) != nil || !node.isRunning else { return }
        note("\(node.name) is back")
        if !node.isRunning {
            node.isRunning = true
            unseen.remove(index)
            // What was wanted is planned for again.
            node.wishes = [:]
            try await node.look()
        }
        connect()
    }

    func backSome() async throws {
        for index in nodes.indices where dice.chance(300) { try await back(index) }
    }

    /// Has a machine compare its mirror of a peer's list with the list.
    ///
    /// - Parameter isCut: whether the link fails when only what is new has come.
    /// - Returns: whether they differed.
    @discardableResult
    func exchange(_ node: HistoryNode, from peer: HistoryNode, isCut: Bool = false) async throws -> Bool {
        guard areConnected(node.index, peer.index) else { return false }
        let (mine, theirs) = (node.catalogue, peer.catalogue)
        let before = mine.mirrorDigest(of: peer.id) ?? .empty
        if before == theirs.ownDigest { return false }
        let last = node.heard[peer.id] ?? 0
        var changed: Set<ImageID> = []
        var from = last + 1
        let end = theirs.ownLast + 1
        // What is new comes first, unless all is compared anew, as after an old backup was put back.
        while from < end, isCut || dice.chance(400) {
            let to = dice.chance(200) ? from + 1 : end
            let images = try await take(SequenceRange(from: from, to: to), node, peer)
            from = to
            node.heard[peer.id] = to - 1
            if before == .empty { try await node.consider(images) } else { changed.formUnion(images) }
            if isCut && dice.chance(500) { break }
        }
        if !isCut, mine.mirrorDigest(of: peer.id) != theirs.ownDigest {
            changed.formUnion(try await take(SequenceRange(from: 1, to: max(end, last + 1)), node, peer))
            node.heard[peer.id] = end - 1
        }
        note("\(node.name) \(isCut ? "hears a part" : "hears") of \(peer.name)")
        try await node.consider(changed)
        return true
    }

    private func take(_ range: SequenceRange, _ node: HistoryNode, _ peer: HistoryNode) async throws -> Set<ImageID> {
        let records = try await peer.catalogue.ownRecords(in: range, limit: 1024)
        return try await node.catalogue.replaceMirror(
            of: peer.id, range: range,
            with: records.map { record in
                MirrorEntry(
                    sequence: record.sequence, fingerprint: Fingerprint(line: record.line), content: record.content)
            })
    }

    /// A machine gets what it wants from whoever has it.
    ///
    /// - Parameter most: files at most.
    /// - Returns: whether anything came.
    func fetch(_ node: HistoryNode, most: Int = .max) -> Bool {
        guard node.isRunning else { return false }
        var count = 0
        for image in node.wishes.keys.sorted() where count < most {
            guard let wish = node.wishes[image], !node.received.contains(where: { $0.wish.info.image == image }),
                let source = wish.sources.compactMap({ id in nodes.first { $0.id == id } }).first(where: { source in
                    areConnected(node.index, source.index)
                        && (source.disk.holds(image, .main)
                            || (wish.info.form == .reduced && source.disk.holds(image, .reduced)))
                })
            else { continue }
            node.received.append((wish, source.name))
            count += 1
        }
        return count > 0
    }

    /// A machine places what it got.
    ///
    /// - Parameter most: files at most, those that came first.
    /// - Returns: whether there was anything.
    func place(_ node: HistoryNode, most: Int = .max) async throws -> Bool {
        guard node.isRunning, !node.received.isEmpty else { return false }
        let now = node.received.prefix(most)
        node.received.removeFirst(now.count)
        var images: Set<ImageID> = []
        for (wish, label) in now {
            let isStale = node.wishes[wish.info.image] != wish
            node.wishes[wish.info.image] = nil
            images.formUnion(try await node.place(wish, from: label))
            if isStale { images.insert(wish.info.image) }
        }
        try await node.consider(images)
        return true
    }

    /// Something happens that nobody does.
    func stir() async throws {
        let node = nodes[dice.below(nodes.count)]
        switch dice.below(5) {
        case 0, 1: try await exchange(node, from: nodes[dice.below(nodes.count)])
        case 2: try await exchange(node, from: nodes[dice.below(nodes.count)], isCut: true)
        case 3: _ = fetch(node, most: dice.within(1...3))
        default: _ = try await place(node, most: dice.within(1...3))
        }
    }

    /// All are back, and everything goes on until nothing is to be done.
    func settle() async throws {
        for index in nodes.indices { try await back(index) }
        for _ in 0..<Self.rounds {
            var isDone = true
            for node in nodes {
                for peer in nodes where try await exchange(node, from: peer) { isDone = false }
                while true {
                    let isGot = fetch(node)
                    guard try await place(node) || isGot else { break }
                    isDone = false
                }
            }
            if isDone { return }
        }
        throw HistoryFault("the machines do not come to an end")
    }
}
