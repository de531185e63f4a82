import Disk
import Foundation
import Glibc
import Model
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Whatever is done to a main")
struct MainDeedTests {
    private func library(_ parent: URL, _ name: String, _ calls: FaultyCalls) throws -> LibraryFolder {
        try LibraryFolder(path: parent.path + "/" + name, .create, calls: calls)
    }

    /// Does the deed without a fault; counts the calls before and in it.
    private func count(
        _ deed: MainDeed, _ parent: URL, _ calls: FaultyCalls, of made: (FaultyCalls) -> Int
    ) throws -> Range<Int> {
        let counted = try library(parent, "counted", calls)
        try deed.prepare(counted)
        let before = made(calls)
        try deed.perform(deed.known(counted), in: counted)
        #expect(try MainDeed.places(in: counted) == (deed.target.map { [$0] } ?? []))
        return before..<made(calls)
    }

    @Test(
        "Any one system call may fail: it is where it was, or where it was to go when that was said to be done",
        arguments: MainDeed.allCases, [Errno.ioError, .noSpace, .readOnlyFileSystem])
    func faults(deed: MainDeed, errno: Errno) async throws {
        try await faults(of: deed, errno, LinuxCalls())
    }

    @Test("The same where the file system cannot rename without replacing", arguments: MainDeed.allCases)
    func faultsWithoutRename(deed: MainDeed) async throws {
        try await faults(of: deed, .ioError, FaultyCalls { $0.kind == .rename ? .invalidArgument : nil })
    }

    private func faults(of deed: MainDeed, _ errno: Errno, _ base: any SystemCalls) async throws {
        try await withFolder { parent in
            let position = Mutex(0)
            let faulty = FaultyCalls(
                base, fault: { call in position.withLock { call.position == $0 } ? errno : nil })
            let library = try library(parent, "faulty", faulty)
            var (number, failed, hits) = (0, 0, 0)
            repeat {
                number += 1
                hits = faulty.hits
                try deed.clear(library)
                try deed.prepare(library)
                let known = try deed.known(library)
                position.withLock { $0 = faulty.made + number }
                let error = diskError { try deed.perform(known, in: library) }
                if let error {
                    failed += 1
                    #expect(error.isRetryable)
                    #expect(error.errno == errno)
                    #expect(try MainDeed.places(in: library) == [deed.source()], "call \(number)")
                    // It may have gone and come back, which changes its ctime: it is looked at again.
                    try deed.perform(try deed.known(library), in: library)
                }
                #expect(try MainDeed.places(in: library) == (deed.target.map { [$0] } ?? []), "call \(number)")
                #expect(try MainDeed.places(of: [1], in: library) == [MainDeed.home + ".reduced.jpg"])
                #expect(try MainDeed.places(of: [7], in: library) == ["2026/c.jpg"])
            } while faulty.hits > hits
            #expect(failed > 5)
            // The syncs after an unlink, and the look whether a folder is empty, may fail unheard.
            #expect(failed >= number - 5)
        }
    }

