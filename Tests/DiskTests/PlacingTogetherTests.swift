import Disk
import Foundation
import Model
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Placing several mains together")
struct PlacingTogetherTests {
    /// Mains that have come whole, to be placed in two folders by turns.
    private func received(_ count: Int, in library: LibraryFolder) throws -> [(main: IncomingFile, path: RelativePath)]
    {
        try (0..<count).map { number in
            let bytes = sampleBytes(1000 + number, seed: UInt64(number))
            let main = try Placement(library: library).receive(image(of: bytes), bytes: Int64(bytes.count))
            try main.append(bytes)
            return (main, try path("f\(number % 2)/\(number).jpg"))
        }
    }

    private func read(_ path: String, in library: LibraryFolder) -> [UInt8]? {
        FileManager.default.contents(atPath: "\(library.path)/\(path)").map(Array.init)
    }

    private func seal(
        _ mains: [(main: IncomingFile, path: RelativePath)], in library: LibraryFolder
    ) -> [DiskError.Code?] {
        Placement(library: library).seal(mains.map(\.main)).map(code)
    }

    private func place(
        _ mains: [(main: IncomingFile, path: RelativePath)], in library: LibraryFolder
    ) -> [DiskError.Code?] {
        Placement(library: library).place(mains).map(code)
    }

