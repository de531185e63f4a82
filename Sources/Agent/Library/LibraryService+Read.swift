import Catalogue
import Control
import Disk
import Imaging
import Logging
import Model
import Planning

/// Reading files that are new or changed, and publishing what they are.
extension LibraryService {
    /// What became of files that were read.
    struct ReadCount {
        var added = 0
        var changed = 0
        var skipped = 0
    }

    /// Files whose records go into one transaction: enough to make syncs cheap, few enough to hold the turn for a moment.
    static let batch = 4096

    /// Feeds the imaging's inspector with what the hasher reads.
    private struct Inspection: FileObserver {
        var inspector = ImageInspector()
        mutating func consume(_ chunk: UnsafeRawBufferPointer) { inspector.consume(chunk) }
    }

    /// What was read of `files`, sorted by what becomes of it.
    private struct Sorted {
        var images: [(HashedFile, ImageFacts)] = []
        var others: [OwnChange] = []
        var (othersCount, bytesOfOthers): (Int, Int64) = (0, 0)
    }

    /// Reads `files`, each once, and publishes what they are.
    func read(
        _ files: [FoundFile], folder: LibraryFolder, report: @escaping @Sendable (ActivityProgress) -> Void
    ) async throws -> ReadCount {
        var count = ReadCount()
        guard !files.isEmpty else { return count }
        let key = Progress.Key(phase: .reading, peer: nil)
        defer { parts.progress.end(key) }
        var (total, bytesTotal) = (files.count, files.reduce(0) { $0 + $1.identity.bytes })
        let pool = HashingPool(library: folder)
        var batch: [(HashedFile, ImageFacts)] = []
        var lastFlush = ContinuousClock.now
        try await pool.hash(
            all: files, isWanted: { ImageType(head: $0) != nil }, observer: { Inspection() },
            each: { readings in
                let sorted = try await sort(readings, &count)
                batch += sorted.images
                try await publish(others: sorted.others)
                total -= sorted.othersCount
                bytesTotal -= sorted.bytesOfOthers
                parts.progress.add(
                    key, done: readings.count - sorted.othersCount, total: total,
                    bytes: sorted.images.reduce(0) { $0 + $1.0.file.identity.bytes }, bytesTotal: bytesTotal)
                parts.progress.lines.filter { $0.phase == .reading }.forEach(report)
                // What a person waits for shows at once; a long scan is published in batches.
                if batch.count >= Self.batch || .now - lastFlush > .milliseconds(500) {
                    try await publish(batch, &count)
                    batch = []
                    lastFlush = .now
                }
            })
        try await publish(batch, &count)
        return count
    }

    /// Tells images from what is none, and from what could not be read.
    private func sort(
        _ readings: [(FoundFile, FileReading<Inspection>)], _ count: inout ReadCount
    ) async throws -> Sorted {
        var sorted = Sorted()
        for (file, reading) in readings {
            switch reading {
            case .hashed(let hashed, var inspection):
                let facts = inspection.inspector.finish()
                if let marker = facts.marker, await isTorso(file, marker) { continue }
                sorted.images.append((hashed, facts))
                parts.problems.withdraw(file.path.description)
            case .unwanted(let isEmpty):
                sorted.othersCount += 1
                sorted.bytesOfOthers += file.identity.bytes
                // Somebody who has just emptied a file is about to fill it.
                if isEmpty && waitsToSettle(file) { continue }
                if isEmpty, try await setTorsoAside(KnownFile(path: file.path, identity: file.identity)) { continue }
                let reason = Self.fault(of: file.path, isEmpty: isEmpty)
                sorted.others.append(.other(OtherFile(file: file.path, stamp: file.identity.stamp, reason: reason)))
                if let reason {
                    count.skipped += 1
                    parts.problems.report(file.path.description, reason)
                } else {
                    parts.problems.withdraw(file.path.description)
                }
            case .failed(let error):
                count.skipped += 1
                notRead(file, error)
            }
        }
        return sorted
    }

    private func publish(others: [OwnChange]) async throws {
        guard !others.isEmpty else { return }
        let catalogue = parts.catalogue
        let concerned = try await catalogue.change { turn in try await catalogue.apply(others, turn) }
        await published(concerned)
    }

    /// What a person should know of a file that is left alone but is named like a photo; nil for any other file.
    private static func fault(of file: RelativePath, isEmpty: Bool) -> String? {
        let endings = [
            "jpg", "jpeg", "png", "heic", "heif", "avif", "webp", "tif", "tiff", "gif", "dng", "cr2", "nef", "arw",
        ]
        guard let ending = file.name.lowercased().split(separator: ".").last, endings.contains(String(ending))
        else {
            return nil
        }
        return isEmpty
            ? "This file is named like a photo and is empty; copy it again from where it came."
            : "This file is named like a photo and is none; it is left alone."
    }

