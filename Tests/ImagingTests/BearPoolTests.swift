import Dispatch
import Model
import Synchronization
import TestSupport
import Testing

@testable import Imaging

@Suite("Turns, places and ends in the pool's queue")
struct BearPoolTests {
    private struct Unreadable: Error, Equatable {}

    /// What became of a request.
    private enum End: Hashable { case served, busy, shutDown, cancelled, other }

    /// A pool of one thread whose first work lasts until ``open`` is called, and the order in which others are served.
    private final class Kept: Sendable {
        let pool: ReducingPool
        let served = Mutex<[String]>([])
        private let gate = DispatchSemaphore(value: 0)
        private let (begun, begin) = AsyncStream<Void>.makeStream()

        init(waitingEach: Int, waiting: Int) {
            pool = ReducingPool(threads: 1, waitingEach: waitingEach, waiting: waiting)
        }

        /// Holds the thread; answers once the caller is answered.
        func hold() async -> End {
            await end(for: Sample.node(0)) { [gate, begin] in
                begin.yield()
                gate.wait()
                throw Unreadable()
            }
        }

        /// Waits until the thread is held.
        func untilHeld() async { for await _ in begun { return } }

        func open() { gate.signal() }

        /// A request that notes its turn.
        func note(_ name: String, for caller: NodeID) async -> End {
            await end(for: caller) {
                self.served.withLock { $0.append(name) }
                throw Unreadable()
            }
        }

        private func end(for caller: NodeID, load: @escaping @Sendable () throws -> [UInt8]) async -> End {
            do {
                _ = try await pool.reduce(image: TestJPEG.image, edge: 1, quality: 1, for: caller, load: load)
                return .other
            } catch is Unreadable {
                return .served
            } catch is CancellationError {
                return .cancelled
            } catch let error as ImagingError {
                return error.code == .busy ? .busy : error.code == .shutDown ? .shutDown : .other
            } catch {
                return .other
            }
        }

        /// Lets the other tasks run until as many requests wait.
        func untilWaiting(_ count: Int) async { while pool.waiting != count { await Task.yield() } }
    }

