import Catalogue
import Model
import Planning
import Simulation

/// What people do to files.
extension HistoryHouse {
    /// A picture as it stands at a machine.
    struct Seen {
        var file: RelativePath
        var path: RelativePath
        var form: Form
        var image: ImageID
        /// Where it stands in the people's memory.
        var place: Int

        func file(called path: RelativePath) -> RelativePath { form == .main ? path : path.reduced }
    }

    private func seen(_ node: HistoryNode) -> [Seen] {
        node.disk.names.compactMap { file in
            guard let there = node.disk.files[file], let place = memory.places[there.image] else { return nil }
            let path = there.form == .main ? file : file.mainOfReduced ?? file
            return Seen(file: file, path: path, form: there.form, image: there.image, place: place)
        }
    }

    /// The first pictures.
    func begin() async throws {
        let names = ["2019/a.jpg", "2019/b.jpg", "2019/é.jpg", "2020/c.jpg", "d.jpg"]
        for (number, name) in names.enumerated() {
            let node = nodes.count > 3 && number == 3 ? nodes[3] : nodes[0]
            try await putNew(node, RelativePath(name), isSeen: true)
        }
    }

    /// Somebody does something at a machine.
    func act() async throws {
        let node = nodes[[0, 0, 0, 1, 2, 3, 3][dice.below(nodes.count > 3 ? 7 : 5)] % nodes.count]
        // What is done while nobody looks is one deed: more cannot be told apart.
        if unseen.contains(node.index) { return }
        let isSeen = node.isRunning && dice.chance(700)
        let files = seen(node)
        if files.isEmpty { return }
        let one = files[dice.below(files.count)]
        let deeds = deeds
        switch dice.weighted([26, 14, 9, 9, 6, 6, 10, 6, 14, 14, 5, 5, 8, 8, 6, 5]) {
        case 0: try await rename(node, [(one, try freshName())], isSeen)
        case 1: try await rotate(node, files, 2, isSeen)
        case 2: try await rotate(node, files, 3, isSeen)
        case 3: try await shift(node, files, isSeen)
        case 4:
            let name = one.path.name
            let other = name == name.uppercased() ? name.lowercased() : name.uppercased()
            try await rename(node, [(one, try one.path.replacingName(with: other))], isSeen)
        case 5: try await rename(node, [(one, try otherForm(of: one.path))], isSeen)
        case 6: try await moveFolder(node, files, one, to: freshFolder())
        case 7:
            let other = files[dice.below(files.count)].path.folder
            guard let folder = one.path.folder, let other, other != folder, !other.hasPrefix(folder + "/") else {
                break
            }
            try await moveFolder(node, files, one, to: other + "/" + folder)
        case 8: try await edit(node, one, .inPlace, isSeen)
        case 9: try await edit(node, one, .over, isSeen)
        case 10: if isSeen { try await edit(node, one, .throughName, isSeen) }
        case 11: try await edit(node, one, .backup, isSeen)
        case 12: try await remove(node, one, isSeen)
        case 13: try await putBack(node, isSeen)
        case 14: try await putNew(node, freshName(), isSeen: isSeen)
        default: try await moveOver(node, one, files[dice.below(files.count)], isSeen)
        }
        if !node.isRunning, self.deeds > deeds { unseen.insert(node.index) }
    }

    /// The highest word on the name of an image that a machine knows of.
    private func highest(_ known: Situation) -> Int64 {
        (known.own.map(\.info.generation) + known.claims.map(\.info.generation)).compactMap { $0 }.max() ?? 0
    }

    /// The machine looks at its files, or sees what was done to one.
    private func tell(_ node: HistoryNode, _ event: HistoryNode.Event, _ isSeen: Bool) async throws {
        if !node.isRunning { return }
        if isSeen { try await node.saw(event) } else { try await node.look() }
    }

    // MARK: names

