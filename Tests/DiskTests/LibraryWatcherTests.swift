import Disk
import Foundation
import Glibc
import Model
import SystemPackage
import TestSupport
import Testing

@Suite("The watch over the library", .timeLimit(.minutes(5)))
struct LibraryWatcherTests {
    /// Takes up events until one of them is `last`, or the watch ends. The suite's time limit is the deadline.
    private func events(_ watcher: LibraryWatcher, until last: @Sendable (WatchEvent) -> Bool) async throws
        -> [WatchEvent]
    {
        var all: [WatchEvent] = []
        for await batch in watcher.events {
            all += batch
            if batch.contains(where: last) { break }
        }
        try Task.checkCancellation()
        return all
    }

    /// Writes a last file and returns all that was seen before it.
    private func events(_ watcher: LibraryWatcher, _ sandbox: DiskSandbox) async throws -> [WatchEvent] {
        let end = try sandbox.write("end-\(UUID()).jpg", [0]).path
        return try await events(watcher) { $0.settledPath == end }.filter { $0.settledPath != end }
    }

    @Test("A file that is written, replaced, renamed and deleted is seen so, in order")
    func files() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            try sandbox.write("folder/old.jpg", [1])
            let watcher = try await LibraryWatcher.start(sandbox.library)
            let new = try sandbox.write("folder/new.jpg", [1, 2])
            let written = try await events(watcher, sandbox)
            #expect(written.compactMap(\.settledFile?.identity) == [new.identity], "\(written)")
            let saved = try sandbox.write("saved.jpg", [3])
            rename(sandbox.url("saved.jpg").path, sandbox.url("folder/new.jpg").path)
            let replaced = try sandbox.known("folder/new.jpg")
            let seen = try await events(watcher, sandbox)
            #expect(seen.last == .moved(from: saved.path, to: try found(sandbox, replaced.path)))
            rename(sandbox.url("folder/new.jpg").path, sandbox.url("other.jpg").path)
            unlink(sandbox.url("folder/old.jpg").path)
            #expect(
                try await events(watcher, sandbox) == [
                    .moved(from: replaced.path, to: found(sandbox, path("other.jpg"))),
                    .removed(path("folder/old.jpg")),
                ])
        }
    }

    private func found(_ sandbox: DiskSandbox, _ path: RelativePath) throws -> FoundFile {
        try #require(try sandbox.library.find(path))
    }

    @Test("What comes in from outside is whole, what goes out is gone, and hidden names are outside")
    func inAndOut() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            try Data([1]).write(to: parent.appending(path: "a.jpg"))
            let watcher = try await LibraryWatcher.start(sandbox.library)
            rename(parent.path + "/a.jpg", sandbox.url("a.jpg").path)
            #expect(try await events(watcher, sandbox) == [.settled(found(sandbox, path("a.jpg")))])
            rename(sandbox.url("a.jpg").path, sandbox.url(".a.jpg").path)
            #expect(try await events(watcher, sandbox) == [.removed(path("a.jpg"))])
            rename(sandbox.url(".a.jpg").path, sandbox.url("b.jpg").path)
            #expect(try await events(watcher, sandbox) == [.settled(found(sandbox, path("b.jpg")))])
            rename(sandbox.url("b.jpg").path, parent.path + "/b.jpg")
            #expect(try await events(watcher, sandbox) == [.removed(path("b.jpg"))])
            link(parent.path + "/b.jpg", sandbox.url("c.jpg").path)
            #expect(try await events(watcher, sandbox) == [.settled(found(sandbox, path("c.jpg")))])
            symlink(parent.path + "/b.jpg", sandbox.url("d.jpg").path)
            #expect(try await events(watcher, sandbox).isEmpty)
        }
    }

    @Test("This node's own placements are seen as whole files, a replaced copy not as a removal")
    func placements() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let watcher = try await LibraryWatcher.start(sandbox.library)
            let placement = Placement(library: sandbox.library)
            let file = try path("a.reduced.jpg")
            let first = try placement.placeReduced([1], at: file)
            #expect(try await events(watcher, sandbox).compactMap(\.settledFile?.identity) == [first.identity])
            let second = try placement.placeReduced([1, 2], at: file, replacing: first)
            let seen = try await events(watcher, sandbox)
            #expect(seen.last?.settledFile?.identity == second.identity)
            #expect(!seen.contains(.removed(file)))
        }
    }

    @Test("New folders are walked and watched at once, however deep")
    func newFolders() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let watcher = try await LibraryWatcher.start(sandbox.library)
            for round in 0..<20 { try sandbox.write("new\(round)/a/b/c.jpg", [1]) }
            let seen = try await events(watcher, sandbox)
            for round in 0..<20 { #expect(seen.contains(.rescan(try path("new\(round)")))) }
            let files = try (0..<20).map { try sandbox.write("new\($0)/a/b/d.jpg", [2]) }
            let later = try await events(watcher, sandbox)
            for file in files { #expect(later.contains { $0.settledFile?.identity == file.identity }) }
        }
    }

    @Test("A folder that moves takes its watches along; one that leaves loses them")
    func movedFolder() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            for name in ["old/in/a.jpg", "target/b.jpg"] { try sandbox.write(name, [1]) }
            let watcher = try await LibraryWatcher.start(sandbox.library)
            rename(sandbox.url("old").path, sandbox.url("target/new").path)
            #expect(try await events(watcher, sandbox) == [.movedFolder(from: path("old"), to: path("target/new"))])
            try sandbox.write("target/new/in/c.jpg", [2])
            #expect(try await events(watcher, sandbox).map(\.settledPath) == [path("target/new/in/c.jpg")])
            rename(sandbox.url("target").path, parent.path + "/gone")
            #expect(try await events(watcher, sandbox) == [.removedFolder(path("target"))])
            try Data([1]).write(to: parent.appending(path: "gone/new/in/d.jpg"))
            #expect(try await events(watcher, sandbox).isEmpty)
            rename(parent.path + "/gone", sandbox.url("back").path)
            #expect(try await events(watcher, sandbox) == [.rescan(path("back"))])
            try sandbox.write("back/new/in/e.jpg", [2])
            #expect(try await events(watcher, sandbox).map(\.settledPath) == [path("back/new/in/e.jpg")])
        }
    }

    @Test("A folder deleted with all below is seen file by file and as a whole")
    func deletedFolder() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            try sandbox.write("a/b/c.jpg", [1])
            let watcher = try await LibraryWatcher.start(sandbox.library)
            try FileManager.default.removeItem(at: sandbox.url("a"))
            #expect(
                try await events(watcher, sandbox) == [
                    .removed(path("a/b/c.jpg")), .removedFolder(path("a/b")), .removedFolder(path("a")),
                ])
        }
    }

    @Test("A name that no catalogue can hold is reported")
    func unnameable() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let watcher = try await LibraryWatcher.start(sandbox.library)
            close(open(sandbox.url("new\nline.jpg").path, O_CREAT | O_WRONLY, 0o600))
            let name = LibraryWalk.Unnameable(text: "new\\x0aline.jpg", reason: "has a control character in its name")
            #expect(try await events(watcher, sandbox) == [.unnameable(name)])
        }
    }

    enum Loss: CaseIterable { case markerDeleted, storeMoved, folderMoved, folderDeleted }

    @Test("The loss of the library or its marker ends the watch", arguments: Loss.allCases)
    func libraryGone(loss: Loss) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let watcher = try await LibraryWatcher.start(sandbox.library)
            switch loss {
            case .markerDeleted: unlink(sandbox.url(".mainstay/library").path)
            case .storeMoved: rename(sandbox.url(".mainstay").path, sandbox.url("mainstay").path)
            case .folderMoved: rename(sandbox.folder.path, sandbox.folder.path + "2")
            case .folderDeleted: try FileManager.default.removeItem(at: sandbox.folder)
            }
            let seen = try await events(watcher) { _ in false }
            guard case .libraryGone(let reason)? = seen.last else {
                Issue.record("the loss was not told: \(seen)")
                return
            }
            #expect(reason.hasSuffix("."))
            #expect(sandbox.library.state() != .ok)
        }
    }

    enum Mounting: CaseIterable { case over, away }

    @Test(
        "A disk that is mounted over, or unmounted while it is in use, ends the watch at once",
        .enabled(if: geteuid() == 0, "mounting needs root"), arguments: Mounting.allCases)
    func mounted(_ mounting: Mounting) async throws {
        try await withFolder { parent in
            let folder = parent.appending(path: "Pictures")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { umount2(folder.path, Int32(MNT_DETACH)) }
            func cover() throws {
                try #require(mount("tmpfs", folder.path, "tmpfs", 0, nil) == 0, "errno \(errno)")
            }
            if mounting == .away { try cover() }
            let library = try LibraryFolder(path: folder.path, .create)
            let watcher = try await LibraryWatcher.start(library)
            if mounting == .over {
                try cover()
            } else {
                #expect(umount2(folder.path, Int32(MNT_DETACH)) == 0)
            }
            guard case .libraryGone(let reason)? = try await events(watcher, until: { _ in false }).last else {
                Issue.record("the loss was not told")
                return
            }
            #expect(reason.hasSuffix("."))
        }
    }

    @Test(
        "A disk that is mounted elsewhere does not end the watch", .enabled(if: geteuid() == 0, "mounting needs root"))
    func mountedElsewhere() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let watcher = try await LibraryWatcher.start(sandbox.library)
            let other = parent.appending(path: "other")
            try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
            try #require(mount("tmpfs", other.path, "tmpfs", 0, nil) == 0, "errno \(errno)")
            #expect(umount2(other.path, Int32(MNT_DETACH)) == 0)
            #expect(try await events(watcher, sandbox).isEmpty)
        }
    }

    @Test("When the kernel loses events, a walk is asked for, and folders missed are watched from then on")
    func overflow() async throws {
        try await withFolder { parent in
            // The first event read is replaced by the kernel's word for a full queue.
            let once = Recorder()
            let calls = FaultyCalls(onRead: { buffer in
                guard buffer.count >= 16, once.all.isEmpty else { return buffer.count }
                once.add("overflow")
                buffer.storeBytes(of: -1, as: Int32.self)
                buffer.storeBytes(of: 0x4000, toByteOffset: 4, as: UInt32.self)
                buffer.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
                return 16
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let watcher = try await LibraryWatcher.start(library)
            try FileManager.default.createDirectory(
                at: parent.appending(path: "missed"), withIntermediateDirectories: true)
            _ = try await events(watcher) { $0 == .rescanAll(.overflow) }
            #expect(once.all == ["overflow"])
            try Data([1]).write(to: parent.appending(path: "missed/a.jpg"))
            let file = try path("missed/a.jpg")
            _ = try await events(watcher) { $0.settledPath == file }
        }
    }

    @Test("The limit on watches is told once, with the setting to raise, and the rest is watched")
    func watchLimit() async throws {
        try await withFolder { parent in
            // Two are for the library itself; the fault comes back for every folder after that.
            let calls = FaultyCalls { $0.kind == .addWatch && $0.number > 3 ? .noSpace : nil }
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            for name in ["a", "b", "c"] {
                try FileManager.default.createDirectory(
                    at: parent.appending(path: name), withIntermediateDirectories: true)
            }
            let watcher = try await LibraryWatcher.start(library)
            try FileManager.default.createDirectory(at: parent.appending(path: "d"), withIntermediateDirectories: true)
            try Data([1]).write(to: parent.appending(path: "end.jpg"))
            let (unwatched, end) = (try path("d"), try path("end.jpg"))
            let seen = try await events(watcher) { $0.settledPath == end }
            let told = seen.filter { $0 == .rescanAll(.watchLimit) }
            #expect(told.count == 1)
            #expect(seen.contains(.rescan(unwatched)), "what cannot be watched is walked at least")
            #expect(WatchEvent.RescanReason.watchLimit.description.contains("fs.inotify.max_user_watches"))
            #expect(calls.hits == 3)
        }
    }

    @Test("Too many watchers of one user is an error with its remedy")
    func instanceLimit() async throws {
        try await withFolder { parent in
            let calls = FaultyCalls { $0.kind == .openWatch ? .tooManyOpenFiles : nil }
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let error = await #expect(throws: DiskError.self) { _ = try await LibraryWatcher.start(library) }
            #expect(error?.code == .limit)
            #expect(error?.message.contains("fs.inotify.max_user_instances") == true)
        }
    }

    @Test("A stopped watcher ends its events at once, and so does a cancelled reader")
    func stop() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let watcher = try await LibraryWatcher.start(sandbox.library)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in watcher.events {} }
                group.cancelAll()
            }
            watcher.stop()
            for await _ in watcher.events {}
        }
    }
}

extension WatchEvent {
    fileprivate var settledFile: FoundFile? {
        guard case .settled(let file) = self else { return nil }
        return file
    }

    fileprivate var settledPath: RelativePath? { settledFile?.path }
}
