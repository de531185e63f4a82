import Model
import Planning

/// The agent's own folders: what goes into them, comes back, and goes for good.
extension SimNode {
    /// How long a deleted file stays in the trash, in milliseconds of node time.
    static let trashTime = 30 * 86_400_000

    /// Moves a file of the library into one of the agent's folders: the intent, the name, the sync, the record.
    func setAside(
        _ row: OwnRow, _ cause: SimCatalogue.Aside.Cause, then: @escaping (SimNode) -> Next
    ) -> Next {
        .locked("will set aside \(row.file), \(cause)") { node in
            if node.breaks(.setAsideWithoutIntent) {
                guard node.catalogue.custody(of: row.image).refusalToSetAside(at: node.monotonic) == nil,
                    node.catalogue.row(at: row.file) === row, node.disk.files[row.file]?.stamp == row.stamp,
                    cause != .deleted || node.catalogue.isDeleted(row.image)
                else { return .over }
                let name = Self.asideName(row.image, cause, node.house.serial())
                try node.disk.rename(row.file, to: name)
                return node.asideSynced(name, row, cause, then)
            }
            let name: String? = try node.transaction { catalogue in
                var custody = catalogue.custody(of: row.image)
                if cause == .deleted && node.breaks(.deletionDespiteHold) { custody.heldUntil = nil }
                if cause == .superseded && node.breaks(.supersedeDespiteHold) { custody.heldUntil = nil }
                guard !row.isMain || custody.refusalToSetAside(at: node.monotonic, isDamaged: cause == .damaged) == nil,
                    catalogue.row(at: row.file) === row, cause != .deleted || catalogue.isDeleted(row.image)
                else { return nil }
                let name = Self.asideName(row.image, cause, node.house.serial())
                catalogue.asides.append(
                    SimCatalogue.Aside(
                        name: name, image: row.image, info: row.info, path: row.path, stamp: row.stamp, cause: cause,
                        state: .intended,
                        nodeTime: node.nodeTime, wall: node.wall))
                return name
            }
            guard let name else {
                node.house.tell("\(node.name): it stays for now")
                return .over
            }
            return .locked("gives it its name there") { node in
                do {
                    guard node.disk.files[row.file]?.stamp == row.stamp else { throw DiskFault.notFound }
                    try node.disk.rename(row.file, to: name)
                } catch {
                    return node.giveUpAside(name)
                }
                return node.asideSynced(name, row, cause, then)
            }
        }
    }

    private static func asideName(_ image: Int, _ cause: SimCatalogue.Aside.Cause, _ serial: Int) -> String {
        let folder =
            switch cause {
            case .deleted: "trash"
            case .superseded: "versions"
            case .damaged: "damaged"
            }
        return SimDisk.own + "\(folder)/\(image)-\(serial)"
    }

    private func giveUpAside(_ name: String) -> Next {
        .must("could not, and says so") { node in
            try node.transaction { $0.asides.removeAll { $0.name == name } }
            node.needsScan = true
            return .over
        }
    }

    private func asideSynced(
        _ name: String, _ row: OwnRow, _ cause: SimCatalogue.Aside.Cause, _ then: @escaping (SimNode) -> Next
    ) -> Next {
        let record = Next.must("records it") { node in
            try node.transaction { node.isAside(name, row, cause, &$0) }
            node.consider([row.image])
            return then(node)
        }
        return .must("syncs the folders") { node in
            try node.disk.syncFolders()
            return record
        }
    }

    private func isAside(
        _ name: String, _ row: OwnRow, _ cause: SimCatalogue.Aside.Cause, _ catalogue: inout SimCatalogue
    ) {
        if let own = catalogue.row(at: row.file), own.image == row.image { catalogue.gone(own, byPerson: false) }
        if cause == .damaged { catalogue.asked[row.image] = .main }
        if let index = catalogue.asides.firstIndex(where: { $0.name == name }) {
            catalogue.asides[index].state = .done
            catalogue.asides[index].nodeTime = nodeTime
            catalogue.asides[index].wall = wall
        } else {
            catalogue.asides.append(
                SimCatalogue.Aside(
                    name: name, image: row.image, info: row.info, path: row.path, stamp: row.stamp, cause: cause,
                    state: .done,
                    nodeTime: nodeTime, wall: wall))
        }
    }

    /// Completes, or takes back, what a crash left half done.
    func putInOrder(_ aside: SimCatalogue.Aside) throws {
        let isThere = disk.files[aside.name] != nil
        switch aside.state {
        case .intended where isThere:
            try transaction { catalogue in
                if let row = catalogue.row(at: aside.path.description), row.image == aside.image {
                    isAside(aside.name, row, aside.cause, &catalogue)
                } else {
                    set(aside.name, .done, in: &catalogue)
                }
            }
        case .leaving where isThere: try transaction { set(aside.name, .done, in: &$0) }
        case .leaving(let to):
            try transaction { catalogue in
                catalogue.asides.removeAll { $0.name == aside.name }
                guard disk.files[to.description] != nil, catalogue.row(at: to.description) == nil else { return }
                catalogue.put(Self.info(aside, at: to), aside.image, at: to, aside.stamp, origin: nil)
            }
        case .intended, .done: try transaction { $0.asides.removeAll { $0.name == aside.name } }
        }
    }

