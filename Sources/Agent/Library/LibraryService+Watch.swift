import Catalogue
import Disk
import Logging
import Model
import Planning

/// What the watch saw, and what it left to do later.
extension LibraryService {
    /// Whether the library is still there.
    enum Presence { case there, gone }

    /// Takes in a batch of events.
    func take(_ batch: [WatchEvent]) async -> Presence {
        var settled: [RelativePath: FoundFile] = [:]
        // Names that are passed on are taken over together: one after the other, each would look written over by the next.
        var isWhole = batch.contains { if case .passedOn = $0 { true } else { false } }
        let isPassedOn = isWhole
        for event in batch {
            parts.logger.trace("seen", metadata: ["event": "\(event)"])
            do {
                switch event {
                case .settled(let file): settled[file.path] = file
                case .touched(let file):
                    if settled[file.path] != nil { settled[file.path] = file } else { await look(again: file) }
                case .passedOn: break
                case .moved where isPassedOn, .movedFolder where isPassedOn, .removed where isPassedOn,
                    .removedFolder where isPassedOn:
                    break
                case .moved(let from, let to):
                    settled[from] = nil
                    _ = try await follow(from, to)
                    // The rename has changed its ctime, and so may an edit before it have: its bytes tell.
                    settled[to.path] = to
                case .movedFolder(let from, let to): try await follow(folder: from, to: to)
                case .removed(let path):
                    settled[path] = nil
                    try await noteRemovals(in: path)
                case .removedFolder(let path): try await noteRemovals(in: path)
                case .rescan(let folder): try await lookInto(folder.description, known: [])
                case .rescanAll(let reason):
                    isWhole = true
                    if reason == .watchLimit { parts.problems.report("watch", "\(reason)") }
                    parts.logger.notice("rescan", metadata: ["reason": "\(reason)"])
                case .unnameable(let name):
                    parts.problems.report(
                        name.text, "This file \(name.reason) and is left alone; rename it to have it backed up.")
                case .libraryGone(let reason):
                    setMissing(reason)
                    return .gone
                }
            } catch {
                parts.logger.warning("could not follow a change", metadata: ["reason": "\(error)"])
                isWhole = true
            }
        }
        for path in settled.keys { removals.forget(path) }
        // Perhaps what was missing comes back; the look that tells waits until the coming is over.
        if state.pauseReason != nil { lookAt = .now + Self.removalQuiet }
        await readNow(Array(settled.values))
        if isWhole {
            do { _ = try await scan(.asked) { _ in } } catch {
                parts.logger.warning("the scan ended early", metadata: ["reason": "\(error)"])
            }
        }
        errands.post()
        return .there
    }

    /// Looks at a file again once it stands still, unless it is as it is known.
    private func look(again file: FoundFile) async {
        let known = try? await parts.catalogue.stamps(of: [file.path])[file.path]
        guard known != file.identity.stamp else { return }
        let now = Self.wallClock
        let wait = Int64(Self.settling / .nanoseconds(1))
        keepUnsettled([UnsettledFile(file: file, since: now, lookAgain: now + wait)])
        errands.post()
    }

    /// A peer asked for a file that is not as it is known: looks at it, as the watch must have missed something.
    func suspect(_ path: RelativePath) async {
        do {
            if let file = try await parts.shelf.run({ try $0.find(path) }) {
                await look(again: file)
            } else {
                try await noteRemovals(in: path)
                errands.post()
            }
        } catch {
            parts.logger.debug("could not look at a suspect file", metadata: ["reason": "\(error)"])
        }
    }

    /// When the next thing is to be looked at again; nil when there is none.
    var nextErrand: ContinuousClock.Instant? {
        let now = ContinuousClock.now
        let settles = unsettled.map { now + $0.wait(at: Self.wallClock) }.min()
        return [settles, removals.due, lookAt].compactMap { $0 }.min()
    }

    /// Looks again at what asked for it, and is due.
    func runErrands() async {
        let due = unsettled.filter { $0.lookAgain <= Self.wallClock }
        if !due.isEmpty {
            let paths = Set(due.map(\.file.path))
            unsettled.removeAll { paths.contains($0.file.path) }
            await lookAgain(at: due)
        }
        await judgeRemovals()
        if let due = lookAt, due <= .now {
            lookAt = nil
            _ = try? await scan(.asked) { _ in }
        }
    }

    /// A file was renamed: true when it was known and is the same.
    private func follow(_ from: RelativePath, _ to: FoundFile) async throws -> Bool {
        guard let known = try await parts.catalogue.stamps(of: [from])[from] else { return false }
        guard known.identity == to.identity else {
            if try await !followEdited(from, known, to) { try await noteRemovals(in: from) }
            return false
        }
        removals.forget(from)
        removals.forget(to.path)
        return try await apply(moves: [.init(from: from, to: KnownFile(path: to.path, identity: to.identity))])
    }

