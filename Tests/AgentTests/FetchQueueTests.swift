import Model
import Planning
import TestSupport
import Testing

@testable import Agent

@Suite("The queue of files to get")
struct FetchQueueTests {
    private let a = Sample.node(1)
    private let b = Sample.node(2)
    private let start = ContinuousClock.now

    private func wish(_ number: Int, captured: Int64? = 0, from sources: [NodeID]) -> Decision.Wish {
        var info = Sample.reduced("\(number).jpg", number)
        info.captured = captured
        return Decision.Wish(info: info, quality: 85, sources: sources, cause: .missing)
    }

    @Test("The newest photo comes first, one that does not say when last")
    func order() {
        var queue = FetchQueue()
        for (number, captured) in [(1, 100), (2, nil), (3, 300), (4, 200)] as [(Int, Int64?)] {
            queue.want(wish(number, captured: captured, from: [a]))
        }
        let taken = (0..<4).compactMap { _ in queue.take(from: a)?.wish.info.image }
        #expect(taken == [3, 4, 1, 2].map(Sample.image))
        #expect(queue.take(from: a) == nil)
        #expect(queue.running == 4)
    }

    @Test("Who wants a file otherwise than before hears of the job that this ends")
    func otherwise() throws {
        var queue = FetchQueue()
        let first = wish(1, from: [a])
        var other = first
        other.info.path = Sample.path("other.jpg")
        #expect(queue.want(first) == nil && queue.want(first) == nil)
        #expect(queue.want(other)?.wish.info.path == first.info.path)
        let image = Sample.image(1)
        #expect(queue.take(from: a)?.wish.info.path == other.info.path)
        #expect(queue.want(first) == nil, "it is running")
        _ = try queue.fail(
            image, at: a, reason: "", isRetryable: true, among: [a], now: start, spread: 0)
        #expect(queue.want(first)?.wish.info.path == other.info.path)
    }

    private func small(_ number: Int, bytes: Int64, captured: Int64, path: String? = nil) throws -> Decision.Wish {
        var info = Sample.reduced(path ?? "\(number).jpg", number)
        (info.form, info.edge, info.bytes, info.mainBytes, info.captured) = (.main, nil, bytes, bytes, captured)
        return Decision.Wish(info: info, quality: 85, sources: [a], cause: .keepsMains)
    }

    @Test("Small mains that follow one another are given out together, as many as are asked for")
    func together() throws {
        var queue = FetchQueue()
        // By age: three small ones, a reduced copy, one more small one, and one that is not small.
        for number in [1, 2, 3, 5] { queue.want(try small(number, bytes: 40_000, captured: 100 - Int64(number))) }
        queue.want(wish(4, captured: 96, from: [a]))
        queue.want(try small(6, bytes: 4_000_000, captured: 94))
        func take(_ count: Int, _ bytes: Int64) -> [ImageID] {
            queue.take(from: a, together: .init(count: count, bytes: bytes)).map(\.wish.info.image)
        }
        #expect(take(10, 100_000) == [1, 2].map(Sample.image))
        #expect(queue.running == 2)
        #expect(take(10, 100_000) == [Sample.image(3)])
        #expect(take(10, 100_000) == [Sample.image(4)])
        try queue.giveBack(Sample.image(3), now: start)
        #expect(take(1, 100_000) == [Sample.image(3)])
        #expect(take(10, 10_000_000) == [Sample.image(5)])
        #expect(take(10, 10_000_000) == [Sample.image(6)])
        #expect(take(10, 100_000).isEmpty)
        #expect(queue.running == 6 && queue.pending == 0)
    }

    @Test("What the planner said otherwise of a file that was being got is told when that ends")
    func stale() throws {
        var queue = FetchQueue()
        for number in 1...3 { queue.want(try small(number, bytes: 10, captured: 100)) }
        #expect(queue.take(from: a, together: .init(count: 10, bytes: 1000)).count == 3)
        queue.want(try small(1, bytes: 10, captured: 100))
        queue.want(try small(2, bytes: 10, captured: 100, path: "moved.jpg"))
        #expect(queue.drop(Sample.image(3)) == nil)
        #expect(try [1, 2, 3].map { try queue.finish(Sample.image($0)) } == [false, true, true])
    }

    @Test("A file with two sources is given out once")
    func once() throws {
        var queue = FetchQueue()
        queue.want(wish(1, from: [a, b]))
        #expect(queue.take(from: b) != nil)
        #expect(queue.take(from: a) == nil)
        try queue.finish(Sample.image(1))
        #expect(queue.pending == 0)
    }

