import Disk
import Foundation
import Glibc
import Model
import Planning
import SystemPackage
import TestSupport
import Testing

@Suite("Evicting a main")
struct EvictionTests {
    private let bytes: [UInt8] = [1, 2, 3]
    private let main = "2026/a.jpg"

    @Test("It is gone, and nothing but it")
    func evicted() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let known = try sandbox.write(main, bytes)
            try sandbox.write("2026/b.jpg", [2])
            let id = try image(of: bytes)
            let placement = Placement(library: sandbox.library)
            _ = try placement.placeReduced([9], at: path(main).reduced, synced: true)
            try placement.evict(known, of: id, with: proof(of: id)) { .seconds(89) }
            #expect(try sandbox.visible() == ["2026/a.jpg.reduced.jpg": [9], "2026/b.jpg": [2]])
            #expect(sandbox.names(".mainstay/incoming").isEmpty)
            #expect(try !placement.returnEvicting(id, to: path(main)))
            #expect(diskError { try placement.evict(known, of: id, with: proof(of: id)) { .zero } }?.code == .notFound)
        }
    }

    enum Weakness: CaseIterable { case late, otherImage, spent }

    @Test("Against a proof that is not good it stays, under its name and synced", arguments: Weakness.allCases)
    func notProven(weakness: Weakness) async throws {
        try await withFolder { parent in
            let order = Recorder()
            let calls = FaultyCalls(before: { call in
                if [.sync, .rename, .unlink].contains(call.kind) { order.add(call.kind.rawValue) }
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            try Data(bytes).write(to: parent.appending(path: "a.jpg"))
            let standing = try known("a.jpg", in: library)
            let id = try image(of: bytes)
            let proof = try proof(of: weakness == .otherImage ? image(of: [7]) : id)
            if weakness == .spent { #expect(proof.spend(on: id, at: .zero)) }
            order.clear()
            let error = diskError {
                try Placement(library: library).evict(standing, of: id, with: proof) {
                    order.add("now")
                    return weakness == .late ? .seconds(90) : .zero
                }
            }
            #expect(error?.code == .notProven)
            #expect(error?.isRetryable == true)
            #expect(order.all == ["rename", "sync", "sync", "now", "rename", "sync", "sync"])
            #expect(try library.find(path("a.jpg"))?.identity == standing.identity)
            #expect(!proof.spend(on: proof.image, at: .zero), "used up")
        }
    }

    @Test("One proof evicts an image once, wherever else it lies")
    func twice() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let (first, second) = (try sandbox.write("a.jpg", bytes), try sandbox.write("b.jpg", bytes))
            let id = try image(of: bytes)
            let proof = try proof(of: id)
            let placement = Placement(library: sandbox.library)
            try placement.evict(first, of: id, with: proof) { .zero }
            #expect(diskError { try placement.evict(second, of: id, with: proof) { .zero } }?.code == .notProven)
            #expect(try sandbox.visible() == ["b.jpg": bytes])
        }
    }

    @Test("A reduced copy, and a file that is not the known one, cost no proof and stay", arguments: [true, false])
    func notTheMain(isReduced: Bool) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let file = isReduced ? main + ".reduced.jpg" : main
            var known = try sandbox.write(file, bytes)
            if !isReduced { known.identity.mtime += 1 }
            let id = try image(of: bytes)
            let proof = try proof(of: id)
            let error = diskError {
                try Placement(library: sandbox.library).evict(known, of: id, with: proof) { .zero }
            }
            #expect(error?.code == .changed)
            #expect(try sandbox.visible() == [file: bytes])
            #expect(proof.spend(on: id, at: .zero))
        }
    }

    @Test(
        "What a program writes to it after it was taken out is kept, also by one that puts size and time back",
        arguments: [false, true])
    func written(unseen: Bool) async throws {
        try await withFolder { parent in
            let file = parent.path + "/a.jpg"
            let opened = Recorder()
            let calls = FaultyCalls(before: { call in
                guard call.kind == .sync, !opened.all.isEmpty else { return }
                // It has the file open, whatever its name is by now.
                let out = (try? FileManager.default.contentsOfDirectory(atPath: parent.path + "/.mainstay/incoming"))
                guard let name = out?.first else { return }
                let path = parent.path + "/.mainstay/incoming/" + name
                let time = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
                let handle = FileHandle(forUpdatingAtPath: path)
                if !unseen { _ = try? handle?.seekToEnd() }
                try? handle?.write(contentsOf: Data([4]))
                try? handle?.close()
                if unseen, let time {
                    try? FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
                }
                opened.clear()
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            try Data(bytes).write(to: URL(fileURLWithPath: file))
            // A time that a Date can hold exactly.
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_780_000_000)], ofItemAtPath: file)
            let standing = try known("a.jpg", in: library)
            let id = try image(of: bytes)
            let proof = try proof(of: id)
            opened.add("armed")
            let error = diskError { try Placement(library: library).evict(standing, of: id, with: proof) { .zero } }
            #expect(error?.code == .changed)
            #expect(FileManager.default.contents(atPath: file) == Data(unseen ? [4] + bytes.dropFirst() : bytes + [4]))
            #expect(proof.spend(on: id, at: .zero), "it came not to that")
        }
    }

    enum Meddling: CaseIterable { case putsAnother, removesFolder, putsFileForFolder }

    /// Evicts against a proof of nothing, while a person does something at the path.
    private func evict(_ sandbox: DiskSandbox, _ meddling: Meddling) throws -> DiskError? {
        let known = try sandbox.write(main, bytes)
        return diskError {
            try Placement(library: sandbox.library).evict(
                known, of: image(of: bytes), with: proof(of: image(of: [7]))
            ) {
                switch meddling {
                case .putsAnother: try? sandbox.put(main, [8])
                case .removesFolder: rmdir(sandbox.url("2026").path)
                case .putsFileForFolder:
                    rmdir(sandbox.url("2026").path)
                    try? sandbox.put("2026", [8])
                }
                return .zero
            }
        }
    }

    @Test("It comes back whatever a person does at its path meanwhile", arguments: Meddling.allCases)
    func meddled(meddling: Meddling) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let error = try evict(sandbox, meddling)
            let placement = Placement(library: sandbox.library)
            let id = try image(of: bytes)
            #expect(error?.code == .notProven)
            #expect(error?.message.contains("incoming") == (meddling != .removesFolder))
            switch meddling {
            case .removesFolder:
                #expect(try sandbox.visible() == [main: bytes])
                #expect(try !placement.returnEvicting(id, to: path(main)))
            case .putsAnother:
                #expect(sandbox.names(".mainstay/incoming") == ["\(id).evicting"])
                #expect(try placement.returnEvicting(id, to: path(main)))
                #expect(try sandbox.visible() == [main: [8], "2026/a (kept).jpg": bytes])
            case .putsFileForFolder:
                #expect(diskError { try placement.returnEvicting(id, to: path(main)) }?.code == .notAFolder)
                #expect(sandbox.names(".mainstay/incoming") == ["\(id).evicting"])
                #expect(try placement.returnEvicting(id, to: path("a.jpg")))
                #expect(try sandbox.visible() == ["2026": [8], "a.jpg": bytes])
            }
            #expect(sandbox.names(".mainstay/incoming").isEmpty)
        }
    }

    @Test("While a main of the image waits for its return, no other one is evicted, and no proof is spent")
    func waiting() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            _ = try evict(sandbox, .putsAnother)
            let second = try sandbox.write("b.jpg", bytes)
            let id = try image(of: bytes)
            let proof = try proof(of: id)
            let placement = Placement(library: sandbox.library)
            let error = diskError { try placement.evict(second, of: id, with: proof) { .zero } }
            #expect(error?.code == .locked)
            #expect(error?.isRetryable == true)
            #expect(sandbox.read("b.jpg") == bytes)
            try placement.returnEvicting(id, to: path(main))
            try placement.evict(second, of: id, with: proof) { .zero }
            #expect(try sandbox.visible() == [main: [8], "2026/a (kept).jpg": bytes])
        }
    }

    @Test("A main that returns takes the first free name, whatever is taken, a folder too")
    func kept() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let long = String(repeating: "é", count: 125) + ".jpg"
            let id = try image(of: bytes)
            for name in ["x.jpg", long] {
                try sandbox.put("folder/" + name + "/inside.jpg", [1])
                try sandbox.put("folder/" + path(name).disambiguated(by: "kept", attempt: 1).name, [2])
                try sandbox.put(".mainstay/incoming/\(id).evicting", bytes)
                #expect(try Placement(library: sandbox.library).returnEvicting(id, to: path("folder/" + name)))
                #expect(try sandbox.read("folder/" + path(name).disambiguated(by: "kept", attempt: 2).name) == bytes)
            }
        }
    }

    @Test("A main that stands at its path already, by a second name, has one name again and is not doubled")
    func secondName() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            try sandbox.write(main, bytes)
            let id = try image(of: bytes)
            let evicting = sandbox.url(".mainstay/incoming/\(id).evicting").path
            #expect(link(sandbox.url(main).path, evicting) == 0)
            #expect(try Placement(library: sandbox.library).returnEvicting(id, to: path(main)))
            #expect(sandbox.names(".mainstay/incoming").isEmpty)
            #expect(try sandbox.visible() == [main: bytes])
            // The same bytes in a file of its own are another matter.
            try sandbox.put(".mainstay/incoming/\(id).evicting", bytes)
            #expect(try Placement(library: sandbox.library).returnEvicting(id, to: path(main)))
            #expect(try sandbox.visible() == [main: bytes, "2026/a (kept).jpg": bytes])
        }
    }

    @Test("A reduced copy that is placed or synced for an eviction is on the disk, bytes before name (S4)")
    func reducedIsSynced() async throws {
        try await withFolder { parent in
            let order = Recorder()
            let calls = FaultyCalls(before: { call in
                if [.write, .sync, .rename].contains(call.kind) { order.add(call.kind.rawValue) }
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let placement = Placement(library: library)
            order.clear()
            var known = try placement.placeReduced([1], at: path("a.jpg.reduced.jpg"), synced: true)
            #expect(order.all == ["write", "sync", "rename", "sync"])
            order.clear()
            known = try placement.placeReduced([2], at: known.path, replacing: known, synced: true)
            #expect(order.all == ["write", "sync", "rename", "sync"])
            order.clear()
            try placement.sync(known)
            #expect(order.all == ["sync", "sync"])
            known.identity.mtime += 1
            #expect(diskError { try placement.sync(known) }?.code == .changed)
        }
    }
}
