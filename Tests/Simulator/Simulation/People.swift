import Model
import Planning

/// What people do, at the terminal and by hand in the library.
enum Deed: Int, CaseIterable {
    case add, edit, remove, removeMany, rename, copy, putBack
    case delete, restore, fetch, evict, accept, undismiss, permit
}

extension Household {
    /// Somebody does something somewhere.
    func act(_ deed: Deed) {
        guard let node = dice.pick(honest) else { return }
        let isHand = deed.rawValue <= Deed.putBack.rawValue
        guard node.disk.presence == .mounted, isHand || node.isOpen else { return }
        if isHand { node.needsScan = true }
        switch deed {
        case .add: add(node)
        case .edit: edit(node)
        case .remove: if let name = dice.pick(node.disk.library) { remove(name, node) }
        case .removeMany:
            let names = node.disk.library
            guard names.count > 3 else { return }
            tell("a person removes a folder of \(node.name)'s")
            for name in names where dice.chance(700) { remove(name, node) }
        case .rename: rename(node)
        case .copy: copy(node)
        case .putBack: putBack(node)
        case .delete: say(deleted: true, node)
        case .restore: say(deleted: false, node)
        case .fetch: fetch(node)
        case .evict:
            if dice.chance(climate.theme == .changing ? 900 : 300), evictWhatLeaves() { return }
            if liar != nil, dice.chance(400), evictWhatLiarHas() { return }
            let mains = node.catalogue.rows.filter(\.isMain)
            let apt = mains.filter { main in
                node.catalogue.mirrors.contains { $0.records.contains { $0.image == main.image } }
            }
            guard let row = dice.pick(apt.isEmpty || dice.chance(100) ? mains : apt) else { return }
            tell("a person asks \(node.name) to evict image \(row.image)")
            node.evict(row.image, asked: true)
        case .accept:
            tell("a person tells \(node.name) to scan and accept removals")
            node.scan(acceptRemovals: true)
        case .undismiss:
            guard let image = dice.pick(node.catalogue.dismissed.sorted()) else { return }
            tell("a person asks \(node.name) for image \(image) again")
            _ = try? node.transaction { $0.dismissed.remove(image) }
            node.consider([image])
        case .permit: permit(node)
        }
    }

    /// The nodes that do not lie.
    var honest: [SimNode] { nodes.filter { $0.index != liar } }

    private func freeName(_ node: SimNode) -> String? {
        let name = "\(dice.pick(["a", "b", "c"]) ?? "a")\(dice.below(5)).jpg"
        return node.disk.files[name] == nil ? name : nil
    }

    private func add(_ node: SimNode) {
        guard let name = freeName(node), let image = newPicture() else { return }
        tell("a person puts image \(image) at \(node.name) as \(name)")
        node.disk.put(name, .main(image), bytes: pictures[image].bytes, at: now, synced: dice.chance(500))
        ghost.placed.insert(Ghost.key(node.index, image))
        // The same card, read at another machine too.
        guard dice.chance(isCrowded ? 700 : 300), let other = dice.pick(honest), other !== node,
            other.disk.presence == .mounted,
            other.disk.files[name] == nil
        else { return }
        tell("and at \(other.name)")
        other.needsScan = true
        other.disk.put(name, .main(image), bytes: pictures[image].bytes, at: now, synced: false)
        ghost.placed.insert(Ghost.key(other.index, image))
    }

    /// Evicts an image at one node while another is about to set its main aside.
    private func evictWhatLeaves() -> Bool {
        let leaving = honest.flatMap { node in node.catalogue.asides.filter(\.isIntended).map(\.image) }
        guard let image = dice.pick(leaving) else { return false }
        let others = honest.filter { node in
            node.isOpen && node.catalogue.main(of: image) != nil
                && !node.catalogue.asides.contains { $0.isIntended && $0.image == image }
        }
        guard let node = dice.pick(others) else { return false }
        tell("a person asks \(node.name) to evict image \(image)")
        node.evict(image, asked: true)
        return true
    }

