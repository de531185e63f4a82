import Catalogue
import Control
import Disk
import Model
import PeerProtocol
import Planning

/// Brings the mirror of one peer's list into step with the list.
struct PeerExchange {
    let client: PeerClient
    let catalogue: CatalogueDatabase
    let steering: Steering
    let progress: Progress
    let name: String
    /// The room on the disk of the catalogue.
    let space: @Sendable () throws -> DiskSpace

    /// Records of one request and of one transaction.
    static let page = 1024

    /// Compares, fetches what differs, and plans for what changed.
    ///
    /// - Returns: whether the mirror equals the list now. If not, the list has changed meanwhile, or some of it cannot
    ///   be taken over.
    func run(to summary: NodeSummary) async throws -> Bool {
        let peer = client.peer
        let before = catalogue.mirrorDigest(of: peer) ?? .empty
        if before == summary.digest { return true }
        let key = Progress.Key(phase: .comparing, peer: name)
        defer { progress.end(key) }
        let last = try await catalogue.mirrorLast(of: peer)
        var changed: Set<ImageID> = []
        do {
            let isWhole = try await take(summary, after: last, before: before, key, &changed)
            await steering.consider(changed)
            return isWhole && catalogue.mirrorDigest(of: peer) == summary.digest
        } catch {
            // What was taken over before the link failed is in the mirror, and nothing else will plan for it.
            await steering.consider(changed)
            throw error
        }
    }

    private func take(
        _ summary: NodeSummary, after last: Record.Sequence, before: Digest, _ key: Progress.Key,
        _ changed: inout Set<ImageID>
    ) async throws -> Bool {
        let peer = client.peer
        // What is new sits at the end. On a first exchange nothing old can be in the way, so every page is planned
        // for at once; otherwise the records that these replace must have gone first.
        if summary.last > last {
            progress.add(key, total: max(summary.digest.count - before.count, 0))
            try await fetch(SequenceRange(from: last + 1, to: summary.last + 1), key) { images in
                if before == .empty { await steering.consider(images) } else { changed.formUnion(images) }
            }
        }
        var isWhole = true
        if catalogue.mirrorDigest(of: peer) != summary.digest {
            isWhole = try await descend(summary, last, key, &changed)
        }
        return isWhole
    }

    private func descend(
        _ summary: NodeSummary, _ last: Record.Sequence, _ key: Progress.Key, _ changed: inout Set<ImageID>
    ) async throws -> Bool {
        var descent = MirrorDescent(last: max(summary.last, last), count: summary.digest.count)
        var old = Old()
        while let step = try descent.next() {
            switch step {
            case .compare(let range):
                let theirs = try await client.digests(of: range, parts: MirrorDescent.parts)
                let mine = try await catalogue.mirrorDigests(
                    of: client.peer, ranges: range.split(into: MirrorDescent.parts))
                guard try descent.compared(range, theirs: theirs, mine: mine) else {
                    changed.formUnion(try await take(old, key))
                    return false
                }
            case .fetch(let range):
                var pages = PagedRange(range)
                while let rest = try pages.next() {
                    let page = try await client.recordPage(in: rest, limit: Self.page)
                    old.add(try pages.took(upTo: page.next), page.records)
                    guard old.isFull else { continue }
                    changed.formUnion(try await take(old, key))
                    old = Old()
                }
            case .drop(let range): old.add(range, [])
            }
        }
        changed.formUnion(try await take(old, key))
        return true
    }

    /// What the peer says of older parts of its list.
    private struct Old {
        var ranges: [(range: SequenceRange, records: [ReceivedRecord])] = []
        private var records = 0
        /// As many as are worth a request.
        var isFull: Bool { records >= 4 * PeerExchange.page }

        mutating func add(_ range: SequenceRange, _ new: [ReceivedRecord]) {
            ranges.append((range, new))
            records += new.count + 1
        }
    }

    /// Makes older parts of the mirror what the peer said of them. A record that is gone from there may have a higher number
    /// by now: that one is asked for first, so that the mirror says at no moment that the peer has an image no more.
    ///
    /// - Returns: the images concerned.
    private func take(_ old: Old, _ key: Progress.Key) async throws -> Set<ImageID> {
        if old.ranges.isEmpty { return [] }
        var changed: Set<ImageID> = []
        let last = try await catalogue.mirrorLast(of: client.peer)
        try await fetch(SequenceRange(from: last + 1, to: SequenceRange.all.to), key) { changed.formUnion($0) }
        for (range, records) in old.ranges { changed.formUnion(try await replace(range, with: records, key)) }
        return changed
    }

    /// What a peer says of its images may not fill the disk of the catalogue. Of what must stay free there for all that comes,
    /// records may have half: where the library is on that disk as well, they go on when nothing else does.
    private func demandRoom() throws {
        let space = try space()
        guard space.free < Receiver.reserve(of: space) / 2 else { return }
        throw DiskError(
            code: .noSpace,
            message:
                "The disk on which this machine keeps its catalogue is full, but for what must stay free: the list of "
                + "\(name) is not taken over until you free some there.", path: "", isRetryable: true)
    }

    /// Makes `range` of the mirror what the peer says of it, page by page: the next one comes while one is taken over.
    private func fetch(
        _ range: SequenceRange, _ key: Progress.Key, took: (Set<ImageID>) async -> Void
    ) async throws {
        var pages = PagedRange(range)
        var coming = try await page(in: pages.next())
        while let page = coming {
            let part = try pages.took(upTo: page.next)
            let rest = try pages.next()
            async let next = self.page(in: rest)
            let images = try await replace(part, with: page.records, key)
            await took(images)
            coming = try await next
        }
    }

    private func page(in range: SequenceRange?) async throws -> RecordPage? {
        guard let range else { return nil }
        return try await client.recordPage(in: range, limit: Self.page)
    }

    private func replace(
        _ range: SequenceRange, with records: [ReceivedRecord], _ key: Progress.Key
    ) async throws -> Set<ImageID> {
        if !records.isEmpty { try demandRoom() }
        progress.add(key, done: records.count)
        return try await catalogue.replaceMirror(
            of: client.peer, range: range, with: records.compactMap(MirrorEntry.init))
    }
}

extension MirrorEntry {
    /// The entry of the mirror for what a peer sent; nil for a line that has no place, because it names no sequence
    /// number.
    init?(_ received: ReceivedRecord) {
        switch received.content {
        case .success(let record):
            self.init(sequence: record.sequence, fingerprint: received.fingerprint, content: record.content)
        case .failure(let refusal):
            guard let sequence = refusal.sequence else { return nil }
            self.init(sequence: sequence, fingerprint: received.fingerprint, content: nil, refusal: refusal.reason)
        }
    }
}
