import Glibc
public import Model
import SystemPackage

extension Placement {
    /// Places a reduced copy.
    ///
    /// It is whole before it has its name. It is not synced unless asked for: one that a power cut leaves short is
    /// seen by its size, and made again.
    ///
    /// - Parameters:
    ///   - path: the path of the reduced copy's own file.
    ///   - known: the reduced copy that it replaces, if any; only that one is replaced, and it is gone afterwards.
    ///   - mtime: the time of last change to give it, in nanoseconds since 1970; now when nil.
    ///   - attributes: what its main is beside its bytes, which it is too; above all it is never more readable. nil where
    ///     that is not known.
    ///   - synced: whether it must survive a power cut (S4).
    /// - Throws: ``DiskError/Code/exists`` when a file is there and none is to be replaced; ``DiskError/Code/changed``
    ///   when another file than `known` is there. Either is left as it is.
    /// - Returns: the file, to be remembered as known.
    public func placeReduced(
        _ bytes: [UInt8], at path: RelativePath, replacing known: KnownFile? = nil, mtime: Int64? = nil,
        main attributes: FileAttributes? = nil, synced: Bool = false
    ) throws(DiskError) -> KnownFile {
        guard path.isReduced || known == nil else { throw .changed(path) }
        let incoming = try library.folders.make(StoreFolder.incoming.path, synced: false)
        let name = Self.randomName(ending: known == nil ? LeftOver.temporary : LeftOver.old)
        let file: Descriptor
        do {
            file = Descriptor(
                try calls.open(
                    incoming.number, name, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                    mode: attributes == nil ? 0o644 : 0o600), calls)
        } catch {
            throw .open(error, path.description)
        }
        do throws(DiskError) {
            try fill(file.number, bytes, path, mtime: mtime, attributes, synced: synced)
            let folder = try library.folders.make(path.folder ?? "", synced: synced)
            if let known {
                try exchange(incoming.number, name, with: known, in: folder.number)
                if synced { try library.folders.sync(folder.number, path.folder ?? "") }
            } else {
                try place(incoming.number, name, path, in: folder.number, synced: synced)
            }
            return KnownFile(path: path, identity: try library.folders.status(file.number, path.description).identity)
        } catch {
            // By inode: once it has its name, or another file is under this one, there is nothing to clear away.
            if let own = try? calls.status(file.number), let there = try? calls.status(incoming.number, name),
                own.identity.inode == there.identity.inode
            {
                try? calls.unlink(incoming.number, name, folder: false)
            }
            throw error
        }
    }

    private func place(
        _ incoming: Int32, _ name: String, _ path: RelativePath, in folder: Int32, synced: Bool
    ) throws(DiskError) {
        do {
            try Rename.withoutReplacing(incoming, name, folder, path.name, calls)
        } catch {
            throw .rename(error, path.description)
        }
        do {
            if synced { try library.folders.sync(folder, path.folder ?? "") }
        } catch {
            // Not there for sure is simpler for the caller than perhaps there.
            try? Rename.withoutReplacing(folder, path.name, incoming, name, calls)
            throw error
        }
    }

    private func fill(
        _ file: Int32, _ bytes: [UInt8], _ path: RelativePath, mtime: Int64?, _ attributes: FileAttributes?,
        synced: Bool
    ) throws(DiskError) {
        do { try calls.writeAll(file, bytes) } catch { throw .write(error, path.description) }
        if let attributes { calls.setAttributes(file, attributes, insteadOf: nil) }
        if let mtime {
            do { try calls.setModified(file, to: mtime) } catch { throw .setModified(error, path.description) }
        }
        if synced {
            do { try calls.sync(file) } catch { throw .sync(error, path.description) }
        }
    }

    /// Puts the new file in the place of the known one. The old one comes to lie under the new one's former name, which
    /// says that it is an old one: should the machine stop here, the next start puts it into the trash unseen, for a
    /// person may have put another file there at the last moment.
    private func exchange(
        _ incoming: Int32, _ name: String, with known: KnownFile, in folder: Int32
    ) throws(DiskError) {
        try check(known, in: folder)
        let path = known.path
        do {
            try calls.rename(incoming, name, to: folder, path.name, .exchange)
        } catch  where error == .invalidArgument || error == .noFunction || error == .notSupported {
            return try replaceInTwo(incoming, name, known, in: folder)
        } catch {
            throw .rename(error, path.description)
        }
        guard (try? calls.status(incoming, name))?.identity == known.identity else {
            try? calls.rename(incoming, name, to: folder, path.name, .exchange)
            throw .changed(path)
        }
        try? calls.unlink(incoming, name, folder: false)
    }

    /// The same where the file system cannot exchange names: for a moment neither file has the name.
    private func replaceInTwo(
        _ incoming: Int32, _ name: String, _ known: KnownFile, in folder: Int32
    ) throws(DiskError) {
        let path = known.path
        let old = try takeOut(known, to: .incoming, as: Self.randomName(ending: LeftOver.old))
        do {
            try Rename.withoutReplacing(incoming, name, folder, path.name, calls)
        } catch {
            try? Rename.withoutReplacing(incoming, old, folder, path.name, calls)
            throw .rename(error, path.description)
        }
        try? calls.unlink(incoming, old, folder: false)
    }
}
