import Dispatch
import Model
import Synchronization
import TestSupport
import Testing

@testable import Imaging

@Suite("The pool that makes reduced copies")
struct ReducingPoolTests {
    private struct Unreadable: Error, Equatable {}

    private static func node(_ number: UInt8) throws -> NodeID {
        NodeID(try #require(Bytes32([UInt8](repeating: number, count: 32))))
    }

    /// A pool of one thread, which is kept busy until ``open`` is called.
    private final class Occupied: Sendable {
        let pool: ReducingPool
        let order = Mutex<[UInt8]>([])
        private let gate = DispatchSemaphore(value: 0)
        private let begun: AsyncStream<Void>
        private let begin: AsyncStream<Void>.Continuation

        init(waitingEach: Int = 32, waiting: Int = 256) {
            pool = ReducingPool(threads: 1, waitingEach: waitingEach, waiting: waiting)
            (begun, begin) = AsyncStream.makeStream()
        }

        /// Keeps the thread until the gate opens. Answers when its work has ended.
        func occupy() async {
            _ = try? await pool.reduce(image: TestJPEG.image, edge: 1, quality: 1, for: try node(0)) { [gate, begin] in
                begin.yield()
                gate.wait()
                throw Unreadable()
            }
        }

        /// Waits until the thread is kept.
        func untilOccupied() async { for await _ in begun { return } }

        func open() { gate.signal() }

        /// A request that only notes that its turn came.
        func note(_ number: UInt8, for caller: NodeID) async throws {
            _ = try await pool.reduce(image: TestJPEG.image, edge: 1, quality: 1, for: caller) {
                self.order.withLock { $0.append(number) }
                throw Unreadable()
            }
        }
    }

    private static func code(_ body: () async throws -> Void) async -> ImagingError.Code? {
        do {
            try await body()
            return nil
        } catch { return (error as? ImagingError)?.code }
    }

    @Test("makes many at once, the same as without a pool")
    func manyAtOnce() async throws {
        let main = try TestJPEG.photo()
        let expected = try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 200, quality: 85)
        let pool = ReducingPool(threads: 4, waitingEach: 100)
        let copies = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for number in 0..<60 {
                let caller = try Self.node(UInt8(number % 3))
                group.addTask {
                    try await pool.reduce(image: TestJPEG.image, edge: 200, quality: 85, for: caller) { main }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(copies.count == 60)
        #expect(copies.allSatisfy { $0 == expected })
        pool.shutdown()
    }

    @Test("passes on why a main could not be read or reduced")
    func faults() async throws {
        let pool = ReducingPool(threads: 1)
        let caller = try Self.node(1)
        await #expect(throws: Unreadable()) {
            try await pool.reduce(image: TestJPEG.image, edge: 1, quality: 1, for: caller) { throw Unreadable() }
        }
        let code = await Self.code {
            _ = try await pool.reduce(image: TestJPEG.image, edge: 1, quality: 1, for: caller) { [] }
        }
        #expect(code == .notAnImage)
    }

    @Test("says that it is busy when there is no room, and that this can be tried again")
    func busy() async throws {
        let occupied = Occupied(waitingEach: 0)
        let caller = try Self.node(1)
        let error = await #expect(throws: ImagingError.self) { try await occupied.note(1, for: caller) }
        #expect(error?.code == .busy)
        #expect(error?.isRetryable == true)
        occupied.pool.shutdown()
    }

    @Test("lets a cancelled caller go at once and gives its place away")
    func cancellation() async throws {
        let occupied = Occupied(waitingEach: 1)
        let caller = try Self.node(1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await occupied.occupy() }
            await occupied.untilOccupied()
            // The one place is taken and left, again and again, while the thread is kept.
            for number in 0..<20 as Range<UInt8> {
                await withThrowingTaskGroup(of: Void.self) { waiting in
                    waiting.addTask { try await occupied.note(number, for: caller) }
                    // Half of them are cancelled while they stand in the queue, half perhaps before.
                    while number % 2 == 0, occupied.pool.waiting == 0 { await Task.yield() }
                    waiting.cancelAll()
                    await #expect(throws: CancellationError.self) { try await waiting.next() }
                }
                #expect(occupied.pool.waiting == 0)
            }
            #expect(occupied.order.withLock { $0 }.isEmpty)
            occupied.open()
            // Its turn comes, since nobody stands before it.
            await #expect(throws: Unreadable.self) { try await occupied.note(99, for: caller) }
            try await group.waitForAll()
        }
        #expect(occupied.order.withLock { $0 } == [99])
    }

    @Test("refuses what waits and what comes when it is shut down, and finishes what it does")
    func shutdown() async throws {
        let occupied = Occupied()
        let caller = try Self.node(1)
        await withTaskGroup(of: ImagingError.Code?.self) { group in
            group.addTask {
                await occupied.occupy()
                return nil
            }
            await occupied.untilOccupied()
            for number in 0..<5 as Range<UInt8> {
                group.addTask { await Self.code { try await occupied.note(number, for: caller) } }
            }
            occupied.pool.shutdown()
            occupied.pool.shutdown()
            occupied.open()
            let codes = await group.reduce(into: []) { $0.append($1) }
            #expect(codes.filter { $0 == .shutDown }.count == 5)
        }
        #expect(await Self.code { try await occupied.note(9, for: caller) } == .shutDown)
        #expect(occupied.order.withLock { $0 }.isEmpty)
    }
}
