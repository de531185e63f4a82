import Model
import SystemPackage

/// Adding and dropping the watches of folders.
extension WatchLoop {
    /// Watches every folder of the library. Returns what is to be told of it.
    func watchAll() -> [WatchEvent] {
        watchBelow([("", root)])
        return takeOut()
    }

    /// Looks anew which folders there are, after events were lost. What moved is found at its new place, for the
    /// kernel gives the same descriptor to the same folder.
    func watchAnew() {
        let before = table.descriptors
        table = WatchTable()
        table.put(root, "", in: nil)
        watchBelow([("", root)])
        for lost in before.subtracting(table.descriptors) { try? calls.removeWatch(watch.number, lost) }
    }

    /// Watches the folder `name` in a watched one, with all below.
    func watchFolder(_ path: RelativePath, in parent: Int32) {
        if let added = add(path, in: parent) { watchBelow([(path.description, added)]) }
    }

    /// Stops watching a folder and all below.
    func unwatch(_ folder: Int32) {
        for dropped in table.remove(folder) { try? calls.removeWatch(watch.number, dropped) }
    }

    /// Watches what is below the given folders, which are watched already: a folder made after its parent is watched
    /// shows as an event, one made before shows in this listing.
    private func watchBelow(_ folders: [(path: String, watch: Int32)]) {
        var pending = folders
        while let (path, parent) = pending.popLast() {
            for name in subfolders(of: path) {
                let text = path.isEmpty ? [] : Array(path.utf8) + [UInt8(ascii: "/")]
                // Names that are refused, hidden ones among them, are left alone; the walk reports them.
                guard !library.rules.isIgnored(name, at: text + name), let path = try? RelativePath(bytes: text + name),
                    let added = add(path, in: parent)
                else {
                    continue
                }
                pending.append((path.description, added))
            }
        }
    }

    // A folder that cannot be read now is reported by the walk, and looked into again by each later one.
    private func subfolders(of path: String) -> [[UInt8]] {
        guard let folder = try? library.folders.open(path),
            let entries = try? FolderEntries.read(folder.number, path, calls)
        else { return [] }
        return entries.filter { entry in
            switch entry.kind {
            case .folder: true
            case nil:
                String(validating: entry.name, as: UTF8.self)
                    .flatMap { try? calls.status(folder.number, $0) }?.kind == .folder
            default: false
            }
        }.map(\.name)
    }

    private func add(_ path: RelativePath, in parent: Int32) -> Int32? {
        guard let folder = try? library.folders.open(path.description),
            let status = try? calls.status(folder.number), status.identity.device == device
        else { return nil }
        do {
            let added = try calls.addWatch(watch.number, Self.magic(folder.number), mask: InotifyEvent.inFolders)
            table.put(added, path.name, in: parent)
            return added
        } catch {
            if error == .noSpace || error == .noMemory, !hasToldLimit {
                hasToldLimit = true
                out.append(.rescanAll(.watchLimit))
            }
            return nil
        }
    }
}
