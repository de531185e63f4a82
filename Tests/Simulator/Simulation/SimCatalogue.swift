import Model

/// What one node's catalogue keeps: a value, so that a snapshot is a copy and a transaction is all or nothing.
struct SimCatalogue {
    /// An eviction that has begun.
    struct Mark {
        var image: Int
        /// The main that is to go.
        var path: RelativePath
    }

    /// A hold that was granted to a peer.
    struct Hold {
        /// What it is withdrawn by.
        var number: Int
        var image: Int
        var peer: Int
        /// What the peer gives it back by.
        var nonce: Bytes32
        var seconds: Int
        /// When it ends, in milliseconds of this run; begun anew with each run.
        var until: Int
    }

    /// A file in one of the agent's own folders, or on its way into one or out of one.
    struct Aside {
        enum Cause: String { case deleted, superseded, damaged }
        enum State { case intended, done, leaving(to: RelativePath) }

        /// Its whole name on the disk.
        var name: String
        var image: Int
        var info: FileInfo
        /// Where it was in the library, and what tells that it is the same.
        var path: RelativePath
        var stamp: Stamp
        var cause: Cause
        var state: State
        /// When it was set aside, in milliseconds of node time, and by the wall clock.
        var nodeTime: Int
        var wall: Int

        var isDone: Bool { if case .done = state { true } else { false } }
        var isIntended: Bool { if case .intended = state { true } else { false } }
    }

    /// What a transaction did, for ``Ghost`` to judge.
    enum Change {
        case published(OwnRow, before: OwnRow?)
        case dismissed(OwnRow)
        case word(Deletion)
        case dropped(Aside)
    }

    /// A mirror of one peer's list, by sequence number.
    struct Mirror {
        var records: [SimRecord] = []
        var digest = ChunkedDigest()
    }

    var rows: [OwnRow] = []
    var words: [SimRecord] = []
    var last: Model.Record.Sequence = 0
    var digest = ChunkedDigest()
    var mirrors: [Mirror]
    var dismissed: Set<Int> = []
    /// The ranks of dismissed images that were written over: a later one is wanted again.
    var overwritten: [Int: Int64] = [:]
    var asked: [Int: Form] = [:]
    var marks: [Mark] = []
    var holds: [Hold] = []
    var asides: [Aside] = []
    /// Files of the library that are no image, and what they looked like.
    var others: [String: Stamp] = [:]
    /// Node time and the wall clock when both were last written down.
    var nodeTime = 0
    var wall: Int
    /// The machine's start in which the catalogue was last written.
    var boot = 0
    var changes: [Change] = []
    var usesLines = false
    /// What each peer may here.
    private(set) var rights: [PeerRights]
    /// The images that each peer had, and has no more: who never had a main that stands here has not edited it.
    private(set) var had: [Set<Int>]

    init(peers: Int, wall: Int) {
        mirrors = Array(repeating: Mirror(), count: peers)
        rights = Array(repeating: .archive, count: peers)
        had = Array(repeating: [], count: peers)
        self.wall = wall
    }

    // MARK: The own list

    func row(at file: String) -> OwnRow? { rows.first { $0.file == file } }
    func main(of image: Int) -> OwnRow? { rows.first { $0.image == image && $0.isMain } }
    func word(on image: Int) -> Deletion? { words.first { $0.image == image }?.deletion }
    func isDeleted(_ image: Int) -> Bool { word(on: image)?.isDeleted ?? false }
    func isMarked(_ image: Int) -> Bool { marks.contains { $0.image == image } }

    /// The file at `path` holds this image now.
    mutating func put(_ info: FileInfo, _ image: Int, at path: RelativePath, _ stamp: Stamp, origin: RelativePath?) {
        let before = row(at: path.description)
        if let before, before.info == info {
            replace(
                before,
                with: OwnRow(before.published, image: image, info: info, path: path, stamp: stamp, origin: origin))
            return
        }
        if let before { drop(before) }
        let row = OwnRow(publish(.file(info)), image: image, info: info, path: path, stamp: stamp, origin: origin)
        rows.append(row)
        changes.append(.published(row, before: before))
        if let before, before.image != image, before.isMain {
            dismiss(before)
            overwritten[before.image] = max(before.info.rank, rank(of: before.info.image))
        }
        dismissed.remove(image)
        others[path.description] = nil
    }

    /// The file of `row` is not there any more.
    mutating func gone(_ row: OwnRow, byPerson: Bool) {
        guard drop(row), byPerson else { return }
        dismiss(row)
    }

    /// The file of `row` has another name now.
    mutating func moved(_ row: OwnRow, to path: RelativePath) {
        if let there = self.row(at: path.description) { gone(there, byPerson: there.isMain) }
        guard drop(row) else { return }
        var info = row.info
        if row.isMain {
            info.path = path
        } else if row.path == row.info.file {
            info.path = path.mainOfReduced ?? path
        }
        rows.append(
            OwnRow(publish(.file(info)), image: row.image, info: info, path: path, stamp: row.stamp, origin: row.origin)
        )
    }