    /// What was known under the old name has left it, and another file has come from there: somebody edited it, and then
    /// renamed it. It has the new name from now on, and what is read there is its edit.
    private func followEdited(_ from: RelativePath, _ stamp: FileStamp, _ to: FoundFile) async throws -> Bool {
        let (parts, catalogue) = (parts, parts.catalogue)
        let images: Set<ImageID>? = try await catalogue.change { turn in
            let isThere = try await parts.shelf.run { try $0.find(from)?.identity == stamp.identity }
            // Of what this node has renamed itself, all is on record.
            guard !isThere, let own = try await catalogue.ownFile(at: from), own.stamp == stamp,
                try await catalogue.ownFile(at: to.path)?.stamp.identity != to.identity,
                try await !catalogue.movesUnderWay().contains(where: { $0.file == from })
            else { return nil }
            return try await catalogue.apply([.moved(from: from, to: to.path)], turn)
        }
        guard let images else { return false }
        removals.forget(from)
        await published(images)
        return true
    }

    private func follow(folder from: RelativePath, to: RelativePath) async throws {
        let known = try await parts.catalogue.knownFiles(in: from.description)
            .map { KnownFile(path: $0.file, identity: $0.stamp.identity) }
        try await lookInto(to.description, known: known)
    }

    /// Walks one folder, and takes over what is new, changed or moved there.
    private func lookInto(_ folder: String, known more: [KnownFile]) async throws {
        let known = try await parts.catalogue.knownFiles(in: folder)
            .map { KnownFile(path: $0.file, identity: $0.stamp.identity) }
        let (now, rule) = (Self.wallClock, SettlingRule(time: Self.settling, earlier: unsettled))
        let (found, isRead) = try await parts.shelf.run { library in
            var comparison = LibraryComparison(
                known: known + more, now: now, settling: rule, ignoring: library.rules)
            let walk = try LibraryWalk(library: library).walk(folder) { comparison.take($0) }
            return (comparison.finish(walk), walk.unread.isEmpty)
        }
        let changes = try await settling(found)
        try await apply(moves: changes.moved)
        for move in changes.moved { removals.forget(move.from) }
        // What a renamed folder held may be in the part of it that could not be read.
        if isRead || more.isEmpty { removals.add(changes.vanished.map(\.path), now: .now) }
        keepUnsettled(changes.unsettled)
        await readNow(changes.toHash)
    }

    /// Settles what nobody has open for writing; what this node placed meanwhile needs no second look.
    func settling(_ changes: LibraryChanges) async throws -> LibraryChanges {
        if changes.unsettled.isEmpty { return changes }
        let (catalogue, waiting) = (parts.catalogue, changes.unsettled)
        let unknown = try await catalogue.change { _ in
            try await catalogue.unknown(among: waiting.map { ($0.file.path, $0.file.identity.stamp) })
        }
        var rest = changes
        rest.unsettled.removeAll { !unknown.contains($0.file.path) }
        let open = rest
        return try await parts.shelf.run { $0.settling(open) }
    }

    func keepUnsettled(_ files: [UnsettledFile]) {
        let paths = Set(files.map(\.file.path))
        unsettled.removeAll { paths.contains($0.file.path) }
        unsettled += files
    }

    private func lookAgain(at files: [UnsettledFile]) async {
        do {
            let found = try await parts.shelf.run { folder in try files.compactMap { try folder.find($0.file.path) } }
            var comparison = LibraryComparison(
                known: [], now: Self.wallClock, settling: SettlingRule(time: Self.settling, earlier: files))
            comparison.take(found)
            let changes = comparison.finish(LibraryWalk.Result())
            keepUnsettled(changes.unsettled)
            await readNow(changes.toHash)
        } catch {
            parts.logger.warning("could not look again", metadata: ["reason": "\(error)"])
        }
    }

    private func readNow(_ files: [FoundFile]) async {
        guard !files.isEmpty, let folder = parts.shelf.folder else { return }
        do {
            // What this node is placing just now is in the catalogue once its turn is over, and need not be read.
            let catalogue = parts.catalogue
            let unknown = try await catalogue.change { _ in
                try await catalogue.unknown(among: files.map { ($0.path, $0.identity.stamp) })
            }
            _ = try await read(files.filter { unknown.contains($0.path) }, folder: folder) { _ in }
        } catch is CancellationError {
        } catch {
            parts.logger.error("could not take over files", metadata: ["reason": "\(error)"])
        }
    }

    private func noteRemovals(in path: RelativePath) async throws {
        let files = try await parts.catalogue.knownFiles(in: path.description).map(\.file)
        removals.add(files, now: .now)
    }

    private func judgeRemovals() async {
        guard let due = removals.due, due <= .now else { return }
        do {
            // What this node moved or replaced itself, and what is there again, was no removal.
            var gone: [KnownFile] = []
            for (file, stamp) in try await parts.catalogue.stamps(of: Array(removals.take())) {
                gone.append(KnownFile(path: file, identity: stamp.identity))
            }
            let candidates = gone
            if candidates.isEmpty { return }
            gone = try await parts.shelf.run { folder in candidates.filter { folder.isGone($0.path) } }
            let total = try await parts.catalogue.knownFiles(in: "").count
            if let mass = removals.judge(gone.count, of: total, now: .now) {
                setPaused(mass.description)
                return
            }
            // While the library is paused, a person is asked about all of it together.
            guard state == .ok else { return }
            _ = try await apply(removals: gone)
        } catch {
            parts.logger.warning("could not take over removals", metadata: ["reason": "\(error)"])
        }
    }
}
