import Catalogue
import Foundation
import Model
import SingleChanges
import Synchronization
import TestSupport
import Testing

@Suite("Changes of what a node holds", .timeLimit(.minutes(2)))
struct ChangeTests {
    private final class Told: Sendable {
        let all = Mutex<[CatalogueChange]>([])
        var taken: [CatalogueChange] {
            all.withLock { all in
                defer { all = [] }
                return all
            }
        }
    }

    private final class Order: Sendable {
        private let held = Mutex<[Int]>([])
        var all: [Int] { held.withLock { $0 } }
        func add(_ number: Int) { held.withLock { $0.append(number) } }
    }

    private final class Last: Sendable {
        private let held = Mutex<Digest?>(nil)
        var value: Digest? { held.withLock { $0 } }
        func set(_ digest: Digest) { held.withLock { $0 = digest } }
    }

    private static func found(_ path: String, _ image: Int) -> OwnChange {
        let info = Sample.main(path, image)
        return .image(OwnFile(info: info, file: info.path, stamp: FileStamp(bytes: info.bytes, modified: 1, inode: 1)))
    }

    private func withCatalogue(_ body: (CatalogueDatabase, Told) async throws -> Void) async throws {
        try await withTemporaryFolder { root in
            let catalogue = try CatalogueDatabase(path: root.appending(path: "c.sqlite").path)
            let told = Told()
            catalogue.observe { change in told.all.withLock { $0.append(change) } }
            try await body(catalogue, told)
        }
    }

    @Test("Whoever observes is told once, when the change is over, whether the own list changed")
    func once() async throws {
        try await withCatalogue { catalogue, told in
            try await catalogue.change { turn in
                try await catalogue.apply([Self.found("a.jpg", 1)], turn)
                try await catalogue.apply([Self.found("b.jpg", 2)], turn)
                #expect(told.taken.isEmpty)
            }
            #expect(told.taken == [.ownList])
            try await catalogue.change { _ in try await catalogue.setSetting("a", to: "b") }
            #expect(told.taken == [.rest])
            // Nothing but a look.
            _ = try await catalogue.change { _ in try await catalogue.setting("a") }
            #expect(told.taken.isEmpty)
        }
    }

    @Test("A transaction outside of a change is told of at once, and a change that fails of what it did till then")
    func failing() async throws {
        struct Fault: Error {}
        try await withCatalogue { catalogue, told in
            try await catalogue.setSetting("a", to: "b")
            #expect(told.taken == [.rest])
            await #expect(throws: Fault.self) {
                try await catalogue.change { turn in
                    try await catalogue.apply([Self.found("a.jpg", 1)], turn)
                    throw Fault()
                }
            }
            #expect(told.taken == [.ownList])
        }
    }

    @Test("A change goes on to its end when whoever asked for it is cancelled, and two are made one after the other")
    func wholly() async throws {
        try await withCatalogue { catalogue, _ in
            let order = Order()
            let begun = AsyncStream.makeStream(of: Void.self)
            let goOn = AsyncStream.makeStream(of: Void.self)
            let first = Task {
                try await catalogue.change { turn in
                    begun.continuation.yield()
                    for await _ in goOn.stream { break }
                    try await catalogue.apply([Self.found("a.jpg", 1)], turn)
                    order.add(1)
                }
            }
            for await _ in begun.stream { break }
            first.cancel()
            let second = Task { try await catalogue.change { _ in order.add(2) } }
            goOn.continuation.yield()
            try await second.value
            try await first.value
            #expect(order.all == [1, 2])
            #expect(try await catalogue.ownFile(at: RelativePath("a.jpg")) != nil)
        }
    }

    @Test("With many at once, whoever observes is told of the own list after the last change of it")
    func together() async throws {
        try await withCatalogue { catalogue, _ in
            let last = Last()
            catalogue.observe { change in
                if change == .ownList { last.set(catalogue.ownDigest) }
            }
            for round in 0..<20 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<4 {
                        group.addTask { try await catalogue.setSetting("\(number)", to: "\(round)") }
                        group.addTask {
                            _ = try await catalogue.apply([Self.found("\(round)/\(number).jpg", round * 4 + number + 1)]
                            )
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(last.value == catalogue.ownDigest)
            }
        }
    }
}