    /// Takes over a word on deleting, unless what is known counts instead.
    mutating func take(_ deletion: Deletion, lastWriterWins: Bool = false) {
        guard let image = Names.number(deletion.image) else { return }
        let old = words.first { $0.image == image }
        if lastWriterWins {
            if let old = old?.deletion, (old.at, old.isDeleted ? 0 : 1) >= (deletion.at, deletion.isDeleted ? 0 : 1) {
                return
            }
        } else {
            guard deletion.supersedes(old?.deletion) else { return }
        }
        if let old {
            digest.remove(old.fingerprint, at: old.sequence)
            words.removeAll { $0 === old }
        }
        words.append(publish(.deletion(deletion)))
        changes.append(.word(deletion))
    }

    @discardableResult
    private mutating func drop(_ row: OwnRow) -> Bool {
        guard let index = rows.firstIndex(where: { $0 === row }) else { return false }
        rows.remove(at: index)
        digest.remove(row.published.fingerprint, at: row.published.sequence)
        return true
    }

    private mutating func replace(_ row: OwnRow, with other: OwnRow) {
        guard let index = rows.firstIndex(where: { $0 === row }) else { return }
        rows[index] = other
    }

    private mutating func dismiss(_ row: OwnRow) {
        guard !rows.contains(where: { $0.image == row.image }) else { return }
        dismissed.insert(row.image)
        overwritten[row.image] = nil
        changes.append(.dismissed(row))
    }

    private mutating func publish(_ content: Model.Record.Content) -> SimRecord {
        last += 1
        let record = SimRecord(Model.Record(sequence: last, content), usesLines: usesLines)
        digest.add(record.fingerprint, at: last)
        return record
    }

    /// The own records in `range`, by sequence number.
    func published(in range: SequenceRange) -> [SimRecord] {
        var records = rows.map(\.published).filter { range.contains($0.sequence) }
        records += words.filter { range.contains($0.sequence) }
        return records.sorted { $0.sequence < $1.sequence }
    }

    func digests(of range: SequenceRange, parts: Int) -> [Digest] {
        range.split(into: parts).map { part in
            digest.digest(of: part) { range in
                published(in: range).reduce(into: Digest.empty) { $0.add($1.fingerprint) }
            }
        }
    }

    // MARK: Mirrors

    /// What a peer may from now on. Where its images or words count that did not, or count no more, its mirror is empty
    /// again.
    ///
    /// - Parameter keepsMirror: a broken node's.
    /// - Returns: the images concerned.
    mutating func allow(_ rights: PeerRights, to peer: Int, keepsMirror: Bool = false) -> Set<Int> {
        let changed = self.rights[peer].symmetricDifference(rights)
        self.rights[peer] = rights
        var images: Set<Int> = []
        for record in mirrors[peer].records {
            if let image = record.image { images.insert(image) }
            images.formUnion(record.info?.replaces.compactMap(Names.number) ?? [])
        }
        note(mirrors[peer].records, of: peer)
        if !changed.isDisjoint(with: [.shares, .speaks]), !keepsMirror { mirrors[peer] = Mirror() }
        return images
    }

    private mutating func note(_ records: [SimRecord], of peer: Int) {
        for record in records where record.info != nil { if let image = record.image { had[peer].insert(image) } }
    }

    /// Makes `range` of the mirror of `peer` what the peer says, as far as it counts.
    ///
    /// - Parameter overlooking: rights that a broken node does not ask for.
    /// - Returns: the images concerned, and the words on deleting that count.
    mutating func replaceMirror(
        of peer: Int, _ range: SequenceRange, with records: [SimRecord], overlooking: PeerRights = []
    ) -> (images: Set<Int>, words: [Deletion]) {
        let rights = rights[peer].union(overlooking)
        var words: [Deletion] = []
        var images: Set<Int> = []
        let old = mirrors[peer].records.filter { range.contains($0.sequence) }
        for record in old {
            mirrors[peer].digest.remove(record.fingerprint, at: record.sequence)
            if let image = record.image { images.insert(image) }
        }
        note(old, of: peer)
        if !old.isEmpty { mirrors[peer].records.removeAll { range.contains($0.sequence) } }
        for record in records where range.contains(record.sequence) {
            let record = record.counted(by: rights)
            mirrors[peer].digest.add(record.fingerprint, at: record.sequence)
            if let word = record.deletion { words.append(word) }
            mirrors[peer].records.append(record)
            if let image = record.image {
                images.insert(image)
                if let edition = record.info?.edition, let rank = overwritten[image], rank < edition {
                    dismissed.remove(image)
                }
            }
            images.formUnion(record.info?.replaces.compactMap(Names.number) ?? [])
        }
        mirrors[peer].records.sort { $0.sequence < $1.sequence }
        return (images, words)
    }

    func mirrorDigests(of peer: Int, _ range: SequenceRange, parts: Int) -> [Digest] {
        let mirror = mirrors[peer]
        return range.split(into: parts).map { part in
            mirror.digest.digest(of: part) { range in
                mirror.records.reduce(into: Digest.empty) { if range.contains($1.sequence) { $0.add($1.fingerprint) } }
            }
        }
    }

    // MARK: Holds

    /// Grants a hold.
    mutating func hold(_ image: Int, for peer: Int, nonce: Bytes32, seconds: Int, at now: Int, number: Int) {
        holds.removeAll { $0.until < now }
        holds.append(
            Hold(
                number: number, image: image, peer: peer, nonce: nonce, seconds: seconds, until: now + seconds * 1000))
    }

    func custodyUntil(_ image: Int) -> Int? { holds.lazy.filter { $0.image == image }.map(\.until).max() }
}