    @Test("serves callers in turns, and each in its own order", .timeLimit(.minutes(5)))
    func turns() async {
        let kept = Kept(waitingEach: 10, waiting: 30)
        let ends = await withTaskGroup(of: End.self) { group in
            group.addTask { await kept.hold() }
            await kept.untilHeld()
            // One line after another, each request in its place before the next one comes.
            let requests = [("a", 5, Sample.node(1)), ("b", 2, Sample.node(2)), ("c", 3, Sample.node(3))]
            var count = 0
            for (name, length, caller) in requests {
                for number in 1...length {
                    group.addTask { await kept.note("\(name)\(number)", for: caller) }
                    count += 1
                    await kept.untilWaiting(count)
                }
            }
            kept.open()
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(ends == [.served: 11])
        #expect(kept.served.withLock { $0 } == ["a1", "b1", "c1", "a2", "b2", "c2", "a3", "c3", "a4", "a5"])
        kept.pool.shutdown()
    }

    @Test("is busy for whom the own line is full, and for all when the whole is", .timeLimit(.minutes(5)))
    func busy() async {
        let kept = Kept(waitingEach: 2, waiting: 3)
        let (a, b, c) = (Sample.node(1), Sample.node(2), Sample.node(3))
        await withTaskGroup(of: End.self) { group in
            group.addTask { await kept.hold() }
            await kept.untilHeld()
            for number in 1...2 {
                group.addTask { await kept.note("a\(number)", for: a) }
                await kept.untilWaiting(number)
            }
            #expect(await kept.note("a3", for: a) == .busy)
            group.addTask { await kept.note("b1", for: b) }
            await kept.untilWaiting(3)
            #expect(await kept.note("b2", for: b) == .busy)
            #expect(await kept.note("c1", for: c) == .busy)
            kept.open()
            for await end in group { #expect(end == .served) }
        }
        #expect(await kept.note("a4", for: a) == .served)
        #expect(kept.served.withLock { $0 } == ["a1", "b1", "a2", "a4"])
        kept.pool.shutdown()
    }

    @Test("gives the place of a cancelled waiter away, and its turn to the next", .timeLimit(.minutes(5)))
    func cancelledWaiter() async {
        let kept = Kept(waitingEach: 2, waiting: 2)
        let (a, b) = (Sample.node(1), Sample.node(2))
        await withTaskGroup(of: End.self) { group in
            group.addTask { await kept.hold() }
            await kept.untilHeld()
            group.addTask { await kept.note("a1", for: a) }
            await kept.untilWaiting(1)
            await withTaskGroup(of: End.self) { waiter in
                waiter.addTask { await kept.note("a2", for: a) }
                await kept.untilWaiting(2)
                #expect(await kept.note("b1", for: b) == .busy)
                waiter.cancelAll()
                // Answered while the thread is still held.
                #expect(await waiter.next() == .cancelled)
            }
            #expect(kept.pool.waiting == 1)
            group.addTask { await kept.note("b2", for: b) }
            await kept.untilWaiting(2)
            kept.open()
            for await end in group { #expect(end == .served) }
        }
        #expect(kept.served.withLock { $0 } == ["a1", "b2"])
        kept.pool.shutdown()
    }

    @Test(
        "answers a cancelled caller at once though its work goes on, and serves the next after it",
        .timeLimit(.minutes(5)))
    func cancelledAtWork() async {
        let kept = Kept(waitingEach: 2, waiting: 2)
        await withTaskGroup(of: End.self) { group in
            group.addTask { await kept.hold() }
            await kept.untilHeld()
            group.cancelAll()
            #expect(await group.next() == .cancelled)
        }
        await withTaskGroup(of: End.self) { group in
            group.addTask { await kept.note("a1", for: Sample.node(1)) }
            await kept.untilWaiting(1)
            #expect(kept.served.withLock { $0 }.isEmpty)
            kept.open()
            #expect(await group.next() == .served)
        }
        kept.pool.shutdown()
    }

    @Test("ends all waiters when it is shut down, and delivers what is at work", .timeLimit(.minutes(5)))
    func shutdown() async {
        let kept = Kept(waitingEach: 5, waiting: 20)
        let ends = await withTaskGroup(of: End.self) { group in
            group.addTask { await kept.hold() }
            await kept.untilHeld()
            for number in 0..<10 {
                group.addTask { await kept.note("\(number)", for: Sample.node(UInt8(number % 3 + 1))) }
            }
            await kept.untilWaiting(10)
            kept.pool.shutdown()
            var ends: [End: Int] = [:]
            // All waiters, while the thread is still held.
            for _ in 0..<10 { if let end = await group.next() { ends[end, default: 0] += 1 } }
            kept.open()
            if let end = await group.next() { ends[end, default: 0] += 1 }
            return ends
        }
        #expect(ends == [.shutDown: 10, .served: 1])
        #expect(await kept.note("late", for: Sample.node(1)) == .shutDown)
        #expect(kept.served.withLock { $0 }.isEmpty)
    }

    @Test("gives the same bytes as the reducer, for every kind of main", .timeLimit(.minutes(5)))
    func sameBytes() async throws {
        let pool = ReducingPool(threads: 3, waitingEach: 100, waiting: 100)
        let mains = try BearKind.all.map { try $0.make() }
        let copies = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            for (index, main) in mains.enumerated() {
                group.addTask {
                    let caller = Sample.node(UInt8(index % 4))
                    let copy = try await pool.reduce(
                        image: Sample.image(index), edge: 50, quality: 80, for: caller
                    ) { main }
                    return (index, copy)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (index, main) in mains.enumerated() {
            let alone = try Reducer().reduce(main: main.span, image: Sample.image(index), edge: 50, quality: 80)
            #expect(copies[index] == alone)
        }
        pool.shutdown()
    }
}
