import Catalogue
import Foundation
import Logging
import Model
import Planning

/// What has to be seen to now and then: time is counted, the trash is emptied of what is due, mains are read again, what
/// had to wait is done, and a library over its limit is made smaller.
struct Caretaker: Sendable {
    let catalogue: CatalogueDatabase
    let shelf: Shelf
    let settings: NodeSettings
    let clock: NodeClock
    let later: Later
    let departures: Departures
    let steering: Steering
    let evictor: Evictor
    let damage: Damage
    let verifier: Verifier
    let problems: Problems
    let news: Bulletin
    let status: Status
    let logger: Logger

    /// How often time is counted, which writes to the disk: 30 days are exact enough by the hour.
    private static let round: Duration = .seconds(3600)
    /// How soon a library that is over its limit and cannot be made smaller is looked at again.
    private static let pressure = Backoff(first: .seconds(20), longest: .seconds(900))
    static let overLimit = "limit"

    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await countTime() }
            group.addTask { await verify() }
            group.addTask { await doWhatWaited() }
            group.addTask { await keepToLimit() }
        }
    }

    private func countTime() async {
        var counted = clock.now
        await libraryIsThere()
        try? await damage.recall()
        while !Task.isCancelled {
            await emptyTrash()
            await endEvictions()
            try? await catalogue.forgetHolds(endedBefore: clock.now)
            try? await ContinuousClock().sleep(for: Self.round)
            counted = await count(since: counted)
        }
        _ = await count(since: counted)
        let catalogue = catalogue
        try? await shielded { try await PowerCut.ended(catalogue) }
    }

    private func verify() async {
        while !Task.isCancelled {
            let edition = settings.changes.edition
            await libraryIsThere()
            if settings.policy.keep == .mains { await verifier.runInBackground() }
            await settings.changes.wait(past: edition, until: .now + Self.round)
        }
    }

    private func libraryIsThere() async {
        while shelf.folder == nil, !Task.isCancelled {
            let edition = status.edition
            if shelf.folder == nil { await status.wait(past: edition, until: .now + Self.pressure.longest) }
        }
    }

    /// Ends evictions that nobody drives any more: one whose main could not go back, or whose record failed.
    private func endEvictions() async {
        guard let folder = shelf.folder, let marks = try? await catalogue.evictingMarks() else { return }
        for (image, file) in marks where !evictor.isDriving(image) {
            let departures = departures
            try? await catalogue.change { turn in
                await departures.recoverEviction(of: image, file, folder, turn)
            }
            await steering.consider([image])
        }
    }

    /// Counts whole seconds.
    private func count(since counted: Duration) async -> Duration {
        let seconds = (clock.now - counted).components.seconds
        let (catalogue, wall) = (catalogue, clock.wall)
        do {
            try await shielded { try await catalogue.countTime(seconds, wall: wall) }
            return counted + .seconds(seconds)
        } catch {
            return counted
        }
    }

    /// Removes for good what has been in the trash for its time; so are damaged files whose image is whole here again.
    func emptyTrash() async {
        guard shelf.folder != nil else { return }
        guard let now = try? await catalogue.nodeTime(), let asides = try? await catalogue.asides() else { return }
        var gone: (files: Int, bytes: Int64) = (0, 0)
        for aside in asides where aside.since + Int64(settings.policy.trashDays) * 86_400 <= now {
            do {
                guard try await purge(aside) else { continue }
                gone.files += 1
                gone.bytes += aside.own.info.bytes
                logger.debug(
                    "removed for good", metadata: ["path": "\(aside.own.info.path)", "from": "\(aside.folder)"])
            } catch {
                // That one only: the others go on.
                problems.report(
                    ".mainstay/\(aside.folder.rawValue)/\(aside.name)", "It could not be removed: \(error)")
            }
        }
        if gone.files > 0 {
            let files = LogText.count(gone.files, "file", "files")
            logger.info("removed \(files) for good that had lain aside for their time, \(LogText.bytes(gone.bytes))")
        }
    }

    /// Removes a file that lies aside for good, unless it was restored at the last moment.
    ///
    /// - Returns: whether it may go at all.
    func purge(_ aside: Aside) async throws -> Bool {
        let care = self
        return try await catalogue.change { turn in
            guard try await care.isPurgeable(aside) else { return false }
            try await care.departures.purge(aside, turn)
            return true
        }
    }

    private func isPurgeable(_ aside: Aside) async throws -> Bool {
        switch aside.folder {
        case .trash: try await catalogue.deletion(of: aside.own.info.image)?.word.isDeleted == true
        case .damaged: try await catalogue.ownFiles(of: aside.own.info.image).contains { $0.info.form == .main }
        // The last main of a picture that a person changed: only a person removes it.
        case .versions: false
        }
    }

    private func doWhatWaited() async {
        while !Task.isCancelled {
            let edition = later.changes.edition
            if later.isDue(at: clock.now) {
                await endEvictions()
                do { try await steering.considerDeletions() } catch {
                    logger.warning("could not go on with what waited", metadata: ["reason": "\(error)"])
                }
            }
            if let next = later.next {
                await later.changes.wait(past: edition, until: clock.instant(of: next))
            } else {
                await later.changes.wait(past: edition)
            }
        }
    }

    /// Evicts the oldest pictures whenever the library takes up more than its limit.
    private func keepToLimit() async {
        var failures = 0
        while !Task.isCancelled {
            // Another limit is news, too.
            let (edition, changed) = (news.edition, settings.changes.edition)
            if over > 0, shelf.folder != nil {
                await makeRoom()
            } else {
                problems.withdraw(Self.overLimit)
            }
            if over > 0 {
                failures += 1
                let wait = Self.pressure.wait(afterFailures: failures, spread: 1)
                await settings.changes.wait(past: changed, until: .now + wait)
            } else {
                failures = 0
                await news.wait(past: edition)
            }
        }
    }

    /// Bytes above the limit; none where there is no limit, and where mains are kept: there nothing leaves for it.
    private var over: Int64 {
        let policy = settings.policy
        guard policy.keep == .reduced, let limit = policy.limit else { return 0 }
        return max(catalogue.ownBytes - limit, 0)
    }

    private func makeRoom() async {
        do {
            let room = RoomMaking(evictor: evictor, catalogue: catalogue)
            var reasons: [String: Int] = [:]
            let mains = try await catalogue.oldestMains()
            let units = EvictionUnit.units(among: mains, policy: settings.policy)
            let care = self
            try await room.evict(units, for: .limit, isEnough: { _, running in running >= care.over }) {
                _, outcome, _, _ in
                if case .kept(let obstacle) = outcome { reasons[obstacle.summary, default: 0] += 1 }
            }
            let over = over
            guard over > 0 else { return }
            let most = reasons.max { ($0.value, $1.key) < ($1.value, $0.key) }
            problems.report(
                Self.overLimit,
                "The library takes up \(over / 1_000_000) MB more than its limit and no main may go"
                    + (most.map { ": of \($0.value), \($0.key)." } ?? "."))
        } catch is CancellationError {
        } catch {
            logger.warning("no room could be made", metadata: ["reason": "\(error)"])
        }
    }
}
