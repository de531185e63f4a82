import Catalogue
import Disk
import Logging
import Model
import Planning

extension Placements {
    /// Gives own files the names that the household has for them, all in one batch: names may be swapped and passed
    /// around. What stands in the way, and is to go as well, goes with them; what stays makes it `NAME (NODE).ext`.
    ///
    /// The planner is asked again under the turn, so nothing is done on what was so before.
    /// - Returns: the images concerned, where anything was renamed.
    func follow(_ images: some Collection<ImageID> & Sendable, _ planner: Planner) async -> Set<ImageID> {
        guard !images.isEmpty else { return [] }
        do {
            return try await catalogue.change { turn in
                if !(try await catalogue.movesUnderWay()).isEmpty {
                    try await departures.endMoves(shelf.demand(), turn)
                }
                let steps = try await catalogue.nameSteps(for: Array(images), planner)
                return try await take(steps, turn)
            }
        } catch {
            logger.warning("could not give files their names", metadata: ["reason": "\(error)"])
            return []
        }
    }

    /// Renames files, and records their names.
    func take(_ steps: [NameStep], _ turn: borrowing UnderTurn) async throws -> Set<ImageID> {
        guard !steps.isEmpty else { return [] }
        // Folder by folder: each is opened once. Sorted by their numbers, because a step is large.
        let files = steps.map(\.own.file)
        let steps = steps.indices.sorted { files[$0] < files[$1] }.map { steps[$0] }
        let renamed = steps.filter { $0.own.file != $0.info.file }
        let moves = renamed.map { step in
            Placement.Move(
                known: KnownFile(path: step.own.file, identity: step.own.stamp.identity), target: step.info.file,
                name: Placement.movingName(for: step.own.file))
        }
        // Those that are only recorded have nothing to go wrong.
        var records = steps.filter { $0.own.file == $0.info.file }.map { $0.record(at: $0.own.file) }
        if moves.isEmpty { return try await catalogue.finishMoves(records, turn) }
        try await catalogue.intend(
            moves.map { .init(file: $0.known.path, target: $0.target, name: $0.name) }, turn)
        let results: [Result<KnownFile, DiskError>]
        do {
            results = try await shelf.run { try Placement(library: $0).move(moves) }
        } catch {
            try await departures.endMoves(shelf.demand(), turn)
            throw error
        }
        for (step, result) in zip(renamed, results) {
            switch result {
            case .success(let file):
                problems.withdrawPassing(step.own.file.description)
                records.append(step.record(at: file.path, file.identity.stamp))
            case .failure(let error) where error.code == .notFound || error.code == .changed:
                // Somebody has moved, removed or changed it meanwhile, which the watch tells of; on some disks (NTFS through FUSE)
                // it may be the disk itself, which changes a file's ctime a little later.
                shelf.doubts.add(step.own.file)
                problems.withdrawPassing(step.own.file.description)
            case .failure(let error):
                let reason = "It should be called '\(step.info.file)', and could not be renamed: \(error)"
                guard problems.report(step.own.file.description, reason, isPassing: true) else { continue }
                logger.warning(
                    "could not give a file its name",
                    metadata: ["path": "\(step.own.file)", "name": "\(step.info.file)", "reason": "\(error)"])
            }
        }
        let images = try await catalogue.finishMoves(records, turn)
        return records.isEmpty ? [] : images
    }

    /// Whether the file that stands there is known: where case does not count, also by another spelling.
    func isKnown(_ file: RelativePath) async throws -> Bool {
        let here = try await catalogue.knownFiles(in: file.description)
        if here.contains(where: { $0.file == file }) { return true }
        guard try await shelf.run({ try $0.traits().foldsCase }) else { return false }
        let path = file.mainOfReduced ?? file
        return try await catalogue.paths(in: path.folder ?? "").contains {
            $0 != path && $0.isSame(ignoringCaseOf: path)
        }
    }

    func notLookedAt(_ file: RelativePath) -> DiskError {
        DiskError(
            code: .exists, message: "A file that was not looked at yet stands at '\(file)'; the scan tells what it is.",
            path: file.description, isRetryable: true)
    }
}
