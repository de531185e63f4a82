import Agent
import Control
import Disk
import Foundation
import Model
import TestSupport
import Testing

@Suite("A command hears what its agent waits for", .serialized, .timeLimit(.minutes(5)))
struct WaitsTests {
    private typealias Halt = OwnDoingTests.Halt

    /// A laptop and an archive that has its photo's main.
    private func withHousehold(
        archive: FaultyCalls = FaultyCalls(), _ body: @escaping @Sendable (TestNode, TestNode) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let keepsMains = { @Sendable (it: inout AgentConfiguration) in
                it.reduceMore()
                it.policy.keep = .mains
            }
            let photo = try Photo.large(1)
            try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
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

    /// Returns when `client`'s command waits for that; ends with the suite's time otherwise.
    private func waits(_ client: ControlClient, for what: String) async throws {
        while try await client.step()?.what != what { try Task.checkCancellation() }
    }

    @Test("while a peer reads its main for a proof, that is what evicting waits for, and nobody else does")
    func evict() async throws {
        let halt = Halt { $0.kind == .read }
        try await withHousehold(archive: halt.calls) { laptop, _ in
            let client = laptop.control
            halt.arm()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let work = try await laptop.work(client.evict(EvictRequest(paths: [Sample.path("a.jpg")])))
                    #expect(work.outcomes["a.jpg"] == .evicted)
                }
                await halt.reach()
                let step = try await client.step()
                let other = try await laptop.control.step()
                halt.release()
                #expect(step?.what == "archive reads a.jpg to prove it")
                #expect(other == nil)
                try await group.waitForAll()
            }
            #expect(try await client.step() == nil)
        }
    }

    @Test("while a peer sends a main, that is what fetching waits for")
    func fetch() async throws {
        let halt = Halt { $0.kind == .read || $0.kind == .pread }
        try await withHousehold(archive: halt.calls) { laptop, _ in
            _ = try await laptop.work(laptop.control.evict(EvictRequest(paths: [Sample.path("a.jpg")])))
            let client = laptop.control
            halt.arm()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let work = try await laptop.work(client.fetch([Sample.path("a.jpg")]))
                    #expect(work.outcomes["a.jpg"] == .fetched)
                }
                await halt.reach()
                do { try await waits(client, for: "archive sends a.jpg") } catch {
                    halt.release()
                    throw error
                }
                halt.release()
                try await group.waitForAll()
            }
        }
    }

    @Test("an export that waits says whom it waits for")
    func export() async throws {
        try await withTemporaryFolder { folder in
            let keepsMains = { @Sendable (it: inout AgentConfiguration) in
                it.reduceMore()
                it.policy.keep = .mains
            }
            let photo = try Photo.large(1)
            try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                try await TestNode.run("archive", in: folder, configure: keepsMains) { archive in
                    try archive.put(photo, "a.jpg")
                    try await archive.join(laptop)
                    try await laptop.settle(images: 1)
                }
                try await laptop.wait("the archive to be away") { $0.peers.allSatisfy { $0.state == .offline } }
                let client = laptop.control
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        _ = try? await client.export(ExportRequest(path: Sample.path("a.jpg"), wait: true))
                    }
                    try await waits(client, for: "waiting until archive can be reached")
                    group.cancelAll()
                }
            }
        }
    }
}
