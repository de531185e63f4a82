import Catalogue
import Model
import Planning
import SingleChanges

/// Brings what the planner decided onto the disk and into the catalogue, as the agent does.
extension HistoryNode {
    private static let attempts = 100

    /// Gives own files the names that the household has for them, in one batch.
    func follow(_ images: [ImageID]) async throws -> Set<ImageID> {
        var others: Set<ImageID> = []
        if mistake == .laterNameCounts { others = try await followLater(images) }
        let steps = try await catalogue.nameSteps(for: images.filter { !others.contains($0) }, planner)
        if mistake == .oneByOne {
            var concerned: Set<ImageID> = []
            for step in steps where disk.files[step.info.file] == nil {
                concerned.formUnion(try await take([step]))
            }
            return concerned
        }
        return try await take(steps).union(others)
    }

    /// With the mistake, what the planner does not say.
    private func followLater(_ images: [ImageID]) async throws -> Set<ImageID> {
        var concerned: Set<ImageID> = []
        for situation in try await catalogue.situations(of: images) {
            let decision = decide(situation)
            guard decision != planner.decide(situation), case .move(let from, let to) = decision,
                disk.files[to.file] == nil, let own = try await catalogue.ownFile(at: from)
            else { continue }
            concerned.formUnion(try await take([NameStep(own: own, info: to, wanted: to.path)]))
        }
        return concerned
    }

    func take(_ all: [NameStep]) async throws -> Set<ImageID> {
        var steps = all
        if steps.isEmpty { return [] }
        if mistake == .besideIsAWord {
            for index in steps.indices where steps[index].info.path != steps[index].wanted {
                steps[index].info.generation = steps[index].own.info.generation.map { $0 + 1 } ?? 1
            }
        }
        var renames = steps.filter { $0.own.file == $0.info.file }.map { $0.record(at: $0.own.file) }
        let moved = steps.filter { $0.own.file != $0.info.file }
        if !moved.isEmpty {
            try await catalogue.intend(
                moved.map { .init(file: $0.own.file, target: $0.info.file, name: "\($0.own.stamp.inode)") })
            let stamps = disk.move(moved.map { ($0.own.file, $0.info.file) })
            for (step, stamp) in zip(moved, stamps) {
                guard let stamp else {
                    note("\(name) cannot call \(step.own.file) \(step.info.file)")
                    continue
                }
                note("\(name) calls \(tell(step.own.info.image)) \(step.info.file), was \(step.own.file)")
                var rename = step.record(at: step.info.file, stamp)
                if mistake == .agentSaysWords { rename.info = nil }
                renames.append(rename)
            }
        }
        let images = try await catalogue.finishMoves(renames)
        if mistake == .freedUnseen { return images.intersection(renames.compactMap(\.info?.image)) }
        return renames.isEmpty ? [] : images
    }

    /// - Returns: whether it was done.
    func adopt(_ info: FileInfo, at file: RelativePath) async throws -> Bool {
        guard var own = try await catalogue.ownFile(at: file), own.info.form == info.form, own.info.image == info.image
        else { return true }
        own.info = info
        if info.form == .reduced { own.origin = own.origin ?? info.path }
        try await catalogue.apply([.stamped(file, own.stamp), .image(own)])
        return true
    }

    func dropReduced(_ file: RelativePath) async throws -> Set<ImageID> {
        guard let own = try await catalogue.ownFile(at: file), own.info.form == .reduced else { return [] }
        try await removeReduced(own)
        return [own.info.image]
    }

    private func removeReduced(_ own: OwnFile) async throws {
        try await catalogue.apply([.gone(own.file, byPerson: false)])
        disk.remove(own.file)
    }

    func retire(_ file: RelativePath, for image: ImageID) async throws -> Set<ImageID> {
        guard let own = try await catalogue.ownFile(at: file) else { return [] }
        if own.info.image == image {
            guard own.info.form == .reduced, try await catalogue.situations(of: [image]).allSatisfy(\.isOver) else {
                return []
            }
            return try await setAside(own)
        }
        let edits = try await catalogue.ownFiles(of: image)
        guard let edit = edits.first(where: { own.info.form == .reduced || $0.info.form == .main }),
            try await isReplaced(file, by: image)
        else { return [] }
        let images = try await setAside(own).union([image])
        guard edits.count == 1, own.info.generation != nil, Planner.isLater(own.info, edit.info),
            try await catalogue.situations(of: [image]).allSatisfy({ !$0.isAtSeveral })
        else { return images }
        var named = edit.info
        (named.path, named.generation) = (own.info.path, own.info.generation)
        return try await images.union(take([NameStep(own: edit, info: named, wanted: named.path)]))
    }

    private func isReplaced(_ file: RelativePath, by image: ImageID) async throws -> Bool {
        try await catalogue.situations(of: [image]).contains { $0.replaced.contains { $0.file == file } }
    }

