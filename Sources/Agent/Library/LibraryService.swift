import Catalogue
import Control
import Disk
import Foundation
import Logging
import Model
import Planning

/// Keeps this node's own file info in step with its library: scans, watches, and says what changed.
///
/// What is found is compared with the catalogue, read only where it differs, and published. What is not found is taken
/// for removed only when it was looked for and is not there, and when not too much is gone at once (S6).
actor LibraryService {
    /// Whether the library can be worked on.
    enum State: Sendable, Equatable {
        case starting
        case ok
        /// Too much vanished at once: nothing is taken for removed until a person says so.
        case paused(reason: String)
        /// The disk is not there: everything waits.
        case missing(reason: String)

        var reported: StatusReport.Library.State {
            switch self {
            case .starting, .ok: .ok
            case .paused: .paused
            case .missing: .missing
            }
        }

        /// Why nothing is taken for removed; nil when it is.
        var pauseReason: String? {
            if case .paused(let reason) = self { reason } else { nil }
        }

        /// A sentence for people; nil when all is well.
        var reason: String? {
            switch self {
            case .starting, .ok: nil
            case .paused(let reason), .missing(let reason): reason
            }
        }
    }

    /// What this service works with.
    struct Parts: Sendable {
        let path: String
        let calls: any SystemCalls
        let shelf: Shelf
        let catalogue: CatalogueDatabase
        let steering: Steering
        let reduced: ReducedCopies
        let problems: Problems
        let progress: Progress
        let departures: Departures
        let cut: PowerCut
        let id: NodeID
        let settings: NodeSettings
        let clock: NodeClock
        let status: Status
        let logger: Logger
    }

    /// Without a watch that sees everything, this is how late a change is found.
    static let rescan: Duration = .seconds(3600)
    /// How long a file that was not seen to be closed must stand still: cameras and copies pause for a second or two.
    static let settling: Duration = .seconds(5)
    /// How often a missing disk is looked for.
    static let lookForDisk: Duration = .seconds(5)
    /// How often it is looked whether the library is still there, without a watch that tells at once.
    static let lookForAbsence: Duration = .seconds(60)
    /// The same beside a watch, for what no watch is told: a folder above the library that was renamed.
    static let lookWhileWatching: Duration = .seconds(300)
    /// Removals are judged together when none has come for this long, or the first is this old.
    static let removalQuiet: Duration = .seconds(1)
    static let removalLongest: Duration = .seconds(10)
    /// Removals within this time count as one.
    static let removalMemory: Duration = .seconds(120)

    let parts: Parts
    /// One look at the whole library at a time.
    let looking = Turn()
    /// Posted when there is something to look at again.
    let errands = Bulletin()
    var unsettled: [UnsettledFile] = []
    var removals = Removals()
    /// When to look at everything once more; nil when only the hour tells.
    var lookAt: ContinuousClock.Instant?
    /// Whether the whole library was not looked at yet in this run.
    var isFirstLook = true
    /// Whether what is read now was put back from a backup: nobody has edited it.
    var isPutBack = false
    /// Whether it is on record that the whole library was looked at.
    var hasLooked = false
    /// The subjects of problems that the last whole look reported.
    var reported: Set<String> = []

    /// What people are shown of it.
    private struct View {
        var state = State.starting
        var leftAlone: LeftAlone?
    }

    private let view: Shown<View>
    /// What is left alone in the library as it is open now.
    private(set) var rules: IgnoreRules

    init(parts: Parts) {
        self.parts = parts
        view = Shown(View(), in: parts.status)
        rules = parts.settings.policy.ignoring
    }

    /// What the last look at the whole library passed over; nil before the first.
    nonisolated var leftAlone: LeftAlone? { view.read { $0.leftAlone } }

    nonisolated var state: State { view.read { $0.state } }

    /// Serves the library, through any absence of its disk, until the task is cancelled.
    ///
    /// - Parameter opened: the library, where it was there when the node started.
    func run(opened: LibraryFolder?) async {
        var opened = opened
        // Where only the rules changed nothing was interrupted, and what is under way goes on.
        var isRecovered = false
        while !Task.isCancelled {
            if let folder = opened {
                await serve(folder, recovering: !isRecovered)
                opened = nil
                isRecovered = (try? await parts.shelf.threads.run { folder.state() }) == .ok && state.reason == nil
                // Somebody may be placing a file.
                let (held, shelf) = (folder, parts.shelf)
                try? await parts.catalogue.change { _ in
                    held.release()
                    shelf.folder = nil
                }
            } else if let folder = await reopen() {
                opened = folder
            } else {
                isRecovered = false
                await errands.wait(past: errands.edition, until: .now + Self.lookForDisk)
            }
        }
    }

    /// Says why the library is not there.
    func setMissing(_ reason: String) { set(.missing(reason: reason)) }

    func setPaused(_ reason: String?) { set(reason.map(State.paused) ?? .ok) }

    private func set(_ state: State) {
        guard state != self.state else { return }
        view.change { $0.state = state }
        if let reason = state.reason { parts.logger.warning("the library waits", metadata: ["reason": "\(reason)"]) }
    }

    func set(leftAlone: LeftAlone) {
        guard leftAlone != self.leftAlone else { return }
        view.change { $0.leftAlone = leftAlone }
    }

    private func reopen() async -> LibraryFolder? {
        do {
            guard let id = try await parts.catalogue.setting(LibraryOpening.key) else { return nil }
            let (path, calls, rules) = (parts.path, parts.calls, parts.settings.policy.ignoring)
            if rules != self.rules {
                try await parts.catalogue.look(under: LibraryOpening.text(of: rules))
                (self.rules, hasLooked) = (rules, false)
            }
            return try await parts.shelf.threads.run {
                try LibraryFolder(path: path, .expect(id: id), calls: calls, ignoring: rules)
            }
        } catch {
            let isFolderThere = FileManager.default.fileExists(atPath: parts.path)
            setMissing(
                isFolderThere
                    ? "\(error) If this is a new or restored disk, run 'syncctl library new', which fills it again."
                    : "\(error)")
            return nil
        }
    }

    private func serve(_ folder: LibraryFolder, recovering: Bool) async {
        do {
            let (catalogue, departures) = (parts.catalogue, parts.departures)
            if recovering { try await catalogue.change { turn in try await departures.recover(folder, turn) } }
        } catch {
            setMissing("What was under way when the agent ended could not be ended: \(error)")
            await errands.wait(past: errands.edition, until: .now + Self.lookForDisk)
            return
        }
        parts.shelf.folder = folder
        await recallProblems()
        do {
            let watcher = try await LibraryWatcher.start(folder)
            defer { watcher.stop() }
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await batch in watcher.events where await self.take(batch) == .gone { return }
                }
                group.addTask { await self.keepLooking(folder, forAbsence: Self.lookWhileWatching) }
                group.addTask { await self.lookIntoDoubts() }
                group.addTask { await self.waitForOtherRules() }
                await group.next()
                group.cancelAll()
            }
        } catch {
            // Without a watch there are still the scans.
            parts.problems.report("watch", "\(error)")
            parts.logger.warning("the library is not watched", metadata: ["reason": "\(error)"])
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.keepLooking(folder, forAbsence: Self.lookForAbsence) }
                group.addTask { await self.lookIntoDoubts() }
                group.addTask { await self.waitForOtherRules() }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// Returns when something else is to be left alone than before: the library is opened anew then, as what is left alone is
    /// not watched either.
    private func waitForOtherRules() async {
        while !Task.isCancelled {
            let edition = parts.settings.changes.edition
            if parts.settings.policy.ignoring != rules { return }
            await parts.settings.changes.wait(past: edition)
        }
    }

    /// Files that could not be taken for what they seem are not read again while they stay the same; what is wrong with
    /// them is shown all the same.
    private func recallProblems() async {
        for file in (try? await parts.catalogue.unreadableFiles(limit: Problems.most)) ?? [] {
            guard let reason = file.reason else { continue }
            parts.problems.report(file.file.description, reason)
        }
    }

    /// Looks at everything now and every hour, and in between at what asked to be looked at again.
    private func keepLooking(_ folder: LibraryFolder, forAbsence period: Duration) async {
        var nextScan = ContinuousClock.now
        var nextLook = ContinuousClock.now
        while !Task.isCancelled {
            if .now >= nextLook {
                guard await isThere(folder) else { return }
                nextLook = .now + period
            }
            if .now >= nextScan {
                do {
                    _ = try await scan(.asked) { _ in }
                } catch is CancellationError {
                    return
                } catch {
                    parts.logger.error("the scan ended early", metadata: ["reason": "\(error)"])
                }
                nextScan = .now + Self.rescan
            }
            let edition = errands.edition
            await runErrands()
            await errands.wait(past: edition, until: min(nextScan, nextLook, nextErrand ?? nextScan))
        }
    }

    /// Looks again at files that somebody found to be others than they should be.
    private func lookIntoDoubts() async {
        let doubts = parts.shelf.doubts
        while !Task.isCancelled {
            let edition = doubts.changes.edition
            for file in doubts.take() { await suspect(file) }
            await doubts.changes.wait(past: edition)
        }
    }

    private func isThere(_ folder: LibraryFolder) async -> Bool {
        guard case .missing(let reason)? = try? await parts.shelf.threads.run({ folder.state() }) else { return true }
        setMissing(reason)
        return false
    }
}