    private func rotate(_ node: HistoryNode, _ files: [Seen], _ count: Int, _ isSeen: Bool) async throws {
        var rest = files
        var some: [Seen] = []
        while some.count < count, !rest.isEmpty { some.append(rest.remove(at: dice.below(rest.count))) }
        if some.count < count { return }
        try await rename(
            node, some.indices.map { (some[$0], some[($0 + 1) % some.count].path) }, isSeen, isPermuting: true)
    }

    /// All names shifted by one, the last to a new one.
    private func shift(_ node: HistoryNode, _ files: [Seen], _ isSeen: Bool) async throws {
        let last = try freshName()
        try await rename(
            node, files.indices.map { (files[$0], $0 + 1 < files.count ? files[$0 + 1].path : last) }, isSeen,
            isPermuting: true)
    }

    private func moveFolder(_ node: HistoryNode, _ files: [Seen], _ one: Seen, to other: String) async throws {
        guard let folder = one.path.folder else { return }
        let inside = files.filter { $0.path.isWithin(folder) }
        let moves = try inside.map { seen in
            let rest = String(decoding: seen.path.description.utf8.dropFirst(folder.utf8.count), as: UTF8.self)
            return (seen, try RelativePath(other + rest))
        }
        // The watch is told of the folder, and looks into it.
        try await rename(node, moves, false)
    }

    private func otherForm(of path: RelativePath) throws -> RelativePath {
        let (composed, decomposed): ([UInt8], [UInt8]) = ([0xC3, 0xA9], [0x65, 0xCC, 0x81])
        let bytes = Array(path.description.utf8)
        for (old, new) in [(composed, decomposed), (decomposed, composed)] {
            for start in bytes.indices where bytes[start...].starts(with: old) {
                return try RelativePath(bytes: bytes[..<start] + new + bytes[(start + old.count)...])
            }
        }
        return path
    }

    private func rename(
        _ node: HistoryNode, _ all: [(Seen, RelativePath)], _ isSeen: Bool, isPermuting: Bool = false
    ) async throws {
        let moves = all.filter { $0.0.path != $0.1 }
        let leaving = Set(moves.map(\.0.file))
        let isAllowed = moves.allSatisfy { seen, path in
            let picture = memory.pictures[seen.place]
            let isFree = isPermuting || memory.isFree(path, besides: seen.place)
            return isFree && (isPermuting ? picture.mayPermute(node.index) : picture.mayName(node.index))
                && [path, path.reduced].allSatisfy { node.disk.files[$0] == nil || leaving.contains($0) }
        }
        guard isAllowed, !moves.isEmpty else { return }
        deeds += 1
        let text = moves.map { "\(album.tell($0.image)) \($0.file) to \($1)" }.joined(separator: ", ")
        note("* \(node.name)\(isSeen ? "" : ", unseen,") renames \(text)")
        for (seen, _) in moves {
            memory.pictures[seen.place].namers.insert(node.index)
            if isPermuting { memory.pictures[seen.place].permuter = node.index }
        }
        if isSeen { return try await renameInTurn(node, moves) }
        try await say(node, moves)
        _ = node.disk.move(moves.map { ($0.file, $0.file(called: $1)) })
        if node.isRunning { try await node.look() }
    }

    /// A word on the names of files.
    private func say(_ node: HistoryNode, _ words: [(Seen, RelativePath)]) async throws {
        let situations = try await node.catalogue.situations(of: words.map(\.0.image))
        for ((seen, path), situation) in zip(words, situations) {
            memory.pictures[seen.place].names.append(Memory.Name(path: path, generation: highest(situation) + 1))
        }
    }

