import Model
import Planning

/// Looking at the library: what a person did there while nobody watched.
extension SimNode {
    /// As `MassDisappearance` has it, for libraries of a dozen files: more than a quarter, and more than a handful.
    private static func isMass(_ vanished: Int, of total: Int) -> Bool { vanished >= 4 && vanished * 4 > total }

    func scan(acceptRemovals: Bool = false) {
        guard isUp, isReady, !isBusy("scan") else { return }
        needsScan = false
        start(Job("scan", .step("walks the library") { $0.walk(acceptRemovals) }))
    }

    private func walk(_ acceptRemovals: Bool) -> Next {
        var files: [(String, Stamp)] = []
        switch disk.presence {
        case .unmounted: return .over
        case .emptyFolder:
            // The marker is not there, so nothing that is missing means anything.
            if !breaks(.emptyMountIsRemoval) {
                isPaused = true
                return .over
            }
        case .mounted: files = disk.library.compactMap { name in disk.files[name].map { (name, $0.stamp) } }
        }
        let found = Dictionary(uniqueKeysWithValues: files)
        var vanished = catalogue.rows.filter { found[$0.file] == nil }
        var moves: [(OwnRow, String)] = []
        var toRead: [String] = []
        for (name, stamp) in files {
            if let row = catalogue.row(at: name) {
                if row.stamp != stamp { toRead.append(name) }
            } else if let from = vanished.firstIndex(where: { $0.stamp == stamp }) {
                moves.append((vanished.remove(at: from), name))
            } else if catalogue.others[name] != stamp {
                toRead.append(name)
            }
        }
        guard !moves.isEmpty || !vanished.isEmpty || isPaused || isFirstLook else {
            return read(toRead[...])
        }
        return .locked("takes over \(moves.count) moves and \(vanished.count) removals") { node in
            try node.takeOver(moves, vanished, acceptRemovals)
            return node.read(toRead[...])
        }
    }

    private func takeOver(_ moves: [(OwnRow, String)], _ vanished: [OwnRow], _ acceptRemovals: Bool) throws {
        guard disk.presence == .mounted || breaks(.emptyMountIsRemoval) else { throw DiskFault.unmounted }
        let isMass = Self.isMass(vanished.count, of: catalogue.rows.count) && !breaks(.emptyMountIsRemoval)
        // Whoever accepts what is enough for a pause, means all of it.
        if isPaused || isMass, acceptRemovals { house.ghost.accepts(self, vanished) }
        isPaused = (isMass || isPaused && !vanished.isEmpty) && !acceptRemovals
        let images = try transaction { catalogue in
            var images: [Int] = []
            for (row, name) in moves where isCurrent(row, catalogue) && disk.files[name]?.stamp == row.stamp {
                catalogue.moved(row, to: house.path(name))
                images.append(row.image)
            }
            guard !isPaused else { return images }
            for row in vanished where isCurrent(row, catalogue) && isGone(row) {
                // What came shortly before a crash of the machine may be gone with it: nobody need have removed it.
                let isByPerson = !isFirstLook || breaks(.crashIsRemoval)
                // Where mains are kept, only a word of its own says that something is not wanted there.
                catalogue.gone(row, byPerson: isByPerson && policy.keep != .mains)
                images.append(row.image)
            }
            return images
        }
        consider(images)
    }

    private func isGone(_ row: OwnRow) -> Bool {
        breaks(.emptyMountIsRemoval) && disk.presence == .emptyFolder || disk.files[row.file] == nil
    }

    /// Whether the row still stands, and none of the node's own doings has its file in hand.
    private func isCurrent(_ row: OwnRow, _ catalogue: SimCatalogue) -> Bool {
        catalogue.row(at: row.file) === row && !(row.isMain && catalogue.isMarked(row.image))
            && !catalogue.asides.contains { $0.isIntended && $0.path == row.path }
    }

    private func read(_ names: ArraySlice<String>) -> Next {
        guard let name = names.first else {
            return .step("ends") { node in
                // Only a look at all of it tells what is new.
                guard node.disk.presence == .mounted else { return .over }
                (node.isFirstLook, node.isFirstLookOfRun) = (false, false)
                guard node.catalogue.boot != node.boot else { return .over }
                try node.transaction { $0.boot = node.boot }
                return .over
            }
        }
        return .locked("reads \(name)") { node in
            if let row = node.catalogue.row(at: name), row.stamp == node.disk.files[name]?.stamp {
                return node.read(names.dropFirst())
            }
            let next = try node.look(at: name)
            return next ?? node.read(names.dropFirst())
        }
    }

