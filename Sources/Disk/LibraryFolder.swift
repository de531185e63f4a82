import Glibc
public import Model
import SystemPackage

/// The library's folder, opened and locked for as long as this object lives.
///
/// Everything in it is reached from the one descriptor opened here. A disk that is unmounted, or another one mounted
/// in its place, can therefore never be mistaken for it: what was opened is used, or fails.
public final class LibraryFolder: Sendable {
    /// Whether this library is known to the agent.
    public enum Opening: Sendable {
        /// It is new to it: the folder and the marker are made when they are not there.
        case create
        /// It has been opened before, and its marker held this id: anything else is a missing library.
        case expect(id: String)
    }

    /// The folder, as the person wrote it.
    public let path: String
    /// The library's own id, out of its marker: remember it, and open the library with it from now on.
    public let id: String
    let calls: any SystemCalls
    /// What is left alone in it by its name.
    public let rules: IgnoreRules
    let root: Descriptor
    let syncsAll = SyncingAll()
    private let lock: ProcessLock

    /// Opens and locks the library. Blocks.
    ///
    /// - Throws: ``DiskError/Code/libraryMissing`` when it is not there, ``DiskError/Code/locked`` when another agent
    ///   has it.
    public init(
        path: String, _ opening: Opening, calls: any SystemCalls = LinuxCalls(),
        ignoring rules: IgnoreRules = IgnoreRules()
    ) throws(DiskError) {
        self.path = path
        self.calls = calls
        self.rules = rules
        if case .create = opening { try Self.makeRoot(path, calls) }
        root = try Self.openRoot(path, calls)
        let access = FolderAccess(root: root.number, calls: calls)
        switch opening {
        case .create:
            let store = try access.make(LibraryMarker.store, synced: true)
            lock = try Self.takeLock(store.number, path, calls)
            for folder in StoreFolder.allCases { _ = try access.make(folder.path, synced: false) }
            id = try LibraryMarker.readOrWrite(root: root.number, store: store.number, library: path, calls)
        case .expect(let expected):
            id = try LibraryMarker.check(root: root.number, expected: expected, library: path, calls)
            let store = try access.open(LibraryMarker.store)
            lock = try Self.takeLock(store.number, path, calls)
        }
    }

    /// Gives the library's lock back. Nothing is to be changed through this object afterwards.
    public func release() { lock.release() }

    /// Whether the library is still there under its path. Blocks.
    public func state() -> LibraryState {
        do {
            let now = try Self.openRoot(path, calls)
            _ = try LibraryMarker.check(root: now.number, expected: id, library: path, calls)
            let (opened, there) = (try calls.status(root.number).identity, try calls.status(now.number).identity)
            guard opened.inode == there.inode, opened.device == there.device else {
                return .missing(reason: "The folder '\(path)' was replaced by another one; put the library's back.")
            }
            return .ok
        } catch let error as DiskError {
            return .missing(reason: error.message)
        } catch {
            return .missing(reason: "The library '\(path)' does not answer (\(error)); check its disk.")
        }
    }

    /// The room on the library's file system. Blocks.
    public func space() throws(DiskError) -> DiskSpace {
        do { return try calls.space(root.number) } catch { throw .space(error, "") }
    }

    /// Access to the folders below.
    var folders: FolderAccess { FolderAccess(root: root.number, calls: calls) }

    private static func takeLock(
        _ store: Int32, _ path: String, _ calls: any SystemCalls
    ) throws(DiskError) -> ProcessLock {
        try ProcessLock(store, "lock", protecting: "the library '\(path)'", calls: calls)
    }

    // The library's own path may lead through symbolic links: that is the person's choice of folder.
    private static func openRoot(_ path: String, _ calls: any SystemCalls) throws(DiskError) -> Descriptor {
        do {
            return Descriptor(try calls.open(nil, path, flags: O_RDONLY | O_DIRECTORY, mode: 0), calls)
        } catch  where error == .noSuchFileOrDirectory || error == .notDirectory {
            throw DiskError(
                code: .libraryMissing,
                message: "The library's folder '\(path)' is not there; mount its disk, or give another --library.",
                path: path, errno: error, isRetryable: true)
        } catch {
            throw .open(error, path)
        }
    }

    private static func makeRoot(_ path: String, _ calls: any SystemCalls) throws(DiskError) {
        var made = path.utf8.first == UInt8(ascii: "/") ? "" : "."
        for component in path.utf8.split(separator: UInt8(ascii: "/")) {
            made += "/" + String(decoding: component, as: UTF8.self)
            do {
                try calls.makeFolder(AT_FDCWD, made, mode: 0o755)
            } catch  where error == .fileExists {
            } catch {
                // A folder above that may not be written may well hold the next one; opening it tells.
                if (try? calls.status(AT_FDCWD, made)) == nil { throw .makeFolder(error, made) }
            }
        }
    }
}
