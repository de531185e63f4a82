public import Model

extension Placement {
    /// As many mains make it worth while to sync the whole file system, once, instead of each.
    static let many = 8

    /// Seals several mains: the disk writes all of them at once, and one commit of its journal serves for many.
    ///
    /// - Returns: for each, in order, what ``IncomingFile/seal(mtime:)`` says.
    public func seal(_ mains: [IncomingFile]) -> [Result<Void, DiskError>] {
        let synced = syncAll(mains)
        if synced.isEmpty { for main in mains { main.startWriting() } }
        return mains.map { main in
            do throws(DiskError) {
                return .success(
                    synced.contains(ObjectIdentifier(main)) ? try main.sealSynced() : try main.seal())
            } catch {
                return .failure(error)
            }
        }
    }

    /// Syncs the file system when that serves for many.
    ///
    /// - Returns: those of which all bytes were there before, and are synced now.
    private func syncAll(_ mains: [IncomingFile]) -> Set<ObjectIdentifier> {
        let whole = mains.filter(\.isWhole)
        guard whole.count >= Self.many, let first = whole.first, library.syncsAll.isWorthWhile else { return [] }
        let began = ContinuousClock.now
        // Where it fails, each is synced for itself, and says whether the fault is its own.
        guard (try? calls.syncAll(first.file.number)) == true else { return [] }
        library.syncsAll.took(.now - began)
        return Set(whole.map { ObjectIdentifier($0) })
    }

    /// Places several mains that were sealed, as ``IncomingFile/finish(at:mtime:)`` does each; every folder is synced
    /// once. Durable on return.
    ///
    /// - Returns: for each, in order, the file, or why it does not stand under its name.
    public func place(_ mains: [(main: IncomingFile, path: RelativePath)]) -> [Result<KnownFile, DiskError>] {
        var folders: [FolderName: Result<FolderToSync, DiskError>] = [:]
        let renamed = mains.map { main, path -> Result<FolderToSync, DiskError> in
            let name = FolderName(path.folder)
            let folder = folders[name] ?? open(name.path)
            folders[name] = folder
            do throws(DiskError) {
                try main.rename(into: try folder.get(), path)
                return folder
            } catch {
                return .failure(error)
            }
        }
        var synced: [ObjectIdentifier: Result<Void, DiskError>] = [:]
        for case .success(let folder) in renamed where synced[ObjectIdentifier(folder)] == nil {
            do throws(DiskError) {
                synced[ObjectIdentifier(folder)] = .success(try folder.sync())
            } catch {
                synced[ObjectIdentifier(folder)] = .failure(error)
            }
        }
        return zip(mains, renamed).map { item, renamed in
            renamed.flatMap { folder in
                do throws(DiskError) {
                    try synced[ObjectIdentifier(folder)]?.get()
                    return .success(try item.main.placed(at: item.path))
                } catch {
                    item.main.takeBack(from: folder, item.path)
                    return .failure(error)
                }
            }
        }
    }

    private func open(_ folder: String) -> Result<FolderToSync, DiskError> {
        do throws(DiskError) { return .success(try FolderToSync(library, folder)) } catch { return .failure(error) }
    }
}
