import Control
import Synchronization
import Testing

@testable import Agent

@Suite("How far work is, how fast it goes, and how long it takes yet")
struct ProgressTests {
    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { time.withLock { $0 } }
        func goOn(_ seconds: Double) { time.withLock { $0 += .seconds(seconds) } }
    }

    private static let evicting = Progress.Key(phase: .evicting, peer: nil)
    private static let fetching = Progress.Key(phase: .fetching, peer: nil)

    private static func progress() -> (Progress, Clock) {
        let clock = Clock()
        return (Progress(status: Status()) { clock.now }, clock)
    }

    @Test(
        "what is passed over makes nothing faster: 1,980 at once, and 20 that take a second each, are 17 s after three")
    func passed() {
        let (progress, clock) = Self.progress()
        progress.add(Self.evicting, total: 2000, bytesTotal: 1_000_000)
        for _ in 0..<1980 { progress.add(Self.evicting, passed: 1) }
        for _ in 0..<3 {
            clock.goOn(1)
            progress.add(Self.evicting, done: 1, bytes: 100)
        }
        let line = progress.lines[0]
        #expect(line.done == 1983)
        #expect(line.perSecond == 1)
        #expect(line.bytesPerSecond == 100)
        #expect(line.secondsLeft == 17)
    }

    @Test("room is made when enough is free or nothing is left, whichever comes first")
    func room() {
        let (progress, clock) = Self.progress()
        progress.add(Self.evicting, total: 2000, bytesTotal: 1000)
        clock.goOn(2)
        progress.add(Self.evicting, done: 2, bytes: 200)
        #expect(progress.lines[0].secondsLeft == 8)
    }

    @Test("two commands at a time do not count each other's work")
    func commands() {
        let (progress, _) = Self.progress()
        let (first, second) = (progress.command(.evicting), progress.command(.evicting))
        progress.add(first, done: 5, total: 8)
        progress.add(second, done: 1, total: 3)
        #expect(progress.line(of: first)?.done == 5)
        #expect(progress.lines.map(\.total) == [8, 3])
        progress.end(first)
        #expect(progress.line(of: first) == nil)
        #expect(progress.line(of: second)?.done == 1)
    }

    @Test("where bytes are to come, they say how long it takes")
    func bytes() {
        let (progress, clock) = Self.progress()
        progress.add(Self.fetching, total: 10, bytesTotal: 1000)
        clock.goOn(2)
        progress.add(Self.fetching, done: 1, bytes: 500)
        #expect(progress.lines[0].secondsLeft == 2)
    }

    @Test("while nothing moves, the time left grows, and at first none is said")
    func stall() {
        let (progress, clock) = Self.progress()
        progress.add(Self.evicting, total: 4)
        #expect(progress.lines[0].secondsLeft == nil)
        clock.goOn(1)
        progress.add(Self.evicting, done: 1)
        #expect(progress.lines[0].secondsLeft == 3)
        clock.goOn(9)
        #expect(progress.lines[0].secondsLeft == 30)
    }
}
