import Catalogue
import Disk
import Model
import Synchronization

/// The library as it is open now, for all who read from it or write to it.
final class Shelf: Sendable {
    private let opened: Shown<LibraryFolder?>
    private let provers = Mutex<(library: LibraryFolder, reader: MainReader)?>(nil)
    /// Files that are not what they should be.
    let doubts = Doubts()
    /// What lies in `incoming` and may be of use.
    let halfReceived = HalfReceived()
    /// For everything that blocks on the disk and is short: placing, opening, looking at single files.
    let threads = DiskThreads(count: 4, name: "library")

    /// Posted when the library is opened or goes away.
    private let changes = Bulletin()

    init(status: Status) { opened = Shown(nil, in: status) }

    /// The open library; nil while its disk is not there.
    var folder: LibraryFolder? {
        get { opened.read { $0 } }
        set {
            opened.change { $0 = newValue }
            changes.post()
        }
    }

    /// How long a person's command waits for a library that may just be opening, as when the agent has just started.
    private static let patience: Duration = .seconds(5)

    /// The open library, or the error that says that it is not there: for what a person asks.
    func demandSoon() async throws -> LibraryFolder {
        let deadline = ContinuousClock.now + Self.patience
        while folder == nil, .now < deadline, !Task.isCancelled {
            let edition = changes.edition
            if folder == nil { await changes.wait(past: edition, until: deadline) }
        }
        return try demand()
    }

    /// The open library, or the error that says that it is not there.
    func demand() throws -> LibraryFolder {
        guard let folder else {
            throw DiskError(
                code: .libraryMissing, message: "The library is not there; mount its disk, and it goes on by itself.",
                path: "", isRetryable: true)
        }
        return folder
    }

    /// Reads mains again for proofs: one at a time, as a disk is slower at two.
    func prover(of folder: LibraryFolder) -> MainReader {
        provers.withLock { prover in
            if let prover, prover.library === folder { return prover.reader }
            let reader = MainReader(library: folder, threads: 1, idle: false)
            prover = (folder, reader)
            return reader
        }
    }

    /// Does something with the open library on a thread that may block.
    func run<T: Sendable>(_ body: @escaping @Sendable (LibraryFolder) throws -> T) async throws -> T {
        let folder = try demand()
        return try await threads.run { try body(folder) }
    }
}

extension FileIdentity {
    /// What the catalogue keeps of it.
    var stamp: FileStamp { FileStamp(bytes: bytes, modified: mtime, inode: inode, changed: ctime) }
}

extension FileStamp {
    /// What the disk compares; the device is no part of that.
    var identity: FileIdentity {
        FileIdentity(bytes: bytes, mtime: modified, inode: inode, device: 0, ctime: changed)
    }
}