    private func look(at name: String) throws -> Next? {
        let file: SimFile
        do { file = try disk.read(name) } catch DiskFault.notFound {
            // A look that missed something because the disk went away is not a look at all of it.
            guard disk.presence == .mounted else { throw DiskFault.unmounted }
            return nil
        }
        let path = house.path(name)
        let known = catalogue.row(at: name)
        switch file.content {
        case .main(let image):
            let isBack = try transaction { found(image, path, file, known, &$0) }
            if isBack && breaks(.putBackPurges) {
                for aside in catalogue.asides where aside.image == image && disk.files[aside.name] != nil {
                    try disk.remove(aside.name, .purged(aside))
                }
            }
            consider([image])
        case .reduced(let image, let edge) where breaks(.markerIgnored):
            _ = edge
            try transaction { $0.put(house.info(of: image, at: path), image, at: path, file.stamp, origin: nil) }
        case .reduced(let image, let edge):
            var info = known?.image == image && known?.isMain == false ? known?.info : nil
            if info == nil {
                info = house.info(of: image, at: path.mainOfReduced ?? path)
                info?.form = .reduced
                info?.mainBytes = file.stamp.bytes
            }
            guard var info else { return nil }
            (info.bytes, info.edge) = (file.stamp.bytes, edge)
            try transaction { $0.put(info, image, at: path, file.stamp, origin: known?.origin) }
            consider([image])
        case .half, .mixed, .torn: return try foundRubbish(path, file, known)
        }
        if let known { consider([known.image]) }
        return nil
    }

    private func found(
        _ image: Int, _ path: RelativePath, _ file: SimFile, _ known: OwnRow?, _ catalogue: inout SimCatalogue
    ) -> Bool {
        var info = house.info(of: image, at: path)
        if let known, known.isMain, known.image != image {
            let earlier = [known.info.image] + known.info.replaces
            info.replaces = Array(earlier.filter { $0 != info.image }.prefix(FileInfo.mostReplaced))
            let ranks = [known.info.image, info.image].map { catalogue.rank(of: $0) }
            info.edition = max(ranks[0], ranks[1], catalogue.rankOfEdits(of: info.image)) + 1
        } else if let known, known.image == image {
            (info.replaces, info.edition) = (known.info.replaces, known.info.edition)
            (info.generation, info.attributes) = (known.info.generation, known.info.attributes)
        } else if !isFirstLookOfRun {
            // A person wants it beside what replaced it elsewhere.
            let highest = catalogue.rankOfEdits(of: info.image)
            if highest > catalogue.rank(of: info.image) { info.edition = highest }
        }
        if info.replaces != known?.info.replaces ?? [] { house.ghost.edited(self, info, image) }
        // A person who puts a deleted picture back means it. What stands there at a start may be what a crash, or an
        // older catalogue, does not know of: that goes into the trash again.
        let isBack =
            (!isFirstLookOfRun || breaks(.crashIsPutBack)) && catalogue.isDeleted(image)
            && !catalogue.rows.contains { $0.image == image }
        catalogue.put(info, image, at: path, file.stamp, origin: known?.image == image ? known?.origin : nil)
        if isBack, let word = word(deleted: false, image, path, in: catalogue) { catalogue.take(word) }
        return isBack
    }

    /// A file that is no picture: a reduced copy that a power cut left short is put out of the way, and got anew (S5).
    private func foundRubbish(_ path: RelativePath, _ file: SimFile, _ known: OwnRow?) throws -> Next? {
        guard path.mainOfReduced != nil else {
            try transaction { catalogue in
                if let known { catalogue.gone(known, byPerson: false) }
                catalogue.others[path.description] = file.stamp
            }
            return nil
        }
        try disk.rename(path.description, to: SimDisk.own + "damaged/torn-\(house.serial())")
        return .must("forgets the torn copy") { node in
            if let known { try node.transaction { $0.gone(known, byPerson: false) } }
            node.needsScan = true
            return .over
        }
    }
}
