import Catalogue
import Control
import Model
import Planning

/// Fetching.
extension MainsService {
    func fetch(_ paths: [RelativePath], alone: Bool) -> Answers {
        .running { answers in
            var tally = Tally(answers)
            _ = try await shelf.demandSoon()
            var all = paths
            if all.isEmpty {
                let listed = try await catalogue.list(under: "", after: nil, limit: .max)
                all = listed.map(\.info.path)
            }
            let members = try await members(of: all, alone: alone || paths.isEmpty, &tally)
            let wanted = try await toFetch(members, &tally)
            guard !wanted.isEmpty else { return tally.finish() }
            try await catalogue.ask(.main, of: wanted.map(\.image))
            _ = try await catalogue.withdrawDismissals(of: wanted.map(\.image))
            let key = node.progress.command(.fetching)
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

    typealias Wanted = (path: RelativePath, image: ImageID, bytes: Int64)

    private func toFetch(_ members: [Member], _ tally: inout Tally) async throws -> [Wanted] {
        var wanted: [Wanted] = []
        var room = node.settings.policy.limit.map { $0 - catalogue.ownBytes } ?? .max
        let situations = try await catalogue.situations(of: members.map(\.image))
        let unwanted = noteUnwanted(members, situations, &tally)
        for ((path, image, _), situation) in zip(members, situations) where !unwanted.contains(image) {
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

    /// Of what belongs to a photo that is wanted here, what is not comes only by its own name: that is said with the photo.
    private func noteUnwanted(_ members: [Member], _ situations: [Situation], _ tally: inout Tally) -> Set<ImageID> {
        var lead: (image: ImageID, isWanted: Bool)?
        var unwanted: Set<ImageID> = []
        for (member, situation) in zip(members, situations) {
            if !member.isPart { lead = (member.image, !situation.isDismissed) }
            guard member.isPart, situation.isDismissed, situation.main == nil, let lead, lead.isWanted else { continue }
            unwanted.insert(member.image)
            let noun = tally.parts[member.image]?.kind.noun ?? "part"
            tally.notes[lead.image, default: []].append(
                "its \(noun) is not wanted here: name \(member.path.name) to fetch it")
        }
        return unwanted
    }

    /// Waits until each has come, or cannot come for now.
    private func follow(_ wanted: [Wanted], _ key: Progress.Key, _ tally: inout Tally) async throws {
        var open = wanted
        let wait = CommandWaits.Wait()
        defer { wait.turns(to: nil) }
        while !open.isEmpty {
            try Task.checkCancellation()
            let edition = node.status.edition
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
            if let line = node.progress.line(of: key) { tally.answers.yield(.progress(line)) }
            guard !open.isEmpty else { return }
            wait.turns(to: await clause(on: open))
            await node.status.wait(past: edition, until: .now + .seconds(5))
            // Each look asks about all that is open: a few times a second is enough.
            try? await ContinuousClock().sleep(for: .milliseconds(200))
        }
    }

    /// What those images wait for that have not come yet.
    func clause(on open: [Wanted]) async -> String {
        for item in open {
            if case .running(let peer)? = await node.fetcher.state(of: item.image) {
                return "\(node.peers.name(of: peer)) sends \(item.path.name)"
            }
        }
        let name = open.first?.path.name ?? ""
        return open.count == 1 ? "\(name) waits for its turn" : "\(name) and \(open.count - 1) more wait for their turn"
    }

    func outcome(of item: Wanted) async throws -> (line: ImageOutcome, mayWorkLater: Bool)? {
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
