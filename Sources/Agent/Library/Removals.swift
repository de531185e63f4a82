import Disk
import Model
import Planning

/// Removals that the watch saw, until they are judged together: one photo deleted is a dismissal, a thousand at once are
/// more likely a mistake.
struct Removals {
    private(set) var pending: Set<RelativePath> = []
    private var first: ContinuousClock.Instant?
    private var last: ContinuousClock.Instant?
    private var done: [(at: ContinuousClock.Instant, count: Int)] = []

    mutating func add(_ files: some Sequence<RelativePath>, now: ContinuousClock.Instant) {
        pending.formUnion(files)
        guard !pending.isEmpty else { return }
        first = first ?? now
        last = now
    }

    /// The file is there again, or was found under another name.
    mutating func forget(_ file: RelativePath) { pending.remove(file) }

    /// When they are to be judged; nil when there are none.
    var due: ContinuousClock.Instant? {
        guard let first, let last, !pending.isEmpty else { return nil }
        return min(last + LibraryService.removalQuiet, first + LibraryService.removalLongest)
    }

    /// Takes them out, to be looked for once more.
    mutating func take() -> Set<RelativePath> {
        defer { (pending, first, last) = ([], nil, nil) }
        return pending
    }

    /// Judges files that are gone for certain, together with those of the last minutes.
    ///
    /// - Parameter known: files that the catalogue knows, those gone included.
    /// - Returns: nil when they may be acted on, which then counts; otherwise why they are too many.
    mutating func judge(_ count: Int, of known: Int, now: ContinuousClock.Instant) -> MassDisappearance? {
        done.removeAll { $0.at + LibraryService.removalMemory < now }
        let earlier = done.reduce(0) { $0 + $1.count }
        let mass = MassDisappearance.check(vanished: count + earlier, of: known + earlier)
        if mass == nil { done.append((now, count)) }
        return mass
    }
}
