public import Model
import SystemPackage

extension Placement {
    /// Begins to receive a main, or goes on with what is there of it.
    ///
    /// What is there is read and hashed first, which blocks for as long as that takes.
    ///
    /// - Parameters:
    ///   - image: the main's name, by which its bytes are judged in the end.
    ///   - bytes: how many bytes it has; not one more is taken.
    ///   - resuming: false throws away what is there.
    /// - Throws: ``DiskError/Code/locked`` while it is being received already.
    public func receive(_ image: ImageID, bytes: Int64, resuming: Bool = true) throws(DiskError) -> IncomingFile {
        try IncomingFile(library, image, bytes: bytes, resuming: resuming, in: try incoming())
    }

    /// Begins to receive several mains anew, in folders opened once.
    ///
    /// - Returns: for each, in order, what ``receive(_:bytes:resuming:)`` says, without resuming.
    public func receive(
        _ mains: [(image: ImageID, bytes: Int64)]
    ) throws(DiskError) -> [Result<IncomingFile, DiskError>] {
        let folder = try incoming()
        return mains.map { image, bytes in
            do throws(DiskError) {
                return .success(try IncomingFile(library, image, bytes: bytes, resuming: false, in: folder))
            } catch {
                return .failure(error)
            }
        }
    }

    private func incoming() throws(DiskError) -> OpenFolder {
        OpenFolder(try library.folders.make(StoreFolder.incoming.path, synced: false))
    }

    /// Removes what has come of a main that nobody wants any more. Nothing is to be done where nothing has come.
    ///
    /// - Throws: ``DiskError/Code/locked`` while it is being received; then it is left.
    public func removePart(of image: ImageID) throws(DiskError) {
        let incoming: Descriptor
        do throws(DiskError) {
            incoming = try library.folders.open(StoreFolder.incoming.path)
        } catch  where error.code == .notFound {
            return
        }
        try PartFile.remove(incoming.number, image, calls)
    }

    /// Clears `incoming` of what an earlier run has left. Call it once, before anything is placed or received.
    ///
    /// - Parameter keepingParts: whether mains received in part stay, to be resumed.
    /// - Returns: what stays. Mains that were being evicted always do: give each back its place with
    ///   ``returnEvicting(_:to:)``.
    public func clearIncoming(keepingParts: Bool = true) throws(DiskError) -> FoundIncoming {
        let path = StoreFolder.incoming.path
        let incoming = try library.folders.make(path, synced: false)
        let trash = try library.folders.make(StoreFolder.trash.path, synced: true)
        var left = FoundIncoming()
        for entry in try FolderEntries.read(incoming.number, path, calls) {
            // Names of ours are plain; what anyone else has put here stays.
            guard let name = String(validating: entry.name, as: UTF8.self) else { continue }
            do {
                if let image = LeftOver.image(ofPart: name), keepingParts {
                    let status = try calls.status(incoming.number, name)
                    if status.kind == .regular {
                        left.parts.append(PartialMain(image: image, bytes: status.identity.bytes))
                    }
                } else if let image = LeftOver.image(ofEvicting: name) {
                    left.evicting.append(image)
                } else if name.hasSuffix(LeftOver.moving) {
                    left.moving.append(name)
                } else if name.hasSuffix(LeftOver.part) || name.hasSuffix(LeftOver.temporary) {
                    try calls.unlink(incoming.number, name, folder: false)
                } else if name.hasSuffix(LeftOver.old) {
                    try Rename.withoutReplacing(incoming.number, name, trash.number, name, calls)
                }
            } catch {
                throw .unlink(error, "\(path)/\(name)")
            }
        }
        return left
    }
}