    private func edit(_ node: SimNode) {
        let mains = node.disk.library.filter { if case .main? = node.disk.files[$0]?.content { true } else { false } }
        // Now and then just what the agent has in hand.
        let busy = mains.filter { name in node.catalogue.row(at: name).map { node.isBusy(with: $0.image) } ?? false }
        guard let name = dice.pick(busy.isEmpty || dice.chance(500) ? mains : busy),
            case .main(let old)? = node.disk.files[name]?.content, let image = newPicture()
        else { return }
        tell("a person changes \(name) at \(node.name): image \(old) becomes image \(image)")
        strike(name, node)
        node.disk.put(name, .main(image), bytes: pictures[image].bytes, at: now, synced: dice.chance(500))
        ghost.placed.insert(Ghost.key(node.index, image))
    }

    private func remove(_ name: String, _ node: SimNode) {
        tell("a person removes \(name) at \(node.name)")
        strike(name, node)
        node.disk.takeAway(name)
    }

    private func strike(_ name: String, _ node: SimNode) {
        switch node.disk.files[name]?.content {
        case .main(let image), .reduced(let image, _):
            // Also what it was before it rotted: that is what the agent knows it as.
            var known: Int? = image
            while let image = known {
                ghost.struck(node.index, image, at: now)
                known = pictures[image].rotOf
            }
        default: break
        }
        // What is known there may be another image than what is there now.
        for row in node.catalogue.rows where row.file == name { ghost.struck(node.index, row.image, at: now) }
    }

    private func rename(_ node: SimNode) {
        guard let from = dice.pick(node.disk.library), let name = freeName(node) else { return }
        let isReduced = from.hasSuffix(RelativePath.reducedSuffix)
        let to = isReduced && dice.chance(700) ? name + RelativePath.reducedSuffix : name
        guard node.disk.files[to] == nil else { return }
        tell("a person renames \(from) at \(node.name) to \(to)")
        strike(from, node)
        if case .main(let image)? = node.disk.files[from]?.content { ghost.placed.insert(Ghost.key(node.index, image)) }
        node.disk.move(from, to: to)
    }

    private func copy(_ node: SimNode) {
        guard let from = dice.pick(node.disk.library), let to = freeName(node), let file = node.disk.files[from] else {
            return
        }
        tell("a person copies \(from) at \(node.name) to \(to)")
        node.disk.put(to, file.content, bytes: file.stamp.bytes, at: now, synced: dice.chance(500))
        if case .main(let image) = file.content { ghost.placed.insert(Ghost.key(node.index, image)) }
    }

    /// From a stick, from another backup.
    private func putBack(_ node: SimNode) {
        guard let image = dice.pick(ghost.deleted.sorted()), image < pictures.count, let name = freeName(node) else {
            return
        }
        tell("a person puts image \(image) back at \(node.name) as \(name)")
        node.disk.put(name, .main(image), bytes: pictures[image].bytes, at: now, synced: dice.chance(500))
        ghost.placed.insert(Ghost.key(node.index, image))
    }

    private func say(deleted: Bool, _ node: SimNode) {
        let images = node.catalogue.images.filter { node.catalogue.isDeleted($0) != deleted }
        // Now and then at the last moment.
        let late = images.filter { image in
            node.catalogue.asides.contains { $0.image == image && $0.nodeTime + SimNode.trashTime <= node.nodeTime }
        }
        guard let image = dice.pick(late.isEmpty || dice.chance(300) ? images : late) else { return }
        let path = node.catalogue.rows.first { $0.image == image }?.info.path ?? self.path("a1.jpg")
        guard let word = node.word(deleted: deleted, image, path, in: node.catalogue) else { return }
        tell("a person \(deleted ? "deletes" : "restores") image \(image) at \(node.name)")
        ghost.said(word, image)
        if let said = Hearsay.Word(word) { ghost.hearsay.knows(said, node.index) }
        do {
            try node.transaction { $0.take(word, lastWriterWins: node.breaks(.lastWriterWins)) }
        } catch {
            // It was not done, and the person is told so.
            ghost.words[image] = nodes.compactMap { $0.catalogue.word(on: image) }
                .reduce(nil) { $1.supersedes($0) ? $1 : $0 }
        }
        node.consider([image])
    }

    private func fetch(_ node: SimNode) {
        guard let row = dice.pick(node.catalogue.rows.filter { !$0.isMain }) else { return }
        tell("a person asks \(node.name) to fetch image \(row.image)")
        try? node.transaction { catalogue in
            catalogue.asked[row.image] = .main
            catalogue.dismissed.remove(row.image)
        }
        node.consider([row.image])
    }
}
