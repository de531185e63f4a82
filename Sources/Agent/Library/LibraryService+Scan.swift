import Catalogue
import Control
import Disk
import Foundation
import Logging
import Model
import Planning

/// Looking at the whole library.
extension LibraryService {
    /// What is said of files that are missing.
    enum Missing: Sendable {
        /// Nothing: when they are many, the person is asked.
        case asked
        /// A person removed them.
        case removed
        /// The disk is another one, or was put back from a backup: nobody removed them.
        case lost
    }

    /// Looks at every file, reads those that are new or changed, and takes over what is gone.
    ///
    func scan(
        _ missing: Missing, report: @escaping @Sendable (ActivityProgress) -> Void
    ) async throws -> ScanReport {
        let wait = CommandWaits.Wait()
        wait.turns(to: "waiting until the look at the library that is under way ends")
        defer { wait.turns(to: nil) }
        return try await looking.take {
            wait.turns(to: "this machine looks at the library")
            let isAdopted = missing != .asked && parts.shelf.folder == nil
            if isAdopted { try await adopt(isNew: missing == .lost) }
            return try await look(isAdopted ? .lost : missing, report: report)
        }
    }

    /// A person says that the folder is the library although its marker is gone. Believed when something of what is
    /// known stands in it: an empty folder is where a disk was not mounted.
    ///
    /// - Parameter isNew: whether the person said that it is a new one, which may be empty.
    private func adopt(isNew: Bool) async throws {
        let (path, calls) = (parts.path, parts.calls)
        let known = try await parts.catalogue.knownFiles(in: "").map(\.file)
        let isThere = known.contains { FileManager.default.fileExists(atPath: "\(path)/\($0)") }
        guard isThere || ((known.isEmpty || isNew) && FileManager.default.fileExists(atPath: path)) else {
            throw ControlFailure(
                .tryAgain,
                "Nothing of the library stands in '\(path)'; mount its disk, and it goes on by itself; or run "
                    + "'syncctl library new' if the disk is a new one.")
        }
        do {
            let folder = try await parts.shelf.threads.run { try LibraryFolder(path: path, .create, calls: calls) }
            try await parts.catalogue.setSetting(LibraryOpening.key, to: folder.id)
            folder.release()
        } catch let error as DiskError {
            throw ControlFailure(.failed, error.message)
        }
        let deadline = ContinuousClock.now + Self.lookForDisk * 2
        while parts.shelf.folder == nil && .now < deadline && !Task.isCancelled {
            let edition = parts.status.edition
            errands.post()
            await parts.status.wait(past: edition, until: .now + .milliseconds(200))
        }
    }

    private func look(
        _ missing: Missing, report: @escaping @Sendable (ActivityProgress) -> Void
    ) async throws -> ScanReport {
        let began = ContinuousClock.now
        let folder: LibraryFolder
        do { folder = try parts.shelf.demand() } catch { throw ControlFailure(.tryAgain, "\(error)") }
        let (found, walk) = try await compare(folder, report: report)
        let changes = try await settling(found)
        var result = ScanReport(
            images: 0, added: 0, changed: 0, moved: changes.moved.count, removed: 0,
            skipped: walk.unnameable.count + walk.leftAlone.unfinished, seconds: 0)
        showProblems(of: walk)
        try await unlist(changes.leftAlone)
        keepUnsettled(changes.unsettled)
        try await apply(moves: changes.moved)
        // A pause ends by a person's word, or when nothing is missing any more; not because less is missing now.
        let lasting = changes.vanished.isEmpty ? nil : state.pauseReason
        if let reason = changes.massDisappearance?.description ?? lasting, missing == .asked {
            result.paused = reason
            setPaused(reason)
        } else {
            // What came shortly before a power cut may be gone with it, and what a backup did not have: nobody need have
            // removed it.
            let isByPerson =
                switch missing {
                case .asked: !(parts.cut.wasPowerCut && isFirstLook) && !changes.isPutBack
                case .removed: true
                case .lost: false
                }
            result.removed = try await apply(removals: changes.vanished, byPerson: isByPerson)
            isFirstLook = false
            setPaused(nil)
        }
        isPutBack = changes.isPutBack || missing == .lost
        defer { isPutBack = false }
        try await learnAttributes()
        try await learnLengths()
        let read = try await self.read(changes.toHash, folder: folder, report: report)
        (result.added, result.changed) = (read.added, read.changed)
        result.skipped += read.skipped
        // Under other rules nothing was looked at yet.
        if !hasLooked, walk.unread.isEmpty, state == .ok, folder.rules == rules {
            hasLooked = true
            try await parts.catalogue.setSetting(CatalogueDatabase.lookedAt, to: "yes")
        }
        set(leftAlone: walk.leftAlone)
        result.images = try await parts.catalogue.ownImages()
        result.unsettled = unsettled.count
        result.seconds = (ContinuousClock.now - began) / .seconds(1)
        errands.post()
        await parts.steering.considerAll()
        return result
    }

    private func compare(
        _ folder: LibraryFolder, report: @escaping @Sendable (ActivityProgress) -> Void
    ) async throws -> (LibraryChanges, LibraryWalk.Result) {
        let counts = parts.catalogue.ownCounts
        let empty = LibraryComparison(
            known: [], now: Self.wallClock, settling: SettlingRule(time: Self.settling, earlier: unsettled),
            capacity: counts.mains + counts.reduced, ignoring: folder.rules)
        // One by one: a list of a million is memory for nothing.
        let comparison = try await parts.catalogue.knownFiles(into: empty) { comparison, file, stamp in
            comparison.know(KnownFile(path: file, identity: stamp.identity))
        }
        let (progress, key) = (parts.progress, Progress.Key(phase: .scanning, peer: nil))
        defer { progress.end(key) }
        let stop = StopFlag()
        return try await withTaskCancellationHandler {
            try await parts.shelf.threads.run {
                var comparison = comparison
                let walk = try LibraryWalk(library: folder).walk(isStopped: { stop.isSet }) { batch in
                    comparison.take(batch)
                    progress.add(key, done: batch.count)
                    progress.lines.filter { $0.phase == .scanning }.forEach(report)
                }
                return (comparison.finish(walk), walk)
            }
        } onCancel: {
            stop.set()
        }
    }

