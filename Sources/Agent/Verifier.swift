import Catalogue
import Control
import Disk
import Foundation
import Logging
import Model

/// Re-reads every main once a round, and finds what is damaged before it is needed.
///
/// A round begins every 30 days of node time. What was read since it began, for whatever reason, is not read again; how
/// far it is stands in the catalogue, file by file, so a restart goes on where the last slice ended.
actor Verifier {
    private let shelf: Shelf
    private let catalogue: CatalogueDatabase
    private let damage: Damage
    private let progress: Progress
    private let status: Bulletin
    private let clock: NodeClock
    private let logger: Logger

    /// Seconds of node time from the beginning of one round to that of the next.
    static let period: Int64 = 30 * 86_400
    private static let roundKey = "verifyRound"
    private static let endedKey = "verifyEnded"
    /// Mains whose reading is noted in one transaction, and bytes: what a crash has read again at most.
    private static let slice = (files: 64, bytes: Int64(256_000_000))

    private var idle: (library: LibraryFolder, reader: MainReader)?

    init(
        shelf: Shelf, catalogue: CatalogueDatabase, damage: Damage, progress: Progress, status: Bulletin,
        clock: NodeClock, logger: Logger
    ) {
        self.shelf = shelf
        self.catalogue = catalogue
        self.damage = damage
        self.progress = progress
        self.status = status
        self.clock = clock
        self.logger = logger
    }

    /// When the round that runs, or ran last, began; in seconds of node time.
    private func roundStart() async throws -> Int64 {
        if let text = try await catalogue.setting(Self.roundKey), let start = Int64(text) { return start }
        let now = try await catalogue.nodeTime()
        try await catalogue.setSetting(Self.roundKey, to: String(now))
        return now
    }

    /// When the last full round ended, and how far the one that runs is.
    func report() async throws -> (ended: Date?, progress: VerifyProgress) {
        let ended = try await catalogue.setting(Self.endedKey).flatMap(Double.init)
        let done = try await catalogue.verifyProgress(since: try await roundStart())
        return (ended.map { Date(timeIntervalSince1970: $0) }, done)
    }

    /// Begins a round when the last one began 30 days ago, and reads on in the one that runs, at idle priority.
    func runInBackground() async {
        do {
            guard let folder = shelf.folder else { return }
            let now = try await catalogue.nodeTime()
            if try await roundStart() + Self.period <= now, try await isRoundOver() { try await beginRound() }
            if idle?.library !== folder { idle = (folder, MainReader(library: folder, threads: 1, idle: true)) }
            guard let reader = idle?.reader else { return }
            while !Task.isCancelled, shelf.folder === folder {
                let due = try await catalogue.mains(unreadSince: try await roundStart(), limit: Self.slice.files)
                guard try await read(due, with: reader, each: { _, _ in }) > 0 else { break }
            }
            try await endRound()
        } catch is CancellationError {
        } catch {
            logger.warning("verifying stopped", metadata: ["reason": "\(error)"])
        }
    }

    /// Begins a round now: everything is read once more.
    func beginRound() async throws {
        // A second later than all that was read before, as node time counts seconds.
        let now = try await catalogue.nodeTime() + 1
        try await catalogue.countTime(1, wall: clock.wall)
        try await catalogue.setSetting(Self.roundKey, to: String(now))
        status.post()
    }

    private func isRoundOver() async throws -> Bool {
        try await catalogue.mains(unreadSince: try await roundStart(), limit: 1).isEmpty
    }

    /// What is due in this round.
    func due() async throws -> [OwnFile] {
        try await catalogue.mains(unreadSince: try await roundStart(), limit: .max)
    }

    /// Notes the end of the round, when there is nothing left in it.
    func endRound() async throws {
        let start = try await roundStart()
        let noted = try await catalogue.setting(Self.endedKey + "Of").flatMap(Int64.init)
        guard noted != start, start > 1, try await isRoundOver() else { return }
        try await catalogue.setSetting(Self.endedKey, to: String(clock.wall))
        try await catalogue.setSetting(Self.endedKey + "Of", to: String(start))
        logger.notice("every main was read once more")
        status.post()
    }

    /// Reads mains, slice by slice.
    ///
    /// - Returns: how many were read and are dealt with.
    @discardableResult
    func read(
        _ mains: [OwnFile], with reader: MainReader, each: (OwnFile, Damage.Finding) async -> Void
    ) async throws -> Int {
        var right: [OwnFile] = []
        var bytes: Int64 = 0
        var count = 0
        let key = Progress.Key(phase: .verifying, peer: nil)
        defer { progress.end(key) }
        if !mains.isEmpty { progress.add(key, total: mains.count, bytesTotal: mains.reduce(0) { $0 + $1.info.bytes }) }
        func note() async throws {
            let (files, catalogue) = (right, catalogue)
            (right, bytes) = ([], 0)
            try await shielded { try await catalogue.noteVerified(files, at: try await catalogue.nodeTime()) }
        }
        for own in mains {
            let finding: Damage.Finding
            do {
                try Task.checkCancellation()
                finding = try await damage.check(own, with: reader)
            } catch is CancellationError {
                try await note()
                throw CancellationError()
            }
            if finding == .right {
                right.append(own)
                bytes += own.info.bytes
            }
            if case .unclear = finding {} else { count += 1 }
            await each(own, finding)
            progress.add(key, done: 1, bytes: own.info.bytes)
            if right.count >= Self.slice.files || bytes >= Self.slice.bytes { try await note() }
        }
        try await note()
        return count
    }
}
