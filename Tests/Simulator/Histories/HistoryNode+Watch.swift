import Catalogue
import Disk
import Model
import Planning
import SingleChanges

/// Takes in what people did to files, as the agent's watch and its looks at the whole library do.
extension HistoryNode {
    /// What the watch of a quiet machine sees.
    enum Event {
        case moved(from: RelativePath, to: RelativePath)
        case settled(RelativePath)
        case removed(RelativePath)
    }

    func saw(_ event: Event) async throws {
        switch event {
        case .moved(let from, let to):
            if let file = disk.files[to] {
                try await takeIn([.init(from: from, to: KnownFile(path: to, identity: file.stamp.identity))])
            }
            try await read([to])
        case .settled(let path): try await read([path])
        case .removed(let path): try await takeIn(removals: [path])
        }
    }

    /// Looks at every file.
    func look() async throws {
        let known = try await catalogue.knownFiles(in: "")
        var comparison = LibraryComparison(
            known: known.map { KnownFile(path: $0.file, identity: $0.stamp.identity) }, now: disk.now,
            settling: SettlingRule(time: .zero))
        comparison.take(
            disk.names.compactMap { name in
                disk.files[name].map { FoundFile(path: name, identity: $0.stamp.identity, ctime: $0.changed) }
            })
        let changes = comparison.finish(LibraryWalk.Result())
        guard changes.unsettled.isEmpty, changes.massDisappearance == nil else {
            throw HistoryFault("the people of \(name) do more than a history can tell")
        }
        try await takeIn(changes.moved)
        try await takeIn(removals: changes.vanished.map(\.path))
        try await read(changes.toHash.map(\.path))
        try await considerAll()
    }

    private func takeIn(_ moves: [LibraryChanges.Move]) async throws {
        var renames: [OwnRename] = []
        let files = moves.compactMap { move in disk.files[move.to.path].map { (move.from, $0.image) } }
        let known = try await catalogue.known(of: files).own
        for move in moves {
            guard let own = known[move.from], own.stamp.identity == move.to.identity else { continue }
            var rename = OwnRename(from: move.from, to: move.to.path)
            if mistake == .wordNotRaised, own.info.generation != nil {
                var info = own.info
                info.path = info.form == .main ? rename.to : rename.to.mainOfReduced ?? rename.to
                (rename.info, rename.origin) = (info, own.origin)
            }
            renames.append(rename)
        }
        if !renames.isEmpty { try await consider(try await catalogue.apply([.renamed(renames)])) }
    }

    private func takeIn(removals: [RelativePath]) async throws {
        let gone = removals.filter { disk.files[$0] == nil }
        if gone.isEmpty { return }
        let (isByPerson, isWanted) = (mistake != .removalUnsaid, policy.keep == .mains)
        let changes = gone.map { OwnChange.gone($0, byPerson: isByPerson, isWanted: isWanted) }
        try await consider(try await catalogue.apply(changes))
    }

    /// Reads files that are new or changed, and publishes what they are.
    private func read(_ paths: [RelativePath]) async throws {
        var changes: [OwnChange] = []
        let files = paths.compactMap { path in disk.files[path].map { (path, $0) } }
        let all = try await catalogue.known(of: files.map { ($0, $1.image) }).own
        for (path, file) in files {
            let known = all[path]
            if known?.stamp == file.stamp { continue }
            let change = file.form == .main ? found(file, path, known) : try await foundReduced(file, path, known)
            if mistake == .editUnsaid, let known, known.info.image != file.image, case .found(let new) = change {
                changes += [.gone(path, byPerson: false), .image(new)]
            } else {
                changes.append(change)
            }
        }
        if !changes.isEmpty { try await consider(try await catalogue.apply(changes)) }
    }

    private func found(_ file: HistoryDisk.File, _ path: RelativePath, _ known: OwnFile?) -> OwnChange {
        let same = known.flatMap { $0.info.image == file.image && $0.info.form == .main ? $0 : nil }
        let info = FileInfo(
            path: path, image: file.image, form: .main, bytes: file.bytes, mainBytes: file.bytes, type: .jpeg,
            size: PixelSize(width: 6000, height: 4000))
        return .found(OwnFile(info: info, file: path, stamp: file.stamp, origin: same?.origin))
    }

    private func foundReduced(
        _ file: HistoryDisk.File, _ path: RelativePath, _ known: OwnFile?
    ) async throws -> OwnChange {
        if var known, known.info.form == .reduced, known.info.image == file.image {
            (known.info.bytes, known.stamp) = (file.bytes, file.stamp)
            return .image(known)
        }
        let situation = try await catalogue.situations(of: [file.image]).first
        let main = situation?.claims.first { $0.info.form == .main }?.info ?? situation?.claims.first?.info
        var info = FileInfo(
            path: path.mainOfReduced ?? path, image: file.image, form: .reduced, bytes: file.bytes,
            mainBytes: main?.mainBytes ?? file.bytes, type: main?.type ?? .jpeg, size: main?.size, edge: policy.edge)
        if let path = situation?.claims.map(\.info.path).first(where: { $0.reduced == path }) { info.path = path }
        return .found(OwnFile(info: info, file: path, stamp: file.stamp))
    }
}
