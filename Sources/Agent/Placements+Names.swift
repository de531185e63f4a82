import Catalogue
import Disk
import Logging
import Model
import Planning

extension Placements {
    /// An own file on its way to another name.
    struct Step {
        var own: OwnFile
        /// What the record is to say.
        var info: FileInfo
        /// The name that it is to have; `info` has another one where that is taken.
        var wanted: RelativePath
        /// The node whose name it follows.
        var peer: NodeID?
    }

    /// Steps that one batch has at most: a turn of some seconds.
    static let mostSteps = 20_000
    /// How often those that stand in the way are asked to go too.
    private static let rounds = 64
    private static let attempts = 100

    /// Gives own files the names that the household has for them, all in one batch: names may be swapped and passed
    /// around. What stands in the way, and is to go as well, goes with them; what stays makes it `NAME (NODE).ext`.
    ///
    /// The planner is asked again under the turn, so nothing is done on what was so before.
    /// - Returns: the images concerned, where anything was renamed.
    func follow(_ images: some Collection<ImageID> & Sendable, _ planner: Planner) async -> Set<ImageID> {
        guard !images.isEmpty else { return [] }
        do {
            return try await wholly {
                if !(try await catalogue.movesUnderWay()).isEmpty { try await departures.endMoves(shelf.demand()) }
                let steps = try await steps(for: Array(images), planner)
                return try await take(steps)
            }
        } catch {
            logger.warning("could not give files their names", metadata: ["reason": "\(error)"])
            return []
        }
    }

    private func steps(for images: [ImageID], _ planner: Planner) async throws -> [Step] {
        var steps: [RelativePath: Step] = [:]
        var order: [RelativePath] = []
        var asked = Set(images)
        var open = images
        var occupants: [RelativePath: [OwnFile]] = [:]
        for _ in 0..<Self.rounds where !open.isEmpty && steps.count < Self.mostSteps {
            var new: [(Situation, RelativePath, FileInfo)] = []
            for situation in try await catalogue.situations(of: open) {
                new += planner.moves(situation).map { (situation, $0.from, $0.to) }
            }
            let known = try await catalogue.known(of: new.map { ($0.1, $0.0.image) }).own
            var infos: [FileInfo] = []
            for (situation, from, to) in new {
                guard let own = known[from], own.info.image == to.image, own.info.form == to.form else { continue }
                let peer = situation.claims.first { $0.info.path == to.path }?.peer
                steps[from] = Step(own: own, info: to, wanted: to.path, peer: peer)
                order.append(from)
                infos.append(to)
            }
            open = []
            for (info, there) in zip(infos, try await catalogue.occupants(of: infos)) {
                occupants[info.file] = there
                for other in there where asked.insert(other.info.image).inserted { open.append(other.info.image) }
            }
        }
        return try await settled(steps, order, occupants)
    }

    /// Finds a name for those whose own is taken by what stays.
    private func settled(
        _ all: [RelativePath: Step], _ order: [RelativePath], _ occupants: [RelativePath: [OwnFile]]
    ) async throws -> [Step] {
        var steps = all
        var names: [NodeID: String] = [:]
        for peer in try await catalogue.peers() { names[peer.id] = peer.name }
        func isTaken(_ step: Step) -> Bool {
            (occupants[step.info.file] ?? []).contains { other in
                guard other.info.image != step.own.info.image else { return other.file != step.own.file }
                return steps[other.file] == nil
            }
        }
        // What stands beside a taken name already waits there; whoever wants its name then finds it taken.
        var isSettled = false
        while !isSettled {
            isSettled = true
            for from in order {
                guard let step = steps[from], step.own.info.path.isDisambiguation(of: step.wanted), isTaken(step) else {
                    continue
                }
                steps[from] = nil
                isSettled = false
            }
        }
        var targets: Set<RelativePath> = []
        var result: [Step] = []
        for from in order {
            guard var step = steps[from] else { continue }
            if isTaken(step) || targets.contains(step.wanted) {
                if step.own.info.path.isDisambiguation(of: step.wanted) { continue }
                let label = step.peer.flatMap { names[$0] ?? $0.short } ?? "kept"
                guard let free = try await freeName(beside: step.info, step.own, label, targets) else { continue }
                // It waits beside its name already.
                if free == step.own.info.path { continue }
                (step.info.path, step.info.generation) = (free, nil)
            }
            targets.insert(step.info.path)
            result.append(step)
        }
        return result
    }

    private func freeName(
        beside info: FileInfo, _ own: OwnFile, _ label: String, _ targets: Set<RelativePath>
    ) async throws -> RelativePath? {
        var info = info
        let path = info.path
        for attempt in 1...Self.attempts {
            info.path = path.disambiguated(by: label, attempt: attempt)
            guard !targets.contains(info.path) else { continue }
            let others = try await catalogue.occupants(of: [info])[0].filter { $0.file != own.file }
            if others.isEmpty { return info.path }
        }
        return nil
    }

    /// Renames files, and records their names. Under the turn.
    func take(_ steps: [Step]) async throws -> Set<ImageID> {
        guard !steps.isEmpty else { return [] }
        let renamed = steps.filter { $0.own.file != $0.info.file }
        let moves = renamed.map { step in
            Placement.Move(
                known: KnownFile(path: step.own.file, identity: step.own.stamp.identity), target: step.info.file,
                name: Placement.movingName(for: step.own.file))
        }
        // Those that are only recorded have nothing to go wrong.
        var records = steps.filter { $0.own.file == $0.info.file }.map { $0.record(at: $0.own.file) }
        if moves.isEmpty { return try await catalogue.finishMoves(records) }
        try await catalogue.intend(
            moves.map { .init(file: $0.known.path, target: $0.target, name: $0.name) })
        let results: [Result<KnownFile, DiskError>]
        do {
            results = try await shelf.run { try Placement(library: $0).move(moves) }
        } catch {
            try await departures.endMoves(shelf.demand())
            throw error
        }
        for (step, result) in zip(renamed, results) {
            switch result {
            case .success(let file):
                problems.withdrawPassing(step.own.file.description)
                records.append(step.record(at: file.path, file.identity.stamp))
            case .failure(let error):
                let reason = "It should be called '\(step.info.file)', and could not be renamed: \(error)"
                guard problems.report(step.own.file.description, reason, isPassing: true) else { continue }
                logger.warning(
                    "could not give a file its name",
                    metadata: ["path": "\(step.own.file)", "name": "\(step.info.file)", "reason": "\(error)"])
            }
        }
        let images = try await catalogue.finishMoves(records)
        return records.isEmpty ? [] : images
    }
}

extension Placements.Step {
    fileprivate func record(at file: RelativePath, _ stamp: FileStamp? = nil) -> OwnRename {
        var info = info
        if file != info.file {
            info.path = info.form == .main ? file : file.mainOfReduced ?? file
            info.generation = nil
        }
        // A person's file stays one.
        return OwnRename(from: own.file, to: file, info: info, origin: own.origin == nil ? nil : wanted, stamp: stamp)
    }
}
