public import Model

extension Placement {
    /// Seals several mains: the disk writes all of them at once, and one commit of its journal serves for many.
    ///
    /// - Returns: for each, in order, what ``IncomingFile/seal(mtime:)`` says.
    public func seal(_ mains: [IncomingFile]) -> [Result<Void, DiskError>] {
        for main in mains { main.startWriting() }
        return mains.map { main in
            do throws(DiskError) { return .success(try main.seal()) } catch { return .failure(error) }
        }
    }

    /// Places several mains that were sealed, as ``IncomingFile/finish(at:mtime:)`` does each; every folder is synced
    /// once. Durable on return.
    ///
    /// - Returns: for each, in order, the file, or why it does not stand under its name.
    public func place(_ mains: [(main: IncomingFile, path: RelativePath)]) -> [Result<KnownFile, DiskError>] {
        var folders: [String: Result<FolderToSync, DiskError>] = [:]
        let renamed = mains.map { main, path -> Result<FolderToSync, DiskError> in
            let name = path.folder ?? ""
            let folder = folders[name] ?? open(name)
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
