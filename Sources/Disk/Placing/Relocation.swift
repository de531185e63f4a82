import Model
import SystemPackage

/// A file on its way from one name to another within the library's file system, which can go back.
///
/// Both folders stay open, so that whatever is done to the names above them, each step is made in the same two.
struct Relocation: ~Copyable {
    /// A name, and the folder that it is in.
    struct Address {
        /// The folder's path below the library; empty for the library itself.
        var folder: String
        var name: String
        /// Whether it is in one of the agent's own folders.
        var isOwn: Bool

        init(_ path: RelativePath) { (folder, name, isOwn) = (path.folder ?? "", path.name, false) }

        init(_ folder: StoreFolder, _ name: String) { (self.folder, self.name, isOwn) = (folder.path, name, true) }

        init(_ file: SetAsideFile) { self.init(file.folder, file.name) }

        var path: String { folder.isEmpty ? name : "\(folder)/\(name)" }
    }

    let from: Address
    let to: Address
    let identity: FileIdentity
    /// The file under its new name: the rename has changed its ctime.
    private(set) var moved: FileIdentity
    let source: Descriptor
    let target: Descriptor
    private let library: LibraryFolder

    private var calls: any SystemCalls { library.calls }

    /// Opens both folders, making the new one. Nothing is moved yet.
    ///
    /// - Parameter identity: the file that is meant; no other one is moved.
    init(
        _ library: LibraryFolder, _ identity: FileIdentity, from: Address, to: Address
    ) throws(DiskError) {
        let source = try library.folders.open(from.folder)
        _ = try Self.check(library, source.number, from) { identity.isStill($0) }
        let target = try library.folders.make(to.folder, synced: true)
        (self.library, self.identity, self.from, self.to) = (library, identity, from, to)
        moved = identity
        self.source = source
        self.target = target
    }

    /// Moves the file, durably. After an error it is back, if at all possible.
    ///
    /// - Returns: the file under its new name.
    @discardableResult
    mutating func complete() throws(DiskError) -> FileIdentity {
        try start()
        do throws(DiskError) {
            try sync()
        } catch {
            // By now a person may have put another file over it.
            if (try? look()) != nil { goBack() }
            throw error
        }
        return moved
    }

    /// Renames it, and makes sure that it was the one meant; another one goes back. Not synced.
    mutating func start() throws(DiskError) {
        do {
            try Rename.withoutReplacing(source.number, from.name, target.number, to.name, calls)
        } catch {
            // Named as the person knows it.
            throw .rename(error, to.isOwn ? from.path : to.path)
        }
        do throws(DiskError) {
            // Between the look and the rename a person may have put another file there. Out of sight it is safe: what
            // is in the agent's folders is never removed without being looked at.
            moved = try Self.check(library, target.number, to, as: from.path) { [identity] in identity == $0 }
        } catch {
            goBack()
            throw error
        }
    }

    /// Makes sure that what has the new name is the file that is meant, unchanged.
    func look() throws(DiskError) {
        _ = try Self.check(library, target.number, to, as: from.path) { [moved] in moved.isStill($0) }
    }

    /// Makes both folders durable, the one with the new name first: after a power cut there may be both names, never
    /// none.
    func sync() throws(DiskError) {
        try library.folders.sync(target.number, to.folder)
        try library.folders.sync(source.number, from.folder)
    }

    /// Gives the file its old name again, synced as well as can be.
    ///
    /// - Returns: false when the name is taken or the disk refuses; then it has its new name still.
    @discardableResult
    func goBack() -> Bool {
        do {
            try Rename.withoutReplacing(target.number, to.name, source.number, from.name, calls)
            try? library.folders.sync(source.number, from.folder)
        } catch  where error == .noSuchFileOrDirectory {
            // The folder that it came from was empty for a moment, and somebody has removed it.
            guard (try? calls.status(target.number, to.name)) != nil,
                let again = try? library.folders.make(from.folder, synced: true),
                (try? Rename.withoutReplacing(target.number, to.name, again.number, from.name, calls)) != nil
            else { return false }
            try? library.folders.sync(again.number, from.folder)
        } catch {
            return false
        }
        try? library.folders.sync(target.number, to.folder)
        return true
    }

    private static func check(
        _ library: LibraryFolder, _ folder: Int32, _ address: Address, as path: String? = nil,
        isMeant: (FileIdentity) -> Bool
    ) throws(DiskError) -> FileIdentity {
        let path = path ?? address.path
        let status = try library.folders.status(folder, address.name, path)
        guard status.kind == .regular, isMeant(status.identity) else { throw .changed(path) }
        return status.identity
    }
}