    private func set(_ name: String, _ state: SimCatalogue.Aside.State, in catalogue: inout SimCatalogue) {
        guard let index = catalogue.asides.firstIndex(where: { $0.name == name }) else { return }
        catalogue.asides[index].state = state
    }

    private static func info(_ aside: SimCatalogue.Aside, at file: RelativePath) -> FileInfo {
        var info = aside.info
        info.path = info.form == .main ? file : file.mainOfReduced ?? file
        return info
    }

    // MARK: Back

    func putBack(_ image: Int, _ trashed: Situation.Trashed) -> Next {
        .locked("will put it back") { node in
            guard let aside = node.catalogue.asides.first(where: { $0.name == trashed.name }), aside.isDone,
                !node.catalogue.isDeleted(image), let place = node.freePlace(aside.info)?.file
            else { return .over }
            try node.transaction { node.set(aside.name, .leaving(to: place), in: &$0) }
            return .locked("gives it its name again") { node in
                do {
                    try node.disk.rename(aside.name, to: place.description)
                } catch {
                    return .must("could not, and says so") { node in
                        try node.transaction { node.set(aside.name, .done, in: &$0) }
                        return .over
                    }
                }
                return .must("syncs the folders") { node in
                    try node.disk.syncFolders()
                    return .must("records it") { node in
                        guard node.disk.presence == .mounted else { throw DiskFault.unmounted }
                        var aside = aside
                        aside.state = .leaving(to: place)
                        try node.putInOrder(aside)
                        // A crash may have cut it short while it lay there.
                        node.needsScan = true
                        node.consider([image])
                        return .over
                    }
                }
            }
        }
    }

    // MARK: For good

    /// Removes what has been in the trash for thirty days.
    func purge() {
        guard isOpen, !isPaused, !isBusy("purge") else { return }
        guard let aside = catalogue.asides.first(where: { mayPurge($0) }) else { return }
        house.tell("\(name): \(aside.name) is due")
        start(
            Job(
                "purge",
                .locked("removes \(aside.name) for good") { node in
                    // Looked at in the very step that removes it: a person may have changed their mind.
                    guard let aside = node.catalogue.asides.first(where: { $0.name == aside.name }),
                        node.mayPurge(aside) || node.breaks(.purgeDecidedEarlier)
                    else { return .over }
                    try node.disk.remove(aside.name, .purged(aside))
                    return .must("records it") { node in
                        try node.transaction { $0.asides.removeAll { $0.name == aside.name } }
                        return .over
                    }
                }))
    }

    private func mayPurge(_ aside: SimCatalogue.Aside) -> Bool {
        let isOfVersions = aside.cause == .superseded && breaks(.versionsPurged)
        guard aside.isDone, aside.cause == .deleted || isOfVersions, disk.files[aside.name] != nil else { return false }
        let age = breaks(.purgeByWallClock) ? wall - aside.wall : nodeTime - aside.nodeTime
        guard age >= Self.trashTime else { return false }
        if isOfVersions { return true }
        return catalogue.isDeleted(aside.image)
            && catalogue.custody(of: aside.image).refusalToSetAside(at: monotonic) == nil
            || breaks(.purgeDespiteRestore)
    }

    // MARK: Damage

    /// A main whose bytes are not the image's although nothing shows that it changed (S8).
    func foundDamaged(_ row: OwnRow) {
        guard isOpen, !isPaused, !isBusy(with: row.image), catalogue.row(at: row.file) === row else { return }
        if breaks(.rotPublished) {
            guard case .main(let image)? = disk.files[row.file]?.content else { return }
            let info = house.info(of: image, at: row.info.path)
            try? transaction { $0.put(info, image, at: row.path, row.stamp, origin: nil) }
            return
        }
        house.tell("\(name): \(row.file) is damaged")
        start(Job("fetch", image: row.image, setAside(row, .damaged) { _ in .over }))
    }

    /// Reads one main and compares its hash.
    func verify(_ row: OwnRow) {
        guard isOpen, !isPaused, !isBusy("verify") else { return }
        start(
            Job(
                "verify",
                .step("reads \(row.file)") { node in
                    let file = try node.disk.read(row.file)
                    if file.stamp != row.stamp {
                        node.needsScan = true
                    } else if file.content != .main(row.image) {
                        node.foundDamaged(row)
                    }
                    return .over
                }))
    }

    /// Writes down how much time has passed.
    func noteTime() {
        guard isUp else { return }
        let (time, now) = (nodeTime, wall)
        let at = milliseconds
        do {
            try transaction { ($0.nodeTime, $0.wall) = (time, now) }
            noted = at
        } catch {
            house.tell("\(name): could not note the time")
        }
    }
}
