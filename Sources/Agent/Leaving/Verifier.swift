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
    private let clock: NodeClock
    private let logger: Logger

    /// Seconds of node time from the beginning of one round to that of the next.
    static let period: Int64 = 30 * 86_400
    private static let roundKey = "verifyRound"
    private static let endedKey = "verifyEnded"
    /// Mains whose reading is noted in one transaction, and bytes: what a crash has read again at most.
    private static let slice = (files: 64, bytes: Int64(256_000_000))

    /// Counted last, where that took long: then it may be some moments old.
    private var counted: (round: Int64, until: ContinuousClock.Instant, progress: VerifyProgress)?
    /// From this duration on counting takes long; of the time one part in so many may go into it.
    private static let long = (took: Duration.milliseconds(5), share: 20)

    private var idle: (library: LibraryFolder, reader: MainReader)?

    init(
        shelf: Shelf, catalogue: CatalogueDatabase, damage: Damage, progress: Progress, clock: NodeClock, logger: Logger
    ) {
        self.shelf = shelf
        self.catalogue = catalogue
        self.damage = damage
        self.progress = progress
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
        let progress = try await count(since: try await roundStart())
        return (ended.map { Date(timeIntervalSince1970: $0) }, progress)
    }

    private func count(since round: Int64) async throws -> VerifyProgress {
        let start = ContinuousClock.now
        if let counted, counted.round == round, start < counted.until { return counted.progress }
        let progress = try await catalogue.verifyProgress(since: round)
        let took = ContinuousClock.now - start
        counted = took > Self.long.took ? (round, start + took * Self.long.share, progress) : nil
        return progress
    }

    /// Begins a round when the last one began 30 days ago, and reads on in the one that runs, at idle priority: what was
    /// read longest ago comes first, each main once.
    func runInBackground() async {
        do {
            guard let folder = shelf.folder else { return }
            if try await roundStart() + Self.period <= catalogue.nodeTime() { try await beginRound() }
            if idle?.library !== folder { idle = (folder, MainReader(library: folder, threads: 1, idle: true)) }
            guard let reader = idle?.reader else { return }
            let key = Progress.Key(phase: .verifying, peer: nil)
            defer { progress.end(key) }
            var last: (verified: Int64, file: RelativePath)?
            while !Task.isCancelled {
                guard shelf.folder === folder else { return }
                let due = try await catalogue.mains(
                    unreadSince: try await roundStart(), after: last, limit: Self.slice.files)
                guard let end = due.last else { break }
                last = (end.verified, end.own.file)
                for try await (own, _) in checked(due.map(\.own), with: reader) {
                    progress.add(key, done: 1, bytes: own.info.bytes)
                }
            }
            try Task.checkCancellation()
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
    }

    /// What is due in this round.
    func due() async throws -> [OwnFile] {
        try await catalogue.mains(unreadSince: try await roundStart(), limit: .max).map(\.own)
    }

    /// Notes the end of the round: each of its mains was read, or could not be, which is reported by itself.
    func endRound() async throws {
        let start = try await roundStart()
        let noted = try await catalogue.setting(Self.endedKey + "Of").flatMap(Int64.init)
        guard noted != start, start > 1 else { return }
        let unread = try await due().count
        try await catalogue.setSetting(Self.endedKey, to: String(clock.wall))
        try await catalogue.setSetting(Self.endedKey + "Of", to: String(start))
        logger.notice("every main was read once more", metadata: unread > 0 ? ["but for": "\(unread)"] : [:])
    }

    /// Reads mains one after the other, noting those found right slice by slice, and tells of each.
    nonisolated func checked(
        _ mains: [OwnFile], with reader: MainReader
    ) -> AsyncThrowingStream<(OwnFile, Damage.Finding), any Error> {
        .running { continuation in
            var slice = Slice()
            do {
                for own in mains {
                    try Task.checkCancellation()
                    let finding = try await CommandWaits.during("this machine reads \(own.file.name)") {
                        try await self.damage.check(own, with: reader)
                    }
                    if case .right(let read) = finding { slice.add(read) }
                    continuation.yield((own, finding))
                    if slice.isFull { try await self.note(slice.take()) }
                }
            } catch {
                try? await self.note(slice.take())
                throw error
            }
            try await self.note(slice.take())
        }
    }

    private struct Slice {
        var files: [OwnFile] = []
        var bytes: Int64 = 0

        var isFull: Bool { files.count >= Verifier.slice.files || bytes >= Verifier.slice.bytes }

        mutating func add(_ own: OwnFile) {
            files.append(own)
            bytes += own.info.bytes
        }

        mutating func take() -> [OwnFile] {
            defer { self = Slice() }
            return files
        }
    }

    private nonisolated func note(_ files: [OwnFile]) async throws {
        let catalogue = catalogue
        try await shielded { try await catalogue.noteVerified(files, at: try await catalogue.nodeTime()) }
    }
}
