import Crypto
import Glibc
public import Model
import Synchronization
import SystemPackage

/// A main that is being made on this machine: bytes go to a file in `incoming` and are hashed as they come, and what
/// image it is shows in the end.
///
/// Made by ``Placement/makeMain()``. Let go of without ``place(at:)``, nothing of it stays. All of it blocks. Callable
/// from any thread, one call at a time.
public final class NewMain: Sendable {
    private struct State {
        var hasher = SHA256()
        var bytes: Int64 = 0
        var image: ImageID?
        /// The folder and name that it has in the library, while it can still be taken back.
        var place: (folder: FolderToSync, path: RelativePath)?
        var isKept = false
    }

    private let library: LibraryFolder
    private let incoming: Descriptor
    private let file: Descriptor
    private let name = Placement.randomName(ending: LeftOver.temporary)
    private let state = Mutex(State())

    private var calls: any SystemCalls { library.calls }

    init(_ library: LibraryFolder) throws(DiskError) {
        self.library = library
        incoming = try library.folders.make(StoreFolder.incoming.path, synced: false)
        do {
            file = Descriptor(
                try library.calls.open(
                    incoming.number, name, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600), library.calls)
        } catch {
            throw .open(error, name)
        }
    }

    deinit {
        if state.withLock({ $0.place == nil && !$0.isKept }) {
            try? calls.unlink(incoming.number, name, folder: false)
        }
    }

    /// Takes the next bytes.
    public func append(_ bytes: [UInt8]) throws(DiskError) {
        let fault: DiskError? = bytes.withUnsafeBytes { bytes in
            do throws(Errno) { try calls.writeAll(file.number, bytes) } catch { return .write(error, name) }
            state.withLock { state in
                state.hasher.update(bufferPointer: bytes)
                state.bytes += Int64(bytes.count)
            }
            return nil
        }
        if let fault { throw fault }
    }

    /// Makes the bytes durable: before anyone can see them under a name (S5).
    ///
    /// - Parameter mode: who may read it from now on, as far as the umask lets them; until now, its owner alone.
    /// - Returns: the image that they are.
    public func seal(mode: UInt16 = 0o644) throws(DiskError) -> ImageID {
        calls.setMode(file.number, mode)
        do { try calls.sync(file.number) } catch { throw .sync(error, name) }
        return state.withLock { state in
            let image = ImageID(FileHasher.name(state.hasher))
            state.image = image
            return image
        }
    }

    /// Gives the main its name, durable on return.
    ///
    /// - Throws: ``DiskError/Code/exists`` when the place is taken, and it can be tried again with another path. When
    ///   anything is thrown, it does not stand under its name.
    public func place(at path: RelativePath) throws(DiskError) -> KnownFile {
        precondition(
            state.withLock { $0.image != nil && $0.place == nil }, "what is placed was sealed, and is placed once")
        let folder = try FolderToSync(library, path.folder ?? "")
        do throws(Errno) {
            try Rename.withoutReplacing(incoming.number, name, folder.number, path.name, calls)
        } catch {
            throw .rename(error, path.description)
        }
        state.withLock { $0.place = (folder, path) }
        do {
            try folder.sync()
            return KnownFile(path: path, identity: try library.folders.status(file.number, path.description).identity)
        } catch {
            takeBack()
            throw error
        }
    }

    /// Undoes ``place(at:)``: what stands there goes back to `incoming`, unless it is another file by now.
    public func takeBack() {
        state.withLock { state in
            guard let (folder, path) = state.place else { return }
            guard let own = try? calls.status(file.number), let there = try? calls.status(folder.number, path.name),
                own.identity.inode == there.identity.inode,
                (try? Rename.withoutReplacing(folder.number, path.name, incoming.number, name, calls)) != nil
            else {
                state.isKept = true
                return
            }
            state.place = nil
        }
    }
}

extension Placement {
    /// Begins to make a main on this machine.
    public func makeMain() throws(DiskError) -> NewMain { try NewMain(library) }
}
