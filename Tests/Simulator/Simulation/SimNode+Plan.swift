import Model
import Planning

/// Doing what the planner decides.
extension SimNode {
    /// Decides about one image, and begins what follows.
    func plan(_ image: Int) {
        dirty.remove(image)
        guard isOpen, !isPaused, !isBusy(with: image) else { return }
        var situation = catalogue.situation(of: image)
        if breaks(.plansWhileEvicting) { situation.isEvicting = false }
        let decision = planner.decide(situation)
        guard let next = begin(image, decision) else { return }
        house.tell("\(name): image \(image): \(decision.what), because \(decision.why)")
        start(Job("fetch", image: image, next))
    }

    private func begin(_ image: Int, _ decision: Decision) -> Next? {
        switch decision {
        case .nothing: return nil
        case .get(let wish):
            let task = FetchTask(image: image, sources: wish.sources.compactMap(Names.number))
            return wish.info.form == .main ? getMain(task) : getReduced(task, wish)
        case .move(let from, let to): return move(image, from, to)
        // Nobody here has an image at two paths.
        case .copy, .dropCopy: return nil
        case .adopt(let file, let info):
            return .locked("records what the holder says") { node in
                try node.transaction { catalogue in
                    guard let row = catalogue.row(at: file.description), row.image == image,
                        row.isMain == (info.form == .main), !catalogue.isMarked(image)
                    else { return }
                    catalogue.put(info, image, at: row.path, row.stamp, origin: row.origin ?? info.path)
                }
                return .over
            }
        case .dropReduced(let file): return dropReduced(image, file)
        case .retire(let file):
            return .locked("looks what was replaced") { node in
                let situation = node.catalogue.situation(of: image)
                guard let row = node.catalogue.row(at: file.description),
                    row.image == image
                        ? !row.isMain && situation.isReplaced : situation.replaced.contains(where: { $0.file == file })
                else { return .over }
                return node.setAside(row, .superseded) { _ in .over }
            }
        case .stepAside(let file): return stepAside(image, file)
        case .trash(let file):
            return .locked("looks what is deleted") { node in
                guard node.catalogue.isDeleted(image), let row = node.catalogue.row(at: file.description) else {
                    return .over
                }
                if node.breaks(.deletionAtOnce) {
                    try node.disk.remove(row.file, .deleted)
                    return .must("records") { node in
                        try node.transaction { $0.gone(row, byPerson: false) }
                        return .over
                    }
                }
                return node.setAside(row, .deleted) { _ in .over }
            }
        case .putBack(let trashed): return putBack(image, trashed)
        }
    }

    private func stepAside(_ image: Int, _ file: RelativePath) -> Next {
        .locked("gives the edit a name of its own") { node in
            guard let row = node.catalogue.row(at: file.description), row.image == image, row.isMain,
                node.catalogue.situation(of: image).yielding == file, !node.catalogue.isMarked(image),
                node.disk.files[row.file]?.stamp == row.stamp, let info = node.freePlace(beside: row.info)
            else { return .over }
            try node.disk.rename(row.file, to: info.file.description)
            return .must("records it") { node in
                try node.transaction { catalogue in
                    catalogue.gone(row, byPerson: false)
                    catalogue.put(info, image, at: info.file, row.stamp, origin: nil)
                }
                return .over
            }
        }
    }

    private func move(_ image: Int, _ from: RelativePath, _ to: FileInfo) -> Next {
        .locked("moves it") { node in
            guard let row = node.catalogue.row(at: from.description),
                row.image == image, row.isMain == (to.form == .main),
                !node.catalogue.isMarked(row.image), node.disk.files[row.file]?.stamp == row.stamp,
                // One that is known to stand there, and was renamed just now, is looked at first.
                to.file == from || node.catalogue.row(at: to.file.description) == nil
            else { return .over }
            try node.disk.rename(row.file, to: to.file.description)
            return .must("syncs the folders") { node in
                try node.disk.syncFolders()
                return .must("records it") { node in
                    try node.transaction { catalogue in
                        catalogue.gone(row, byPerson: false)
                        catalogue.put(to, image, at: to.file, row.stamp, origin: to.path)
                    }
                    return .over
                }
            }
        }
    }

    /// Removes the reduced copy whose main is here: on the disk, not only in the catalogue.
    func dropReduced(_ image: Int, _ file: RelativePath) -> Next {
        .locked("takes the reduced copy off its list") { node in
            guard let row = node.catalogue.row(at: file.description), !row.isMain, row.image == image,
                let main = node.catalogue.main(of: image), node.disk.files[main.file]?.stamp == main.stamp,
                node.disk.files[row.file]?.stamp == row.stamp,
                !node.catalogue.isMarked(image) || node.breaks(.plansWhileEvicting)
            else { return .over }
            // The record first: a file that is gone and still recorded looks like a person's doing.
            try node.transaction { $0.gone(row, byPerson: false) }
            return .locked("removes it") { node in
                guard node.disk.files[row.file]?.stamp == row.stamp else { return .over }
                try node.disk.remove(row.file, .reduced)
                return .over
            }
        }
    }

    // MARK: Places

    /// Where a file of `wish` may stand: under its path, or under the first name beside it that nothing has.
    ///
    /// - Returns: the record with that path, and the file's own path; nil when a file that was not looked at is in the
    ///   way, which may be this very image.
    func freePlace(beside info: FileInfo) -> FileInfo? {
        var info = info
        let path = info.path
        for attempt in 1...9 {
            info.path = path.disambiguated(by: name, attempt: attempt)
            if disk.files[info.file.description] == nil, !catalogue.rows.contains(where: { $0.info.path == info.path })
            {
                return info
            }
        }
        return nil
    }

    func freePlace(_ info: FileInfo, replacing file: RelativePath? = nil) -> FileInfo? {
        var info = info
        let wanted = info.path
        for attempt in 1...9 {
            let place = info.file.description
            let isOthers = catalogue.rows.contains {
                $0.info.path.description == info.path.description && $0.info.image != info.image && $0.path != file
            }
            if !isOthers {
                if disk.files[place] == nil || info.form == .reduced && file?.description == place { return info }
                if catalogue.row(at: place) == nil, catalogue.others[place] == nil {
                    needsScan = true
                    return nil
                }
            }
            info.path = wanted.disambiguated(by: name, attempt: attempt)
        }
        return nil
    }
}
