import Model
import Synchronization

/// Own files that were found to be others than the catalogue says, by whoever was to change them: they are looked at again.
final class Doubts: Sendable {
    private let files = Mutex<Set<RelativePath>>([])
    /// Posted when there is one more.
    let changes = Bulletin()

    func add(_ file: RelativePath) {
        if files.withLock({ $0.insert(file).inserted }) { changes.post() }
    }

    /// Takes all of them out.
    func take() -> Set<RelativePath> {
        files.withLock { files in
            defer { files = [] }
            return files
        }
    }
}
