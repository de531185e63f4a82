import Glibc
public import Model
import SystemPackage

/// Every change of the library's files: placing, moving, removing.
///
/// Nothing here overwrites a file: a taken name throws ``DiskError/Code/exists``, and the caller takes another
/// (`RelativePath.disambiguated(by:attempt:)`). Nothing here touches a file that is not the one the caller names by its
/// identity; what turns out to be another one goes back to its name. What a crash leaves behind lies in `incoming`.
///
/// All of it blocks. Callable from any thread.
public struct Placement: Sendable {
    let library: LibraryFolder

    public init(library: LibraryFolder) { self.library = library }

    var calls: any SystemCalls { library.calls }

    /// Gives a file another place, making the folders on the way.
    ///
    /// - Parameter pruning: whether folders that are empty afterwards are removed, from the file's own one upwards.
    /// - Throws: ``DiskError/Code/exists`` when the place is taken, ``DiskError/Code/changed`` when another file stands
    ///   where `known` should.
    /// - Returns: the file at its new place.
    public func move(_ known: KnownFile, to path: RelativePath, pruning: Bool) throws(DiskError) -> KnownFile {
        let from = try library.folders.open(known.path.folder ?? "")
        try check(known, in: from.number)
        let to = try library.folders.make(path.folder ?? "", synced: true)
        do {
            try Rename.withoutReplacing(from.number, known.path.name, to.number, path.name, calls)
        } catch {
            throw .rename(error, path.description)
        }
        let moved = try library.folders.status(to.number, path.name, path.description).identity
        guard moved == known.identity else {
            try? Rename.withoutReplacing(to.number, path.name, from.number, known.path.name, calls)
            throw .changed(known.path)
        }
        // The new name first: after a power cut there may be both of them, never none.
        try library.folders.sync(to.number, path.folder ?? "")
        try library.folders.sync(from.number, known.path.folder ?? "")
        if pruning { prune(known.path.folder) }
        return KnownFile(path: path, identity: moved)
    }

    /// Removes a reduced copy for good.
    ///
    /// - Parameter pruning: as for ``move(_:to:pruning:)``.
    /// - Throws: ``DiskError/Code/changed`` when another file stands there, which is then left, or when the path is
    ///   none of a reduced copy: mains leave in other ways (S1).
    public func removeReduced(_ known: KnownFile, pruning: Bool) throws(DiskError) {
        guard known.path.isReduced else { throw .changed(known.path) }
        let aside = try takeOut(known, to: .incoming, as: Self.randomName(ending: LeftOver.old))
        let incoming = try library.folders.open(StoreFolder.incoming.path)
        do {
            try calls.unlink(incoming.number, aside, folder: false)
        } catch {
            // It has left its place, which is what was asked for; the next start clears it away.
        }
        if pruning { prune(known.path.folder) }
    }

    /// Takes a file out of the library into one of the agent's own folders, by rename; nothing is copied.
    ///
    /// Durable on return. The name stays readable: `IMG_1.JPG` becomes `IMG_1~4f3a9c21d0.JPG`.
    ///
    /// - Throws: ``DiskError/Code/changed`` when another file stands there, which is then left.
    public func setAside(_ known: KnownFile, into folder: StoreFolder) throws(DiskError) -> SetAsideFile {
        let name = SetAsideFile.name(for: known.path)
        _ = try takeOut(known, to: folder, as: name)
        let store = try library.folders.open(folder.path)
        try library.folders.sync(store.number, folder.path)
        let from = try library.folders.open(known.path.folder ?? "")
        try library.folders.sync(from.number, known.path.folder ?? "")
        return SetAsideFile(folder: folder, name: name, identity: known.identity)
    }

    /// Puts a file that was set aside to a place in the library. Durable on return.
    ///
    /// - Throws: ``DiskError/Code/exists`` when the place is taken, ``DiskError/Code/notFound`` when it is not there
    ///   any more.
    public func putBack(_ aside: SetAsideFile, at path: RelativePath) throws(DiskError) -> KnownFile {
        let from = try library.folders.open(aside.folder.path)
        let to = try library.folders.make(path.folder ?? "", synced: true)
        do {
            try Rename.withoutReplacing(from.number, aside.name, to.number, path.name, calls)
        } catch {
            throw .rename(error, path.description)
        }
        try library.folders.sync(to.number, path.folder ?? "")
        let status = try library.folders.status(to.number, path.name, path.description)
        return KnownFile(path: path, identity: status.identity)
    }

    /// Renames a file out of the library and makes sure that it was the one meant; another one goes back.
    func takeOut(_ known: KnownFile, to folder: StoreFolder, as name: String) throws(DiskError) -> String {
        let from = try library.folders.open(known.path.folder ?? "")
        try check(known, in: from.number)
        let store = try library.folders.make(folder.path, synced: false)
        do {
            try Rename.withoutReplacing(from.number, known.path.name, store.number, name, calls)
        } catch {
            throw .rename(error, known.path.description)
        }
        // Between the look and the rename a person may have put another file there. Out of sight it is safe: what is
        // in this folder is never removed without being looked at.
        guard (try? calls.status(store.number, name))?.identity == known.identity else {
            try? Rename.withoutReplacing(store.number, name, from.number, known.path.name, calls)
            throw .changed(known.path)
        }
        return name
    }

    func check(_ known: KnownFile, in folder: Int32) throws(DiskError) {
        let status = try library.folders.status(folder, known.path.name, known.path.description)
        guard status.kind == .regular, status.identity == known.identity else { throw .changed(known.path) }
    }

    /// Removes folders that are empty, upwards. rmdir(2) refuses any other.
    private func prune(_ folder: String?) {
        var next = folder.flatMap { try? RelativePath($0) }
        while let path = next, (try? removeFolder(path)) != nil {
            next = path.folder.flatMap { try? RelativePath($0) }
        }
    }

    private func removeFolder(_ path: RelativePath) throws {
        let parent = try library.folders.open(path.folder ?? "")
        try calls.unlink(parent.number, path.name, folder: true)
    }

    static func randomName(ending: String) -> String {
        Hex.encode((0..<8).map { _ in UInt8.random(in: 0...255) }) + ending
    }
}

extension RelativePath {
    /// Whether a reduced copy's file has this path.
    var isReduced: Bool { name.utf8.suffix(Self.reducedSuffix.utf8.count).elementsEqual(Self.reducedSuffix.utf8) }
}