    private func code<T>(_ result: Result<T, DiskError>) -> DiskError.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }

    @Test("All are synced before the first is renamed, and each folder is synced once behind the last of them")
    func order() async throws {
        try await withFolder { parent in
            let order = Recorder()
            let calls = FaultyCalls(before: { call in
                if [.sync, .rename].contains(call.kind) { order.add(call.kind.rawValue) }
            })
            for folder in ["f0", "f1"] {
                try FileManager.default.createDirectory(
                    at: parent.appending(path: folder), withIntermediateDirectories: true)
            }
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let mains = try received(6, in: library)
            order.clear()
            #expect(seal(mains, in: library) == Array(repeating: nil, count: 6))
            #expect(try LibraryWalk(library: library).walk { _ in }.files == 0)
            #expect(place(mains, in: library) == Array(repeating: nil, count: 6))
            let expected = [("sync", 6), ("rename", 6), ("sync", 2)].flatMap { Array(repeating: $0.0, count: $0.1) }
            #expect(order.all == expected)
            for number in 0..<6 {
                let there = read("f\(number % 2)/\(number).jpg", in: library)
                #expect(there == sampleBytes(1000 + number, seed: UInt64(number)))
            }
        }
    }

    @Test("Folders whose names differ in the form of their accents alone are two")
    func accents() async throws {
        try await withFolder { parent in
            let library = try LibraryFolder(path: parent.path, .create)
            var mains = try received(2, in: library)
            (mains[0].path, mains[1].path) = (try path("\u{E9}/a.jpg"), try path("e\u{301}/a.jpg"))
            #expect(seal(mains, in: library) == [nil, nil])
            #expect(place(mains, in: library) == [nil, nil])
            for (number, folder) in ["\u{E9}", "e\u{301}"].enumerated() {
                #expect(read("\(folder)/a.jpg", in: library) == sampleBytes(1000 + number, seed: UInt64(number)))
            }
        }
    }

    @Test("Many are synced with their whole file system, before the first is compared and renamed")
    func many() async throws {
        try await withFolder { parent in
            let order = Recorder()
            let calls = FaultyCalls(
                SyncingAllCalls(), fault: { $0.kind == .checkWritten && $0.number == 3 ? .ioError : nil },
                before: { call in
                    if [.sync, .syncAll, .checkWritten, .rename].contains(call.kind) { order.add(call.kind.rawValue) }
                })
            for folder in ["f0", "f1"] {
                try FileManager.default.createDirectory(
                    at: parent.appending(path: folder), withIntermediateDirectories: true)
            }
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            var mains = try received(9, in: library)
            let short = try Placement(library: library).receive(image(of: [3, 4]), bytes: 2)
            try short.append([3])
            mains.append((short, try path("short.jpg")))
            order.clear()
            let expected: [DiskError.Code?] = [nil, nil, .ioFailure, nil, nil, nil, nil, nil, nil, .incomplete]
            #expect(seal(mains, in: library) == expected)
            #expect(order.all == ["syncAll"] + Array(repeating: "checkWritten", count: 9))
            let sound = mains.indices.filter { expected[$0] == nil }.map { mains[$0] }
            #expect(place(sound, in: library) == Array(repeating: nil, count: 8))
            #expect(read("f1/1.jpg", in: library) == sampleBytes(1001, seed: 1))
            #expect(read("f0/2.jpg", in: library) == nil)
        }
    }

    @Test(
        "Where the whole file system cannot be synced, or not for certain, each of them is", arguments: [true, false])
    func manyAlone(fails: Bool) async throws {
        try await withFolder { parent in
            let calls = FaultyCalls(
                fails ? SyncingAllCalls() : SyncingAllCalls(knows: false),
                fault: { fails && $0.kind == .syncAll ? .ioError : nil })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let mains = try received(9, in: library)
            let before = calls.count(.sync)
            #expect(seal(mains, in: library) == Array(repeating: nil, count: 9))
            #expect(calls.count(.sync) == before + 9)
            #expect(calls.count(.syncAll) == 1 && calls.count(.checkWritten) == 0)
        }
    }

    @Test("What one of them lacks stops that one alone")
    func alone() async throws {
        try await withFolder { parent in
            let library = try LibraryFolder(path: parent.path, .create)
            var mains = try received(4, in: library)
            let wrong = try Placement(library: library).receive(image(of: [1]), bytes: 1)
            try wrong.append([2])
            let short = try Placement(library: library).receive(image(of: [3, 4]), bytes: 2)
            try short.append([3])
            mains += [(wrong, try path("wrong.jpg")), (short, try path("short.jpg"))]
            #expect(seal(mains, in: library) == [nil, nil, nil, nil, .wrongContent, .incomplete])
            try FileManager.default.createDirectory(at: parent.appending(path: "f1"), withIntermediateDirectories: true)
            try Data([9]).write(to: parent.appending(path: "f1/3.jpg"))
            #expect(place(Array(mains.prefix(4)), in: library) == [nil, nil, nil, .exists])
            #expect(read("f1/3.jpg", in: library) == [9])
            #expect(read("f1/1.jpg", in: library) != nil && read("f0/2.jpg", in: library) != nil)
            // The one whose name was taken can be had under another.
            #expect(place([(mains[3].main, try path("f1/3 (b).jpg"))], in: library) == [nil])
            #expect(read("f1/3 (b).jpg", in: library) == sampleBytes(1003, seed: 3))
        }
    }

    @Test("When a folder cannot be synced, none of its mains stands under its name, and those of the other do")
    func unsyncedFolder() async throws {
        try await withFolder { parent in
            let failing = Mutex<Int?>(nil)
            let calls = FaultyCalls { call in
                // The first sync behind the renames is that of the first folder.
                call.kind == .sync && call.number == failing.withLock { $0 } ? .ioError : nil
            }
            for folder in ["f0", "f1"] {
                try FileManager.default.createDirectory(
                    at: parent.appending(path: folder), withIntermediateDirectories: true)
            }
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let mains = try received(4, in: library)
            #expect(seal(mains, in: library) == Array(repeating: nil, count: 4))
            let next = calls.count(.sync) + 1
            failing.withLock { $0 = next }
            #expect(place(mains, in: library) == [.ioFailure, nil, .ioFailure, nil])
            #expect(calls.hits == 1)
            let there = (0..<4).map { read("f\($0 % 2)/\($0).jpg", in: library) != nil }
            #expect(there == [false, true, false, true])
        }
    }

    @Test("A crash at any step leaves each of them whole under its name, or not there")
    func killed() async throws {
        var steps = 0
        while true {
            let isOver = try await withTemporaryFolder { parent in
                _ = try LibraryFolder(path: parent.path, .create)
                let calls = FaultyCalls.killed(after: steps)
                guard let library = try? LibraryFolder(path: parent.path, .create, calls: calls),
                    let mains = try? received(3, in: library)
                else { return false }
                let sealed = seal(mains, in: library)
                let sound = zip(mains, sealed).filter { $1 == nil }.map(\.0)
                let placed = place(sound, in: library)
                for number in 0..<3 {
                    let there = read("f\(number % 2)/\(number).jpg", in: library)
                    #expect(there == nil || there == sampleBytes(1000 + number, seed: UInt64(number)))
                }
                return calls.hits == 0 && placed == [nil, nil, nil]
            }
            if isOver { break }
            steps += 1
        }
        #expect(steps > 10)
    }
}
