public import Model
import SystemPackage

/// Trash, versions and damaged: setting files aside, and what becomes of them.
///
/// Each of these is durable on return. After any error the file is where it was, or, where the disk does not allow
/// that, already where it was to go: ``find(aside:in:)`` tells.
extension Placement {
    /// A name for a file that is to be set aside, no two alike: `IMG_1.JPG` becomes `IMG_1~4f3a9c21d0.JPG`.
    ///
    /// Write it down durably before setting the file aside under it: after a crash it is found again by it.
    public static func asideName(for path: RelativePath) -> String { SetAsideFile.name(for: path) }

    /// Takes a file out of the library into a folder for what is set aside, by rename; nothing is copied.
    ///
    /// - Parameter name: what it is to be called there; a name of its own by default.
    /// - Throws: ``DiskError/Code/changed`` when another file stands there, which is then left;
    ///   ``DiskError/Code/exists`` when the name is taken; ``DiskError/Code/badName``.
    public func setAside(
        _ known: KnownFile, into folder: StoreFolder, as name: String? = nil
    ) throws(DiskError) -> SetAsideFile {
        let name = name ?? Self.asideName(for: known.path)
        var aside = SetAsideFile(folder: folder, name: name, identity: known.identity)
        try aside.validate()
        var way = try Relocation(library, known.identity, from: .init(known.path), to: .init(aside))
        aside.identity = try way.complete()
        return aside
    }

    /// Puts a file that was set aside to a place in the library.
    ///
    /// - Throws: ``DiskError/Code/exists`` when the place is taken, ``DiskError/Code/notFound`` when it is not there
    ///   any more, ``DiskError/Code/changed`` when another file has its name.
    public func putBack(_ aside: SetAsideFile, at path: RelativePath) throws(DiskError) -> KnownFile {
        try aside.validate()
        var way = try Relocation(library, aside.identity, from: .init(aside), to: .init(path))
        return KnownFile(path: path, identity: try way.complete())
    }

    /// Moves a file from one folder for what is set aside to another, as of damage that is not needed any more to the
    /// trash.
    ///
    /// - Parameter name: what it is to be called there; what it is called here by default.
    /// - Throws: as ``setAside(_:into:as:)``.
    public func moveAside(
        _ aside: SetAsideFile, to folder: StoreFolder, as name: String? = nil
    ) throws(DiskError) -> SetAsideFile {
        var moved = SetAsideFile(folder: folder, name: name ?? aside.name, identity: aside.identity)
        try aside.validate()
        try moved.validate()
        var way = try Relocation(library, aside.identity, from: .init(aside), to: .init(moved))
        moved.identity = try way.complete()
        return moved
    }

    /// Removes a file that was set aside, for good.
    ///
    /// A crash in its midst may leave it in the trash, under a name of random digits and `.old`.
    ///
    /// - Throws: ``DiskError/Code/notFound`` when it is not there any more, ``DiskError/Code/changed`` when another file
    ///   has its name, which is then left.
    public func purge(_ aside: SetAsideFile) throws(DiskError) {
        try aside.validate()
        // Under another name first: only there it is sure that what is unlinked is what was looked at.
        let name = Self.randomName(ending: LeftOver.old)
        var way = try Relocation(library, aside.identity, from: .init(aside), to: .init(.incoming, name))
        try way.start()
        do {
            try calls.unlink(way.target.number, name, folder: false)
        } catch {
            way.goBack()
            throw .unlink(error, way.from.path)
        }
        // Gone is gone. Should a power cut bring it back, it is one more file of the trash.
        try? way.sync()
    }

    /// The file of that name in a folder for what is set aside; nil when there is none, or none that is regular.
    ///
    /// - Throws: ``DiskError/Code/badName``; a fault of the disk, which says nothing of the file (S6).
    public func find(aside name: String, in folder: StoreFolder) throws(DiskError) -> FoundAside? {
        try SetAsideFile.validate(name, in: folder)
        do throws(DiskError) {
            let store = try library.folders.open(folder.path)
            return try look(at: name, in: store.number, folder)
        } catch  where error.code == .notFound {
            return nil
        }
    }

    /// All regular files in a folder for what is set aside, in no order. Names that are not UTF-8 are none of ours.
    public func listAside(_ folder: StoreFolder) throws(DiskError) -> [FoundAside] {
        let store: Descriptor
        do throws(DiskError) {
            store = try library.folders.open(folder.path)
        } catch  where error.code == .notFound {
            return []
        }
        var found: [FoundAside] = []
        for entry in try FolderEntries.read(store.number, folder.path, calls) {
            guard let name = String(validating: entry.name, as: UTF8.self) else { continue }
            do throws(DiskError) {
                if let file = try look(at: name, in: store.number, folder) { found.append(file) }
            } catch  where error.code == .notFound {
                // Gone since it was listed.
            }
        }
        return found
    }

    private func look(at name: String, in store: Int32, _ folder: StoreFolder) throws(DiskError) -> FoundAside? {
        let status = try library.folders.status(store, name, "\(folder.path)/\(name)")
        guard status.kind == .regular else { return nil }
        let file = SetAsideFile(folder: folder, name: name, identity: status.identity)
        return FoundAside(file: file, ctime: status.ctime)
    }
}
