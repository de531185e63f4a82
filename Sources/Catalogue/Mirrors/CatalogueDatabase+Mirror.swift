import Foundation
import GRDB
public import Model
import Synchronization

/// One line of a peer's list, as it came: a record, or why it was refused.
public struct MirrorEntry: Sendable, Hashable {
    public var sequence: Model.Record.Sequence
    public var fingerprint: Fingerprint
    /// The record's content; nil when it was refused.
    public var content: Model.Record.Content?
    /// Why it was refused; nil for a record.
    public var refusal: String?

    public init(
        sequence: Model.Record.Sequence, fingerprint: Fingerprint, content: Model.Record.Content?,
        refusal: String? = nil
    ) {
        self.sequence = sequence
        self.fingerprint = fingerprint
        self.content = content
        self.refusal = refusal
    }

    var info: FileInfo? { if case .file(let info)? = content { info } else { nil } }

    /// What counts of it from a peer with these rights. The rest keeps its place and its fingerprint, as what is refused
    /// does, so that the digests agree.
    fileprivate func counted(by rights: PeerRights) -> MirrorEntry {
        var entry = self
        entry.content = content?.counted(by: rights)
        return entry
    }
}

/// The mirrors of the peers' lists.
extension CatalogueDatabase {
    /// The digest of the mirror of a peer's list; nil for a node that is no peer.
    public func mirrorDigest(of peer: NodeID) -> Digest? { digests.withLock { $0.mirrors[peer]?.whole } }

    /// The highest sequence number in the mirror, 0 when it is empty.
    public func mirrorLast(of peer: NodeID) async throws -> Model.Record.Sequence {
        try await read { db in
            try Model.Record.Sequence.fetchOne(
                db, sql: "SELECT max(sequence) FROM mirror WHERE peer = (SELECT number FROM peer WHERE id = ?)",
                arguments: [peer.bytes.data]) ?? 0
        }
    }

    /// The digests of `ranges` of the mirror.
    public func mirrorDigests(of peer: NodeID, ranges: [SequenceRange]) async throws -> [Digest] {
        let chunks = digests.withLock { $0.mirrors[peer] } ?? ChunkedDigest()
        return try await read { db in
            let number = try Self.number(of: peer, db)
            return try ranges.map { range in
                try chunks.digest(of: range) { part in
                    try Self.digest(
                        db, sql: "SELECT fingerprint FROM mirror WHERE peer = ? AND sequence >= ? AND sequence < ?",
                        arguments: [number, part.from, part.to])
                }
            }
        }
    }

