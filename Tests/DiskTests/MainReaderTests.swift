import CLinux
import Crypto
import Disk
import Foundation
import Glibc
import Model
import SystemPackage
import TestSupport
import Testing

@Suite("Reading mains again")
struct MainReaderTests {
    private func nonce(_ byte: UInt8) throws -> Bytes32 { try #require(Bytes32(Array(repeating: byte, count: 32))) }

    @Test(
        "The answers are the hashes of nonce and bytes, in the order of the nonces",
        arguments: [0, 1, 1 << 20, 2_500_001])
    func answers(count: Int) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let bytes = sampleBytes(count)
            let known = try sandbox.write("a/b.jpg", bytes)
            let reader = MainReader(library: sandbox.library, threads: 1, idle: false)
            let nonces = try [nonce(3), nonce(1), nonce(2)]
            let read = try await reader.read(known, nonces: nonces)
            #expect(try read.image == image(of: bytes))
            #expect(try read.answers == nonces.map { try image(of: $0.bytes + bytes).bytes })
            #expect(try await reader.read(known) == ReadMain(image: read.image, answers: [], identity: known.identity))
            #expect(read.identity.bytes == Int64(count) && read.identity.ctime != nil)
        }
    }

    @Test(
        "For a proof, file and name are synced before the disk is read; for verifying nothing is",
        arguments: [true, false])
    func order(isProof: Bool) async throws {
        try await withFolder { parent in
            let order = Recorder()
            let calls = FaultyCalls(before: { call in
                if [.sync, .read, .advise].contains(call.kind) { order.add(call.kind.rawValue + call.name) }
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            try Data([1]).write(to: parent.appending(path: "a.jpg"))
            let file = try known("a.jpg", in: library)
            order.clear()
            _ = try await MainReader(library: library, threads: 1, idle: false).read(
                file, nonces: isProof ? [nonce(1)] : [])
            let read = ["advisefromDisk", "advisesequential", "read"]
            #expect(Array(order.all.prefix(isProof ? 5 : 3)) == (isProof ? ["sync", "sync"] : []) + read)
        }
    }

    enum Change: CaseIterable { case before, during, replacedDuring, removed }

    @Test("A file that is not, or no longer, the known one is an edit, not damage", arguments: Change.allCases)
    func changed(change: Change) async throws {
        try await withFolder { parent in
            let file = parent.path + "/a.jpg"
            let calls = FaultyCalls(before: { call in
                guard call.kind == .read, call.number == 1 else { return }
                switch change {
                case .during:
                    let handle = FileHandle(forUpdatingAtPath: file)
                    try? handle?.write(contentsOf: Data([9]))
                    try? handle?.close()
                case .replacedDuring:
                    try? Data([1]).write(to: URL(fileURLWithPath: file + "~"))
                    rename(file + "~", file)
                case .before, .removed: break
                }
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            try Data(sampleBytes(1_500_000)).write(to: URL(fileURLWithPath: file))
            let main = try known("a.jpg", in: library)
            if change == .before { try Data([2]).write(to: URL(fileURLWithPath: file)) }
            if change == .removed { unlink(file) }
            let reader = MainReader(library: library, threads: 1, idle: false)
            let error = await #expect(throws: DiskError.self) { _ = try await reader.read(main, nonces: [nonce(1)]) }
            switch change {
            case .before: #expect(error?.code == .changed)
            case .during, .replacedDuring: #expect(error?.code == .changedWhileRead)
            case .removed: #expect(error?.code == .notFound)
            }
        }
    }

    @Test("A bit that has flipped under an unchanged size and time is another image, for the caller to judge")
    func rot() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            var known = try sandbox.write("a.jpg", sampleBytes(1000))
            let flipped = sampleBytes(1000).enumerated().map { $0.offset == 500 ? $0.element ^ 1 : $0.element }
            let handle = try FileHandle(forUpdating: sandbox.url("a.jpg"))
            try handle.write(contentsOf: Data(flipped))
            try handle.close()
            let file = try LinuxCalls().open(nil, sandbox.url("a.jpg").path, flags: O_WRONLY, mode: 0)
            try LinuxCalls().setModified(file, to: known.identity.mtime)
            let changed = try LinuxCalls().status(file).ctime
            LinuxCalls().close(file)
            let reader = MainReader(library: sandbox.library, threads: 1, idle: true)
            // No program can put the ctime back: by it, this was somebody's doing.
            do {
                _ = try await reader.read(known)
                Issue.record("an edit was read")
            } catch let error as DiskError {
                #expect(error.code == .changed)
            }
            known.identity.ctime = changed
            #expect(try await reader.read(known).image == image(of: flipped))
        }
    }

    @Test(
        "A disk that cannot read it, or not sync it for a proof, is a fault of its own",
        arguments: [FaultyCalls.Call.Kind.read, .sync])
    func faults(kind: FaultyCalls.Call.Kind) async throws {
        try await withFolder { parent in
            let whole = FaultyCalls()
            _ = try LibraryFolder(path: parent.path + "/counted", .create, calls: whole)
            let before = whole.count(kind)
            let calls = FaultyCalls { $0.kind == kind && $0.number > before ? .ioError : nil }
            let library = try LibraryFolder(path: parent.path + "/faulty", .create, calls: calls)
            try Data([1]).write(to: URL(fileURLWithPath: library.path + "/a.jpg"))
            let file = try known("a.jpg", in: library)
            let reader = MainReader(library: library, threads: 1, idle: false)
            let error = await #expect(throws: DiskError.self) {
                _ = try await reader.read(file, nonces: [nonce(1)])
            }
            #expect(error?.code == .ioFailure)
            #expect(calls.hits > 0)
        }
    }

    @Test("A cancelled task stops in the middle of a file")
    func cancelled() async throws {
        try await withFolder { parent in
            let (stream, reached) = AsyncStream<Void>.makeStream()
            let go = DispatchSemaphore(value: 0)
            let calls = FaultyCalls(before: { call in
                guard call.kind == .read, call.number == 2 else { return }
                reached.yield()
                go.wait()
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            try Data(sampleBytes(3_500_000)).write(to: parent.appending(path: "a.jpg"))
            let file = try known("a.jpg", in: library)
            let reader = MainReader(library: library, threads: 1, idle: false)
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await reader.read(file) }
                for await _ in stream { break }
                group.cancelAll()
                go.signal()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
            #expect(calls.count(.read) == 2)
        }
    }

    @Test("Reading at idle priority, its threads and no others are idle", arguments: [true, false])
    func idle(idle: Bool) async throws {
        try await withFolder { parent in
            let seen = Recorder()
            let calls = FaultyCalls(before: { call in
                guard call.kind == .read, call.number == 1 else { return }
                // Asked on the reading thread.
                seen.add("\(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0))")
                seen.add(mainstay_has_idle_io() == 1 ? "idle" : "not idle")
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            try Data([1]).write(to: parent.appending(path: "a.jpg"))
            let file = try known("a.jpg", in: library)
            let before = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
            let reader = MainReader(library: library, threads: 1, idle: idle)
            _ = try await reader.read(file)
            #expect(seen.all.count == 2)
            #expect((seen.all.first == "19") == idle || before == 19)
            #expect((seen.all.last == "idle") == idle)
            #expect(calls.count(.setIdle) == (idle ? 1 : 0))
        }
    }

    @Test("A system that grants no idle priority reads all the same")
    func noIdle() async throws {
        try await withFolder { parent in
            let calls = FaultyCalls.failing(.setIdle, with: .notPermitted)
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            try Data([1]).write(to: parent.appending(path: "a.jpg"))
            let file = try known("a.jpg", in: library)
            let reader = MainReader(library: library, threads: 1, idle: true)
            let read = try await reader.read(file)
            #expect(try read.image == image(of: [1]))
            #expect(calls.hits == 1)
        }
    }
}
