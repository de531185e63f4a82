import Disk
import Foundation
import Model
import SystemPackage
import TestSupport
import Testing

@Suite("What was set aside")
struct SetAsideTests {
    @Test("It is found by the name that was chosen beforehand", arguments: StoreFolder.asides)
    func named(folder: StoreFolder) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let placement = Placement(library: sandbox.library)
            let known = try sandbox.write("x/IMG_1.JPG", [1])
            let name = Placement.asideName(for: known.path)
            #expect(name.hasPrefix("IMG_1~") && name.hasSuffix(".JPG"))
            #expect(name != Placement.asideName(for: known.path))
            #expect(try placement.find(aside: name, in: folder) == nil)
            let aside = try placement.setAside(known, into: folder, as: name)
            #expect(aside == SetAsideFile(folder: folder, name: name, identity: known.identity))
            #expect(try placement.find(aside: name, in: folder)?.file == aside)
            for other in StoreFolder.asides where other != folder {
                #expect(try placement.find(aside: name, in: other) == nil)
            }
        }
    }

    @Test("Regular files are listed with their sizes, and nothing else; no folder is an empty one")
    func list() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let placement = Placement(library: sandbox.library)
            let first = try placement.setAside(sandbox.write("a.jpg", [1]), into: .versions)
            let second = try placement.setAside(sandbox.write("b.jpg", [1, 2]), into: .versions)
            try sandbox.put(".mainstay/versions/folder/c.jpg", [1, 2, 3])
            try FileManager.default.createSymbolicLink(
                atPath: sandbox.url(".mainstay/versions/link").path, withDestinationPath: first.name)
            let found = try placement.listAside(.versions)
            #expect(Set(found.map(\.file)) == [first, second])
            #expect(found.allSatisfy { $0.ctime > 0 })
            #expect(try placement.find(aside: "link", in: .versions) == nil)
            #expect(try placement.find(aside: "folder", in: .versions) == nil)
            #expect(try placement.listAside(.trash).isEmpty)
            try FileManager.default.removeItem(at: sandbox.url(".mainstay/trash"))
            #expect(try placement.listAside(.trash).isEmpty)
            #expect(try placement.find(aside: "a", in: .trash) == nil)
            _ = try placement.moveAside(first, to: .trash)
            #expect(try placement.listAside(.trash).map(\.file.folder) == [.trash])
        }
    }

    @Test(
        "A disk that fails does not say that nothing is there",
        arguments: [FaultyCalls.Call.Kind.open, .entries, .status])
    func unknown(kind: FaultyCalls.Call.Kind) async throws {
        try await withFolder { parent in
            let whole = FaultyCalls()
            _ = try LibraryFolder(path: parent.path + "/counted", .create, calls: whole)
            let before = whole.count(kind)
            let calls = FaultyCalls { $0.kind == kind && $0.number > before ? .ioError : nil }
            let library = try LibraryFolder(path: parent.path + "/faulty", .create, calls: calls)
            try Data([1]).write(to: URL(fileURLWithPath: library.path + "/.mainstay/trash/a"))
            let placement = Placement(library: library)
            #expect(diskError { _ = try placement.listAside(.trash) }?.code == .ioFailure)
            if kind != .entries {
                #expect(diskError { _ = try placement.find(aside: "a", in: .trash) }?.code == .ioFailure)
            }
        }
    }

    @Test("Only the file that is meant is purged, or moved, or put back")
    func identity() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let placement = Placement(library: sandbox.library)
            let aside = try placement.setAside(sandbox.write("a.jpg", [1]), into: .damaged)
            let file = ".mainstay/damaged/" + aside.name
            try sandbox.put(file, [2])
            #expect(diskError { try placement.purge(aside) }?.code == .changed)
            #expect(diskError { _ = try placement.moveAside(aside, to: .trash) }?.code == .changed)
            #expect(diskError { _ = try placement.putBack(aside, at: path("b.jpg")) }?.code == .changed)
            #expect(sandbox.read(file) == [2])
            let now = try #require(try placement.find(aside: aside.name, in: .damaged)).file
            let moved = try placement.moveAside(now, to: .trash, as: "other")
            #expect(sandbox.read(".mainstay/trash/other") == [2])
            try placement.purge(moved)
            #expect(diskError { try placement.purge(moved) }?.code == .notFound)
            for folder in ["trash", "damaged", "incoming"] { #expect(sandbox.names(".mainstay/" + folder).isEmpty) }
        }
    }

    @Test(
        "A name that leads elsewhere is refused",
        arguments: ["", ".", "..", "../library", "a/b", "/a", "a\0b", String(repeating: "n", count: 256)])
    func names(name: String) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let placement = Placement(library: sandbox.library)
            let known = try sandbox.write("a.jpg", [1])
            let aside = try placement.setAside(sandbox.write("b.jpg", [2]), into: .trash)
            let bad = SetAsideFile(folder: .trash, name: name, identity: aside.identity)
            for error in [
                diskError { _ = try placement.setAside(known, into: .trash, as: name) },
                diskError { _ = try placement.find(aside: name, in: .trash) },
                diskError { _ = try placement.putBack(bad, at: path("c.jpg")) },
                diskError { _ = try placement.moveAside(bad, to: .damaged) },
                diskError { _ = try placement.moveAside(aside, to: .damaged, as: name) },
                diskError { try placement.purge(bad) },
            ] {
                #expect(error?.code == .badName)
            }
            #expect(try sandbox.visible() == ["a.jpg": [1]])
            #expect(sandbox.names(".mainstay/trash") == [aside.name])
        }
    }

    @Test("What is being received or evicted is not set aside: it is neither purged nor shown by these means (S1, S5)")
    func incoming() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let placement = Placement(library: sandbox.library)
            let id = try image(of: [1])
            for name in ["\(id).evicting", "\(id).part"] {
                try sandbox.put(".mainstay/incoming/" + name, [1])
                let status = try LinuxCalls().status(-100, sandbox.url(".mainstay/incoming/" + name).path)
                let aside = SetAsideFile(folder: .incoming, name: name, identity: status.identity)
                #expect(diskError { try placement.purge(aside) }?.code == .badName)
                #expect(diskError { _ = try placement.putBack(aside, at: path("a.jpg")) }?.code == .badName)
                #expect(diskError { _ = try placement.moveAside(aside, to: .trash) }?.code == .badName)
                #expect(diskError { _ = try placement.find(aside: name, in: .incoming) }?.code == .badName)
            }
            let known = try sandbox.write("b.part", [1])
            #expect(diskError { _ = try placement.setAside(known, into: .incoming) }?.code == .badName)
            #expect(sandbox.names(".mainstay/incoming").count == 2)
        }
    }
}
