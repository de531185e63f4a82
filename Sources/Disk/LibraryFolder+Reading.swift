public import Model
import SystemPackage

/// Reading single files.
extension LibraryFolder {
    /// The file as it stands there now; nil when there is none, or none that is regular. Blocks.
    public func find(_ path: RelativePath) throws(DiskError) -> FoundFile? {
        do {
            let folder = try folders.open(path.folder ?? "")
            let status = try folders.status(folder.number, path.name, path.description)
            guard status.kind == .regular else { return nil }
            return FoundFile(path: path, identity: status.identity, ctime: status.ctime)
        } catch  where error.code == .notFound || error.code == .notAFolder {
            return nil
        }
    }

    /// Whether nothing stands at this path for certain: the folders above were looked at, on the library's own disk, and
    /// one of them or the file has no entry. A fault, a link, or another disk mounted on the way says nothing (S6). Blocks.
    public func isGone(_ path: RelativePath) -> Bool {
        do {
            let folder = try folders.open(path.folder ?? "")
            let (here, library) = (try calls.status(folder.number), try calls.status(root.number))
            guard here.identity.device == library.identity.device else { return false }
            do throws(Errno) {
                _ = try calls.status(folder.number, path.name)
                return false
            } catch {
                return error == .noSuchFileOrDirectory
            }
        } catch let error as DiskError {
            return error.code == .notFound
        } catch {
            return false
        }
    }

    /// Opens a file, for serving ranges of it. Blocks.
    ///
    /// - Parameter expected: what the file is known to be; another one there, or one that was touched since, throws
    ///   ``DiskError/Code/changed``.
    public func open(_ path: RelativePath, expecting expected: FileIdentity? = nil) throws(DiskError) -> OpenFile {
        let file = try OpenFile(self, path)
        if let expected, !expected.isStill(file.found.identity) { throw .changed(path) }
        return file
    }

    /// What a file is beside its bytes; nil where that cannot be told, or another file stands there. Blocks.
    public func attributes(of known: KnownFile) -> FileAttributes? {
        guard let file = try? open(known.path, expecting: known.identity) else { return nil }
        return calls.attributes(file.file.number)
    }

    /// Makes an open file and its name durable. The folders above are older than it, or reach the disk with it: the
    /// journals of the usual file systems keep that order.
    func sync(_ file: OpenFile) throws(DiskError) {
        let path = file.found.path
        do { try calls.sync(file.file.number) } catch { throw .sync(error, path.description) }
        let folder = try folders.open(path.folder ?? "")
        try folders.sync(folder.number, path.folder ?? "")
        guard try folders.status(folder.number, path.name, path.description).identity == file.found.identity else {
            throw .changed(path)
        }
    }

    /// What of `changes` nobody has open for writing is settled: that proves as much as having seen it closed, and no
    /// time need pass. Blocks.
    public func settling(_ changes: LibraryChanges) -> LibraryChanges {
        var changes = changes
        changes.unsettled = changes.unsettled.filter { waiting in
            guard let open = try? open(waiting.file.path, expecting: waiting.file.identity),
                (try? calls.checkNobodyWrites(open.file.number)) != nil
            else { return true }
            changes.toHash.append(waiting.file)
            return false
        }
        return changes
    }

    /// All bytes of a file, unchanged from the first to the last. Blocks.
    ///
    /// - Throws: ``DiskError/Code/tooLarge`` for a file of more than `limit` bytes, which is not read;
    ///   ``DiskError/Code/changed`` and ``DiskError/Code/changedWhileRead``.
    public func readWhole(
        _ path: RelativePath, limit: Int, expecting expected: FileIdentity? = nil
    ) throws(DiskError) -> [UInt8] {
        let file = try open(path, expecting: expected)
        guard file.found.identity.bytes <= limit else {
            throw DiskError(
                code: .tooLarge,
                message:
                    "'\(path)' has \(file.found.identity.bytes) bytes, more than the \(limit) that are read at once; "
                    + "it is left as it is.",
                path: path.description, isRetryable: false)
        }
        let bytes = try file.read(from: 0, count: limit)
        try file.checkUnchanged()
        return bytes
    }
}

extension DiskError {
    /// Another file stands there than the one that was meant.
    static func changed(_ path: RelativePath) -> DiskError { changed(path.description) }

    static func changed(_ path: String) -> DiskError {
        DiskError(
            code: .changed,
            message: "'\(path)' is not the file that it was; it is left alone until it has been looked at again.",
            path: path, isRetryable: true)
    }
}
