import Disk
import Foundation
import Model
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Receiving a main")
struct IncomingFileTests {
    private let bytes = sampleBytes(100_000)

    private func receive(
        _ library: LibraryFolder, _ bytes: [UInt8], as id: ImageID? = nil, at text: String = "2026/05/a.jpg"
    ) throws -> KnownFile {
        let incoming = try Placement(library: library).receive(try id ?? image(of: bytes), bytes: Int64(bytes.count))
        for chunk in stride(from: Int(incoming.received), to: bytes.count, by: 30_000) {
            try incoming.append(bytes[chunk..<min(chunk + 30_000, bytes.count)])
        }
        return try incoming.finish(at: path(text), mtime: 1_700_000_000_123_456_789)
    }

    @Test("It stands under its name with its bytes and its time, and nothing is left in incoming")
    func placed() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let placed = try receive(sandbox.library, bytes)
            #expect(sandbox.read("2026/05/a.jpg") == bytes)
            #expect(try sandbox.known("2026/05/a.jpg") == placed)
            #expect(placed.identity.mtime == 1_700_000_000_123_456_789)
            #expect(sandbox.names(".mainstay/incoming").isEmpty)
        }
    }

    @Test(
        "Nothing is visible before the end, and the bytes are synced and compared before the rename, the folder after it"
    )
    func order() async throws {
        try await withFolder { parent in
            let order = Recorder()
            let calls = FaultyCalls(before: { call in
                if [.sync, .rename, .write].contains(call.kind) { order.add(call.kind.rawValue) }
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            order.clear()
            let incoming = try Placement(library: library).receive(image(of: bytes), bytes: Int64(bytes.count))
            try incoming.append(bytes)
            #expect(try LibraryWalk(library: library).walk { _ in }.files == 0)
            _ = try incoming.finish(at: path("a.jpg"))
            #expect(order.all == ["write", "sync", "rename", "sync"])
            order.clear()
            let other = try Placement(library: library).receive(image(of: [1]), bytes: 1)
            try other.append([1])
            _ = try other.finish(at: path("new/b.jpg"))
            #expect(
                order.all == ["write", "sync", "sync", "sync", "rename", "sync"], "a new folder and its parent too")
        }
    }

    @Test("Bytes of another image are never placed, and are thrown away")
    func wrongContent() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let error = diskError { _ = try receive(sandbox.library, bytes, as: image(of: [1])) }
            #expect(error?.code == .wrongContent)
            #expect(error?.isRetryable == true)
            #expect(try sandbox.visible().isEmpty)
            #expect(sandbox.names(".mainstay/incoming").isEmpty)
        }
    }

    @Test("Not one byte more than announced is taken, and not one less is placed")
    func length() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let placement = Placement(library: sandbox.library)
            let long = try placement.receive(image(of: bytes), bytes: 10)
            try long.append(bytes[..<10])
            #expect(diskError { try long.append(bytes[10..<11]) }?.code == .tooLarge)
            #expect(diskError { _ = try long.finish(at: path("a.jpg")) }?.code == .tooLarge)
            #expect(sandbox.names(".mainstay/incoming").isEmpty)
            let short = try placement.receive(image(of: [1, 2]), bytes: 2)
            try short.append([1])
            #expect(diskError { _ = try short.finish(at: path("a.jpg")) }?.code == .incomplete)
            try short.append([2])
            _ = try short.finish(at: path("a.jpg"))
            #expect(sandbox.read("a.jpg") == [1, 2])
        }
    }

    @Test("A taken name is never overwritten; the same main can be finished under another")
    func exists() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let mine = try sandbox.write("a.jpg", [9])
            let incoming = try Placement(library: sandbox.library).receive(image(of: bytes), bytes: Int64(bytes.count))
            try incoming.append(bytes)
            #expect(diskError { _ = try incoming.finish(at: path("a.jpg")) }?.code == .exists)
            #expect(try sandbox.known("a.jpg") == mine)
            _ = try incoming.finish(at: path("a.jpg").disambiguated(by: "attic", attempt: 1))
            #expect(sandbox.read("a (attic).jpg") == bytes)
            #expect(sandbox.read("a.jpg") == [9])
        }
    }

    @Test("A broken transfer goes on where it stopped, in another run too", arguments: [true, false])
    func resume(resuming: Bool) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let placement = Placement(library: sandbox.library)
            let id = try image(of: bytes)
            var first: IncomingFile? = try placement.receive(id, bytes: Int64(bytes.count))
            try first?.append(bytes[..<40_000])
            #expect(diskError { _ = try placement.receive(id, bytes: 1) }?.code == .locked)
            first = nil
            #expect(try placement.clearIncoming().parts == [PartialMain(image: id, bytes: 40_000)])
            let second = try placement.receive(id, bytes: Int64(bytes.count), resuming: resuming)
            #expect(second.received == (resuming ? 40_000 : 0))
            try second.append(bytes[Int(second.received)...])
            _ = try second.finish(at: path("a.jpg"))
            #expect(sandbox.read("a.jpg") == bytes)
        }
    }

    @Test(
        "A large main is whole, and goes on where it broke off, also where writing past the page cache is refused or ends",
        arguments: [nil, FaultyCalls.Call.Kind.setDirect, .write])
    func large(refused: FaultyCalls.Call.Kind?) async throws {
        try await withFolder { parent in
            let (bytes, broken) = (sampleBytes(4_200_001), 1_500_003)
            let isRefusing = Mutex(false)
            let calls = FaultyCalls { call in
                guard call.kind == refused, isRefusing.withLock({ $0 }) else { return nil }
                isRefusing.withLock { $0 = false }
                return .invalidArgument
            }
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let (placement, id) = (Placement(library: library), try image(of: bytes))
            isRefusing.withLock { $0 = true }
            var first: IncomingFile? = try placement.receive(id, bytes: Int64(bytes.count))
            for start in stride(from: 0, to: broken, by: 30_000) {
                try first?.append(bytes[start..<min(start + 30_000, broken)])
            }
            #expect(calls.hits == (refused == nil ? 0 : 1))
            first = nil
            let second = try placement.receive(id, bytes: Int64(bytes.count))
            #expect(second.received == broken)
            try second.append(bytes[broken...])
            _ = try second.finish(at: path("a.jpg"))
            #expect(try Data(contentsOf: parent.appending(path: "a.jpg")) == Data(bytes))
        }
    }

    @Test(
        "A part that another transfer places just before it is locked is that transfer's main, and is not written to",
        arguments: [false, true])
    func placedMeanwhile(isBegunAnew: Bool) async throws {
        try await withFolder { parent in
            let part = try parent.path + "/.mainstay/incoming/\(image(of: bytes)).part"
            let first = Mutex<IncomingFile?>(nil)
            let calls = FaultyCalls(before: { call in
                guard call.kind == .lock, call.number == 3 else { return }
                first.withLock { file in
                    _ = try? file?.finish(at: path("a.jpg"))
                    file = nil
                }
                if isBegunAnew { try? Data([0]).write(to: URL(fileURLWithPath: part)) }
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let placement = Placement(library: library)
            let id = try image(of: bytes)
            try first.withLock { file in
                file = try placement.receive(id, bytes: Int64(bytes.count))
                try file?.append(bytes)
            }
            let second = try placement.receive(id, bytes: Int64(bytes.count), resuming: false)
            #expect(second.received == 0)
            try second.append([0])
            #expect(try Data(contentsOf: parent.appending(path: "a.jpg")) == Data(bytes))
        }
    }

    @Test("A part that nobody wants is removed, but not under somebody who receives it")
    func removePart() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let placement = Placement(library: sandbox.library)
            let id = try image(of: bytes)
            try placement.removePart(of: id)
            var first: IncomingFile? = try placement.receive(id, bytes: Int64(bytes.count))
            let other = try image(of: [1])
            var second: IncomingFile? = try placement.receive(other, bytes: 1)
            try first?.append(bytes[..<40_000])
            #expect(diskError { try placement.removePart(of: id) }?.code == .locked)
            #expect(sandbox.names(".mainstay/incoming").count == 2)
            (first, second) = (nil, nil)
            try placement.removePart(of: id)
            #expect(sandbox.names(".mainstay/incoming") == ["\(other).part"])
            try placement.removePart(of: id)
            #expect(second == nil)
        }
    }

    @Test(
        "A part that becomes a main just before it is removed stays one, and what was begun anew stays too",
        arguments: [false, true])
    func removedTooLate(isBegunAnew: Bool) async throws {
        try await withFolder { parent in
            let part = try parent.path + "/.mainstay/incoming/\(image(of: bytes)).part"
            let first = Mutex<IncomingFile?>(nil)
            let calls = FaultyCalls(before: { call in
                guard call.kind == .lock, call.number == 3 else { return }
                first.withLock { file in
                    _ = try? file?.finish(at: path("a.jpg"))
                    file = nil
                }
                if isBegunAnew { try? Data([0]).write(to: URL(fileURLWithPath: part)) }
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let placement = Placement(library: library)
            let id = try image(of: bytes)
            try first.withLock { file in
                file = try placement.receive(id, bytes: Int64(bytes.count))
                try file?.append(bytes)
            }
            try placement.removePart(of: id)
            #expect(try Data(contentsOf: parent.appending(path: "a.jpg")) == Data(bytes))
            #expect(FileManager.default.fileExists(atPath: part) == isBegunAnew)
        }
    }

    @Test("A part whose bytes went bad, or that is too long, does not become a main")
    func badPart() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let id = try image(of: bytes)
            try sandbox.put(".mainstay/incoming/\(id).part", [0] + bytes[1..<50])
            #expect(diskError { _ = try receive(sandbox.library, bytes) }?.code == .wrongContent)
            try sandbox.put(".mainstay/incoming/\(id).part", bytes + [0])
            _ = try receive(sandbox.library, bytes)
            #expect(sandbox.read("2026/05/a.jpg") == bytes)
        }
    }

    @Test("Discarded, it leaves nothing")
    func discard() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let incoming = try Placement(library: sandbox.library).receive(image(of: bytes), bytes: 10)
            try incoming.append([1])
            incoming.discard()
            #expect(sandbox.names(".mainstay/incoming").isEmpty)
            #expect(diskError { try incoming.append([1]) } != nil)
        }
    }

    @Test(
        "A symbolic link on the way leads no main out of the library",
        arguments: ["link/a.jpg", "folder/link/a.jpg", "file/a.jpg", "link"])
    func symbolicLink(target: String) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let outside = parent.appending(path: "outside")
            try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
            try sandbox.write("folder/b.jpg", [1])
            try sandbox.write("file", [1])
            for link in ["link", "folder/link"] {
                try FileManager.default.createSymbolicLink(at: sandbox.url(link), withDestinationURL: outside)
            }
            let code = diskError { _ = try receive(sandbox.library, bytes, at: target) }?.code
            #expect(code == (target == "link" ? .exists : .notAFolder))
            #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path).isEmpty)
        }
    }

    @Test(
        "Each fault at each place: nothing visible, nothing lost, and it succeeds when tried again",
        arguments: [
            (FaultyCalls.Call.Kind.write, Errno.noSpace), (.write, .ioError), (.sync, .ioError), (.sync, .noSpace),
            (.rename, .ioError), (.rename, .noSpace), (.makeFolder, .noSpace), (.open, .permissionDenied),
            (.open, .tooManyOpenFiles), (.status, .ioError), (.setModified, .notPermitted), (.read, .ioError),
        ])
    func faults(kind: FaultyCalls.Call.Kind, errno: Errno) async throws {
        try await withFolder { parent in
            let whole = FaultyCalls()
            try DiskSandbox(in: parent, named: "count").write("keep.jpg", [7])
            let counted = try LibraryFolder(path: parent.path + "/counted", .create, calls: whole)
            let before = whole.count(kind)
            _ = try receive(counted, bytes)
            let calls = whole.count(kind) - before
            #expect(calls > 0)
            for number in 1...calls {
                let sandbox = parent.appending(path: "\(number)")
                let offset = before + number
                let faulty = FaultyCalls.failing(kind, at: offset, with: errno)
                let library = try LibraryFolder(path: sandbox.path, .create, calls: faulty)
                try Data([7]).write(to: sandbox.appending(path: "keep.jpg"))
                #expect(throws: DiskError.self) { _ = try receive(library, bytes) }
                #expect(faulty.hits == 1)
                var files: [String] = []
                _ = try LibraryWalk(library: library).walk { files += $0.map(\.path.description) }
                #expect(files == ["keep.jpg"])
                _ = try receive(library, bytes)
                #expect(try Data(contentsOf: sandbox.appending(path: "2026/05/a.jpg")) == Data(bytes))
                let left = try FileManager.default.contentsOfDirectory(atPath: sandbox.path + "/.mainstay/incoming")
                #expect(left.isEmpty)
            }
        }
    }

    @Test("Killed after any step: either the whole main is there or none, and the next run finishes")
    func killed() async throws {
        try await withFolder { parent in
            let whole = FaultyCalls()
            let counted = try LibraryFolder(path: parent.path + "/counted", .create, calls: whole)
            let before = whole.changes
            _ = try receive(counted, bytes)
            var wasThere: Set<Bool> = []
            for step in before..<whole.changes {
                let folder = parent.path + "/\(step)"
                let calls = FaultyCalls.killed(after: step)
                var dead: LibraryFolder? = try LibraryFolder(path: folder, .create, calls: calls)
                #expect(throws: DiskError.self) { _ = try receive(#require(dead), bytes) }
                dead = nil
                let library = try LibraryFolder(path: folder, .create)
                let placement = Placement(library: library)
                var visible: [FoundFile] = []
                _ = try LibraryWalk(library: library).walk { visible += $0 }
                wasThere.insert(!visible.isEmpty)
                for file in visible { #expect(try library.readWhole(file.path, limit: 1_000_000) == bytes) }
                _ = try placement.clearIncoming()
                if visible.isEmpty { _ = try receive(library, bytes) }
                #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/2026/05/a.jpg")) == Data(bytes))
            }
            #expect(wasThere == [true, false], "the last steps are after the rename")
        }
    }

    @Test("What a run leaves in incoming is cleared, but for parts and mains; what may be a person's goes to the trash")
    func clear() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let id = try image(of: bytes)
            for name in [
                "\(id).part", "\(id).evicting", "0011.tmp", "0022.old", "nothex.part", "nothex.evicting",
                "stranger.jpg",
            ] {
                try sandbox.put(".mainstay/incoming/" + name, [1])
            }
            let placement = Placement(library: sandbox.library)
            let stay = ["\(id).evicting", "\(id).part", "nothex.evicting", "stranger.jpg"]
            let left = try placement.clearIncoming()
            #expect(left.parts == [PartialMain(image: id, bytes: 1)])
            #expect(left.evicting == [id])
            #expect(sandbox.names(".mainstay/incoming") == stay)
            #expect(sandbox.names(".mainstay/trash") == ["0022.old"])
            let again = try placement.clearIncoming(keepingParts: false)
            #expect(again.parts.isEmpty)
            #expect(again.evicting == [id])
            #expect(sandbox.names(".mainstay/incoming") == stay.filter { !$0.hasSuffix(".part") })
        }
    }

    @Test(
        "A file system without RENAME_NOREPLACE, or without links too, neither loses nor overwrites",
        arguments: [true, false])
    func noReplaceUnsupported(hasLinks: Bool) async throws {
        try await withFolder { parent in
            let calls = FaultyCalls {
                $0.kind == .rename ? .invalidArgument : $0.kind == .link && !hasLinks ? .notPermitted : nil
            }
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            _ = try receive(library, bytes)
            #expect(diskError { _ = try receive(library, bytes) }?.code == .exists)
            #expect(calls.hits > 0)
            #expect(try Data(contentsOf: parent.appending(path: "2026/05/a.jpg")) == Data(bytes))
        }
    }

    @Test("Where there are no links, a rename that fails leaves no empty file, and one that is there is not replaced")
    func noLinks() async throws {
        try await withFolder { parent in
            @Sendable func unsupported(_ call: FaultyCalls.Call) -> Errno? {
                call.kind == .rename ? .invalidArgument : call.kind == .link ? .notPermitted : nil
            }
            let failing = FaultyCalls { $0.kind == .renameOver ? .ioError : unsupported($0) }
            let place = parent.appending(path: "2026/05/a.jpg").path
            do {
                let library = try LibraryFolder(path: parent.path, .create, calls: LinuxCalls())
                library.release()
            }
            let library = try LibraryFolder(path: parent.path, .create, calls: failing)
            #expect(diskError { _ = try receive(library, bytes) } != nil)
            #expect(!FileManager.default.fileExists(atPath: place))
            library.release()
            let again = try LibraryFolder(path: parent.path, .create, calls: FaultyCalls(fault: unsupported))
            #expect(FileManager.default.createFile(atPath: place, contents: Data()))
            #expect(diskError { _ = try receive(again, bytes) }?.code == .exists)
            #expect(try Data(contentsOf: URL(filePath: place)).isEmpty)
        }
    }

    @Test("Until it is whole it is its owner's alone; then it is what it is to be, before it has its name")
    func attributes() async throws {
        try await withFolder { parent in
            let order = Recorder()
            let parts = { @Sendable in
                (try? FileManager.default.contentsOfDirectory(atPath: parent.path + "/.mainstay/incoming")) ?? []
            }
            let mode = { @Sendable (path: String) in
                (try? FileManager.default.attributesOfItem(atPath: parent.path + "/" + path))?[.posixPermissions]
                    as? Int
            }
            let calls = FaultyCalls(before: { call in
                guard call.kind == .rename, let part = parts().first else { return }
                order.add("\(mode(".mainstay/incoming/\(part)") ?? 0)")
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let tags = [FileAttributes.Extended(name: "user.xdg.tags", value: [1, 0, 2])]
            for (number, bits) in [UInt16(0o640), 0o600, 0o7777].enumerated() {
                let bytes = bytes + [UInt8(number)]
                let wanted = try #require(
                    FileAttributes(seconds: -5, nanoseconds: 7, mode: bits, extended: number == 0 ? tags : []))
                let incoming = try Placement(library: library).receive(image(of: bytes), bytes: Int64(bytes.count))
                incoming.carry(wanted)
                try incoming.append(bytes[..<50_000])
                let part = try #require(parts().first)
                #expect(mode(".mainstay/incoming/\(part)") == 0o600)
                try incoming.append(bytes[50_000...])
                let placed = try incoming.finish(at: path("\(number).jpg"))
                let shown = try #require(library.attributes(of: placed))
                // Nobody is let in whom the umask excludes, and nothing is to be run.
                #expect(shown == wanted.within(0o644))
                #expect(incoming.shown == shown)
                #expect(mode("\(number).jpg") == Int(shown.mode))
                #expect(order.all.last == "\(shown.mode)")
            }
            #expect(order.all == ["\(0o640)", "\(0o600)", "\(0o644)"])
            // Nothing is known of this one.
            let incoming = try Placement(library: library).receive(image(of: bytes), bytes: Int64(bytes.count))
            try incoming.append(bytes)
            _ = try incoming.finish(at: path("a.jpg"))
            #expect(mode("a.jpg") == 0o644)
        }
    }

    @Test("Attributes of a file that stands there are set, and those that went are taken away")
    func setAttributes() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let placed = try receive(sandbox.library, bytes)
            func tag(_ name: String) -> FileAttributes.Extended { .init(name: "user.\(name)", value: Array(name.utf8)) }
            let first = try #require(
                FileAttributes(seconds: 1, nanoseconds: 2, mode: 0o600, extended: [tag("a"), tag("b")]))
            let second = try #require(
                FileAttributes(seconds: 3, nanoseconds: 4, mode: 0o644, extended: [tag("b"), tag("c")]))
            let placement = Placement(library: sandbox.library)
            let set = try placement.set(first, of: placed, insteadOf: nil)
            #expect(set.shown == first)
            let again = try placement.set(second, of: set.file, insteadOf: first)
            #expect(again.shown == second)
            #expect(try sandbox.known("2026/05/a.jpg") == again.file)
            #expect(sandbox.read("2026/05/a.jpg") == bytes)
            #expect(diskError { _ = try placement.set(first, of: placed, insteadOf: nil) }?.code == .changed)
        }
    }

    @Test("Where there are no attributes to be had, a main is placed without them")
    func withoutAttributes() async throws {
        try await withFolder { parent in
            let library = try LibraryFolder(path: parent.path, .create, calls: SyncingAllCalls())
            let incoming = try Placement(library: library).receive(image(of: bytes), bytes: Int64(bytes.count))
            incoming.carry(FileAttributes(seconds: 1, nanoseconds: 0, mode: 0o600))
            try incoming.append(bytes)
            let placed = try incoming.finish(at: path("a.jpg"))
            #expect(placed.identity.bytes == Int64(bytes.count))
            #expect(incoming.shown == nil)
        }
    }
}
