import Disk
import Foundation
import Model
import TestSupport
import Testing

@Suite("Hashing many files a job")
struct HashingManyTests {
    private struct Counter: FileObserver {
        var bytes = 0
        mutating func consume(_ chunk: UnsafeRawBufferPointer) { bytes += chunk.count }
    }

    /// What became of each of `files`.
    private func readings(
        _ library: LibraryFolder, _ files: [FoundFile]
    ) async throws -> [RelativePath: FileReading<Counter>] {
        var all: [RelativePath: FileReading<Counter>] = [:]
        try await HashingPool(library: library, threads: 2).hash(
            all: files, isWanted: { $0.first == 7 }, observer: { Counter() },
            each: { readings in
                for (file, reading) in readings {
                    #expect(all[file.path] == nil)
                    all[file.path] = reading
                }
            })
        return all
    }

    @Test("Each file has its own result, however many jobs there are, and small ones beside large ones")
    func many() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            var bytes: [RelativePath: [UInt8]] = [:]
            for index in 0..<700 {
                let name = "folder \(index % 3)/\(index).jpg"
                bytes[try path(name)] = [7] + sampleBytes(index % 97 == 0 ? 700_000 : index, seed: UInt64(index))
                try sandbox.put(name, bytes[try path(name)] ?? [])
            }
            let files = try bytes.keys.sorted().compactMap { try sandbox.library.find($0) }
            let all = try await readings(sandbox.library, files)
            #expect(all.count == 700)
            for (path, bytes) in bytes {
                guard case .hashed(let hashed, let counter) = all[path] else {
                    Issue.record("\(path) was not hashed")
                    continue
                }
                #expect(try hashed.image == image(of: bytes))
                #expect(hashed.file == (try sandbox.known(path.description)))
                #expect(counter.bytes == bytes.count)
            }
        }
    }

    @Test("In one job, what vanished, is no file any more or is not wanted stops none of the others")
    func mixed() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            for name in ["a/good.jpg", "a/gone.jpg", "a/link.jpg", "b/empty.jpg", "b/text.jpg", "c/gone.jpg", "d.jpg"] {
                try sandbox.put(name, name == "b/empty.jpg" ? [] : name == "b/text.jpg" ? [1, 2] : [7, 8])
            }
            let names = ["a/gone.jpg", "a/link.jpg", "a/good.jpg", "b/empty.jpg", "b/text.jpg", "c/gone.jpg", "d.jpg"]
            let files = try names.compactMap { try sandbox.library.find(path($0)) }
            try FileManager.default.removeItem(at: sandbox.url("a/gone.jpg"))
            try FileManager.default.removeItem(at: sandbox.url("c"))
            try FileManager.default.removeItem(at: sandbox.url("a/link.jpg"))
            try FileManager.default.createSymbolicLink(
                atPath: sandbox.url("a/link.jpg").path, withDestinationPath: "good.jpg")
            let all = try await readings(sandbox.library, files)
            var text: [String: String] = [:]
            for (path, reading) in all {
                switch reading {
                case .hashed(let hashed, _):
                    text[path.description] = try hashed.image == image(of: [7, 8]) ? "hashed" : "wrong"
                case .unwanted(let isEmpty): text[path.description] = isEmpty ? "empty" : "unwanted"
                case .failed(let error): text[path.description] = (error as? DiskError).map { "\($0.code)" } ?? "?"
                }
            }
            #expect(
                text == [
                    "a/good.jpg": "hashed", "a/gone.jpg": "notFound", "a/link.jpg": "notAFolder",
                    "b/empty.jpg": "empty", "b/text.jpg": "unwanted", "c/gone.jpg": "notFound", "d.jpg": "hashed",
                ])
        }
    }

    @Test("A file that changes while its job reads it gives no hash; those beside it do")
    func changed() async throws {
        try await withFolder { parent in
            let calls = FaultyCalls(before: { call in
                guard call.kind == .read else { return }
                // Whichever is being read, the one file grows.
                guard let handle = FileHandle(forUpdatingAtPath: parent.path + "/a/grows.jpg") else { return }
                defer { try? handle.close() }
                _ = try? handle.seekToEnd()
                try? handle.write(contentsOf: Data([1]))
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            try FileManager.default.createDirectory(
                atPath: parent.path + "/a", withIntermediateDirectories: true)
            for name in ["a/before.jpg", "a/grows.jpg", "a/then.jpg"] {
                try Data([7, 8]).write(to: URL(fileURLWithPath: parent.path + "/" + name))
            }
            let files = try ["a/before.jpg", "a/grows.jpg", "a/then.jpg"].compactMap { try library.find(path($0)) }
            let all = try await readings(library, files)
            guard case .failed(let error) = all[try path("a/grows.jpg")] else {
                Issue.record("a file that grew was taken for whole")
                return
            }
            #expect((error as? DiskError)?.code == .changedWhileRead)
            for name in ["a/before.jpg", "a/then.jpg"] {
                guard case .hashed = all[try path(name)] else {
                    Issue.record("\(name) was not hashed")
                    continue
                }
            }
        }
    }

    @Test("What the taker of the results throws ends the whole")
    func ended() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            for index in 0..<600 { try sandbox.put("\(index).jpg", [7]) }
            let files = try (0..<600).compactMap { try sandbox.library.find(path("\($0).jpg")) }
            await #expect(throws: CocoaError.self) {
                try await HashingPool(library: sandbox.library, threads: 1).hash(
                    all: files, isWanted: { _ in true }, observer: { NoObserver() },
                    each: { _ in throw CocoaError(.userCancelled) })
            }
        }
    }

    @Test("Many files are found at once as they stand there: the gone, links and folders are none")
    func find() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            for name in ["a/1", "a/2", "b/3"] { try sandbox.put(name, [1]) }
            try FileManager.default.createSymbolicLink(atPath: sandbox.url("a/l").path, withDestinationPath: "1")
            let paths = try ["a/1", "b/3", "a/none", "none/1", "a/l", "a", "a/1/x", "a/2"].map(path)
            let found = try sandbox.library.find(all: paths)
            #expect(found.map { $0?.path.description } == ["a/1", "b/3", nil, nil, nil, nil, nil, "a/2"])
            #expect(found == (try paths.map { try sandbox.library.find($0) }))
        }
    }
}
