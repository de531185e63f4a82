import Agent
import Control
import Disk
import Foundation
import Model
import TestSupport
import Testing

@Suite("A peer that asks for too much at once", .serialized)
struct ReviewTests {
    /// Twelve photos at both, deleted at one: more than a quarter of what the other has.
    private func withDeleted(
        _ body: @escaping @Sendable (_ deleting: TestNode, _ other: TestNode) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder) { a in
                try await TestNode.run("ben", in: folder) { b in
                    try await a.join(b)
                    for number in 1...12 { try a.put(try Photo.small(number), "f/\(number).jpg") }
                    try await b.settle(images: 12)
                    _ = try await a.work(a.control.delete(DeleteRequest(paths: [try RelativePath("f")])))
                    try await b.wait("the question") { $0.problems.contains { $0.subject == "review" } }
                    try await body(a, b)
                }
            }
        }
    }

    @Test("The images stay, are told of, and go at a person's yes")
    func yes() async throws {
        try await withDeleted { a, b in
            #expect(try b.files.count == 12)
            #expect(try a.files == [])
            let lines = try await b.control.review()
            #expect(lines.map(\.name) == ["anna"])
            #expect(lines.map(\.images) == [12])
            #expect(lines.first?.paths.count == 12)
            _ = try await b.control.answer(ReviewAnswer(peer: "anna", accepts: true))
            try await b.wait("the trash") { $0.library.trashImages == 12 && $0.problems.isEmpty }
            #expect(try b.files == [])
            #expect(try await b.control.review() == [])
            await #expect(throws: ControlFailure.self) {
                try await b.control.answer(ReviewAnswer(peer: nil, accepts: true))
            }
        }
    }

    @Test("No takes the deletion back on every machine")
    func no() async throws {
        try await withDeleted { a, b in
            _ = try await b.control.answer(ReviewAnswer(peer: nil, accepts: false))
            try await a.wait("all back") { $0.library.mains == 12 && $0.library.trashImages == 0 }
            let status = try await b.settle(images: 12)
            #expect(status.library.mains == 12)
            #expect(status.problems.isEmpty)
        }
    }

    @Test("Few are deleted at once, and the same photos one after the other wait as well")
    func few() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder) { a in
                try await TestNode.run("ben", in: folder) { b in
                    try await a.join(b)
                    for number in 1...12 { try a.put(try Photo.small(number), "\(number).jpg") }
                    try await b.settle(images: 12)
                    for number in 1...9 {
                        _ = try await a.work(
                            a.control.delete(DeleteRequest(paths: [try RelativePath("\(number).jpg")])))
                        try await b.wait("the trash") { $0.library.trashImages == number }
                    }
                    _ = try await a.work(a.control.delete(DeleteRequest(paths: [try RelativePath("10.jpg")])))
                    try await b.wait("the question") { $0.problems.contains { $0.subject == "review" } }
                    #expect(try b.files == ["10.jpg", "11.jpg", "12.jpg"])
                    // Taken back where it was said, it is no question any more.
                    _ = try await a.control.restore([try RelativePath("10.jpg")])
                    try await b.wait("no question") { $0.problems.isEmpty }
                    #expect(try b.files == ["10.jpg", "11.jpg", "12.jpg"])
                }
            }
        }
    }

    @Test("A hundred photos with other names each keep those that they have, until a person's answer")
    func names() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder) { a in
                try await TestNode.run("ben", in: folder) { b in
                    try await a.join(b)
                    for number in 1...110 { try a.put(try Photo.small(number), "f/\(number).jpg") }
                    try await b.settle(images: 110)
                    // A folder that gets another name is one word.
                    let move = { (from: String, to: String) in
                        try FileManager.default.moveItem(
                            at: a.library.appending(path: from), to: a.library.appending(path: to))
                    }
                    try move("f", "g")
                    try await b.wait("the folder's name") { _ in
                        (try? b.files.allSatisfy { $0.hasPrefix("g/") }) == true
                    }
                    for number in 1...110 { try move("g/\(number).jpg", "g/x\(number).jpg") }
                    try await a.wait("its new names") { _ in (try? a.files.allSatisfy { $0.hasPrefix("g/x") }) == true }
                    try await b.wait("the question, and nothing to do") { status in
                        status.problems.contains { $0.subject == "review" } && status.work.pending == 0
                            && status.peers.first?.inSync == true
                    }
                    let waiting = try #require(try await b.control.review().first)
                    #expect(waiting.kind == .renamed)
                    #expect(waiting.paths.allSatisfy { $0.description.hasPrefix("g/") })
                    #expect(waiting.names?.allSatisfy { $0.description.hasPrefix("g/x") } == true)
                    try await b.wait("what did not wait") { _ in
                        (try? b.files.count { !$0.hasPrefix("g/x") }) == waiting.images
                    }
                    _ = try await b.control.answer(ReviewAnswer(peer: nil, accepts: true))
                    try await b.wait("the names") { status in
                        status.problems.isEmpty && (try? b.files.allSatisfy { $0.hasPrefix("g/x") }) == true
                    }
                }
            }
        }
    }

    @Test("Whatever comes leaves room on the disk, however small it is")
    func reserve() async throws {
        let isFull = Mutexed(true)
        let calls = FaultyCalls(onSpace: { DiskSpace(free: isFull.value ? 99_000_000 : $0.free, total: $0.total) })
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { a in
                try await TestNode.run("ben", in: folder, calls: calls, configure: { $0.reduceMore() }) { b in
                    for number in 1...3 { try a.put(try Photo.small(number), "small\(number).jpg") }
                    try a.put(try Photo.large(4), "large.jpg")
                    try await a.wait("its photos") { $0.library.mains == 4 }
                    try await a.join(b)
                    let status = try await b.wait("no room") { $0.library.missing == 4 && !$0.problems.isEmpty }
                    #expect(status.problems.map(\.subject) == ["disk"])
                    #expect(status.problems.first?.reason.contains("what must stay free") == true)
                    #expect(try b.files == [])
                    isFull.value = false
                    try await b.scan()
                    try await b.settle(images: 4)
                    #expect(try b.files == ["large.jpg.reduced.jpg", "small1.jpg", "small2.jpg", "small3.jpg"])
                }
            }
        }
    }

    @Test("What others say of their images leaves room on the disk of the catalogue, and is told of once there is some")
    func catalogueReserve() async throws {
        let isFull = Mutexed(true)
        let calls = FaultyCalls(onSpace: { DiskSpace(free: isFull.value ? 49_000_000 : $0.free, total: $0.total) })
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder) { a in
                try await TestNode.run("ben", in: folder, calls: calls) { b in
                    try a.put(try Photo.small(1), "1.jpg")
                    try b.put(try Photo.small(2), "2.jpg")
                    try await a.join(b)
                    let status = try await b.wait("no room for the list") { status in
                        status.peers.first?.problem != nil && status.library.images == 1
                    }
                    #expect(status.peers.first?.problem?.contains("anna is not taken over until you free some") == true)
                    isFull.value = false
                    try await b.settle(images: 2)
                }
            }
        }
    }
}
