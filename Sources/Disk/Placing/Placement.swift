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
    ///   where `known` should. After any error it stands where it stood, or, where the disk does not allow that, at its
    ///   new place.
    /// - Returns: the file at its new place.
    public func move(_ known: KnownFile, to path: RelativePath, pruning: Bool) throws(DiskError) -> KnownFile {
        var way = try Relocation(library, known.identity, from: .init(known.path), to: .init(path))
        let identity = try way.complete()
        if pruning { prune(known.path.folder) }
        return KnownFile(path: path, identity: identity)
    }

    /// Makes sure that a file which stands there already outlives a power cut, its bytes and its name: as of a reduced
    /// copy that was placed unsynced, before its main goes (S4).
    ///
    /// - Throws: ``DiskError/Code/changed`` when another file stands there.
    public func sync(_ known: KnownFile) throws(DiskError) {
        try library.sync(library.open(known.path, expecting: known.identity))
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

    /// Renames a file out of the library and makes sure that it was the one meant; another one goes back. Not synced.
    func takeOut(_ known: KnownFile, to folder: StoreFolder, as name: String) throws(DiskError) -> String {
        var way = try Relocation(library, known.identity, from: .init(known.path), to: .init(folder, name))
        try way.start()
        return name
    }

    func check(_ known: KnownFile, in folder: Int32) throws(DiskError) {
        let status = try library.folders.status(folder, known.path.name, known.path.description)
        guard status.kind == .regular, known.identity.isStill(status.identity) else { throw .changed(known.path) }
    }

    /// Removes folders that are empty, upwards. rmdir(2) refuses any other.
    func prune(_ folder: String?) {
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
        // One number: each is a call of the system.
        withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { Hex.encode($0) } + ending
    }
}

extension RelativePath {
    /// Whether a reduced copy's file has this path.
    var isReduced: Bool { name.utf8.suffix(Self.reducedSuffix.utf8.count).elementsEqual(Self.reducedSuffix.utf8) }
}
