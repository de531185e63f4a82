import Catalogue
import Control
import Model
import Planning

/// Evicting.
extension MainsService {
    func evict(_ request: EvictRequest) -> Answers {
        .running { answers in
            var tally = Tally(answers)
            let units = try await candidates(request, &tally)
            let known = tally.summary.others
            if request.dryRun {
                for unit in units { try await tellPlan(unit, &tally) }
            } else {
                try await evict(units, until: nil, &tally)
            }
            if tally.summary.images + tally.summary.others == known, request.paths.isEmpty {
                tally.summary.reason = "no main here is that old"
            }
            tally.finish()
        }
    }

    private func units(among mains: [OwnFile], alone: Bool? = nil) -> [EvictionUnit] {
        EvictionUnit.units(among: mains, policy: evictor.policy, alone: alone ?? false)
    }

    private func candidates(_ request: EvictRequest, _ tally: inout Tally) async throws -> [EvictionUnit] {
        guard let days = request.olderThanDays else {
            guard !request.paths.isEmpty else {
                throw ControlFailure(.usage, "Name images or folders, or how old a picture must be.")
            }
            let mains = try await named(request, &tally)
            return units(among: mains, alone: request.alone)
        }
        // How old the picture is says how old what belongs to it is.
        let old = Set(try await catalogue.oldestMains(before: before(days)).map(\.file))
        let mains: [OwnFile]
        if request.paths.isEmpty {
            mains = try await catalogue.oldestMains()
        } else {
            mains = try await named(request, &tally)
        }
        return units(among: mains, alone: request.alone).filter { unit in
            unit.mains.first.map { old.contains($0.file) } ?? false
        }
    }

    /// The mains of what is named, and of what belongs to it.
    private func named(_ request: EvictRequest, _ tally: inout Tally) async throws -> [OwnFile] {
        var mains: [OwnFile] = []
        var without: [Member] = []
        for member in try await members(of: request.paths, alone: request.alone ?? false, &tally) {
            let here = try await catalogue.ownFiles(of: member.image).filter { $0.info.form == .main }
            if let first = here.first {
                // A sidecar stays, and that is told of one that was named.
                let part = tally.parts[member.image]
                if part != nil, part?.kind == .sidecar || evictor.policy.takesAsItIs(first.info) { continue }
                mains += here.filter { $0.info.path == member.path } + here.filter { $0.info.path != member.path }
            } else if !member.isPart {
                without.append(member)
            }
        }
        // What belongs to it is meant, too, and that may be here.
        let leads = Set(mains.compactMap { tally.parts[$0.info.image]?.of })
        for (path, image, _) in without where !leads.contains(path) {
            tally.notDone(
                ImageOutcome(path: path, image: image, outcome: .kept, reason: "no main of it is here"),
                mayWorkLater: false)
        }
        return mains
    }

    /// No picture is older than photography.
    private func before(_ days: Int) -> Int64 { node.clock.wall - Int64(min(days, 100_000)) * 86_400 }

    private func tellPlan(_ unit: EvictionUnit, _ tally: inout Tally) async throws {
        for (main, plan) in try await evictor.plans(of: unit) { try await tell(plan, of: main, &tally) }
    }

    private func tell(_ plan: EvictionPlan, of main: OwnFile, _ tally: inout Tally) async throws {
        switch plan {
        case .possible(_, let candidates):
            let names = candidates.map { node.peers.name(of: $0) }.joined(separator: ", ")
            let others = try await others(of: main)
            tally.done(
                ImageOutcome(
                    path: main.info.path, image: main.info.image, outcome: .wouldEvict,
                    bytes: evictor.planner.room(evicting: main.info),
                    reason: "once \(names) \(candidates.count == 1 ? "proves" : "prove") to hold the main\(others)"))
        case .stays(let obstacle):
            tally.notDone(
                ImageOutcome(
                    path: main.info.path, image: main.info.image, outcome: .kept, bytes: 0,
                    reason: obstacle.description), mayWorkLater: obstacle.isPassing)
        }
    }

    /// The other paths at which the image stands here, as a clause.
    private func others(of main: OwnFile) async throws -> String {
        let others = try await catalogue.ownFiles(of: main.info.image).map(\.info.path).filter { $0 != main.info.path }
        guard !others.isEmpty else { return "" }
        return "; it is the same image as \(others.map(\.description).joined(separator: ", ")), which goes too"
    }

    private func evict(_ units: [EvictionUnit], until bytes: Int64?, _ tally: inout Tally) async throws {
        let key = node.progress.command(.evicting)
        defer { node.progress.end(key) }
        node.progress.add(key, total: units.reduce(0) { $0 + $1.mains.count }, bytesTotal: bytes)
        let room = RoomMaking(evictor: evictor, catalogue: catalogue)
        try await room.evict(units, for: .person, isEnough: { $0 + $1 >= bytes ?? .max }) {
            main, outcome, wasTried, freed in
            let (path, image) = (main.info.path, main.info.image)
            switch outcome {
            case .evicted(let holders):
                let others = try await others(of: main)
                let names = holders.map { node.peers.name(of: $0) }.sorted().joined(separator: ", ")
                tally.done(
                    ImageOutcome(
                        path: path, image: image, outcome: .evicted, bytes: freed,
                        reason: "\(names) \(holders.count == 1 ? "holds" : "hold") the main\(others)"))
                node.progress.add(key, done: 1, bytes: freed)
            case .kept(let obstacle):
                tally.notDone(
                    ImageOutcome(path: path, image: image, outcome: .kept, reason: obstacle.description),
                    mayWorkLater: obstacle.isPassing)
                node.progress.add(key, done: wasTried ? 1 : 0, passed: wasTried ? 0 : 1)
            }
            if let line = node.progress.line(of: key) { tally.answers.yield(.progress(line)) }
        }
    }

    func free(bytes: Int64, dryRun: Bool) -> Answers {
        .running { answers in
            var tally = Tally(answers)
            _ = try await shelf.demandSoon()
            tally.summary.wanted = bytes
            let mains = try await catalogue.oldestMains()
            let units = units(among: mains)
            if dryRun {
                for unit in units {
                    if tally.summary.bytes >= bytes { break }
                    try await tellPlan(unit, &tally)
                }
            } else {
                try await evict(units, until: bytes, &tally)
            }
            if tally.summary.bytes < bytes {
                tally.summary.available = tally.summary.bytes
                tally.summary.reason =
                    units.isEmpty
                    ? "no main is here" : "no other main here may go; `syncctl evict --older-than 0 --dry-run` says why"
            }
            tally.finish()
        }
    }
}

extension MainsService {
    /// What evicting the main here would come to, as a clause; nil when no main is here.
    func evictionClause(of situation: Situation) async -> String? {
        guard situation.main != nil, !situation.isDeleted else { return nil }
        switch await node.planner().eviction(of: situation, name: { node.peers.name(of: $0) }) {
        case .possible(_, let candidates):
            let names = candidates.map { node.peers.name(of: $0) }.joined(separator: " or ")
            return "it may be evicted once \(names) proves to hold it"
        case .stays(let obstacle): return "it may not be evicted, because \(obstacle)"
        }
    }
}
