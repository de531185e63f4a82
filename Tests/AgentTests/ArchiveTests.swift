import Agent
import Control
import Disk
import Foundation
import Model
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("An archive that takes mains over", .serialized)
struct ArchiveTests {
    @Test("Many mains, small and large, come bit by bit the same, and none is read again once it stands there")
    func many() async throws {
        try await withTemporaryFolder { folder in
            let reads = Mutex<[String]>([])
            // A file that is read is opened by its name; one that is placed is not.
            let calls = FaultyCalls(before: { call in
                if call.kind == .open, call.name.hasSuffix(".jpg") { reads.withLock { $0.append(call.name) } }
            })
            try await TestNode.run("anna", in: folder) { a in
                for number in 1...60 { try a.put(try Photo.small(number), "small/\(number).jpg") }
                for number in 61...64 { try a.put(try Photo.large(number), "large/\(number).jpg") }
                try await TestNode.run("ben", in: folder, calls: calls, configure: { $0.policy.keep = .mains }) { b in
                    try await b.join(a)
                    let status = try await b.settle(images: 64)
                    #expect(status.library.mains == 64)
                    #expect(try b.files == a.files)
                    for file in try a.files { #expect(try a.read(file) == b.read(file)) }
                    #expect(reads.withLock { $0 } == [])
                }
            }
        }
    }

    @Test("A sync, a rename or a write that fails once delays that main alone", arguments: [1, 4, 9])
    func fault(number: Int) async throws {
        try await withTemporaryFolder { folder in
            let isOn = Switch(false)
            let counts = Mutex<[FaultyCalls.Call.Kind: Int]>([:])
            let calls = FaultyCalls { call in
                guard isOn.isOn, [.sync, .rename, .write].contains(call.kind) else { return nil }
                let count = counts.withLock { counts in
                    counts[call.kind, default: 0] += 1
                    return counts[call.kind]
                }
                return count == number ? .ioError : nil
            }
            try await TestNode.run("anna", in: folder) { a in
                for number in 1...12 { try a.put(try Photo.small(number), "\(number).jpg") }
                try await a.wait("its photos") { $0.library.mains == 12 }
                try await TestNode.run("ben", in: folder, calls: calls, configure: { $0.policy.keep = .mains }) { b in
                    isOn.set(true)
                    try await b.join(a)
                    let status = try await b.settle(images: 12)
                    #expect(status.library.mains == 12 && status.problems.isEmpty)
                    #expect(try b.files == a.files)
                    for file in try a.files { #expect(try a.read(file) == b.read(file)) }
                    #expect(calls.hits >= 2)
                }
            }
        }
    }

    @Test("Two images that want one path are both kept, though they come together")
    func samePath() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder) { a in
                try await TestNode.run("carl", in: folder) { c in
                    for number in 1...8 {
                        try a.put(try Photo.small(number), "\(number).jpg")
                        try c.put(try Photo.small(100 + number), "\(number).jpg")
                    }
                    try await TestNode.run("ben", in: folder, configure: { $0.policy.keep = .mains }) { b in
                        try await b.join(a)
                        try await b.join(c)
                        try await b.settle(images: 16)
                        #expect(try b.files.count == 16)
                        let bytes = try Set(b.files.map { try b.read($0) })
                        for number in 1...8 {
                            #expect(try bytes.contains(Photo.small(number)))
                            #expect(try bytes.contains(Photo.small(100 + number)))
                        }
                    }
                }
            }
        }
    }
}
