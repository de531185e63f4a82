import Agent
import Catalogue
import Control
import Disk
import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@Suite("What the agent does itself is not taken for a person's deed", .serialized)
struct OwnDoingTests {
    /// Holds up one call of a node's disk, on its own thread, until it is let go.
    final class Halt: Sendable {
        private let isNext: @Sendable (FaultyCalls.Call) -> Bool
        private let isArmed = Mutex(false)
        private let (reached, source) = AsyncStream.makeStream(of: Void.self)
        private let released = DispatchSemaphore(value: 0)

        init(at isNext: @escaping @Sendable (FaultyCalls.Call) -> Bool) { self.isNext = isNext }

        var calls: FaultyCalls {
            FaultyCalls(before: { [self] call in
                guard isNext(call),
                    isArmed.withLock({ armed in
                        defer { armed = false }; return armed
                    })
                else { return }
                source.yield()
                released.wait()
            })
        }

        func arm() { isArmed.withLock { $0 = true } }
        func reach() async { for await _ in reached { return } }
        func release() { released.signal() }
    }

    /// A call that takes a file out of the library, or out of the trash, to unlink it.
    private static func isRemoval(_ call: FaultyCalls.Call) -> Bool {
        call.kind == .rename && call.name.hasSuffix(".old")
    }

    private func withHousehold(
        laptop: FaultyCalls = FaultyCalls(), archive: FaultyCalls = FaultyCalls(), photo: [UInt8],
        _ body: @escaping @Sendable (TestNode, TestNode) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let keepsMains = { @Sendable (it: inout AgentConfiguration) in
                it.reduceMore()
                it.policy.keep = .mains
            }
            try await TestNode.run("laptop", in: folder, calls: laptop, configure: { $0.reduceMore() }) { laptop in
                try await TestNode.run("archive", in: folder, calls: archive, configure: keepsMains) { archive in
                    try laptop.put(photo, "a.jpg")
                    try await archive.join(laptop)
                    try await archive.wait("the main") { $0.library.mains == 1 && $0.work.running == 0 }
                    try await laptop.wait("two mains") { $0.safety.atRisk == 0 && $0.library.images == 1 }
                    try await body(laptop, archive)
                }
            }
        }
    }

    @Test("A reduced copy that gives way to its main is off the record before it is off the disk")
    func reducedCopy() async throws {
        let halt = Halt(at: Self.isRemoval)
        let photo = try Photo.large(1)
        try await withHousehold(laptop: halt.calls, photo: photo) { laptop, _ in
            _ = try await laptop.work(laptop.control.evict(EvictRequest(paths: [Sample.path("a.jpg")])))
            try await laptop.wait("the reduced copy alone") { $0.library.reduced == 1 && $0.library.mains == 0 }
            halt.arm()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await laptop.work(laptop.control.fetch([Sample.path("a.jpg")])) }
                await halt.reach()
                let status = try await laptop.control.status()
                let files = try laptop.files
                halt.release()
                #expect(files == ["a.jpg", "a.jpg.reduced.jpg"])
                #expect(status.library.reduced == 0 && status.library.mains == 1)
                try await group.waitForAll()
            }
            try await laptop.wait("the main alone") { _ in (try? laptop.files) == ["a.jpg"] }
        }
    }

    @Test("The trash keeps a deleted photo that is put into the library again until that one is on record")
    func takenBack() async throws {
        let halt = Halt(at: Self.isRemoval)
        let photo = try Photo.large(1)
        try await withHousehold(laptop: halt.calls, photo: photo) { laptop, archive in
            _ = try await laptop.work(laptop.control.delete(DeleteRequest(paths: [Sample.path("a.jpg")])))
            try await archive.wait("the trash") { $0.library.trashImages == 1 }
            #expect(try laptop.aside("trash") == [photo])
            halt.arm()
            try laptop.put(photo, "again.jpg")
            await halt.reach()
            let status = try await laptop.control.status()
            let trash = try laptop.aside("trash")
            halt.release()
            #expect(status.library.mains == 1)
            #expect(trash == [photo])
            try await laptop.wait("an empty trash") { _ in (try? laptop.aside("trash")) == [] }
            #expect(try laptop.files == ["again.jpg"])
        }
    }

    @Test("A main that is missing while it is being evicted is nobody's removal, until that has ended")
    func missingMeanwhile() async throws {
        // What the archive reads again for its proof.
        let halt = Halt { $0.kind == .read }
        let photo = try Photo.large(1)
        try await withHousehold(archive: halt.calls, photo: photo) { laptop, archive in
            halt.arm()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let work = try await laptop.work(laptop.control.evict(EvictRequest(paths: [Sample.path("a.jpg")])))
                    #expect(work.outcomes["a.jpg"] == .kept)
                }
                await halt.reach()
                try laptop.remove("a.jpg")
                let report = try await laptop.scan()
                let status = try await laptop.control.status()
                halt.release()
                #expect(report.removed == 0)
                #expect(status.library.mains == 1)
                try await group.waitForAll()
            }
            try await laptop.wait("the removal") { $0.library.mains == 0 }
            #expect(try archive.read("a.jpg") == photo)
        }
    }

    @Test(
        "An eviction that had ended with the agent is known for one, although another file has the main's name by now")
    func anotherInItsPlace() async throws {
        try await withTemporaryFolder { folder in
            let (photo, other) = (try Photo.large(1), try Photo.large(2))
            let keepsMains = { @Sendable (it: inout AgentConfiguration) in
                it.reduceMore()
                it.policy.keep = .mains
            }
            try await TestNode.run("archive", in: folder, configure: keepsMains) { archive in
                let path = Sample.path("a.jpg")
                let (laptop, copy) = try await TestNode.run(
                    "laptop", in: folder, configure: { $0.reduceMore() }
                ) { laptop in
                    try laptop.put(photo, "a.jpg")
                    try await laptop.join(archive)
                    try await archive.wait("the main") { $0.library.mains == 1 }
                    try await laptop.wait("two mains") { $0.safety.atRisk == 0 && $0.library.images == 1 }
                    _ = try await laptop.work(laptop.control.evict(EvictRequest(paths: [path])))
                    let copy = try laptop.read("a.jpg.reduced.jpg")
                    _ = try await laptop.work(laptop.control.fetch([path]))
                    try await laptop.wait("the main alone") { _ in (try? laptop.files) == ["a.jpg"] }
                    return (laptop, copy)
                }
                // As a crash leaves it that comes after the unlink, and a person who finds the name free.
                let catalogue = try CatalogueDatabase(path: laptop.state.appending(path: "catalogue.sqlite").path)
                let own = try #require(try await catalogue.ownFile(at: path))
                #expect(try await catalogue.markEvicting(own.info.image, file: path, at: .seconds(1)) == nil)
                try catalogue.close()
                try laptop.put(copy, "a.jpg.reduced.jpg")
                try laptop.put(other, "a.jpg")
                try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                    try await laptop.wait("both") { $0.library.mains == 1 && $0.library.reduced == 1 }
                    try await archive.wait("both") { $0.library.mains == 2 }
                    #expect(try archive.aside("versions").isEmpty)
                    #expect(try laptop.files == ["a.jpg", "a.jpg.reduced.jpg"])
                }
            }
        }
    }
}
