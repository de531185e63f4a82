import Crypto
import Glibc
public import Model
import Synchronization
import SystemPackage

/// A main that is being received: bytes go to `incoming/<id>.part` and are hashed as they come.
///
/// Made by ``Placement/receive(_:bytes:resuming:)``. Let go of without ``finish(at:mtime:)``, its part stays for
/// another time. All of it blocks. Callable from any thread, one call at a time.
public final class IncomingFile: Sendable {
    private struct State {
        var hasher: SHA256
        let writer: PartWriter
        /// Those that still wait in the writer are among them.
        var received: Int64
        /// The first fault. What is on the disk is then no longer what was hashed, so nothing goes on.
        var fault: DiskError?
        /// What is on the disk is synced, and is the image.
        var isSealed = false
        var isOver = false
        /// What it is to be beside its bytes, where that is known.
        var attributes: FileAttributes?
        var isDressed = false

        mutating func fail(_ error: DiskError) -> DiskError {
            fault = error
            return error
        }
    }

    /// The image that is received.
    public let image: ImageID
    /// How many bytes it has.
    public let bytes: Int64
    let library: LibraryFolder
    let incoming: OpenFolder
    let file: Descriptor
    private let state: Mutex<State>

    var name: String { image.description + LeftOver.part }
    private var calls: any SystemCalls { library.calls }

    /// - Parameter incoming: the folder for it, opened.
    init(
        _ library: LibraryFolder, _ image: ImageID, bytes: Int64, resuming: Bool, in incoming: OpenFolder
    ) throws(DiskError) {
        self.library = library
        self.image = image
        self.bytes = bytes
        self.incoming = incoming
        file = try PartFile.open(incoming.number, image, library.calls)
        let (hasher, received) = try PartFile.resume(file.number, image, limit: resuming ? bytes : 0, library.calls)
        let writer = PartWriter(file.number, at: received, bytes: bytes - received, library.calls)
        state = Mutex(State(hasher: hasher, writer: writer, received: received))
    }

    // What was received is not to be asked for again.
    deinit { state.withLock { if $0.fault == nil && !$0.isOver { try? $0.writer.flush() } } }

    /// Has the main be this beside its bytes, once all have come. To be called before the first of them.
    public func carry(_ attributes: FileAttributes?) { state.withLock { $0.attributes = attributes } }

    /// What the file shows of what it is beside its bytes.
    public var shown: FileAttributes? { calls.attributes(file.number) }

    /// Before it is synced, and so before it has its name: until then it is the owner's alone.
    private func dress(_ state: inout State) {
        if state.isDressed { return }
        if let attributes = state.attributes {
            calls.setAttributes(file.number, attributes, insteadOf: nil)
        } else {
            calls.setMode(file.number, 0o644)
        }
        state.isDressed = true
        state.isSealed = false
    }

    /// How many bytes are there: ask the sender for what follows.
    public var received: Int64 { state.withLock { $0.received } }

    /// Takes the next bytes.
    ///
    /// - Throws: ``DiskError/Code/tooLarge`` when there are more than announced; the part is removed then. After any
    ///   error, begin anew.
    public func append(_ bytes: some Collection<UInt8>) throws(DiskError) {
        let fault =
            bytes.withContiguousStorageIfAvailable { append(UnsafeRawBufferPointer($0)) }
            ?? Array(bytes).withUnsafeBytes { append($0) }
        if let fault { throw fault }
    }

    private func append(_ bytes: UnsafeRawBufferPointer) -> DiskError? {
        state.withLock { state in
            if let fault = state.fault { return fault }
            if state.received + Int64(bytes.count) > self.bytes {
                try? calls.unlink(incoming.number, name, folder: false)
                return state.fail(tooLarge)
            }
            do throws(Errno) {
                try state.writer.write(bytes)
                if state.received + Int64(bytes.count) == self.bytes { try state.writer.flush() }
            } catch {
                return state.fail(.write(error, name))
            }
            state.hasher.update(bufferPointer: bytes)
            state.received += Int64(bytes.count)
            state.isSealed = false
            if state.received == self.bytes { dress(&state) }
            return nil
        }
    }

    /// What the bytes that came say the file is; nil when it is one that a desktop would run. Blocks.
    public func type() throws(DiskError) -> ImageType? {
        do { return ImageType(head: try PartFile.head(file.number, library.calls)) } catch { throw .read(error, name) }
    }

    /// Whether all has come.
    var isWhole: Bool { state.withLock { $0.fault == nil && $0.received == bytes } }

    /// Has the disk begin to write what came, so that ``seal(mtime:)`` waits for less. Returns at once.
    public func startWriting() { calls.startWriting(file.number) }

