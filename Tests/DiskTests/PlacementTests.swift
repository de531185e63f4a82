import Foundation
import Model
import SystemPackage
import TestSupport
import Testing

@testable import Disk

@Suite("Placing, moving and removing")
struct PlacementTests {
    private let copy = "2026/a.jpg.reduced.jpg"

    @Test("A reduced copy is placed whole, with its time, and unsynced unless asked", arguments: [false, true])
    func reduced(synced: Bool) async throws {
        try await withFolder { parent in
            let calls = FaultyCalls()
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let before = calls.count(.sync)
            let placed = try Placement(library: library).placeReduced(
                [1, 2, 3], at: path(copy), mtime: -1_500_000_000, synced: synced)
            #expect(placed.identity.mtime == -1_500_000_000, "before 1970 too")
            #expect(try library.find(path(copy))?.identity == placed.identity)
            #expect((calls.count(.sync) > before) == synced)
            let names = try FileManager.default.contentsOfDirectory(atPath: parent.path + "/.mainstay/incoming")
            #expect(names.isEmpty)
        }
    }

    @Test("A name of 255 bytes has a reduced copy beside it")
    func longName() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            for name in [String(repeating: "n", count: 251) + ".jpg", String(repeating: "é", count: 127)] {
                let file = try path("folder/" + name).reduced
                _ = try Placement(library: sandbox.library).placeReduced([1], at: file)
                #expect(sandbox.read(file.description) == [1])
            }
        }
    }

    @Test("A name too long for the file system is that one file's error")
    func badName() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let deep = try path(Array(repeating: String(repeating: "d", count: 250), count: 11).joined(separator: "/"))
            _ = try Placement(library: sandbox.library).placeReduced([1], at: deep)
            #expect(sandbox.library.state() == .ok)
            let calls = FaultyCalls { $0.kind == .rename && $0.name == "x.reduced.jpg" ? .fileNameTooLong : nil }
            let library = try LibraryFolder(path: parent.path + "/short", .create, calls: calls)
            let placement = Placement(library: library)
            let error = diskError { _ = try placement.placeReduced([1], at: path("x.reduced.jpg")) }
            #expect(error?.code == .badName)
            #expect(error?.isRetryable == false)
            _ = try placement.placeReduced([1], at: path("y.reduced.jpg"))
        }
    }

    @Test("A file that is there is never overwritten by a reduced copy")
    func reducedExists() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let mine = try sandbox.write(copy, [9])
            let placement = Placement(library: sandbox.library)
            #expect(diskError { _ = try placement.placeReduced([1], at: path(copy)) }?.code == .exists)
            let stranger = FileIdentity(bytes: 1, mtime: 0, inode: 0, device: 0)
            #expect(
                diskError { try replace(KnownFile(path: mine.path, identity: stranger), placement) }?.code == .changed)
            #expect(try sandbox.known(copy) == mine)
            #expect(sandbox.names(".mainstay/incoming").isEmpty)
            try replace(mine, placement)
            #expect(sandbox.read(copy) == [1, 1])
            #expect(sandbox.names(".mainstay/incoming").isEmpty)
        }
    }

    private func replace(_ known: KnownFile, _ placement: Placement) throws {
        let new = try placement.placeReduced([1, 1], at: known.path, replacing: known)
        #expect(try placement.library.find(known.path)?.identity == new.identity)
    }

    enum Deed: CaseIterable { case replace, remove, move, setAside }

    private func perform(_ deed: Deed, _ known: KnownFile, in library: LibraryFolder) throws {
        let placement = Placement(library: library)
        switch deed {
        case .replace: _ = try placement.placeReduced([1, 1], at: known.path, replacing: known)
        case .remove: try placement.removeReduced(known, pruning: true)
        case .move: _ = try placement.move(known, to: path("new/place.jpg.reduced.jpg"), pruning: true)
        case .setAside: _ = try placement.setAside(known, into: .damaged)
        }
    }

    @Test(
        "A file put there by a person at the last moment is not taken for the known one", arguments: Deed.allCases,
        [true, false])
    func race(deed: Deed, canExchange: Bool) async throws {
        try await withFolder { parent in
            let person: [UInt8] = [7, 7, 7, 7]
            let file = parent.path + "/" + copy
            let calls = FaultyCalls(
                fault: { !canExchange && $0.kind == .rename ? .invalidArgument : nil },
                before: { call in
                    // Just before the file leaves its place, a person's other one is renamed over it.
                    let isLeaving = call.kind == (canExchange ? .rename : .link) && call.name != "library"
                    guard isLeaving, FileManager.default.contents(atPath: file) == Data([5]) else { return }
                    try? Data(person).write(to: URL(fileURLWithPath: file + "~"))
                    rename(file + "~", file)
                })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let known = try Placement(library: library).placeReduced([5], at: path(copy))
            #expect(diskError { try perform(deed, known, in: library) }?.code == .changed)
            #expect(FileManager.default.contents(atPath: file) == Data(person))
        }
    }

    @Test(
        "Killed after any step, a person's file is still there and the old or the new copy is whole",
        arguments: Deed.allCases)
    func killed(deed: Deed) async throws {
        try await withFolder { parent in
            let whole = FaultyCalls()
            let counted = try LibraryFolder(path: parent.path + "/counted", .create, calls: whole)
            let placed = try Placement(library: counted).placeReduced([5], at: path(copy))
            let before = whole.changes
            try perform(deed, placed, in: counted)
            #expect(whole.changes > before)
            for step in before..<whole.changes {
                let folder = parent.path + "/\(step)"
                let calls = FaultyCalls.killed(after: step)
                var dead: LibraryFolder? = try LibraryFolder(path: folder, .create, calls: calls)
                let known = try Placement(library: #require(dead)).placeReduced([5], at: path(copy))
                try Data([7]).write(to: URL(fileURLWithPath: folder + "/2026/person.jpg"))
                _ = try? perform(deed, known, in: #require(dead))
                #expect(calls.hits > 0)
                dead = nil
                let library = try LibraryFolder(path: folder, .create)
                _ = try Placement(library: library).clearIncoming()
                var files: [String: [UInt8]] = [:]
                _ = try LibraryWalk(library: library).walk { batch in
                    for file in batch { files[file.path.description] = try library.readWhole(file.path, limit: 100) }
                }
                #expect(files.removeValue(forKey: "2026/person.jpg") == [7])
                for (_, bytes) in files { #expect(bytes == [5] || bytes == [1, 1]) }
                #expect(files.count <= 1)
                if deed == .replace || deed == .move { #expect(files.count == 1) }
                let left = try FileManager.default.contentsOfDirectory(atPath: folder + "/.mainstay/incoming")
                #expect(left.isEmpty)
            }
        }
    }

    @Test("Moving keeps the file and its identity, makes folders, and removes those that became empty")
    func move() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let placement = Placement(library: sandbox.library)
            let known = try sandbox.write("old/deep/a.jpg", [1, 2])
            try sandbox.write("old/b.jpg", [3])
            let moved = try placement.move(known, to: path("new/deep/a.jpg"), pruning: true)
            #expect(moved.identity == known.identity)
            #expect(try sandbox.visible() == ["new/deep/a.jpg": [1, 2], "old/b.jpg": [3]])
            #expect(!sandbox.exists("old/deep"))
            #expect(sandbox.exists("old"))
            #expect(diskError { _ = try placement.move(moved, to: path("old/b.jpg"), pruning: true) }?.code == .exists)
            #expect(diskError { _ = try placement.move(known, to: path("c.jpg"), pruning: true) }?.code == .notFound)
            try sandbox.write("new/deep/a.jpg", [4])
            #expect(diskError { _ = try placement.move(moved, to: path("c.jpg"), pruning: true) }?.code == .changed)
            #expect(try sandbox.visible() == ["new/deep/a.jpg": [4], "old/b.jpg": [3]])
        }
    }

    @Test("Only a reduced copy that is still the known one is removed")
    func remove() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let placement = Placement(library: sandbox.library)
            let main = try sandbox.write("folder/a.jpg", [1])
            #expect(diskError { try placement.removeReduced(main, pruning: true) }?.code == .changed)
            let known = try placement.placeReduced([1], at: path("folder/in/a.jpg.reduced.jpg"))
            try placement.removeReduced(known, pruning: true)
            #expect(!sandbox.exists("folder/in"))
            #expect(diskError { try placement.removeReduced(known, pruning: true) }?.code == .notFound)
            let touched = try placement.placeReduced([1], at: path("b.jpg.reduced.jpg"))
            try sandbox.write("b.jpg.reduced.jpg", [2])
            #expect(diskError { try placement.removeReduced(touched, pruning: false) }?.code == .changed)
            #expect(try sandbox.visible() == ["folder/a.jpg": [1], "b.jpg.reduced.jpg": [2]])
        }
    }

    @Test("What is set aside keeps a readable name, and can be put back", arguments: StoreFolder.asides)
    func setAside(folder: StoreFolder) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let placement = Placement(library: sandbox.library)
            var asides: [SetAsideFile] = []
            for (text, byte) in [("x/IMG_1.JPG", 1), ("y/IMG_1.JPG", 2), (String(repeating: "é", count: 127), 3)]
                as [(String, UInt8)]
            {
                asides.append(try placement.setAside(sandbox.write(text, [byte]), into: folder))
            }
            #expect(try sandbox.visible().isEmpty)
            #expect(Set(asides.map(\.name)).count == 3)
            #expect(asides[0].name.hasPrefix("IMG_1~") && asides[0].name.hasSuffix(".JPG"))
            #expect(asides.allSatisfy { $0.name.utf8.count <= 255 })
            let back = try placement.putBack(asides[0], at: path("z/IMG_1.JPG"))
            #expect(back.identity == asides[0].identity)
            #expect(sandbox.read("z/IMG_1.JPG") == [1])
            #expect(diskError { _ = try placement.putBack(asides[1], at: path("z/IMG_1.JPG")) }?.code == .exists)
            #expect(diskError { _ = try placement.putBack(asides[0], at: path("new.jpg")) }?.code == .notFound)
            #expect(sandbox.names(".mainstay/\(folder.rawValue)").count == 2)
        }
    }

    @Test(
        "Each fault while a reduced copy is placed leaves the folder as it was",
        arguments: [
            (FaultyCalls.Call.Kind.write, Errno.noSpace), (.open, .noSpace), (.rename, .ioError), (.sync, .ioError),
            (.makeFolder, .readOnlyFileSystem), (.setModified, .ioError),
        ], [true, false])
    func faults(fault: (FaultyCalls.Call.Kind, Errno), replacing: Bool) async throws {
        try await withFolder { parent in
            let kind = fault.0
            func place(_ library: LibraryFolder) throws {
                let placement = Placement(library: library)
                let known = try library.find(path("old.reduced.jpg")).map {
                    KnownFile(path: $0.path, identity: $0.identity)
                }
                let target = try replacing ? path("old.reduced.jpg") : path("new/a.reduced.jpg")
                _ = try placement.placeReduced(
                    [1, 1], at: target, replacing: replacing ? known : nil, mtime: 1, synced: true)
            }
            func prepare(_ name: String, _ calls: FaultyCalls) throws -> LibraryFolder {
                let library = try LibraryFolder(path: parent.path + "/" + name, .create, calls: calls)
                try Data([5]).write(to: URL(fileURLWithPath: library.path + "/old.reduced.jpg"))
                return library
            }
            let whole = FaultyCalls()
            let counted = try prepare("counted", whole)
            let before = whole.count(kind)
            try place(counted)
            let calls = whole.count(kind) - before
            for number in 0..<calls {
                let faulty = FaultyCalls.failing(kind, at: before + number + 1, with: fault.1)
                let library = try prepare("\(number)", faulty)
                #expect(throws: DiskError.self) { try place(library) }
                #expect(faulty.hits == 1)
                let old = FileManager.default.contents(atPath: library.path + "/old.reduced.jpg")
                // A replaced copy may be the new one already when its folder cannot be synced: it is whole.
                #expect(old == Data([5]) || (replacing && kind == .sync && old == Data([1, 1])))
                #expect(!FileManager.default.fileExists(atPath: library.path + "/new/a.reduced.jpg"))
                let left = try FileManager.default.contentsOfDirectory(atPath: library.path + "/.mainstay/incoming")
                #expect(left.isEmpty)
            }
            #expect(calls > 0 || (replacing && kind == .makeFolder))
        }
    }
}
