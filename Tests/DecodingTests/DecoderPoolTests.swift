import Decoding
import Foundation
import Glibc
import Imaging
import Model
import TestSupport
import Testing

@Suite("The decoders of an agent")
struct DecoderPoolTests {
    private static let attacker = HostBinaries.path("DecoderAttacker")
    private static let good = Array("good".utf8)

    private static func pool(_ change: (inout DecoderPool.Limits) -> Void = { _ in }) -> DecoderPool {
        var limits = DecoderPool.Limits()
        change(&limits)
        return DecoderPool(program: attacker, workers: 1, limits: limits)
    }

    private static func decode(_ pool: DecoderPool) throws -> DecodedPicture {
        try pool.decode(good.span, .png, edge: 100, limits: ImagingLimits())
    }

    /// Whether the process ends before a minute is over. It may be one that was waited for already.
    private static func ends(_ process: pid_t) async -> Bool {
        let end = ContinuousClock.now + .seconds(60)
        while kill(process, 0) == 0 {
            if ContinuousClock.now > end { return false }
            await Task.yield()
        }
        return true
    }

    @Test("One decoder reads many pictures, and a fresh one those after the hundredth")
    func hundred() throws {
        let pool = Self.pool { $0.pictures = 3 }
        var processes: [[pid_t]] = []
        for _ in 0..<6 {
            _ = try Self.decode(pool)
            processes.append(pool.idle)
        }
        #expect(processes[0].count == 1)
        #expect(processes[1] == processes[0])
        #expect(processes[2] == [])
        #expect(processes[3] != processes[0])
        #expect(processes[4] == processes[3])
    }

    @Test("A decoder without work is ended after a while")
    func rest() async throws {
        let pool = Self.pool { $0.rest = 0.2 }
        _ = try Self.decode(pool)
        let process = try #require(pool.idle.first ?? 1)
        if process != 1 {
            #expect(await Self.ends(process))
            #expect(pool.idle.isEmpty)
        }
        _ = try Self.decode(pool)
    }

    @Test("A decoder that was killed is replaced, and its picture is read all the same")
    func killed() async throws {
        let pool = Self.pool()
        _ = try Self.decode(pool)
        let process = try #require(pool.idle.first)
        kill(process, SIGKILL)
        _ = try Self.decode(pool)
        let next = try #require(pool.idle.first)
        #expect(next != process)
    }

    @Test("The decoders end with their pool")
    func shutdown() async throws {
        let process: pid_t
        do {
            let pool = Self.pool()
            _ = try Self.decode(pool)
            process = try #require(pool.idle.first)
        }
        #expect(await Self.ends(process))
    }

    @Test("After the end of the pool nothing is decoded")
    func afterwards() throws {
        let pool = Self.pool()
        pool.shutdown()
        #expect { try Self.decode(pool) } throws: { ($0 as? ImagingError)?.code == .shutDown }
    }

    @Test("Where the decoder is not installed, the sentence says so")
    func missing() throws {
        let pool = DecoderPool(program: "/nowhere/syncd-decoder")
        #expect {
            try pool.decode(Self.good.span, .png, edge: 100, limits: ImagingLimits())
        } throws: { error in
            guard let error = error as? ImagingError else { return false }
            return error.code == .noDecoder(.png) && error.message.contains("syncd-decoder, is not installed")
        }
    }

    @Test("Many threads share the decoders")
    func threads() async throws {
        let pool = DecoderPool(program: Self.attacker, workers: 2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try Self.decode(pool) } }
            try await group.waitForAll()
        }
        #expect((1...2).contains(pool.idle.count))
    }
}