    private func setAside(_ own: OwnFile) async throws -> Set<ImageID> {
        let name = "\(disk.now) \(own.file.name)"
        if let refusal = try await catalogue.intend(Aside(name: name, folder: .versions, since: 0, own: own), at: .zero)
        {
            throw HistoryFault("\(self.name) cannot set \(own.file) aside: \(refusal)")
        }
        note("\(self.name) moves \(tell(own.info.image)), \(own.file), to the versions")
        disk.setAside(own.file)
        return try await catalogue.finishAside(name)
    }

    func stepAside(_ file: RelativePath) async throws -> Set<ImageID> {
        guard let own = try await catalogue.ownFile(at: file), own.info.form == .main,
            try await catalogue.situations(of: [own.info.image]).contains(where: { $0.yielding == file })
        else { return [] }
        for attempt in 1...Self.attempts {
            let target = file.disambiguated(by: name, attempt: attempt)
            guard try await catalogue.images(at: target).allSatisfy({ $0 == own.info.image }),
                let stamp = disk.move([(file, target)])[0]
            else { continue }
            note("\(name) has \(tell(own.info.image)) step aside to \(target)")
            return try await catalogue.apply([.renamed([OwnRename(from: file, to: target, stamp: stamp)])])
        }
        return []
    }

    /// Places what was got.
    ///
    /// - Returns: the images that the planner is to be asked about again.
    func place(_ wish: Decision.Wish, from label: String) async throws -> Set<ImageID> {
        let (image, path) = (wish.info.image, wish.info.path)
        if wish.info.form == .main {
            let obstacle = try await catalogue.obstacles(to: [(image, path)])[0]
            if obstacle == .unwanted { return [image] }
            if obstacle == nil, wish.replaces == nil, wish.supersedes == nil, disk.files[path] == nil {
                let images = try await record(wish, at: path)
                return wish.info.replaces.isEmpty && !wish.isOneOfSeveral ? images.subtracting([image]) : images
            }
        }
        guard try await isStillWanted(wish) else { return [image] }
        var replaced: OwnFile?
        if let file = wish.replaces, let own = try await catalogue.ownFile(at: file), own.info.form == .reduced {
            replaced = own
        }
        var images: Set<ImageID> = [image]
        if wish.info.form == .main {
            if let file = wish.supersedes, mistake != .supersededStays {
                guard let old = try await catalogue.ownFile(at: file), try await isReplaced(file, by: image) else {
                    // It was changed here just now, and is planned for again.
                    return [image]
                }
                images.formUnion(try await setAside(old))
            }
        } else if let replaced, replaced.file == wish.info.file {
            if replaced.info.image == image { return try await record(wish, at: path) }
            images.formUnion(try await setAside(replaced))
        }
        guard let place = try await freePath(for: wish, label) else { return [image] }
        images.formUnion(try await record(wish, at: place))
        // The reduced copy goes only now: until here it was all there was.
        if wish.info.form == .main, let replaced, replaced.info.image == image { try await removeReduced(replaced) }
        return images
    }

    private func isStillWanted(_ wish: Decision.Wish) async throws -> Bool {
        guard let situation = try await catalogue.situations(of: [wish.info.image]).first else { return true }
        return !situation.isDismissed && !situation.isReplaced && !situation.own.contains { wish.isMet(by: $0.info) }
    }

    /// - Returns: nil where a file that was not looked at yet is in the way.
    private func freePath(for wish: Decision.Wish, _ label: String) async throws -> RelativePath? {
        var path = wish.info.path
        for attempt in 1...Self.attempts {
            if try await !isTaken(path, by: wish) {
                let file = wish.info.form == .main ? path : path.reduced
                if disk.files[file] == nil { return path }
                if try await catalogue.ownFile(at: file) == nil { return nil }
            }
            path = wish.info.path.disambiguated(by: label, attempt: attempt)
        }
        return nil
    }

    private func isTaken(_ path: RelativePath, by wish: Decision.Wish) async throws -> Bool {
        for file in [path, path.reduced] {
            guard let own = try await catalogue.ownFile(at: file), own.file != wish.replaces else { continue }
            if own.info.image != wish.info.image && own.info.path == path { return true }
        }
        return false
    }

    private func record(_ wish: Decision.Wish, at path: RelativePath) async throws -> Set<ImageID> {
        var info = wish.info
        info.path = path
        // A name beside a taken one is not the one that was given.
        if path != wish.info.path, mistake != .besideIsAWord { info.generation = nil }
        info.bytes = info.form == .main ? info.mainBytes : 400_000
        let stamp = disk.create(info.file, info.image, info.form, bytes: info.bytes)
        note("\(name) gets \(tell(info.image)) as \(info.file)")
        return try await catalogue.apply([
            .image(OwnFile(info: info, file: info.file, stamp: stamp, origin: wish.info.path))
        ])
    }
}