    /// One after the other, through another name where the right one is taken still; the machine sees each.
    private func renameInTurn(_ node: HistoryNode, _ all: [(Seen, RelativePath)]) async throws {
        var moves = all
        var aside: Set<Int> = []
        while let next = moves.firstIndex(where: { node.disk.files[$0.file(called: $1)] == nil }) ?? moves.indices.first
        {
            var (seen, path) = moves[next]
            let isFree = node.disk.files[seen.file(called: path)] == nil
            let step = isFree ? path : try freshName()
            // The agent may have given it another name meanwhile, or taken it away.
            guard node.disk.files[seen.file]?.image == seen.image, isFree || aside.insert(seen.place).inserted else {
                moves.remove(at: next)
                continue
            }
            try await say(node, [(seen, step)])
            let (from, to) = (seen.file, seen.file(called: step))
            _ = node.disk.move([(from, to)])
            note("  \(from) to \(to)")
            try await node.saw(.moved(from: from, to: to))
            if isFree {
                moves.remove(at: next)
            } else {
                (seen.file, seen.path) = (to, step)
                moves[next].0 = seen
                // Whoever listens sees the names on their way.
                if dice.chance(200) { try await exchange(nodes[dice.below(nodes.count)], from: node) }
            }
        }
    }

    // MARK: contents

    enum Way { case inPlace, over, throughName, backup }

    private func edit(_ node: HistoryNode, _ seen: Seen, _ way: Way, _ isSeen: Bool) async throws {
        let picture = memory.pictures[seen.place]
        let isApart = picture.versions.first?.image != seen.image
        let isAllowed =
            switch way {
            case .inPlace, .over: picture.mayEdit(node.index)
            case .throughName: picture.mayPermute(node.index)
            case .backup: picture.mayOwn(node.index)
            }
        guard seen.form == .main, isAllowed,
            // Which names two edits of a picture have that was renamed, too, is nobody's to say.
            !isApart || picture.namers.isEmpty
        else { return }
        let new = album.make(small: dice.chance(150), &dice)
        let bytes = album.bytes(of: new)
        deeds += 1
        note(
            "* \(node.name)\(isSeen ? "" : ", unseen,") edits \(album.tell(seen.image)) \(seen.file), \(way): \(album.tell(new))"
        )
        switch way {
        case .inPlace: node.disk.write(seen.file, new, bytes: bytes)
        case .over: _ = node.disk.create(seen.file, new, .main, bytes: bytes)
        case .throughName:
            let other = try freshName()
            _ = node.disk.create(other, new, .main, bytes: bytes)
            try await node.saw(.settled(other))
            // The file that is renamed has a name of its own, which is a word.
            memory.pictures[seen.place].namers.insert(node.index)
            memory.pictures[seen.place].permuter = node.index
            let before = try await node.catalogue.ownFile(at: seen.file)?.info.generation ?? 0
            memory.pictures[seen.place].names.append(Memory.Name(path: seen.path, generation: max(1, before)))
            _ = node.disk.move([(other, seen.file)], isForced: true)
            memory.edited(seen.place, from: seen.image, to: new, by: node.index)
            return try await node.saw(.moved(from: other, to: seen.file))
        case .backup:
            let kept = try RelativePath(seen.path.description + "_original")
            guard memory.isFree(kept, besides: nil), node.disk.files[kept] == nil else { return }
            memory.pictures[seen.place].namers.insert(node.index)
            memory.pictures[seen.place].owner = node.index
            try await say(node, [(seen, kept)])
            _ = node.disk.move([(seen.file, kept)])
            if isSeen { try await node.saw(.moved(from: seen.file, to: kept)) }
            if node.disk.files[seen.file] != nil { return }
            _ = node.disk.create(seen.file, new, .main, bytes: bytes)
            memory.add(new, seen.path, by: node.index)
            memory.pictures[memory.pictures.count - 1].owner = node.index
            return try await tell(node, .settled(seen.file), isSeen)
        }
        memory.edited(seen.place, from: seen.image, to: new, by: node.index)
        try await tell(node, .settled(seen.file), isSeen)
    }

    private func putNew(_ node: HistoryNode, _ path: RelativePath, isSeen: Bool) async throws {
        if node.disk.files[path] != nil { return }
        let image = album.make(small: dice.chance(150), &dice)
        deeds += 1
        note("* \(node.name)\(isSeen ? "" : ", unseen,") has a new picture \(album.tell(image)) \(path)")
        memory.add(image, path, by: node.index)
        _ = node.disk.create(path, image, .main, bytes: album.bytes(of: image))
        try await tell(node, .settled(path), isSeen)
    }