    /// Makes the bytes durable and compares their hash: what must be so before anyone can see them under a name (S5).
    ///
    /// - Parameter mtime: as for ``finish(at:mtime:)``.
    /// - Throws: ``DiskError/Code/incomplete``; ``DiskError/Code/wrongContent``, and the part is gone.
    public func seal(mtime: Int64? = nil) throws(DiskError) {
        try state.withLock { state throws(DiskError) in try seal(&state, mtime: mtime) }
    }

    /// Places the main, durable on return.
    ///
    /// - Parameters:
    ///   - path: where; folders are made. When the place is taken, ``DiskError/Code/exists`` is thrown, and finishing
    ///     can be tried again with another path.
    ///   - mtime: the time of last change to give it, in nanoseconds since 1970.
    /// - Throws: ``DiskError/Code/incomplete``; ``DiskError/Code/wrongContent``, and the part is gone.
    /// - Returns: the file, to be remembered as known. When anything is thrown, it does not stand under its name.
    public func finish(at path: RelativePath, mtime: Int64? = nil) throws(DiskError) -> KnownFile {
        try seal(mtime: mtime)
        let folder = try FolderToSync(library, path.folder ?? "")
        try rename(into: folder, path)
        do {
            try folder.sync()
            return try placed(at: path)
        } catch {
            takeBack(from: folder, path)
            throw error
        }
    }

    /// As ``seal(mtime:)``, of bytes that were synced with their whole file system after the last of them had come.
    func sealSynced() throws(DiskError) {
        try state.withLock { state throws(DiskError) in try seal(&state, mtime: nil, isSynced: true) }
    }

    private func seal(_ state: inout State, mtime: Int64?, isSynced: Bool = false) throws(DiskError) {
        if let fault = state.fault { throw fault }
        precondition(!state.isOver, "a main is placed once")
        guard state.received == bytes else { throw incomplete(state.received) }
        dress(&state)
        if let mtime {
            do { try calls.setModified(file.number, to: mtime) } catch { throw .setModified(error, name) }
            state.isSealed = false
        }
        if state.isSealed { return }
        // The bytes are on the disk before anyone can see them under a name (S5).
        do {
            if isSynced { try calls.checkWritten(file.number) } else { try calls.sync(file.number) }
        } catch {
            // After a failed fsync the kernel may hold pages for written that are not: no second try on this part.
            try? calls.unlink(incoming.number, name, folder: false)
            throw state.fail(.sync(error, name))
        }
        // What is compared is what was given to a disk that has said yes to all of it.
        guard state.hasher.finalize().elementsEqual(image.bytes.bytes) else {
            try? calls.unlink(incoming.number, name, folder: false)
            throw state.fail(wrongContent)
        }
        state.isSealed = true
    }

    /// Gives the file its name, in one step from nothing to the whole file, which fails when the name is taken.
    func rename(into folder: FolderToSync, _ path: RelativePath) throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            if let fault = state.fault { throw fault }
            precondition(state.isSealed && !state.isOver, "what is placed was sealed, and is placed once")
            do throws(Errno) {
                try Rename.withoutReplacing(incoming.number, name, folder.number, path.name, calls)
            } catch {
                throw .rename(error, path.description)
            }
        }
    }

    /// The file as it stands now; its name is durable.
    func placed(at path: RelativePath) throws(DiskError) -> KnownFile {
        let status = try library.folders.status(file.number, path.description)
        state.withLock { $0.isOver = true }
        return KnownFile(path: path, identity: status.identity)
    }

    /// Undoes ``rename(into:_:)``.
    func takeBack(from folder: FolderToSync, _ path: RelativePath) {
        try? Rename.withoutReplacing(folder.number, path.name, incoming.number, name, calls)
    }

    /// Gives up, and removes the part.
    public func discard() {
        state.withLock { state in
            if state.isOver { return }
            state.isOver = true
            if state.fault == nil {
                state.fault = incomplete(state.received)
            }
            try? calls.unlink(incoming.number, name, folder: false)
        }
    }

    private var tooLarge: DiskError {
        DiskError(
            code: .tooLarge,
            message: "Image \(image) came with more than its \(bytes) bytes; it is asked for again.",
            path: name, isRetryable: true)
    }

    private var wrongContent: DiskError {
        DiskError(
            code: .wrongContent,
            message:
                "The bytes that came for image \(image) are not its own; it is asked for again, from another holder.",
            path: name, isRetryable: true)
    }

    private func incomplete(_ received: Int64) -> DiskError {
        DiskError(
            code: .incomplete,
            message: "Of image \(image), \(received) of \(bytes) bytes have come; the rest is asked for.",
            path: name, isRetryable: true)
    }
}
