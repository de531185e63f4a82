import Disk
import Model

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

    /// Takes them out to be acted on.
    ///
    /// - Parameter known: files that the catalogue knows, those removed included.
    /// - Returns: nil when nothing is due; otherwise the files, and whether they are too many.
    mutating func take(now: ContinuousClock.Instant, known: Int) -> (
        files: Set<RelativePath>, mass: MassDisappearance?
    )? {
        guard let due, due <= now else { return nil }
        done.removeAll { $0.at + LibraryService.removalMemory < now }
        let earlier = done.reduce(0) { $0 + $1.count }
        let files = pending
        pending = []
        (first, last) = (nil, nil)
        let mass = MassDisappearance.check(vanished: files.count + earlier, of: known + earlier)
        if mass == nil { done.append((now, files.count)) }
        return (files, mass)
    }
}
