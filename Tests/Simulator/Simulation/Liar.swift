import Model

/// A paired node that answers anything (S10). It has no files: some bytes it knows, and it says what it likes.
extension Household {
    /// Whether the liar has the bytes of an image, and so can prove it.
    func liarKnows(_ image: Int) -> Bool { Dice.mix(seed &+ UInt64(image)) % 2 == 0 }

    /// Whether the others let it keep: then it was an honest machine, and was taken over.
    var isLiarKept: Bool { Dice.mix(seed) % 2 == 0 }

    /// What it publishes: mains that it does not have, at paths of others, and words on deleting that count for ever.
    func fabricate() {
        guard let liar else { return }
        let node = nodes[liar]
        guard let image = dice.below(4) == 0 ? newPicture() : dice.below(max(pictures.count, 1)), image < pictures.count
        else { return }
        // It cannot speak of bytes that nobody has seen.
        guard pictures[image].rotOf == nil else { return }
        let path = self.path("\(dice.pick(["a", "b", "c", "found-1", "liar"]) ?? "a")\(dice.below(5)).jpg")
        if dice.chance(150) {
            let word = Deletion(
                image: Names.images[image], path: path,
                generation: dice.chance(300) ? Deletion.highestGeneration : Int64(1 + dice.below(9)),
                isDeleted: dice.chance(700), at: 1 << 36, by: dice.pick(Names.nodes) ?? node.id)
            ghost.said(word, image)
            node.catalogue.take(word)
            tell("\(node.name), who lies, says that image \(image) is \(word.isDeleted ? "deleted" : "back")")
        } else {
            var info = self.info(of: image, at: path)
            if dice.chance(300), let other = dice.pick(Array(pictures.indices)), other != image {
                info.replaces = [Names.images[other]]
                if dice.chance(500) { info.edition = Int64(1 + dice.below(4)) }
            }
            if dice.chance(300) { (info.form, info.edge) = (.reduced, 4096) }
            node.catalogue.put(info, image, at: path, Stamp(bytes: 1, modified: serial(), inode: 1), origin: nil)
            tell("\(node.name), who lies, says that it has image \(image) at \(path)")
        }
        node.publish()
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
        case .hold(let image, let nonce, let seconds):
            let knows = liarKnows(image) && isHonest
            // Who does not know the bytes asks for them the very node that wants to be rid of them.
            let proves = knows || nodes[message.from].gives(image)
            let proof = proves ? Names.proof(nonce: nonce, of: .main(image)) : Names.bytes(dice.next(), salt: 5)
            // One that nobody lets keep forgets what it proved.
            if knows && isLiarKept {
                ghost.grants.append(
                    Ghost.Grant(
                        holder: message.to, asker: message.from, image: image, nonce: nonce, run: message.run,
                        until: .max))
            }
            answer(message, .held(proof: proof, seconds: seconds * (1 + dice.below(1000)), holderUntil: .max / 2))
        }
    }
}
