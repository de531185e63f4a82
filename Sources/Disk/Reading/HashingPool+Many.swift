import Model
import SystemPackage

/// What became of a file that was to be hashed.
public enum FileReading<Observer: FileObserver>: Sendable {
    /// It was read whole.
    case hashed(HashedFile, Observer)
    /// By its first bytes it is nothing that is wanted, and was not read on.
    case unwanted(isEmpty: Bool)
    /// It could not be read: a ``DiskError``.
    case failed(any Error)
}

/// Hashing a whole library: small files many at a time, as handing one over to a thread takes longer than hashing it.
extension HashingPool {
    /// Files a job: some milliseconds of work when they are small.
    private static let mostFiles = 256
    /// Bytes after which a job gets no further file: a photo is a job of its own, so that no thread idles at the end.
    private static let mostBytes: Int64 = 2 << 20
    /// Jobs that are under way for each thread: enough to keep it busy while results are written down.
    private static let ahead = 4

    /// Hashes many files, each opened and read once, with all threads busy.
    ///
    /// A file that is moved with its folder while it is read is not told from one that stays: whoever takes a result over
    /// looks whether the file stands there still.
    /// - Parameters:
    ///   - files: as they were found; those that lie in one folder should follow each other.
    ///   - isWanted: told the first bytes of each file, none of an empty one. Called on the hashing threads.
    ///   - observer: makes the observer of a file. Called on the hashing threads.
    ///   - each: takes the results as they come, each job's in the order of `files`. What it throws ends the whole.
    /// - Throws: CancellationError, and what `each` throws.
    public func hash<Observer: FileObserver>(
        all files: [FoundFile], isolation: isolated (any Actor)? = #isolation,
        isWanted: @escaping @Sendable (UnsafeRawBufferPointer) -> Bool, observer: @escaping @Sendable () -> Observer,
        each: ([(FoundFile, FileReading<Observer>)]) async throws -> Void
    ) async throws {
        let ticket = Ticket()
        try await withTaskCancellationHandler {
            try await withThrowingTaskGroup(of: [(FoundFile, FileReading<Observer>)].self) { group in
                // Whatever ends the group early, no thread reads on for nobody.
                defer { ticket.cancel() }
                var running = 0
                var rest = files[...]
                while !rest.isEmpty {
                    if running == width * Self.ahead, let readings = try await group.next() {
                        running -= 1
                        try await each(readings)
                    }
                    try Task.checkCancellation()
                    let job = Self.takeJob(from: &rest)
                    group.addTask { [library, threads] in
                        try await threads.run { try Self.read(job, library, ticket, isWanted, observer) }
                    }
                    running += 1
                }
                for try await readings in group {
                    try Task.checkCancellation()
                    try await each(readings)
                }
            }
        } onCancel: {
            ticket.cancel()
        }
    }

    private static func takeJob(from files: inout ArraySlice<FoundFile>) -> ArraySlice<FoundFile> {
        var bytes: Int64 = 0
        let end = files.prefix(mostFiles).firstIndex { file in
            defer { bytes += min(file.identity.bytes, mostBytes) }
            return bytes >= mostBytes
        }
        let job = files[..<(end ?? min(files.startIndex + mostFiles, files.endIndex))]
        files = files[job.endIndex...]
        return job
    }

    /// Reads one job's files on the calling thread.
    private static func read<Observer: FileObserver>(
        _ files: ArraySlice<FoundFile>, _ library: LibraryFolder, _ ticket: Ticket,
        _ isWanted: (UnsafeRawBufferPointer) -> Bool, _ observer: () -> Observer
    ) throws -> [(FoundFile, FileReading<Observer>)] {
        let largest = files.reduce(0) { max($0, $1.identity.bytes) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(4096, Int(min(largest + 1, Int64(FileHasher.chunk)))), alignment: 16)
        defer { buffer.deallocate() }
        var folders = OpenFolders(library)
        return try files.map { file in
            do {
                return (file, try read(file.path, &folders, ticket, buffer, isWanted, observer()))
            } catch let error as CancellationError {
                throw error
            } catch {
                return (file, .failed(error))
            }
        }
    }

    private static func read<Observer: FileObserver>(
        _ path: RelativePath, _ folders: inout OpenFolders, _ ticket: Ticket, _ buffer: UnsafeMutableRawBufferPointer,
        _ isWanted: (UnsafeRawBufferPointer) -> Bool, _ observer: Observer
    ) throws -> FileReading<Observer> {
        let file = try folders.open(path)
        // What one call reads needs no reading ahead.
        if file.found.identity.bytes > buffer.count {
            folders.library.calls.advise(file.file.number, .sequential)
        }
        var observer = observer
        var isFirst = true
        let image = try FileHasher.hash(folders.library, file, ticket, into: buffer) { bytes in
            if isFirst && !isWanted(bytes) { return false }
            isFirst = false
            observer.consume(bytes)
            return true
        }
        let identity = file.found.identity
        guard let image else { return .unwanted(isEmpty: identity.bytes == 0) }
        // Replaced by another file: what was read is whole, but is not what stands there.
        guard try folders.find(path)?.identity == identity else { throw file.changed }
        return .hashed(HashedFile(image: image, file: KnownFile(path: path, identity: identity)), observer)
    }
}
