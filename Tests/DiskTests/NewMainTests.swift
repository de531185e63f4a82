import Disk
import Foundation
import Model
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Making a main here")
struct NewMainTests {
    private let bytes = sampleBytes(100_000)

    private func make(_ library: LibraryFolder) throws -> NewMain {
        let new = try Placement(library: library).makeMain()
        for start in stride(from: 0, to: bytes.count, by: 30_000) {
            try new.append(Array(bytes[start..<min(start + 30_000, bytes.count)]))
        }
        return new
    }

    @Test("It stands under its name, is the image that its bytes are, and nothing is left in incoming")
    func placed() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let new = try make(sandbox.library)
            #expect(try new.seal() == image(of: bytes))
            #expect(try sandbox.visible().isEmpty)
            let placed = try new.place(at: path("2026/a.edited.jpg"))
            #expect(try sandbox.known("2026/a.edited.jpg") == placed)
            #expect(sandbox.read("2026/a.edited.jpg") == bytes)
            #expect(sandbox.names(".mainstay/incoming").isEmpty)
        }
    }

    @Test("It is its owner's alone while it is made, and nobody may read it who is not to", arguments: [0o600, 0o640])
    func mode(_ mode: UInt16) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let new = try make(sandbox.library)
            let part = try #require(sandbox.names(".mainstay/incoming").first)
            #expect(try FileManager.default.mode(sandbox.url(".mainstay/incoming/\(part)")) == 0o600)
            _ = try new.seal(mode: mode)
            let placed = try new.place(at: path("a.jpg"))
            #expect(sandbox.library.attributes(of: placed)?.mode == mode)
        }
    }

    @Test("The bytes are synced before the rename, the folder after it")
    func order() async throws {
        try await withFolder { parent in
            let order = Recorder()
            let calls = FaultyCalls(before: { call in
                if [.sync, .rename].contains(call.kind) { order.add(call.kind.rawValue) }
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let new = try make(library)
            order.clear()
            _ = try new.seal()
            _ = try new.place(at: path("a.jpg"))
            #expect(order.all == ["sync", "rename", "sync"])
        }
    }

    @Test("A taken name is left alone, and another can be tried")
    func taken() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            try sandbox.put("a.jpg", [1, 2, 3])
            let new = try make(sandbox.library)
            _ = try new.seal()
            #expect(diskError { _ = try new.place(at: path("a.jpg")) }?.code == .exists)
            #expect(sandbox.read("a.jpg") == [1, 2, 3])
            _ = try new.place(at: path("b.jpg"))
            #expect(sandbox.read("b.jpg") == bytes)
        }
    }

    @Test("Let go of before it was placed, nothing of it stays; after that it does")
    func letGo() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            do { _ = try make(sandbox.library) }
            #expect(sandbox.names(".mainstay/incoming").isEmpty)
            do {
                let new = try make(sandbox.library)
                _ = try new.seal()
                _ = try new.place(at: path("a.jpg"))
            }
            #expect(sandbox.read("a.jpg") == bytes)
        }
    }

    @Test("Taken back, it is gone; another file that has come to stand there stays")
    func takenBack() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            do {
                let new = try make(sandbox.library)
                _ = try new.seal()
                _ = try new.place(at: path("a.jpg"))
                new.takeBack()
            }
            #expect(try sandbox.visible().isEmpty)
            #expect(sandbox.names(".mainstay/incoming").isEmpty)
            do {
                let new = try make(sandbox.library)
                _ = try new.seal()
                _ = try new.place(at: path("a.jpg"))
                try FileManager.default.removeItem(at: sandbox.url("a.jpg"))
                try sandbox.put("a.jpg", [7])
                new.takeBack()
            }
            #expect(sandbox.read("a.jpg") == [7])
        }
    }

    @Test("A disk that fails at any call leaves no file under its name, and nothing in incoming")
    func faults() async throws {
        try await withFolder { parent in
            let armed = Atomic(false)
            let counter = FaultyCalls()
            func run(_ calls: FaultyCalls, in name: String) throws -> Bool {
                armed.store(false, ordering: .relaxed)
                let folder = parent.appending(path: name)
                let library = try LibraryFolder(path: folder.path, .create, calls: calls)
                armed.store(true, ordering: .relaxed)
                let isPlaced = (try? place(library)) != nil
                armed.store(false, ordering: .relaxed)
                let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                #expect(names.contains("a.jpg") == isPlaced, "\(name)")
                let incoming = folder.appending(path: ".mainstay/incoming").path
                #expect(((try? FileManager.default.contentsOfDirectory(atPath: incoming)) ?? []).isEmpty, "\(name)")
                return isPlaced
            }
            #expect(try run(counter, in: "whole"))
            var wasWhole = false
            var number = 0
            while !wasWhole {
                number += 1
                let left = Atomic(number)
                let calls = FaultyCalls(fault: { _ in
                    guard armed.load(ordering: .relaxed) else { return nil }
                    return left.subtract(1, ordering: .relaxed).newValue == 0 ? .ioError : nil
                })
                wasWhole = try run(calls, in: "fault \(number)") && calls.hits == 0
            }
            #expect(number > 5)
        }
    }

    private func place(_ library: LibraryFolder) throws {
        let new = try make(library)
        _ = try new.seal()
        _ = try new.place(at: path("a.jpg"))
    }
}

extension FileManager {
    fileprivate func mode(_ url: URL) throws -> Int? {
        try attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
    }
}
