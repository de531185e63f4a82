public import Model

/// Hashes files on threads of its own, one for each core: SHA-256 is what keeps them busy, and the disk in between.
///
/// Each file is read once, front to back, in pieces that stay in a core's cache.
public final class HashingPool: Sendable {
    let library: LibraryFolder
    let threads: DiskThreads
    let width: Int

    /// - Parameter threads: how many; as many as there are cores by default.
    public init(library: LibraryFolder, threads: Int = HashingPool.cores) {
        self.library = library
        self.threads = DiskThreads(count: threads, name: "hashing")
        width = threads
    }

    /// Hashes one file, showing its bytes to an observer, which is given back.
    ///
    /// - Parameter fromDisk: whether what memory holds of the file is dropped first, so that the disk's own bytes are
    ///   read: for checking, not for the first reading.
    /// - Throws: ``DiskError``, among them ``DiskError/Code/changedWhileRead``; CancellationError, also in mid-file.
    public func hash<Observer: FileObserver>(
        _ file: RelativePath, observer: Observer, fromDisk: Bool = false
    ) async throws -> (HashedFile, Observer) {
        let ticket = Ticket()
        return try await withTaskCancellationHandler {
            try await threads.run { [library] in
                var observer = observer
                let hashed = try FileHasher.hash(library, library.open(file), fromDisk: fromDisk, ticket) {
                    observer.consume($0)
                }
                return (hashed, observer)
            }
        } onCancel: {
            ticket.cancel()
        }
    }

    /// Hashes one file.
    public func hash(_ file: RelativePath, fromDisk: Bool = false) async throws -> HashedFile {
        try await hash(file, observer: NoObserver(), fromDisk: fromDisk).0
    }

    /// Hashes many files, with all threads busy and no more than twice as many files under way, whatever their number.
    ///
    /// - Parameters:
    ///   - observer: makes the observer of a file.
    ///   - each: takes each result as it comes, in no order, one at a time. What it throws ends the whole.
    public func hash<Observer: FileObserver>(
        _ files: some Sequence<RelativePath>, isolation: isolated (any Actor)? = #isolation,
        observer: (RelativePath) -> Observer,
        each: (RelativePath, Result<(HashedFile, Observer), any Error>) async throws -> Void
    ) async throws {
        typealias Outcome = (RelativePath, Result<(HashedFile, Observer), any Error>)
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            var running = 0
            for file in files {
                if running == width * 2, let (file, result) = try await group.next() {
                    running -= 1
                    try await each(file, result)
                }
                try Task.checkCancellation()
                let observer = observer(file)
                group.addTask {
                    do {
                        let hashed = try await self.hash(file, observer: observer)
                        return (file, .success(hashed))
                    } catch {
                        return (file, .failure(error))
                    }
                }
                running += 1
            }
            for try await (file, result) in group {
                try Task.checkCancellation()
                try await each(file, result)
            }
        }
    }
}