    /// A reduced copy that a power cut left short: set aside, and got anew (S5).
    private func isTorso(_ file: FoundFile, _ marker: ReducedMarker) async -> Bool {
        guard file.path.mainOfReduced != nil else { return false }
        let limits = ImagingLimits()
        do {
            let bytes = try await parts.shelf.run { try $0.readWhole(file.path, limit: limits.reducedCopyBytes) }
            // One that ends as a JPEG does is whole: what else is odd about it, a person's editor has done.
            if bytes.suffix(2).elementsEqual([0xFF, 0xD9]) { return false }
            let check = ReducedCopyCheck(image: marker.image, edge: marker.edge, mainSize: nil, limits: limits)
            _ = try check.check(bytes)
            return false
        } catch is ImagingError {
            if waitsToSettle(file) { return true }
            return (try? await setTorsoAside(KnownFile(path: file.path, identity: file.identity))) == true
        } catch {
            return false
        }
    }

    /// A file that changed a moment ago is looked at again before anything is concluded from what is wrong with it.
    private func waitsToSettle(_ file: FoundFile) -> Bool {
        let now = Self.wallClock
        let wait = Int64(Self.settling / .nanoseconds(1))
        // A file may claim any time at all: only the clock's own is calculated with, and what is to come says nothing.
        let isRecent = [file.identity.mtime, file.ctime].contains { $0 > now - wait && $0 <= now }
        guard isRecent, file.ctime <= now else { return false }
        keepUnsettled([UnsettledFile(file: file, since: now, lookAgain: now + wait)])
        errands.post()
        return true
    }

    /// - Returns: false when the file is none that this node placed as a reduced copy.
    private func setTorsoAside(_ file: KnownFile) async throws -> Bool {
        guard file.path.mainOfReduced != nil else { return false }
        let known = try await parts.catalogue.ownFile(at: file.path)
        if file.identity.bytes == 0, known?.info.form != .reduced { return false }
        let (catalogue, shelf) = (parts.catalogue, parts.shelf)
        let images = try await catalogue.change { turn in
            _ = try await shelf.run { try Placement(library: $0).setAside(file, into: .damaged) }
            return try await catalogue.apply([.gone(file.path, byPerson: false)], turn)
        }
        parts.logger.notice("a reduced copy was cut short and is got anew", metadata: ["path": "\(file.path)"])
        await published(images)
        return true
    }

    private func notRead(_ file: FoundFile, _ error: any Error) {
        let path = file.path
        // Vanished again, or still being written: the watch tells of the one, a later look of the other.
        if let error = error as? DiskError, error.code == .notFound { return }
        if let error = error as? DiskError, error.code == .changedWhileRead {
            let now = Self.wallClock
            let wait = Int64(Self.settling / .nanoseconds(1))
            unsettled.append(UnsettledFile(file: file, since: now, lookAgain: now + wait))
            errands.post()
            return
        }
        if parts.problems.report(path.description, "\(error)") {
            parts.logger.warning("could not read", metadata: ["path": "\(path)", "reason": "\(error)"])
        }
    }

