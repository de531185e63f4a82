public import Model

/// An image at several paths.
extension Placement {
    /// Begins a copy of an own main: all its bytes come, and are hashed on the way. Where the file system can share bytes
    /// between files, it does; two names of one file would not do, as a program that writes into the one would change the
    /// other.
    ///
    /// - Parameter attributes: what the copy is to be beside its bytes; as the main is when nil.
    /// - Throws: ``DiskError/Code/changed`` and ``DiskError/Code/changedWhileRead`` when it is not the file that is known;
    ///   ``DiskError/Code/locked`` while the image is being received.
    /// - Returns: the copy, to be finished or discarded.
    public func copy(
        _ main: KnownFile, of image: ImageID, attributes: FileAttributes?
    ) throws(DiskError) -> IncomingFile {
        let source = try library.open(main.path, expecting: main.identity)
        let bytes = main.identity.bytes
        clone(source, of: image)
        // What is there is hashed, wherever it came from.
        let copy = try receive(image, bytes: bytes)
        copy.carry(attributes ?? calls.attributes(source.file.number))
        do throws(DiskError) {
            while copy.received < bytes {
                let piece = try source.read(from: copy.received, count: FileHasher.chunk)
                guard !piece.isEmpty else { throw source.changed }
                try copy.append(piece)
            }
            try source.checkUnchanged()
        } catch {
            copy.discard()
            throw error
        }
        return copy
    }

    /// Where that fails, the bytes are copied.
    private func clone(_ source: OpenFile, of image: ImageID) {
        guard let incoming = try? library.folders.make(StoreFolder.incoming.path, synced: false),
            let part = try? PartFile.open(incoming.number, image, calls)
        else { return }
        try? calls.truncate(part.number, to: 0)
        try? calls.clone(source.file.number, to: part.number)
    }

    /// Places another copy of a reduced copy; as ``placeReduced(_:at:replacing:mtime:main:synced:)``.
    public func copyReduced(
        _ reduced: KnownFile, to path: RelativePath, replacing known: KnownFile? = nil, main attributes: FileAttributes?
    ) throws(DiskError) -> KnownFile {
        let bytes = try library.readWhole(
            reduced.path, limit: Int(clamping: reduced.identity.bytes), expecting: reduced.identity)
        return try placeReduced(bytes, at: path, replacing: known, main: attributes)
    }

    /// Removes a main for good of which another stands here: one that is evicted together with it.
    ///
    /// - Throws: ``DiskError/Code/changed`` when one of the two is not the file that is known; it is left as it is.
    public func removeCopy(_ main: KnownFile, beside other: KnownFile) throws(DiskError) {
        guard main.path != other.path, !main.path.isReduced, !other.path.isReduced else { throw .changed(main.path) }
        // Two spellings may be one file, which is then the last.
        if main.path.isSame(ignoringCaseOf: other.path), try library.traits().foldsCase { throw .changed(main.path) }
        let aside = try takeOut(main, to: .incoming, as: Self.randomName(ending: LeftOver.old))
        let incoming = try library.folders.open(StoreFolder.incoming.path)
        do throws(DiskError) {
            let folder = try library.folders.open(other.path.folder ?? "")
            let there = try library.folders.status(folder.number, other.path.name, other.path.description)
            // A second name of the same file has just lost one.
            let isSame = there.kind == .regular && there.identity.inode == main.identity.inode
            guard isSame || other.identity.isStill(there.identity) else { throw DiskError.changed(other.path) }
        } catch {
            let folder = try library.folders.open(main.path.folder ?? "")
            try? Rename.withoutReplacing(incoming.number, aside, folder.number, main.path.name, calls)
            throw error
        }
        try? calls.unlink(incoming.number, aside, folder: false)
    }
}