    /// One picture is moved over another, which is its edit by that.
    private func moveOver(_ node: HistoryNode, _ seen: Seen, _ other: Seen, _ isSeen: Bool) async throws {
        let pictures = [seen, other].map { memory.pictures[$0.place] }
        guard seen.place != other.place, seen.form == .main, other.form == .main,
            pictures.allSatisfy({ $0.mayOwn(node.index) && $0.removed.isEmpty })
        else { return }
        deeds += 1
        note(
            "* \(node.name)\(isSeen ? "" : ", unseen,") renames \(album.tell(seen.image)) \(seen.file) over \(other.file)"
        )
        let before = try await node.catalogue.ownFile(at: other.file)?.info.generation ?? 0
        try await say(node, [(seen, other.path)])
        let last = memory.pictures[seen.place].names.count - 1
        memory.pictures[seen.place].names[last].generation = max(
            memory.pictures[seen.place].names[last].generation, before)
        memory.pictures[seen.place].namers.insert(node.index)
        memory.pictures[seen.place].owner = node.index
        memory.pictures[other.place].owner = node.index
        memory.pictures[other.place].versions = []
        _ = node.disk.move([(seen.file, other.file)], isForced: true)
        try await tell(node, .moved(from: seen.file, to: other.file), isSeen)
    }

    // MARK: absence

    private func remove(_ node: HistoryNode, _ seen: Seen, _ isSeen: Bool) async throws {
        let isElsewhere = nodes.contains { $0.index != node.index && $0.disk.holds(seen.image, .main) }
        let picture = memory.pictures[seen.place]
        // A name that nobody has heard of yet would go with it.
        guard isElsewhere, picture.mayOwn(node.index), picture.namers.isEmpty,
            picture.versions.first?.image == seen.image
        else { return }
        deeds += 1
        note("* \(node.name)\(isSeen ? "" : ", unseen,") removes \(album.tell(seen.image)) \(seen.file)")
        if node.policy.keep != .mains {
            let own = try await node.catalogue.ownFile(at: seen.file)
            memory.pictures[seen.place].removed[node.index] = (
                seen.image, seen.file, seen.form, own?.info.generation ?? 0
            )
        }
        node.disk.remove(seen.file)
        try await tell(node, .removed(seen.file), isSeen)
    }

    private func putBack(_ node: HistoryNode, _ isSeen: Bool) async throws {
        let all = memory.pictures.indices.filter { memory.pictures[$0].removed[node.index] != nil }
        guard let place = dice.pick(all), let gone = memory.pictures[place].removed[node.index],
            memory.pictures[place].mayName(node.index), memory.pictures[place].versions.first?.image == gone.image
        else { return }
        var file = gone.file
        var path = gone.form == .main ? file : file.mainOfReduced ?? file
        if node.disk.files[file] != nil || !memory.isFree(path, besides: place) || dice.chance(250) {
            // A reduced copy that is put elsewhere is called so there, and nowhere else.
            if gone.form == .reduced { return }
            path = try freshName()
            file = path
        }
        deeds += 1
        note("* \(node.name)\(isSeen ? "" : ", unseen,") puts \(album.tell(gone.image)) back as \(file)")
        memory.pictures[place].removed[node.index] = nil
        memory.pictures[place].namers.insert(node.index)
        if gone.form == .main {
            let claims = try await node.catalogue.situations(of: [gone.image]).flatMap(\.claims).map(\.info)
            let highest = max(claims.compactMap(\.generation).max() ?? 0, gone.generation)
            let isSaid = claims.contains { $0.path == path && ($0.generation ?? 0) == highest }
            if !isSaid, !claims.isEmpty {
                memory.pictures[place].names.append(Memory.Name(path: path, generation: highest + 1))
            }
        }
        let bytes = gone.form == .main ? album.bytes(of: gone.image) : 400_000
        _ = node.disk.create(file, gone.image, gone.form, bytes: bytes)
        try await tell(node, .settled(file), isSeen)
    }
}