    /// Puts what was read into the catalogue.
    private func publish(_ batch: [(HashedFile, ImageFacts)], _ count: inout ReadCount) async throws {
        guard !batch.isEmpty else { return }
        let catalogue = parts.catalogue
        let (images, added, changed): (Set<ImageID>, Int, Int) = try await catalogue.change { [self] turn in
            var changes: [OwnChange] = []
            var wantedAgain: [HashedFile] = []
            var (added, changed) = (0, 0)
            // What went away or changed since it was read is told of by another event.
            let files = batch.map(\.0.file)
            let (there, attributes) = try await parts.shelf.run { folder in
                let there = try folder.find(all: files.map(\.path))
                return (there, files.map { folder.attributes(of: $0) })
            }
            let all = try await catalogue.known(of: batch.map { ($0.0.file.path, $0.0.image) })
            let renames = try await renames(
                zip(batch, there).filter { $1?.identity == $0.0.file.identity }.map { read, _ in
                    (read.0.file, read.1.marker?.image ?? read.0.image)
                }, all.own)
            let old = Dictionary(renames.map { ($0.to, $0.from) }) { first, _ in first }
            if !renames.isEmpty { changes.append(.renamed(renames)) }
            for (((hashed, facts), found), shown) in zip(zip(batch, there), attributes)
            where found?.identity == hashed.file.identity {
                var known = all.own[hashed.file.path]
                // This node placed it itself while it was being read.
                if known?.stamp == hashed.file.identity.stamp { continue }
                if let from = old[hashed.file.path] {
                    if facts.marker != nil { continue }
                    known = try await catalogue.ownFile(at: from)
                }
                // A new name, other rights or another link change the ctime too.
                if known == nil { added += 1 } else if known?.info.image != hashed.image { changed += 1 }
                if all.deleted.contains(hashed.image), try await takesBackDeletion(of: hashed, facts, known) {
                    wantedAgain.append(hashed)
                }
                changes.append(try await change(for: hashed, facts, shown, known))
            }
            let images = try await catalogue.apply(changes, turn)
            for (hashed, _) in batch {
                parts.logger.trace("listed", metadata: ["path": "\(hashed.file.path)", "image": "\(hashed.image)"])
            }
            // Only once the file is on record: until then what lies in the trash is the only one that is known.
            for hashed in wantedAgain { await purgeTrash(of: hashed, turn) }
            return (images, added, changed)
        }
        count.added += added
        count.changed += changed
        await published(images)
    }

    /// Files that were read under a new name because nobody saw how they came to it, and which have left their old one.
    private func renames(
        _ files: [(file: KnownFile, image: ImageID)], _ known: [RelativePath: OwnFile]
    ) async throws -> [OwnRename] {
        let catalogue = parts.catalogue
        let olds = try await catalogue.sameFiles(
            as: files.filter { known[$0.file.path]?.info.image != $0.image }.map { file, image in
                (file.path, image, file.identity.stamp)
            })
        guard !olds.isEmpty else { return [] }
        let ownDoing = try await Set(catalogue.movesUnderWay().map(\.file))
        let left = try await parts.shelf.run { folder in
            try folder.find(all: olds.map(\.from)).map { $0?.identity }
        }
        var taken: Set<RelativePath> = []
        return zip(olds, left).compactMap { old, identity in
            guard identity != old.stamp.identity, !ownDoing.contains(old.from), taken.insert(old.from).inserted else {
                return nil
            }
            return OwnRename(from: old.from, to: old.to, stamp: old.stamp)
        }
    }

    /// A person who puts a deleted photo into the library again wants it again: unless the file stood here before this
    /// node heard of the deletion, and was only not looked at yet.
    ///
    /// - Returns: whether a deletion was taken back.
    private func takesBackDeletion(
        of hashed: HashedFile, _ facts: ImageFacts, _ known: OwnFile?
    ) async throws -> Bool {
        let image = hashed.image
        guard facts.marker == nil, known?.info.image != image,
            let (word, heard) = try await parts.catalogue.deletion(of: image), word.isDeleted,
            try await parts.catalogue.ownFiles(of: image).isEmpty,
            let found = try await parts.shelf.run({ try $0.find(hashed.file.path) }), found.ctime > heard
        else { return false }
        parts.logger.notice(
            "a deleted image was put into the library again; the deletion is taken back",
            metadata: ["path": "\(hashed.file.path)"])
        try await parts.catalogue.say(
            deleted: false, of: [(image, hashed.file.path)], by: parts.id, at: parts.clock.wall)
        return true
    }

    /// The very bytes stand in the library again; what lies in the trash is not to come back beside them.
    private func purgeTrash(of hashed: HashedFile, _ turn: borrowing UnderTurn) async {
        do {
            try await parts.shelf.run { try Placement(library: $0).sync(hashed.file) }
            for aside in try await parts.catalogue.asides(of: hashed.image, in: .trash) {
                try await parts.departures.purge(aside, turn)
            }
        } catch {
            // Then it comes back, beside the one that stands there: one too many, and none too few.
            parts.logger.warning(
                "the trash keeps a photo that is in the library again",
                metadata: ["path": "\(hashed.file.path)", "reason": "\(error)"])
        }
    }

    /// Whether a file is the preview that this node placed, and has lost sight of: a person's copy of one is theirs.
    private func isOwnPreview(_ file: RelativePath, _ recipe: RecipeID) async throws -> Bool {
        if let known = try await parts.catalogue.preview(of: recipe) { return known.file == file }
        guard let edit = try await parts.catalogue.edit(recipe), edit.isToRun else { return false }
        return file.folder == edit.path.folder && file.mainOfReduced != nil
            && file.name.hasPrefix("\(edit.path.name).edited")
    }

