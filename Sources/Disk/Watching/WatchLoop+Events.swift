import Model
import SystemPackage

/// What the kernel's events mean.
extension WatchLoop {
    func handle(_ events: [InotifyEvent]) {
        var folder = OpenFolders(library)
        // Both halves of a rename are told at the place of the first. The kernel holds both folders' locks while it
        // queues them, so nothing else happens to those names in between.
        var second: [UInt32: Int] = [:]
        for (index, event) in events.enumerated() where event.has(InotifyEvent.movedTo) { second[event.cookie] = index }
        var done: Set<Int> = []
        for (index, event) in events.enumerated() where !done.contains(index) {
            if isGone { return }
            if event.has(InotifyEvent.overflow) {
                watchAnew()
                out.append(.rescanAll(.overflow))
                folder = OpenFolders(library)
            } else if event.watch == store || event.watch == root, let reason = end(event) {
                out.append(.libraryGone(reason: reason))
                isGone = true
            } else if event.has(InotifyEvent.ignored) {
                _ = table.remove(event.watch)
            } else if event.watch == store || event.name.isEmpty {
                continue
            } else if let path = path(of: event) {
                if event.has(InotifyEvent.movedFrom) {
                    let partner = second[event.cookie].flatMap { $0 > index ? $0 : nil }
                    let target = partner.flatMap { self.path(of: events[$0]) }
                    if target != nil, let partner { done.insert(partner) }
                    let parent = partner.map { events[$0].watch }
                    if event.isFolder {
                        movedFolder(event, path, to: target, in: parent)
                    } else {
                        moved(path, to: target, &folder)
                    }
                } else if event.isFolder {
                    changedFolder(event, path)
                } else {
                    changedFile(event, path, &folder)
                }
                if event.isFolder { folder = OpenFolders(library) }
            }
        }
    }

    /// Why the library is gone, if this event of its folder or of `.mainstay` says so.
    private func end(_ event: InotifyEvent) -> String? {
        if event.has(InotifyEvent.unmount) {
            return "The disk of the library '\(library.path)' was unmounted; mount it again."
        }
        if event.has(InotifyEvent.deleteSelf | InotifyEvent.moveSelf | InotifyEvent.ignored) {
            return "The library's folder '\(library.path)', or '\(LibraryMarker.store)' in it, was moved or deleted; "
                + "put it back, or give another --library."
        }
        let isLost = event.has(InotifyEvent.delete | InotifyEvent.movedFrom)
        let what = event.watch == store ? LibraryMarker.name : LibraryMarker.store
        guard isLost, event.name == Array(what.utf8) else { return nil }
        return
            "The marker '\(LibraryMarker.store)/\(LibraryMarker.name)' of the library '\(library.path)' was moved or "
            + "deleted; put it back."
    }

    /// The path that the event is about; nil for hidden names and others that are left alone, for such as no catalogue can
    /// hold (which is told when it comes to be), and for folders that are not watched any more.
    private func path(of event: InotifyEvent) -> RelativePath? {
        guard event.name.first != UInt8(ascii: "."), let folder = table.path(event.watch) else { return nil }
        let bytes = (folder.isEmpty ? [] : Array(folder.utf8) + [0x2F]) + event.name
        let rules = library.rules
        if event.isFolder ? rules.isIgnored(event.name, at: bytes) : rules.reason(file: event.name, at: bytes) != nil {
            return nil
        }
        do {
            return try RelativePath(bytes: bytes)
        } catch {
            if event.has(InotifyEvent.closeWrite | InotifyEvent.movedTo)
                || (event.isFolder && event.has(InotifyEvent.create))
            {
                let text = (folder.isEmpty ? "" : folder + "/") + EscapedName.text(event.name)
                out.append(.unnameable(LibraryWalk.Unnameable(text: text, reason: "\(error)")))
            }
            return nil
        }
    }

    private func moved(_ from: RelativePath, to target: RelativePath?, _ folder: inout OpenFolders) {
        if let target {
            let status = look(at: target, &folder)
            if let status, let file = found(target, status) {
                out.append(.moved(from: from, to: file))
            } else if status == nil {
                out.append(.passedOn(from: from))
            } else {
                removed(from, &folder)
            }
        } else {
            removed(from, &folder)
        }
    }

    // What stands there now came after, or in exchange, and has an event of its own: nothing is gone from that name.
    private func removed(_ path: RelativePath, _ folder: inout OpenFolders) {
        if look(at: path, &folder)?.kind != .regular { out.append(.removed(path)) }
    }

    private func movedFolder(
        _ event: InotifyEvent, _ from: RelativePath, to target: RelativePath?, in parent: Int32?
    ) {
        let own = table.child(from.name, of: event.watch)
        guard let target, let parent else {
            if let own { unwatch(own) }
            out.append(.removedFolder(from))
            return
        }
        if let own { table.put(own, target.name, in: parent) } else { watchFolder(target, in: parent) }
        out.append(.movedFolder(from: from, to: target))
    }

    private func changedFolder(_ event: InotifyEvent, _ path: RelativePath) {
        if event.has(InotifyEvent.delete) {
            if let own = table.child(path.name, of: event.watch) { unwatch(own) }
            out.append(.removedFolder(path))
        } else if event.has(InotifyEvent.create | InotifyEvent.movedTo) {
            watchFolder(path, in: event.watch)
            out.append(.rescan(path))
        } else if event.has(InotifyEvent.attributes) {
            // Its rights may have changed, and with them what can be seen below.
            watchFolder(path, in: event.watch)
            out.append(.rescan(path))
        }
    }

    private func changedFile(_ event: InotifyEvent, _ path: RelativePath, _ folder: inout OpenFolders) {
        if event.has(InotifyEvent.delete) {
            removed(path, &folder)
            return
        }
        guard let status = look(at: path, &folder), let file = found(path, status) else { return }
        // A file that is made is told of when it is closed; only a second name of one that is whole has no such end.
        if event.has(InotifyEvent.create), status.links < 2 { return }
        out.append(event.has(InotifyEvent.attributes) ? .touched(file) : .settled(file))
    }

    private func found(_ path: RelativePath, _ status: FileStatus) -> FoundFile? {
        guard status.kind == .regular else { return nil }
        return FoundFile(path: path, identity: status.identity, ctime: status.ctime)
    }

    /// nil when it is not there any more, of which another event tells; or when it cannot be looked at, which a walk
    /// of its folder will report.
    private func look(at path: RelativePath, _ folder: inout OpenFolders) -> FileStatus? {
        do {
            return try folder.status(path)
        } catch  where error.code == .notFound || error.code == .notAFolder {
            return nil
        } catch {
            let folder = path.folder.flatMap { try? RelativePath($0) }
            out.append(folder.map { .rescan($0) } ?? .rescanAll(.fault(error.message)))
            return nil
        }
    }
}
