public import Model
import Planning

/// What is known compared with what a walk found: pure, no disk and no clock.
///
/// Begin with what is known of the scope, take the batches of the walk, then finish with the walk's result.
///
/// A file counts as unchanged when size, mtime, inode and ctime are; its bytes are not read. Where no ctime is known, the
/// others do. One that vanished while one of the same size, mtime and inode appeared was moved; as a rename changes the
/// ctime, and so might an edit before it, it is to be read as well.
public struct LibraryComparison: Sendable {
    private let rules: IgnoreRules
    private var leftAlone: [RelativePath] = []
    private let scope: String
    private let total: Int?
    private let now: Int64
    private let settling: SettlingRule
    private var known: KnownTable
    private var new: [FoundFile] = []
    private var unchanged = 0
    private var changed: [(file: FoundFile, was: FileIdentity)] = []

    /// - Parameters:
    ///   - known: every known file within `scope`. Others are ignored.
    ///   - scope: the folder walked; empty for the whole library.
    ///   - total: how many files of the whole library are known; nil when `known` is all of it.
    ///   - now: nanoseconds since 1970, taken when the walk began.
    ///   - settling: tells which files are still being written.
    ///   - capacity: how many files are known, about, where they are told one by one.
    public init(
        known: some Sequence<KnownFile>, scope: String = "", total: Int? = nil, now: Int64, settling: SettlingRule,
        capacity: Int = 0, ignoring rules: IgnoreRules = IgnoreRules()
    ) {
        self.rules = rules
        self.scope = scope
        self.now = now
        self.settling = settling
        self.total = total
        self.known = KnownTable(capacity: max(capacity, known.underestimatedCount))
        for file in known { know(file) }
    }

    /// Tells of one more known file, before the walk. Ignored outside the scope. One that a walk passes over by its name
    /// was listed by an earlier version, or under other settings: nobody has removed it.
    public mutating func know(_ file: KnownFile) {
        guard file.path.isWithin(scope) else { return }
        if rules.reason(file.path) == nil {
            known.insert(file.path, file.identity)
        } else {
            leftAlone.append(file.path)
        }
    }

    /// Takes a batch of the walk. Each file at most once.
    public mutating func take(_ found: some Sequence<FoundFile>) {
        for file in found where file.path.isWithin(scope) {
            switch known.see(file.path) {
            case nil: new.append(file)
            case let was? where was.isStill(file.identity): unchanged += 1
            case let was?: changed.append((file, was))
            }
        }
    }

    /// What follows from it.
    public consuming func finish(_ walk: LibraryWalk.Result) -> LibraryChanges {
        var changes = LibraryChanges()
        changes.unchanged = unchanged
        changes.changed = changed.count
        changes.leftAlone = leftAlone
        var gone = known.unseen
        let missing = gone.count
        let unread = UnreadScopes(walk.unread)
        gone.removeAll { walk.isStopped || unread.cover($0.path) }
        changes.unknown = missing - gone.count
        gone.sort { $0.path < $1.path }

        // The same bytes under several vanished names: any of them may be the one that was moved.
        var there = Set(new.map(\.identity))
        there.formUnion(changed.map(\.file.identity))
        var origins = Dictionary(grouping: gone.reversed().lazy.filter { there.contains($0.identity) }, by: \.identity)
        // Names that were swapped or passed around: another known file stands there now.
        for (file, was) in changed where was != file.identity && there.contains(was) {
            origins[was, default: []].append(KnownFile(path: file.path, identity: was))
        }
        // Where nothing vanished, nothing was moved, and any order will do: that of the walk suits the disk best.
        var moved: Set<RelativePath> = []
        for file in gone.isEmpty ? new : new.sorted(by: { $0.path < $1.path }) {
            if let from = origins[file.identity]?.popLast() {
                moved.insert(from.path)
                changes.moved.append(
                    LibraryChanges.Move(from: from.path, to: KnownFile(path: file.path, identity: file.identity)))
                if !from.identity.isStill(file.identity) { sort(file, into: &changes) }
            } else {
                sort(file, into: &changes)
            }
        }
        for (file, was) in changed {
            // Of several changed files of one identity, as of hard links, none tells where it came from.
            if file.identity != was, let known = origins[file.identity], known.count == 1, let from = known.first {
                origins[file.identity] = nil
                moved.insert(from.path)
                changes.moved.append(
                    LibraryChanges.Move(from: from.path, to: KnownFile(path: file.path, identity: file.identity)))
                if !from.identity.isStill(file.identity) { sort(file, into: &changes) }
            } else {
                sort(file, into: &changes)
            }
        }
        gone.removeAll { moved.contains($0.path) }
        changes.vanished = gone
        changes.massDisappearance = MassDisappearance.check(
            vanished: changes.vanished.count, of: total ?? known.entries.count)
        return changes
    }

    private func sort(_ file: FoundFile, into changes: inout LibraryChanges) {
        if let waiting = settling.waiting(file, now: now) {
            changes.unsettled.append(waiting)
        } else {
            changes.toHash.append(file)
        }
    }
}