    /// Nanoseconds after which a file with an unfinished name was forgotten by whoever wrote it.
    private static let unfinishedWork: Int64 = 600 * 1_000_000_000

    /// Nanoseconds since 1970, as the times of files are.
    static var wallClock: Int64 { Int64(Date.now.timeIntervalSince1970 * 1e9) }

    private func showProblems(of walk: LibraryWalk.Result) {
        var now: Set<String> = []
        for name in walk.unnameable {
            now.insert(name.text)
            parts.problems.report(
                name.text, "This file \(name.reason) and is left alone; rename it to have it backed up.")
        }
        // What was touched a moment ago is being worked on, and will have another name.
        if let file = walk.oldestUnfinished, file.ctime < Self.wallClock - Self.unfinishedWork {
            now.insert(file.path.description)
            let others = walk.leftAlone.unfinished > 1 ? ", as are \(walk.leftAlone.unfinished - 1) more" : ""
            parts.problems.report(
                file.path.description,
                "Programs give such names to files that are not done yet, so it is left alone\(others); rename it to have it "
                    + "backed up.")
        }
        for unread in walk.unread {
            guard case .fault(let sentence) = unread.reason else { continue }
            let subject = unread.path.isEmpty ? parts.path : unread.path
            now.insert(subject)
            if parts.problems.report(subject, sentence) {
                parts.logger.warning("could not look", metadata: ["path": "\(subject)", "reason": "\(sentence)"])
            }
        }
        for subject in reported.subtracting(now) { parts.problems.withdraw(subject) }
        reported = now
    }

    /// What was listed, and is left alone by its name now, is listed no more. The file stays, and nobody has removed it.
    private func unlist(_ files: [RelativePath]) async throws {
        guard !files.isEmpty else { return }
        let catalogue = parts.catalogue
        let images = try await catalogue.change { turn in
            try await catalogue.apply(files.map { .gone($0, byPerson: false) }, turn)
        }
        await published(images)
    }

    /// Publishes new names of files.
    ///
    /// - Returns: whether all of them are. This node may have put another file under the old name meanwhile, whose record
    ///   stays where it is.
    @discardableResult
    func apply(moves: [LibraryChanges.Move]) async throws -> Bool {
        guard !moves.isEmpty else { return true }
        let catalogue = parts.catalogue
        let (applied, images) = try await catalogue.change { turn in
            // What this node is renaming itself is recorded where that ends.
            let ownDoing = try await Set(catalogue.movesUnderWay().map(\.file))
            let known = try await catalogue.stamps(of: moves.map(\.from))
            let applied = moves.filter { move in
                !ownDoing.contains(move.from) && known[move.from]?.identity == move.to.identity
            }
            let renames = applied.map { OwnRename(from: $0.from, to: $0.to.path) }
            let images = try await catalogue.apply([.renamed(renames)], turn)
            return (applied, images)
        }
        for move in applied {
            parts.problems.rename(move.from.description, to: move.to.path.description)
        }
        await published(images)
        return applied.count == moves.count
    }

    /// Takes over that files are gone, after one more look at each.
    ///
    /// - Parameter byPerson: whether somebody removed them, so that they are not to come back. Where mains are kept they
    ///   do come back all the same: only `syncctl dismiss` says that something is not wanted there.
    /// - Returns: how many are.
    func apply(removals: [KnownFile], byPerson: Bool = true) async throws -> Int {
        guard !removals.isEmpty else { return 0 }
        let (parts, shelf) = (parts, parts.shelf)
        let isWanted = parts.settings.policy.keep == .mains
        let (count, images): (Int, Set<ImageID>) = try await parts.catalogue.change { turn in
            // Since they were missed, this node may have moved or replaced some of them itself.
            // What it is about to take out, or was when an error came, is ended where that was begun.
            let ownDoing = try await Set(
                parts.catalogue.evictingMarks().map(\.file) + parts.catalogue.asides(done: false).map(\.own.file)
                    + parts.catalogue.movesUnderWay().map(\.file))
            let gone = try await shelf.run { folder in
                guard folder.state() == .ok else { return [KnownFile]() }
                return removals.filter { !ownDoing.contains($0.path) && folder.isGone($0.path) }
            }
            var changes: [OwnChange] = []
            let known = try await parts.catalogue.stamps(of: gone.map(\.path))
            for file in gone where known[file.path]?.identity == file.identity {
                changes.append(.gone(file.path, byPerson: byPerson, isWanted: isWanted))
            }
            // What is wrong with a file ends with it, also with one that never was an image.
            for file in gone { parts.problems.withdraw(file.path.description) }
            let images = try await parts.catalogue.apply(changes, turn)
            return (changes.count, images)
        }
        await published(images)
        return count
    }

    /// The own file info changed: plans anew for the images concerned.
    func published(_ images: Set<ImageID>) async {
        guard !images.isEmpty else { return }
        await parts.reduced.forget(images)
        // Asked once the record is durable: whoever says something from now on finds it, and plans for it by itself.
        let isAlone = (try? await parts.catalogue.isUnspokenOf()) ?? false
        if !isAlone || !parts.shelf.halfReceived.images.isEmpty { await parts.steering.consider(images) }
    }
}
