import Decoding
import Dispatch
import Foundation
import Glibc
import Imaging
import Model
import Synchronization
import TestSupport
import Testing

@Suite("What goes wrong around a decoder")
struct DecoderFaultTests {
    /// The processes that were started from this file and run.
    private static func processes(of program: URL) throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { process in
            let words = try? Data(contentsOf: URL(filePath: "/proc/\(process)/cmdline"))
            return words?.starts(with: Array(program.path.utf8) + [0]) ?? false
        }
    }

    // Not async: the threads of tasks may all be at work for other tests.
    @Test("A decoder that the kernel has ended for want of memory leaves its picture to be tried again")
    func killed() throws {
        let program = FileManager.default.temporaryDirectory.appending(path: "attacker-\(UUID().uuidString)")
        // A name of its own, by which it is found among those of other tests.
        try FileManager.default.createSymbolicLink(
            atPath: program.path, withDestinationPath: HostBinaries.path("DecoderAttacker"))
        defer { try? FileManager.default.removeItem(at: program) }
        var limits = DecoderPool.Limits()
        limits.seconds = 600
        let pool = DecoderPool(program: program.path, workers: 1, limits: limits)
        let (isOver, outcome) = (DispatchSemaphore(value: 0), Outcome())
        Thread {
            outcome.error.withLock { $0 = Self.fault(of: "spin", pool) }
            isOver.signal()
        }.start()
        let end = ContinuousClock.now + .seconds(60)
        var decoders: [pid_t] = []
        // A pause, so that those who start it have the processor; it ends where the decoder does.
        while decoders.isEmpty, ContinuousClock.now < end, isOver.wait(timeout: .now() + 0.01) == .timedOut {
            decoders = try Self.processes(of: program)
        }
        try #require(decoders.count == 1)
        kill(decoders[0], SIGKILL)
        try #require(isOver.wait(timeout: .now() + 60) == .success)
        let error = try #require(outcome.error.withLock { $0 })
        #expect(error.code == .outOfMemory)
        #expect(error.isRetryable)
        #expect(Self.fault(of: "good", pool) == nil, "the next picture failed")
    }

    private final class Outcome: Sendable {
        let error = Mutex<ImagingError?>(nil)
    }

    /// Why a picture that says this could not be read.
    private static func fault(of order: String, _ pool: DecoderPool) -> ImagingError? {
        let main = Array(order.utf8)
        do {
            _ = try pool.decode(main.span, .png, edge: 100, limits: ImagingLimits())
            return nil
        } catch {
            return error
        }
    }

    @Test("A decoder that does not work is not announced", arguments: ["/bin/false", "/bin/true", "/none"])
    func useless(_ program: String) throws {
        let main = try Made.colours("PNG24:-")
        let pool = DecoderPool(program: program, workers: 1)
        #expect(Reducer(decoder: pool).types.contains(.png))
        #expect(throws: ImagingError.self) { try pool.walls() }
        #expect(Reducer(decoder: pool).types == [.jpeg, .raw])
        #expect {
            _ = try Reducer(decoder: pool).reduce(main: main.span, image: Made.image, edge: 60, quality: 85)
        } throws: { ($0 as? ImagingError)?.code == .notReducibleYet(.png) }
    }

    private static func reduce(_ file: URL, by pool: ReducingPool, isChanged: Bool) async throws -> [UInt8] {
        try await pool.reduce(fileOf: Made.image, edge: 60, quality: 85, for: Sample.node(1)) {
            .file(try MadeMain(file, isChanged: isChanged), head: Array(try Data(contentsOf: file).prefix(32)))
        }
    }

    @Test("A main that was changed while it was read is not at fault, and has no copy", arguments: [true, false])
    func changed(_ isWhole: Bool) async throws {
        try await withTemporaryFolder { folder in
            let whole = try Made.colours("PNG24:-")
            let file = folder.appending(path: "main.png")
            try Data(isWhole ? whole : Array(whole.prefix(whole.count / 2))).write(to: file)
            let pool = ReducingPool(threads: 1, decoder: Made.pool)
            defer { pool.shutdown() }
            await #expect(throws: ChangedMeanwhile.self) { try await Self.reduce(file, by: pool, isChanged: true) }
            if isWhole {
                let copy = try await Self.reduce(file, by: pool, isChanged: false)
                #expect(copy.starts(with: [0xFF, 0xD8]))
            } else {
                await #expect(throws: ImagingError.self) { try await Self.reduce(file, by: pool, isChanged: false) }
            }
        }
    }
}