    @Test("A failure at one source goes to the other at once, and rests when both have failed")
    func failover() throws {
        var queue = FetchQueue()
        queue.want(wish(1, from: [a, b]))
        #expect(queue.take(from: a) != nil)
        let first = try queue.fail(
            Sample.image(1), at: a, reason: "no", isRetryable: true, among: [a, b], now: start, spread: 1)
        #expect(first == nil)
        #expect(queue.take(from: a) == nil)
        #expect(queue.take(from: b) != nil)
        let second = try queue.fail(
            Sample.image(1), at: b, reason: "no", isRetryable: true, among: [a, b], now: start, spread: 1)
        #expect(second == start + .seconds(2))
        #expect(queue.resting == 1)
        #expect(queue.wake(now: start + .seconds(1)) == start + .seconds(2))
        #expect(queue.take(from: a) == nil)
        #expect(queue.wake(now: start + .seconds(2)) == nil)
        #expect(queue.take(from: a)?.failures == 1)
    }

    @Test("What only the holder can mend is tried rarely")
    func rare() throws {
        var queue = FetchQueue()
        queue.want(wish(1, from: [a]))
        _ = queue.take(from: a)
        let next = try queue.fail(
            Sample.image(1), at: a, reason: "no", isRetryable: false, among: [a], now: start, spread: 1)
        #expect(next == start + .seconds(3600))
    }

    @Test("Wanting the same again changes nothing; wanting another file of it replaces the wish")
    func rewish() {
        var queue = FetchQueue()
        queue.want(wish(1, from: [a]))
        queue.want(wish(1, from: [a]))
        #expect(queue.pending == 1)
        queue.want(wish(1, from: [b]))
        #expect(queue.take(from: a) == nil)
        #expect(queue.take(from: b) != nil)
        #expect(queue.pending == 0)
    }

    @Test("What is dropped is not given out, what is given back is")
    func dropAndReturn() throws {
        var queue = FetchQueue()
        queue.want(wish(1, from: [a]))
        queue.want(wish(2, from: [a]))
        #expect(queue.drop(Sample.image(1)) != nil)
        #expect(queue.take(from: a)?.wish.info.image == Sample.image(2))
        try queue.giveBack(Sample.image(2), now: start)
        #expect(queue.running == 0)
        #expect(queue.take(from: a)?.wish.info.image == Sample.image(2))
    }

    @Test("What became of a file that is not being got is refused, and changes nothing", arguments: [false, true])
    func astray(isKnown: Bool) throws {
        var queue = FetchQueue()
        queue.want(wish(1, from: [a]))
        _ = queue.take(from: a)
        if isKnown { queue.want(wish(2, from: [a])) }
        let other = Sample.image(2)
        #expect(throws: Astray.self) { try queue.finish(other) }
        #expect(throws: Astray.self) { try queue.giveBack(other, now: start) }
        #expect(throws: Astray.self) {
            try queue.fail(other, at: a, reason: "no", isRetryable: true, among: [a], now: start, spread: 1)
        }
        #expect(queue.running == 1)
        #expect(queue.pending == (isKnown ? 1 : 0))
        try queue.finish(Sample.image(1))
        #expect(throws: Astray.self) { try queue.finish(Sample.image(1)) }
        #expect(queue.running == 0)
    }

    @Test("A file whose end nobody told of is got again when its session is over")
    func lost() throws {
        var queue = FetchQueue()
        queue.want(wish(1, from: [a, b]))
        queue.want(wish(2, from: [b]))
        _ = queue.take(from: a)
        _ = queue.take(from: b)
        queue.lost(a, connected: [b])
        #expect(queue.running == 1)
        #expect(queue.take(from: b)?.wish.info.image == Sample.image(1))
    }

    @Test("A file that comes back again and again with nothing done is not handed out without end")
    func spinning() throws {
        var queue = FetchQueue()
        queue.want(wish(1, from: [a]))
        var count = 0
        while queue.take(from: a) != nil, count < 1000 {
            count += 1
            try queue.giveBack(Sample.image(1), now: start + .milliseconds(count))
        }
        #expect(count == FetchQueue.mostReturns)
        guard case .resting(let reason)? = queue.standing(of: Sample.image(1)) else {
            Issue.record("does not rest")
            return
        }
        #expect(reason.contains("nothing done"))
        // A peer that is busy for minutes is none of this.
        _ = queue.wake(now: start + .seconds(3600))
        for second in 0..<100 {
            #expect(queue.take(from: a) != nil)
            #expect(try queue.giveBack(Sample.image(1), now: start + .seconds(4000 + second)) == nil)
        }
    }

    @Test("Removals are judged together: a few are taken, too many are not, and those of the last minutes count")
    func removals() {
        var removals = Removals()
        removals.add((1...9).map { Sample.path("\($0).jpg") }, now: start)
        #expect(removals.due == start + .seconds(1))
        #expect(removals.take().count == 9)
        #expect(removals.due == nil)
        #expect(removals.judge(9, of: 20, now: start) == nil)
        removals.add((10...12).map { Sample.path("\($0).jpg") }, now: start + .seconds(5))
        removals.forget(Sample.path("12.jpg"))
        #expect(removals.take().count == 2)
        #expect(removals.judge(2, of: 11, now: start + .seconds(6)) != nil)
        #expect(removals.judge(2, of: 11, now: start + .seconds(600)) == nil)
    }
}