    @Test(
        "Killed after any step, and after any step of what follows, it is in exactly one place, and comes back",
        arguments: MainDeed.allCases, [(true, true), (false, true), (false, false)])
    func killed(deed: MainDeed, fileSystem: (canRename: Bool, canLink: Bool)) async throws {
        let canRename = fileSystem.canRename
        try await withFolder { parent in
            @Sendable func unsupported(_ call: FaultyCalls.Call) -> Errno? {
                !canRename && call.kind == .rename
                    ? .invalidArgument : !fileSystem.canLink && call.kind == .link ? .notPermitted : nil
            }
            let steps = try count(deed, parent, FaultyCalls(fault: unsupported)) { $0.changes }
            for step in steps {
                let calls = FaultyCalls { $0.change > step ? .ioError : unsupported($0) }
                var dead: LibraryFolder? = try library(parent, "\(step)", calls)
                let (isDone, found) = try { () throws -> (Bool, [String]) in
                    let library = try #require(dead)
                    try deed.prepare(library)
                    let known = try deed.known(library)
                    let error = diskError { try deed.perform(known, in: library) }
                    return (error == nil, try MainDeed.places(in: library))
                }()
                dead = nil
                // Two names of one file are not two files.
                #expect(found.count == 1 || (isDone && deed.isEnd && found.isEmpty) || (!canRename && found.count == 2))

                let library = try library(parent, "\(step)", FaultyCalls(fault: unsupported))
                let left = try Placement(library: library).clearIncoming()
                for image in left.evicting {
                    #expect(try Placement(library: library).returnEvicting(image, to: path(MainDeed.home)))
                }
                #expect(left.evicting.count <= 1)
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: library.path + "/.mainstay/incoming").isEmpty)
                let places = try MainDeed.places(in: library)
                let kept = "2026/a (kept).jpg"
                #expect(places.count == found.count || (!canRename && places.count == 1))
                if deed == .evict || deed == .returnEvicting {
                    // Without links, the empty file that held the name may be what a crash left there.
                    let home =
                        !fileSystem.canLink
                            && FileManager.default.contents(atPath: "\(library.path)/\(MainDeed.home)")?.isEmpty == true
                        ? kept : MainDeed.home
                    #expect(places == (isDone && deed == .evict ? [] : [home]))
                }
                #expect(try MainDeed.places(of: [1], in: library) == [MainDeed.home + ".reduced.jpg"])
            }
        }
    }

    @Test(
        "A file put in its place by a person at the last moment is not taken for it", arguments: MainDeed.allCases,
        [true, false])
    func race(deed: MainDeed, canRename: Bool) async throws {
        try await withFolder { parent in
            let person: [UInt8] = [9, 9, 9, 9]
            let file = try parent.path + "/" + deed.source()
            let calls = FaultyCalls(
                fault: { !canRename && $0.kind == .rename ? .invalidArgument : nil },
                before: { call in
                    guard call.kind == (canRename ? .rename : .link),
                        FileManager.default.contents(atPath: file) == Data(MainDeed.bytes)
                    else { return }
                    try? Data(person).write(to: URL(fileURLWithPath: parent.path + "/person"))
                    rename(parent.path + "/person", file)
                })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            try deed.prepare(library)
            let known = try deed.known(library)
            #expect(diskError { try deed.perform(known, in: library) }?.code == .changed)
            #expect(try MainDeed.places(of: person, in: library) == [deed.source()])
        }
    }

    @Test(
        "Where the target is taken, neither file is touched", arguments: MainDeed.allCases.filter { $0.target != nil })
    func taken(deed: MainDeed) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            try deed.prepare(sandbox.library)
            let known = try deed.known(sandbox.library)
            let target = try #require(deed.target)
            try sandbox.put(target, [9])
            let error = diskError { try deed.perform(known, in: sandbox.library) }
            #expect(sandbox.read(target) == [9])
            let kept = deed == .returnEvicting ? "2026/a (kept).jpg" : try deed.source()
            #expect(error?.code == (deed == .returnEvicting ? nil : .exists))
            #expect(try MainDeed.places(in: sandbox.library) == [kept])
        }
    }

    @Test("Both folders are synced, the new name's first, before it is said to be done", arguments: MainDeed.allCases)
    func order(deed: MainDeed) async throws {
        try await withFolder { parent in
            let order = Recorder()
            let calls = FaultyCalls(before: { call in
                if [.sync, .rename, .unlink].contains(call.kind) { order.add(call.kind.rawValue) }
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            try deed.prepare(library)
            if deed == .move { mkdir(parent.path + "/new", 0o755) }
            let known = try deed.known(library)
            order.clear()
            try deed.perform(known, in: library)
            switch deed {
            case .evict: #expect(order.all == ["rename", "sync", "sync", "unlink", "sync"])
            case .purge: #expect(order.all == ["rename", "unlink", "sync", "sync"])
            case .move: #expect(order.all == ["rename", "sync", "sync", "unlink"], "tries whether the folder is empty")
            default: #expect(order.all == ["rename", "sync", "sync"])
            }
        }
    }
}