    /// Why a file without a picture is left alone: it is what became of a picture, which stays what it was elsewhere; nil
    /// where it is a main of its own.
    private func rubbish(_ hashed: HashedFile, _ known: OwnFile?) async throws -> String? {
        let file = hashed.file.path
        if let old = known?.info, old.form == .main {
            guard old.image != hashed.image, old.type != .other else { return nil }
            return
                "This file was \(old.type.noun), and is no picture and no film any more; it is left alone, and the other "
                + "machines keep what it was."
        }
        if file.mainOfReduced != nil { return Self.fault(of: file, isEmpty: false) }
        return try await parts.catalogue.fault(of: file)
    }

    private func change(
        for hashed: HashedFile, _ facts: ImageFacts, _ shown: FileAttributes?, _ known: OwnFile?
    ) async throws -> OwnChange {
        let (file, stamp) = (hashed.file.path, hashed.file.identity.stamp)
        guard let type = facts.type, !hashed.isEmpty else {
            return .other(OtherFile(file: file, stamp: stamp, reason: nil))
        }
        guard let marker = facts.marker else {
            if type == .other, let reason = try await rubbish(hashed, known) {
                parts.problems.report(file.description, reason)
                return .other(OtherFile(file: file, stamp: stamp, reason: reason))
            }
            // An editor that strips metadata makes no main of what was a reduced copy (S7).
            if file.mainOfReduced != nil, try await parts.catalogue.preview(at: file) != nil {
                let reason = "This preview was edited here; copy it under a name of its own to keep that as a photo."
                parts.problems.report(file.description, reason)
                return .other(OtherFile(file: file, stamp: stamp, reason: reason))
            }
            if file.mainOfReduced != nil, var known, known.info.form == .reduced {
                parts.problems.report(
                    file.description,
                    "This reduced copy was edited here; copy it under a name of its own to keep that as a photo.")
                (known.info.bytes, known.stamp) = (stamp.bytes, stamp)
                return .image(known)
            }
            // One that this node placed is that still after its disk was copied to another, or its time was changed.
            let same = known.flatMap { $0.info.image == hashed.image && $0.info.form == .main ? $0 : nil }
            let said = try await attributes(shown, of: same, stamp)
            let info = FileInfo(
                path: file, image: hashed.image, form: .main, bytes: stamp.bytes, mainBytes: stamp.bytes,
                type: type == .other ? same?.info.type ?? type : type,
                size: facts.size, captured: facts.captured, duration: facts.milliseconds, attributes: said)
            var new = OwnFile(info: info, file: file, stamp: stamp, origin: same?.origin, shown: shown ?? same?.shown)
            guard isPutBack, same == nil else { return .found(new) }
            // What was put back from a backup is no edit of what stood there, and no word on its name.
            if let known, stamp.modified <= known.stamp.modified { new.origin = file }
            return known != nil && new.origin == nil ? .found(new) : .image(new)
        }
        if let recipe = marker.preview {
            // It stands for no image: the rendition is one of its own.
            if try await isOwnPreview(file, recipe) {
                try await parts.catalogue.setPreview(recipe, file: file, stamp: stamp)
            }
            return .other(OtherFile(file: file, stamp: stamp, reason: nil))
        }
        if var known, known.info.form == .reduced, known.info.image == marker.image, known.info.edge == marker.edge {
            // Only touched, or moved: what is known of it, and of where it came from, stays.
            (known.info.bytes, known.stamp) = (stamp.bytes, stamp)
            return .image(known)
        }
        // A reduced copy, whatever its name (S7): what it cannot tell of its main, a holder's record does.
        let situation = try await parts.catalogue.situations(of: [marker.image]).first
        let main = situation?.claims.first { $0.info.form == .main }?.info ?? situation?.claims.first?.info
        var info = FileInfo(
            path: file.mainOfReduced ?? file, image: marker.image, form: .reduced, bytes: stamp.bytes,
            mainBytes: main?.mainBytes ?? stamp.bytes, type: main?.type ?? .jpeg, size: main?.size,
            captured: main?.captured ?? facts.captured, duration: main?.duration, edge: marker.edge,
            attributes: main?.attributes)
        // Those of a main that was evicted here are told by nothing else.
        if let known, known.info.image == marker.image, known.info.form == .reduced {
            info.attributes = known.info.attributes ?? info.attributes
        }
        // A name that was cut to fit says less than the holder's.
        if let path = situation?.claims.map(\.info.path).first(where: { $0.reduced == file }) { info.path = path }
        return .found(OwnFile(info: info, file: file, stamp: stamp))
    }
}
