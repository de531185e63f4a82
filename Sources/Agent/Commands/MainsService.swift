import Catalogue
import Control
import Disk
import Model
import Planning

/// What a person asks of this node about mains: to bring them here, to let them go, to delete, restore and verify them.
struct MainsService: Sendable {
    let node: NodeParts
    let connected: ConnectedPeers
    let shelf: Shelf
    let evictor: Evictor
    let damage: Damage
    let verifier: Verifier
    let departures: Departures
    let caretaker: Caretaker

    typealias Answers = AsyncThrowingStream<WorkMessage, any Error>

    var catalogue: CatalogueDatabase { node.catalogue }

    /// Counts what became of images while it tells of each.
    struct Tally {
        let answers: Answers.Continuation
        let began = ContinuousClock.now
        var summary = WorkSummary(images: 0, others: 0, bytes: 0, seconds: 0)

        init(_ answers: Answers.Continuation) { self.answers = answers }

        mutating func done(_ line: ImageOutcome) {
            summary.images += 1
            summary.bytes += line.bytes
            answers.yield(.image(line))
        }

        mutating func notDone(_ line: ImageOutcome, mayWorkLater: Bool) {
            summary.others += 1
            summary.tryAgain = summary.tryAgain || mayWorkLater
            answers.yield(.image(line))
        }

        mutating func finish() {
            summary.seconds = (ContinuousClock.now - began) / .seconds(1)
            answers.yield(.done(summary))
        }
    }

    /// The images that paths name: of a folder all below it. A line for each path that names none.
    func images(
        at paths: [RelativePath], _ tally: inout Tally
    ) async throws -> [(path: RelativePath, image: ImageID)] {
        var found: [(path: RelativePath, image: ImageID)] = []
        var seen: Set<ImageID> = []
        for path in paths {
            let here = try await node.images(at: path)
            if here.isEmpty {
                tally.notDone(
                    ImageOutcome(
                        path: path, outcome: .unknown,
                        reason: "no image is known there; `syncctl ls` lists those that are"), mayWorkLater: false)
            }
            found += here.filter { seen.insert($0.image).inserted }
        }
        return found
    }
}

/// Evicting.
extension MainsService {
    func evict(_ request: EvictRequest) -> Answers {
        .running { answers in
            var tally = Tally(answers)
            let mains = try await candidates(request, &tally)
            let known = tally.summary.others
            if request.dryRun {
                for main in Self.ofEach(mains) { try await tellPlan(main, &tally) }
            } else {
                try await evict(mains, until: nil, &tally)
            }
            if tally.summary.images + tally.summary.others == known, request.paths.isEmpty {
                tally.summary.reason = "no main here is that old"
            }
            tally.finish()
        }
    }

    /// One main of each image.
    private static func ofEach(_ mains: [OwnFile]) -> [OwnFile] {
        var seen: Set<ImageID> = []
        return mains.filter { seen.insert($0.info.image).inserted }
    }

    private func candidates(_ request: EvictRequest, _ tally: inout Tally) async throws -> [OwnFile] {
        guard request.paths.isEmpty else {
            var mains: [OwnFile] = []
            for (path, image) in try await images(at: request.paths, &tally) {
                if let main = try await catalogue.ownFiles(of: image).first(where: { $0.info.form == .main }) {
                    mains.append(main)
                } else {
                    tally.notDone(
                        ImageOutcome(path: path, image: image, outcome: .kept, reason: "no main of it is here"),
                        mayWorkLater: false)
                }
            }
            guard let days = request.olderThanDays else { return mains }
            let old = Set(try await catalogue.oldestMains(before: before(days)).map(\.file))
            return mains.filter { old.contains($0.file) }
        }
        guard let days = request.olderThanDays else {
            throw ControlFailure(.usage, "Name images or folders, or how old a picture must be.")
        }
        return try await catalogue.oldestMains(before: before(days))
    }

    /// No picture is older than photography.
    private func before(_ days: Int) -> Int64 { node.clock.wall - Int64(min(days, 100_000)) * 86_400 }

    private func tellPlan(_ main: OwnFile, _ tally: inout Tally) async throws {
        switch try await evictor.plan(main.info.image) {
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

    private func evict(_ mains: [OwnFile], until bytes: Int64?, _ tally: inout Tally) async throws {
        let key = node.progress.command(.evicting)
        defer { node.progress.end(key) }
        node.progress.add(key, total: mains.count, bytesTotal: bytes)
        let room = RoomMaking(evictor: evictor, catalogue: catalogue)
        try await room.evict(mains, until: bytes) { main, outcome, wasTried, freed in
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
            if dryRun {
                for main in Self.ofEach(mains) {
                    if tally.summary.bytes >= bytes { break }
                    try await tellPlan(main, &tally)
                }
            } else {
                try await evict(mains, until: bytes, &tally)
            }
            if tally.summary.bytes < bytes {
                tally.summary.available = tally.summary.bytes
                tally.summary.reason =
                    mains.isEmpty
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
