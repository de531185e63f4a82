import Model

/// A paired node that answers anything (S10). It has no files: some bytes it knows, and it says what it likes. What it
/// may, a person has said at each of the others.
extension Household {
    /// Whether the liar has the bytes of an image, and so can prove it.
    func liarKnows(_ image: Int) -> Bool { Dice.mix(seed &+ UInt64(image)) % 2 == 0 }

    /// What a liar says was said at this time or later, in seconds since 1970: so its words are known from people's.
    static let liarsTime: Int64 = 1 << 36

    /// What it publishes: mains that it does not have and copies, at paths of others, each with words of its own.
    func fabricate() {
        guard let liar else { return }
        let node = nodes[liar]
        guard let image = dice.below(4) == 0 ? newPicture() : dice.below(max(pictures.count, 1)), image < pictures.count
        else { return }
        // It cannot speak of bytes that nobody has seen.
        guard pictures[image].rotOf == nil else { return }
        if dice.chance(80), let row = dice.pick(node.catalogue.rows) {
            node.catalogue.gone(row, byPerson: false)
            tell("\(node.name), who lies, says nothing more of \(row.file)")
        } else if dice.chance(150) {
            delete(image, node)
        } else {
            claim(image, node)
        }
        node.publish()
    }

    private func anyPath() -> RelativePath {
        path("\(dice.pick(["a", "b", "c", "found-1", "liar"]) ?? "a")\(dice.below(5)).jpg")
    }

    /// Words on deleting that count for ever, and that others are said to have said.
    private func delete(_ image: Int, _ node: SimNode) {
        let word = Deletion(
            image: Names.images[image], path: anyPath(),
            generation: dice.chance(300) ? Deletion.highestGeneration : Int64(1 + dice.below(9)),
            isDeleted: dice.chance(700), at: Self.liarsTime + Int64(serial()), by: dice.pick(Names.nodes) ?? node.id)
        ghost.said(word, image)
        node.catalogue.take(word)
        tell("\(node.name), who lies, says that image \(image) is \(word.isDeleted ? "deleted" : "back")")
    }

    private func claim(_ image: Int, _ node: SimNode) {
        var info = self.info(of: image, at: anyPath())
        let word = Int64(serial())
        if dice.chance(350), let other = dice.pick(Array(pictures.indices)), other != image {
            info.replaces = [Names.images[other]]
            // Now and then what stands at that very path.
            if dice.chance(500), let row = dice.pick(honest)?.catalogue.rows.first(where: { $0.image == other }) {
                info.path = row.info.path
            }
            if dice.chance(700) { info.edition = dice.chance(500) ? word * Hearsay.apart : Int64(1 + dice.below(4)) }
        } else if dice.chance(100) {
            info.edition = word * Hearsay.apart
        }
        if dice.chance(200) { info.generation = word }
        if dice.chance(200) {
            info.attributes = FileAttributes(
                seconds: word, nanoseconds: 0, mode: 0o644, changes: Int64(dice.below(1000)))
        }
        if dice.chance(300) { (info.form, info.edge) = (.reduced, 4096) }
        node.catalogue.put(
            info, image, at: info.path, Stamp(bytes: 1, modified: serial(), inode: 1), origin: nil)
        tell("\(node.name), who lies, says that it has image \(image) at \(info.path)")
    }

    /// Evicts an image of which the liar says, at a node that lets it keep, that it has the main.
    func evictWhatLiarHas() -> Bool {
        guard let liar else { return false }
        var claimed: [(SimNode, Int)] = []
        for node in honest where node.isOpen && node.catalogue.rights[liar].contains(.keeps) {
            for record in node.catalogue.mirrors[liar].records where record.info?.form == .main {
                if let image = record.image, node.catalogue.main(of: image) != nil { claimed.append((node, image)) }
            }
        }
        guard let (node, image) = dice.pick(claimed) else { return false }
        tell("a person asks \(node.name) to evict image \(image)")
        node.evict(image, asked: true)
        return true
    }

    /// What it asks: anything that a peer may ask, of anybody.
    func pry() {
        guard let liar, let node = dice.pick(honest) else { return }
        let image = dice.below(max(pictures.count, 1))
        let whole = SequenceRange(from: 0, to: node.catalogue.last + 1)
        let request: Request? =
            switch dice.below(7) {
            case 0: .summary
            case 1: .digests(whole)
            case 2: .records(whole)
            case 3: .reduced(image, edge: 2048)
            case 4: .main(image, half: dice.below(2))
            case 5: .hold(image, nonce: nonce(), seconds: 1 + dice.below(300))
            default: dice.pick(ghost.grants.filter { $0.asker == liar }).map { .release(nonce: $0.nonce) }
            }
        if let request { _ = send(request, from: nodes[liar], to: node.index) }
    }

    func lie(_ message: Message, _ request: Request) {
        let catalogue = nodes[message.to].catalogue
        let isHonest = dice.chance(700)
        switch request {
        case .summary:
            let digest = isHonest ? catalogue.digest.whole : Digest(sum: UInt128(dice.next()), count: dice.below(50))
            answer(message, .summary(digest, last: catalogue.last + Int64(isHonest ? 0 : dice.below(3000))))
        case .digests(let range):
            let digests = catalogue.digests(of: range, parts: 16)
            answer(message, .digests(isHonest ? digests : digests.map { Digest(sum: $0.sum &+ 1, count: $0.count) }))
        case .records(let range): answer(message, .records(isHonest ? catalogue.published(in: range) : [], next: nil))
        case .reduced(let image, let edge):
            answer(message, .reduced(isHonest ? .reduced(image, edge: edge) : .reduced(image + 1, edge: edge)))
        case .main(let image, _):
            answer(
                message,
                .half(of: isHonest && liarKnows(image) ? .main(image) : .main(dice.below(max(pictures.count, 1)))))
        case .release: answer(message, .refused(isPassing: isHonest))
        case .hold(let image, let nonce, let seconds): answer(message, proving(image, nonce, seconds, message))
        }
    }

    /// What it answers to a challenge. It keeps nothing: what it does not know, it asks for at this moment, of whoever
    /// gives it, the very node that wants to be rid of it too, and forgets.
    private func proving(_ image: Int, _ nonce: Bytes32, _ seconds: Int, _ message: Message) -> Answer {
        let knows = liarKnows(image) && dice.chance(700)
        let givers = honest.filter { node in
            node.gives(image) && node.shows(message.to) && isLinked(node.index, message.to)
                && node.catalogue.main(of: image).flatMap { node.disk.files[$0.file] }?.content == .main(image)
        }
        if knows || givers.contains(where: { $0.index != message.from }) {
            ghost.grants.append(
                Ghost.Grant(
                    holder: message.to, asker: message.from, image: image, nonce: nonce, run: message.run,
                    until: .max, isRelayed: !knows))
        }
        let proves = knows || !givers.isEmpty
        if proves { tell("\(nodes[message.to].name), who lies, proves image \(image)\(knows ? "" : " by another's")") }
        let proof = proves ? Names.proof(nonce: nonce, of: .main(image)) : Names.bytes(dice.next(), salt: 5)
        return .held(proof: proof, seconds: seconds * (1 + dice.below(1000)), holderUntil: .max / 2)
    }
}
