import Disk
import Foundation
import Glibc
import Model
import SystemPackage
import TestSupport
import Testing

@Suite("Hashing and reading")
struct HashingPoolTests {
    private struct Collector: FileObserver {
        var bytes: [UInt8] = []
        mutating func consume(_ chunk: UnsafeRawBufferPointer) { bytes += Array(chunk) }
    }

    @Test(
        "The hash is that of the bytes, and the observer sees each of them once", arguments: [0, 1, 1 << 20, 3_000_001])
    func hash(count: Int) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let bytes = sampleBytes(count)
            let known = try sandbox.write("a/b.jpg", bytes)
            let pool = HashingPool(library: sandbox.library, threads: 2)
            let (hashed, seen) = try await pool.hash(path("a/b.jpg"), observer: Collector())
            #expect(try hashed.image == image(of: bytes))
            #expect(hashed.file == known)
            #expect(hashed.isEmpty == (count == 0))
            #expect(seen.bytes == bytes)
            #expect(try await pool.hash(path("a/b.jpg"), fromDisk: true).image == hashed.image)
        }
    }

    @Test("Many files are hashed with each result given once, and a bad one does not stop the others")
    func many() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let paths = try (0..<200).map { try path("\($0).jpg") }
            for (index, path) in paths.enumerated() where index != 77 {
                try sandbox.write(path.description, sampleBytes(100, seed: UInt64(index)))
            }
            var results: [RelativePath: ImageID] = [:]
            var failed: [RelativePath: DiskError.Code] = [:]
            try await HashingPool(library: sandbox.library, threads: 3).hash(paths, observer: { _ in NoObserver() }) {
                path, result in
                switch result {
                case .success(let (hashed, _)): results[path] = hashed.image
                case .failure(let error): failed[path] = (error as? DiskError)?.code
                }
            }
            #expect(failed == [paths[77]: .notFound])
            #expect(results.count == 199)
            for (index, path) in paths.enumerated() where index != 77 {
                #expect(try results[path] == image(of: sampleBytes(100, seed: UInt64(index))))
            }
        }
    }

    enum Meddling: CaseIterable { case append, overwrite, overwriteInSecret, replace, truncate, delete, moveFolder }

    @Test("A file changed in any way while it is read gives no hash", arguments: Meddling.allCases)
    func changedWhileRead(meddling: Meddling) async throws {
        try await withFolder { parent in
            let file = parent.path + "/folder/a.jpg"
            let date = Date(timeIntervalSince1970: 1_000_000)
            let calls = FaultyCalls(before: { call in
                guard call.kind == .read, call.number >= 2, let handle = FileHandle(forUpdatingAtPath: file) else {
                    return
                }
                defer { try? handle.close() }
                switch meddling {
                case .append:
                    _ = try? handle.seekToEnd()
                    try? handle.write(contentsOf: Data([1]))
                case .overwrite: try? handle.write(contentsOf: Data([1]))
                case .overwriteInSecret:
                    try? handle.write(contentsOf: Data([1]))
                    try? FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file)
                case .moveFolder: rename(parent.path + "/folder", parent.path + "/elsewhere")
                case .truncate: try? handle.truncate(atOffset: 5)
                case .delete: unlink(file)
                case .replace:
                    try? Data([1]).write(to: URL(fileURLWithPath: file + "~"))
                    rename(file + "~", file)
                }
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            mkdir(parent.path + "/folder", 0o755)
            try Data(sampleBytes(2_500_000)).write(to: URL(fileURLWithPath: file))
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file)
            let pool = HashingPool(library: library, threads: 1)
            let error = await #expect(throws: DiskError.self) { _ = try await pool.hash(path("folder/a.jpg")) }
            #expect(error?.code == .changedWhileRead)
            #expect(error?.isRetryable == true)
        }
    }

    @Test("A disk error while reading is that one file's, and to be retried")
    func readError() async throws {
        try await withFolder { parent in
            let calls = FaultyCalls { $0.kind == .read && $0.number > 1 ? .ioError : nil }
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            try Data(sampleBytes(2_500_000)).write(to: parent.appending(path: "a.jpg"))
            let pool = HashingPool(library: library, threads: 1)
            let error = await #expect(throws: DiskError.self) { _ = try await pool.hash(path("a.jpg")) }
            #expect(error?.code == .ioFailure)
            #expect(error?.isRetryable == true)
            #expect(calls.hits == 1)
        }
    }

    @Test("Short reads are put together, and a flipped bit gives another name")
    func falsified() async throws {
        try await withFolder { parent in
            let bytes = sampleBytes(10)
            let flipping = FaultyCalls(onRead: { buffer in
                if !buffer.isEmpty { buffer[0] ^= 1 }
                return buffer.count
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: flipping)
            try Data(bytes).write(to: parent.appending(path: "a.jpg"))
            let pool = HashingPool(library: library, threads: 1)
            #expect(try await pool.hash(path("a.jpg")).image != image(of: bytes))
        }
    }

    @Test(
        "Links, pipes, folders and what is not there are errors of their own",
        arguments: ["link", "pipe", "folder", "none", "linked/a"])
    func notRegular(name: String) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            try sandbox.write("folder/a", [1])
            try FileManager.default.createSymbolicLink(
                atPath: sandbox.url("link").path, withDestinationPath: "folder/a")
            try FileManager.default.createSymbolicLink(
                atPath: sandbox.url("linked").path, withDestinationPath: "folder")
            #expect(mkfifo(sandbox.url("pipe").path, 0o600) == 0)
            let pool = HashingPool(library: sandbox.library, threads: 1)
            let error = await #expect(throws: DiskError.self) { _ = try await pool.hash(path(name)) }
            #expect(error?.code == (name == "none" ? .notFound : .notAFolder))
            #expect(try sandbox.library.find(path(name)) == nil)
        }
    }

    @Test("A cancelled task stops in the middle of a file")
    func cancelled() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            try sandbox.write("a.jpg", sampleBytes(3_000_000))
            struct Canceller: FileObserver {
                var chunks = 0
                let reached: AsyncStream<Void>.Continuation
                let go: DispatchSemaphore
                mutating func consume(_ chunk: UnsafeRawBufferPointer) {
                    chunks += 1
                    reached.yield()
                    go.wait()
                }
            }
            let (stream, continuation) = AsyncStream<Void>.makeStream()
            let go = DispatchSemaphore(value: 0)
            let pool = HashingPool(library: sandbox.library, threads: 1)
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try await pool.hash(path("a.jpg"), observer: Canceller(reached: continuation, go: go))
                }
                for await _ in stream { break }
                group.cancelAll()
                go.signal()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
        }
    }

    @Test("Ranges and whole files are read as they are, and never more than allowed")
    func reading() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let bytes = sampleBytes(1000)
            let known = try sandbox.write("a.jpg", bytes)
            let library = sandbox.library
            #expect(try library.readWhole(known.path, limit: 1000, expecting: known.identity) == bytes)
            #expect(diskError { _ = try library.readWhole(known.path, limit: 999) }?.code == .tooLarge)
            let file = try library.open(known.path)
            for (offset, count) in [(0, 10), (990, 10), (995, 10), (1000, 5), (5000, 5), (10, 0)] {
                let wanted = bytes.dropFirst(offset).prefix(count)
                #expect(try file.read(from: Int64(offset), count: count) == Array(wanted))
            }
            try file.checkUnchanged()
            try sandbox.write("a.jpg", [1])
            #expect(diskError { _ = try library.open(known.path, expecting: known.identity) }?.code == .changed)
        }
    }
}
