import Catalogue
import Control
import Disk
import Foundation
import Logging
import Model
import PeerProtocol
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
                for main in mains { try await tellPlan(main, &tally) }
            } else {
                try await evict(mains, until: nil, &tally)
            }
            if tally.summary.images + tally.summary.others == known, request.paths.isEmpty {
                tally.summary.reason = "no main here is that old"
            }
            tally.finish()
        }
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
            tally.done(
                ImageOutcome(
                    path: main.info.path, image: main.info.image, outcome: .wouldEvict,
                    bytes: evictor.planner.room(evicting: main.info),
                    reason: "once \(names) \(candidates.count == 1 ? "proves" : "prove") to hold the main"))
        case .stays(let obstacle):
            tally.notDone(
                ImageOutcome(
                    path: main.info.path, image: main.info.image, outcome: .kept, bytes: 0,
                    reason: obstacle.description), mayWorkLater: obstacle.isPassing)
        }
    }

    private func evict(_ mains: [OwnFile], until bytes: Int64?, _ tally: inout Tally) async throws {
        let key = Progress.Key(phase: .evicting, peer: nil)
        defer { node.progress.end(key) }
        node.progress.add(key, total: mains.count, bytesTotal: bytes)
        let room = RoomMaking(evictor: evictor, catalogue: catalogue)
        try await room.evict(mains, until: bytes) { main, outcome in
            let (path, image) = (main.info.path, main.info.image)
            switch outcome {
            case .evicted(let holders):
                let copy = try await catalogue.ownFiles(of: image).reduce(0) { $0 + $1.info.bytes }
                let names = holders.map { node.peers.name(of: $0) }.sorted().joined(separator: ", ")
                tally.done(
                    ImageOutcome(
                        path: path, image: image, outcome: .evicted, bytes: main.info.bytes - copy,
                        reason: "\(names) \(holders.count == 1 ? "holds" : "hold") the main"))
                node.progress.add(key, done: 1, bytes: main.info.bytes - copy)
            case .kept(let obstacle):
                tally.notDone(
                    ImageOutcome(path: path, image: image, outcome: .kept, reason: obstacle.description),
                    mayWorkLater: obstacle.isPassing)
                node.progress.add(key, done: 1)
            }
            for line in node.progress.lines where line.phase == .evicting { tally.answers.yield(.progress(line)) }
        }
    }

    func free(bytes: Int64, dryRun: Bool) -> Answers {
        .running { answers in
            var tally = Tally(answers)
            _ = try await shelf.demandSoon()
            tally.summary.wanted = bytes
            let mains = try await catalogue.oldestMains()
            if dryRun {
                for main in mains {
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

/// Fetching.
extension MainsService {
    func fetch(_ paths: [RelativePath]) -> Answers {
        .running { answers in
            var tally = Tally(answers)
            _ = try await shelf.demandSoon()
            var all = paths
            if all.isEmpty {
                let listed = try await catalogue.list(under: "", after: nil, limit: .max)
                all = listed.map(\.info.path)
            }
            let wanted = try await toFetch(all, &tally)
            guard !wanted.isEmpty else { return tally.finish() }
            try await catalogue.ask(.main, of: wanted.map(\.image))
            _ = try await catalogue.withdrawDismissals(of: wanted.map(\.image))
            let key = Progress.Key(phase: .fetching, peer: nil)
            defer { node.progress.end(key) }
            node.progress.add(key, total: wanted.count, bytesTotal: wanted.reduce(0) { $0 + $1.bytes })
            await node.steering.consider(wanted.map(\.image))
            await node.fetcher.wake(wanted.map(\.image))
            do {
                try await follow(wanted, key, &tally)
            } catch {
                // What was asked for by this command, and has not come, is not wanted any more.
                let (catalogue, steering) = (catalogue, node.steering)
                try? await shielded {
                    let open = try await catalogue.situations(of: wanted.map(\.image)).filter { $0.main == nil }
                    try await catalogue.ask(nil, of: open.map(\.image))
                    await steering.consider(open.map(\.image))
                }
                throw error
            }
            tally.finish()
        }
    }

    private typealias Wanted = (path: RelativePath, image: ImageID, bytes: Int64)

    private func toFetch(_ paths: [RelativePath], _ tally: inout Tally) async throws -> [Wanted] {
        var wanted: [Wanted] = []
        var room = node.configuration.policy.limit.map { $0 - catalogue.ownBytes } ?? .max
        for (path, image) in try await images(at: paths, &tally) {
            guard let situation = try await catalogue.situations(of: [image]).first else { continue }
            let bytes = situation.claims.first { $0.info.form == .main }?.info.mainBytes ?? 0
            if situation.main != nil {
                tally.done(ImageOutcome(path: path, image: image, outcome: .here))
            } else if situation.isDeleted {
                tally.notDone(
                    ImageOutcome(
                        path: path, image: image, outcome: .failed,
                        reason: "it was deleted; `syncctl restore` takes that back"), mayWorkLater: false)
            } else if bytes > room {
                tally.notDone(
                    ImageOutcome(
                        path: path, image: image, outcome: .failed, bytes: bytes,
                        reason: "the library's limit leaves no room for it"), mayWorkLater: false)
            } else {
                room -= bytes
                wanted.append((path, image, bytes))
            }
        }
        return wanted
    }

    /// Waits until each has come, or cannot come for now.
    private func follow(_ wanted: [Wanted], _ key: Progress.Key, _ tally: inout Tally) async throws {
        var open = wanted
        while !open.isEmpty {
            try Task.checkCancellation()
            let edition = node.bulletin.edition
            var rest: [Wanted] = []
            for item in open {
                if let outcome = try await outcome(of: item) {
                    if outcome.line.outcome == .fetched {
                        tally.done(outcome.line)
                    } else {
                        tally.notDone(outcome.line, mayWorkLater: outcome.mayWorkLater)
                    }
                    node.progress.add(key, done: 1, bytes: outcome.line.outcome == .fetched ? item.bytes : 0)
                } else {
                    rest.append(item)
                }
            }
            open = rest
            for line in node.progress.lines where line.phase == .fetching { tally.answers.yield(.progress(line)) }
            guard !open.isEmpty else { return }
            await node.bulletin.wait(past: edition, until: .now + .seconds(5))
            // Each look asks about all that is open: a few times a second is enough.
            try? await ContinuousClock().sleep(for: .milliseconds(200))
        }
    }

    private func outcome(of item: Wanted) async throws -> (line: ImageOutcome, mayWorkLater: Bool)? {
        guard let situation = try await catalogue.situations(of: [item.image]).first else { return nil }
        if situation.main != nil {
            return (ImageOutcome(path: item.path, image: item.image, outcome: .fetched, bytes: item.bytes), false)
        }
        func failed(_ reason: String, mayWorkLater: Bool) -> (ImageOutcome, Bool) {
            (
                ImageOutcome(
                    path: item.path, image: item.image, outcome: .failed, bytes: item.bytes, reason: reason),
                mayWorkLater
            )
        }
        let holders = Set(situation.claims.filter { $0.info.form == .main }.map(\.peer))
        if holders.isEmpty { return failed("no known node holds the main", mayWorkLater: false) }
        switch await node.fetcher.state(of: item.image) {
        case .resting(let reason)?: return failed(reason, mayWorkLater: true)
        case .running?: return nil
        case .waiting?:
            let away = holders.filter { connected[$0] == nil }
            guard away.count == holders.count else { return nil }
            let names = away.map { node.peers.name(of: $0) }.sorted().joined(separator: " and ")
            return failed(
                "\(names) \(away.count == 1 ? "holds it and does" : "hold it and do") not answer; it comes when one does",
                mayWorkLater: true)
        case nil:
            let decision = await node.planner().decide(situation)
            guard case .nothing(let reason) = decision else { return nil }
            return failed("\(reason)", mayWorkLater: false)
        }
    }
}

/// Deleting and restoring.
extension MainsService {
    func delete(_ paths: [RelativePath]) -> Answers {
        .running { answers in
            var tally = Tally(answers)
            guard !paths.isEmpty else { throw ControlFailure(.usage, "Name the images to delete.") }
            let named = Set(paths.map(\.description))
            let images = try await images(at: paths, &tally)
            let situations = try await catalogue.situations(of: images.map(\.image))
            let (catalogue, id, wall) = (catalogue, node.id, node.clock.wall)
            let words = images.map { (image: $0.image, path: $0.path) }
            try await shielded { try await catalogue.say(deleted: true, of: words, by: id, at: wall) }
            node.logger.notice("deleted", metadata: ["images": "\(images.count)"])
            node.listChanged()
            await node.steering.consider(images.map(\.image))
            let after = try await catalogue.situations(of: images.map(\.image))
            for ((path, image), (before, now)) in zip(images, zip(situations, after)) {
                let others = Set((before.own.map(\.info.path) + before.claims.map(\.info.path)).map(\.description))
                    .filter { other in
                        other != path.description && !named.contains { other == $0 || other.hasPrefix($0 + "/") }
                    }
                var notes: [String] = []
                if !others.isEmpty {
                    notes.append("it is the same image as \(others.sorted().joined(separator: ", ")), which goes too")
                }
                guard now.isDeleted else {
                    tally.notDone(
                        ImageOutcome(
                            path: path, image: image, outcome: .failed,
                            reason: "it was taken back for good, and cannot be deleted any more"), mayWorkLater: false)
                    continue
                }
                if let own = now.own.first {
                    let isHeld = try await catalogue.custody(of: image).heldUntil ?? .zero > node.clock.now
                    notes.append(
                        isHeld
                            ? "a peer relies on the main here for some minutes; it goes then"
                            : node.problems[own.file.description]?.reason ?? "the file here goes a little later")
                }
                tally.done(
                    ImageOutcome(
                        path: path, image: image, outcome: .deleted,
                        bytes: before.main?.info.bytes ?? before.claims.first?.info.mainBytes ?? 0,
                        reason: notes.isEmpty ? nil : notes.joined(separator: "; ")))
            }
            tally.finish()
        }
    }

    func restore(_ paths: [RelativePath]) async throws -> [RestoreLine] {
        var lines: [RestoreLine] = []
        for path in paths {
            let words = try await catalogue.deletions(at: path.description)
            let (catalogue, id, wall) = (catalogue, node.id, node.clock.wall)
            if !words.isEmpty {
                let images = words.map { ($0.image, $0.path) }
                try await shielded { try await catalogue.say(deleted: false, of: images, by: id, at: wall) }
                node.listChanged()
                await node.steering.consider(words.map(\.image))
                lines += words.map { RestoreLine(path: $0.path, outcome: .undeleted) }
            }
            let withdrawn = try await catalogue.withdrawDismissals(at: path.description)
            await node.steering.consider(withdrawn)
            if !withdrawn.isEmpty {
                lines.append(RestoreLine(path: path, outcome: .restored))
            } else if words.isEmpty {
                let isKnown = try await !catalogue.images(at: path).isEmpty
                lines.append(RestoreLine(path: path, outcome: isKnown ? .here : .unknown))
            }
        }
        return lines
    }

    func trash() async throws -> [TrashLine] {
        let now = try await catalogue.nodeTime()
        var lines: [TrashLine] = []
        for aside in try await catalogue.asides(in: .trash).reversed() {
            let word = try await catalogue.deletion(of: aside.own.info.image)?.word
            let left = aside.since + Int64(node.configuration.policy.trashDays) * 86_400 - now
            lines.append(
                TrashLine(
                    path: aside.own.info.path, image: aside.own.info.image, bytes: aside.own.info.bytes,
                    deleted: word.map { Date(timeIntervalSince1970: TimeInterval($0.at)) },
                    by: word.map { $0.by == node.id ? node.name : node.peers.name(of: $0.by) },
                    daysLeft: Int(max(0, (left + 86_399) / 86_400)), form: aside.own.info.form))
        }
        return lines
    }

    func emptyTrash(_ paths: [RelativePath]) async throws -> EmptiedTrash {
        _ = try await shelf.demandSoon()
        var emptied = EmptiedTrash(images: 0, bytes: 0)
        for aside in try await catalogue.asides(in: .trash) {
            let path = aside.own.info.path.description
            guard paths.isEmpty || paths.contains(where: { path == $0.description || path.hasPrefix("\($0)/") }) else {
                continue
            }
            // What was restored just now is on its way back.
            do {
                guard try await caretaker.purge(aside) else { continue }
            } catch {
                node.problems.report(
                    ".mainstay/\(aside.folder.rawValue)/\(aside.name)", "It could not be removed: \(error)")
                continue
            }
            emptied.images += 1
            emptied.bytes += aside.own.info.bytes
        }
        node.bulletin.post()
        return emptied
    }
}

/// Verifying.
extension MainsService {
    func verify(_ request: VerifyRequest) -> Answers {
        .running { answers in
            var tally = Tally(answers)
            let folder = try shelf.demand()
            let mains: [OwnFile]
            if !request.paths.isEmpty {
                mains = try await mainsNamed(request.paths, &tally)
            } else {
                if request.all { try await verifier.beginRound() }
                mains = try await verifier.due()
            }
            let reader = MainReader(library: folder, threads: HashingPool.cores, idle: false)
            try await check(mains, with: reader, &tally)
            if request.paths.isEmpty { try await verifier.endRound() }
            tally.finish()
        }
    }

    private func mainsNamed(_ paths: [RelativePath], _ tally: inout Tally) async throws -> [OwnFile] {
        var mains: [OwnFile] = []
        for path in paths {
            let here = try await catalogue.mains(at: path.description)
            if here.isEmpty {
                let isKnown = try await !catalogue.images(at: path).isEmpty
                tally.notDone(
                    ImageOutcome(
                        path: path, outcome: isKnown ? .kept : .unknown,
                        reason: isKnown ? "no main of it is here" : "no image is known there"), mayWorkLater: false)
            }
            mains += here
        }
        return mains
    }

    private func check(_ mains: [OwnFile], with reader: MainReader, _ tally: inout Tally) async throws {
        let key = Progress.Key(phase: .verifying, peer: nil)
        defer { node.progress.end(key) }
        node.progress.add(key, total: mains.count, bytesTotal: mains.reduce(0) { $0 + $1.info.bytes })
        var damaged: [(own: OwnFile, name: String)] = []
        for try await (own, finding) in verifier.checked(mains, with: reader) {
            node.progress.add(key, done: 1, bytes: own.info.bytes)
            let (path, image) = (own.info.path, own.info.image)
            switch finding {
            case .right:
                tally.done(ImageOutcome(path: path, image: image, outcome: .verified, bytes: own.info.bytes))
            case .changed:
                tally.done(
                    ImageOutcome(
                        path: path, image: image, outcome: .verified, bytes: 0,
                        reason: "it was changed here, and is taken over as it is now"))
            case .gone:
                tally.notDone(
                    ImageOutcome(path: path, image: image, outcome: .failed, reason: "it is not there any more"),
                    mayWorkLater: false)
            case .damaged(let name): damaged.append((own, name))
            case .unclear(let reason):
                tally.notDone(
                    ImageOutcome(path: path, image: image, outcome: .failed, reason: reason), mayWorkLater: true)
            }
            for line in node.progress.lines where line.phase == .verifying { tally.answers.yield(.progress(line)) }
        }
        for (own, name) in damaged { try await tellRepair(of: own, name, &tally) }
    }

    /// How long a repair is waited for: a large main over a slow link. It goes on all the same.
    private static let repairPatience: Duration = .seconds(60)

    private func tellRepair(of own: OwnFile, _ name: String, _ tally: inout Tally) async throws {
        let deadline = ContinuousClock.now + Self.repairPatience
        let (path, image) = (own.info.path, own.info.image)
        let item = (path: path, image: image, bytes: own.info.bytes)
        var found: (line: ImageOutcome, mayWorkLater: Bool)?
        while found == nil, .now < deadline {
            let edition = node.bulletin.edition
            found = try await outcome(of: item)
            if found == nil { await node.bulletin.wait(past: edition, until: min(deadline, .now + .seconds(5))) }
        }
        if found?.line.outcome == .fetched {
            tally.done(
                ImageOutcome(
                    path: path, image: image, outcome: .repaired, bytes: own.info.bytes,
                    reason: "it was damaged on the disk; the bytes are those of another holder again"))
        } else {
            let why = found?.line.reason ?? "it has not come yet"
            tally.notDone(
                ImageOutcome(
                    path: path, image: image, outcome: .damaged, bytes: own.info.bytes,
                    reason: "kept as .mainstay/damaged/\(name); not repaired, because \(why)"),
                mayWorkLater: found?.mayWorkLater ?? true)
        }
    }
}
