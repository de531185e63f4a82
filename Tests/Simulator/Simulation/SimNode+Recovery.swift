import Model
import Planning

/// Stopping, starting, and putting in order what a crash left.
extension SimNode {
    /// The agent ends at once: what it had in memory is gone.
    func stop() {
        isUp = false
        isReady = false
        turn = nil
        brokenTasks = breaks(.proofOverRestart) ? jobs.compactMap(\.task) : []
        jobs = []
        dirty = []
        news = []
    }

    /// The machine loses its power.
    func crash() {
        stop()
        boot += 1
        for (path, content, stamp) in disk.crash(&house.dice) {
            if case .main(let image) = content { house.ghost.struck(index, image, at: house.now) }
            // What is on the list under its stamp may have been moved by the agent since.
            for row in catalogue.rows where row.file == path || row.stamp == stamp {
                house.ghost.struck(index, row.image, at: house.now)
            }
        }
    }

    func begin() {
        run += 1
        isUp = true
        isPaused = false
        startedAt = house.now
        // Node time goes on by the clock on the wall while nobody counted, but never by more than a day, and never back.
        catalogue.nodeTime += min(max(wall - catalogue.wall, 0), 86_400_000)
        catalogue.wall = wall
        noted = 0
        isFirstLook = boot != catalogue.boot
        isFirstLookOfRun = true
        for index in catalogue.holds.indices {
            catalogue.holds[index].until = breaks(.holdNotRearmed) ? 0 : catalogue.holds[index].seconds * 1000
        }
        if breaks(.holdNotDurable) { catalogue.holds = [] }
        start(Job("start", recover()))
        for task in brokenTasks {
            task.machine = task.before
            drive(task)
        }
        brokenTasks = []
    }

    /// One durable step after the other, before anything else is done or answered.
    private func recover() -> Next {
        .must("puts in order") { node in
            guard node.disk.presence == .mounted else { throw DiskFault.unmounted }
            if try node.recoverOne() { return node.recover() }
            node.isReady = true
            node.needsScan = true
            node.consider(node.catalogue.images)
            for peer in node.house.nodes where peer !== node { node.news.insert(peer.index) }
            return .over
        }
    }

    /// - Returns: whether something was to be done.
    private func recoverOne() throws -> Bool {
        for mark in catalogue.marks {
            try recover(mark)
            return true
        }
        for name in disk.names(in: "incoming") where name.hasSuffix(".evicting") {
            if breaks(.leftoversPurged) {
                try disk.remove(name, .work)
            } else if case .main(let image)? = disk.files[name]?.content {
                try disk.rename(name, to: homePlace(of: image))
            }
            return true
        }
        for aside in catalogue.asides {
            if aside.isDone && disk.files[aside.name] != nil { continue }
            try disk.syncFolders()
            try putInOrder(aside)
            return true
        }
        return false
    }

    private func recover(_ mark: SimCatalogue.Mark) throws {
        let aside = SimDisk.own + "incoming/\(mark.image).evicting"
        let main = mark.path.description
        if disk.files[aside] != nil {
            try disk.rename(aside, to: disk.files[main] == nil ? main : homePlace(of: mark.image))
        } else if let row = catalogue.row(at: main), row.isMain, row.image == mark.image,
            disk.files[main]?.stamp != row.stamp,
            case .reduced(mark.image, _)? = disk.files[row.info.path.reduced.description]?.content
        {
            // It was evicted, and only the record is missing.
            try recordEvicted(mark.image, mark.path, asked: false)
        } else if let row = catalogue.row(at: main), row.isMain, row.image == mark.image,
            standsBesideMain(row.info.path.reduced.description, row)
        {
            // It is not evicted. The mark stays for the next step.
            let copy = row.info.path.reduced.description
            if let known = catalogue.row(at: copy), !known.isMain, known.image == mark.image {
                try transaction { $0.gone(known, byPerson: false) }
            } else {
                try disk.remove(copy, .reduced)
            }
        } else {
            try disk.syncFolders()
            try transaction { $0.marks.removeAll { $0.image == mark.image } }
        }
    }

    /// Where a main goes that nothing says the place of any more.
    private func homePlace(of image: Int) -> String {
        let known = catalogue.rows.filter { $0.image == image }.map(\.info.path.description)
        return (known + ["found-\(image).jpg"] + (2..<20).map { "found-\(image)-\($0).jpg" })
            .first { disk.files[$0] == nil } ?? "found-\(image)-\(house.serial()).jpg"
    }
}