    /// Makes `range` of the mirror hold exactly `entries`, in one durable transaction, and takes over their deletions
    /// and edits. What is left out because there is too much of it, or because the peer has no right to say it, stays in
    /// the digest, as any other record does.
    ///
    /// - Parameter entries: all that the peer has in `range`, each within it.
    /// - Returns: the images concerned, whose decisions may have changed; empty for a node that is no peer.
    public func replaceMirror(
        of peer: NodeID, range: SequenceRange, with entries: [MirrorEntry]
    ) async throws -> Set<ImageID> {
        try await write { [self] db in
            guard let number = try Self.number(of: peer, db) else { return [] }
            let rights = try Self.rights(of: number, db)
            var images: Set<ImageID> = []
            var removed: [(Model.Record.Sequence, Fingerprint)] = []
            var gone: Set<ImageID> = []
            var entries = entries.filter { range.contains($0.sequence) }
            let said = Dictionary(entries.lazy.map { ($0.sequence, $0.fingerprint) }) { first, _ in first }
            let known = try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT sequence, fingerprint FROM mirror WHERE peer = ? AND sequence >= ? AND sequence < ?"),
                arguments: [number, range.from, range.to])
            // What is said as before stays as it was taken over.
            var kept: Set<Model.Record.Sequence> = []
            let drop = try db.cachedStatement(
                sql: "DELETE FROM mirror WHERE peer = ? AND sequence = ? RETURNING image, replaces")
            for row in known {
                let (sequence, fingerprint): (Model.Record.Sequence, Fingerprint) = (row[0], try row.fingerprint(at: 1))
                if said[sequence] == fingerprint {
                    kept.insert(sequence)
                    continue
                }
                removed.append((sequence, fingerprint))
                guard let old = try Row.fetchOne(drop, arguments: [number, sequence]) else { continue }
                if !old.hasNull(atIndex: 0) { gone.insert(try old.image(at: 0)) }
                // What it had replaced may be what stands there again.
                let replaced = try old.images(at: 1)
                images.formUnion(replaced)
                try Replaced.remove(replaced, by: (number, sequence), db)
            }
            entries.removeAll { kept.contains($0.sequence) }
            images.formUnion(gone)
            images.formUnion(try Replaced.edits(of: gone, db))
            let insert = try db.cachedStatement(
                sql: """
                    INSERT INTO mirror (peer, sequence, fingerprint, refusal, \(FileInfo.columns))
                    VALUES (?, ?, ?, ?, \(FileInfo.marks))
                    """)
            var added: [Model.Record.Sequence: Fingerprint] = [:]
            var words: [Model.Record.Content] = []
            let weigher = try PeerWords(of: number, gone: gone, removed: removed.map(\.0), db)
            let weighed = try weigher.weighed(entries.map { $0.counted(by: rights) }, files: self.ownCounts.files)
            for entry in weighed where added[entry.sequence] == nil {
                var arguments: StatementArguments = [number, entry.sequence, entry.fingerprint.data, entry.refusal]
                arguments +=
                    entry.info?.arguments ?? StatementArguments([Int?](repeating: nil, count: FileInfo.columnCount))
                try insert.execute(arguments: arguments)
                added[entry.sequence] = entry.fingerprint
                if let info = entry.info {
                    images.insert(info.image)
                    if let edition = info.edition {
                        try Self.withdrawDismissal(of: info.image, before: edition, db)
                    }
                    if info.replaces.isEmpty { continue }
                    try Replaced.add(info.replaces, by: (number, entry.sequence), db)
                    images.formUnion(info.replaces)
                    images.formUnion(try Self.rivals(of: info.image, at: info.path.description, db))
                } else if let word = entry.content {
                    words.append(word)
                }
            }
            // What a peer says of deleting and editing, this node says from now on as well, so that it crosses the
            // household.
            var edit = OwnEdit(db: db)
            var (limits, share) = (EditLimits(db: db), DeletionShare(of: number, db))
            var deletions: [Deletion] = []
            for word in words {
                switch word {
                case .file: break
                case .deletion(let deletion): if try share.takesOver(deletion) { deletions.append(deletion) }
                case .edit(let said): if try limits.takesOver(said) { try edit.say(said) }
                }
            }
            try self.take(deletions, of: number, &edit)
            images.formUnion(edit.images)
            self.publish(edit, db)
            let total = self.digests.withLock { $0.mirrors[peer]?.whole.count ?? 0 } - removed.count + added.count
            guard total <= Self.mostRecordsOfPeer else {
                throw CatalogueError(
                    code: .tooMany,
                    message: "The peer's list has more than \(Self.mostRecordsOfPeer) records, which is no household's "
                        + "library; unpair it if you do not trust it any more.", path: self.path)
            }
            let (goes, comes) = (removed, added)
            db.afterNextTransaction { _ in
                self.digests.withLock { digests in
                    for (sequence, fingerprint) in goes { digests.mirrors[peer]?.remove(fingerprint, at: sequence) }
                    for (sequence, fingerprint) in comes { digests.mirrors[peer]?.add(fingerprint, at: sequence) }
                    digests.version += 1
                }
            }
            return images
        }
    }

    /// Refused records of a peer, oldest first, and how many there are.
    public func refusals(of peer: NodeID, limit: Int) async throws -> (count: Int, reasons: [String]) {
        try await read { db in
            let number = try Self.number(of: peer, db)
            let count =
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM mirror WHERE peer = ? AND refusal IS NOT NULL", arguments: [number])
                ?? 0
            let reasons = try String.fetchAll(
                db, sql: "SELECT refusal FROM mirror WHERE peer = ? AND refusal IS NOT NULL ORDER BY sequence LIMIT ?",
                arguments: [number, limit])
            return (count, reasons)
        }
    }
}
