import Control
import Testing

@testable import Console

@Suite("What a command that waits shows, and when")
struct PatienceTests {
    private static let getting = ActivityProgress(
        phase: .evicting, done: 1980, total: 2000, bytesPerSecond: 5e6, perSecond: 90, secondsLeft: 1)
    private static let still = ActivityProgress(phase: .evicting, done: 1980, total: 2000)
    private static let proof = CommandStep(what: "nas reads a.jpg to prove it", seconds: 0.5)

    /// What is shown at each second from 0 on.
    private static func seconds(_ count: Int, _ patience: inout Patience) -> [Int: Patience.Shown] {
        var all: [Int: Patience.Shown] = [:]
        for second in 0...count { all[second] = patience.shown(at: .seconds(second)) }
        return all
    }

    private static func answer(_ seconds: Double, of progress: ActivityProgress? = nil) -> Patience.Shown {
        .step(CommandStep(what: "waiting for the agent to answer", seconds: seconds), of: progress)
    }

    @Test("nothing is said of what ends within a second, and then the seconds are counted up")
    func screen() {
        var patience = Patience(.screen, at: .zero)
        #expect(patience.shown(at: .seconds(100)) == nil)
        patience.began(at: .zero)
        #expect(!patience.asks(at: .milliseconds(600)))
        #expect(patience.asks(at: .milliseconds(700)))
        patience.take(nil, at: .milliseconds(800))
        #expect(patience.shown(at: .milliseconds(999)) == nil)
        #expect(patience.shown(at: .seconds(1)) == Self.answer(1))
        #expect(patience.shown(at: .seconds(4)) == Self.answer(4))
        patience.ended(at: .seconds(5))
        #expect(patience.shown(at: .seconds(100)) == nil)
    }

    @Test("an agent that says nothing at all is named after three seconds")
    func silent() {
        var patience = Patience(.screen, at: .zero)
        patience.began(at: .zero)
        #expect(patience.shown(at: .milliseconds(2900)) == nil)
        #expect(patience.shown(at: .seconds(3)) == Self.answer(3))
    }

    @Test("what the agent says is shown, counted on, until there is news")
    func step() {
        var patience = Patience(.screen, at: .zero)
        patience.began(at: .zero)
        patience.take(Self.proof, at: .seconds(2))
        #expect(
            patience.shown(at: .seconds(3)) == .step(CommandStep(what: Self.proof.what, seconds: 1.5), of: nil))
        patience.moved(at: .seconds(3))
        #expect(patience.shown(at: .milliseconds(3500)) == nil)
        #expect(patience.shown(at: .seconds(6)) == Self.answer(3))
    }

    @Test("progress that stands still loses its rate and its time left, and says what it waits for")
    func stall() {
        var patience = Patience(.screen, at: .zero)
        patience.began(at: .zero)
        patience.show(Self.getting, at: .seconds(1))
        #expect(patience.shown(at: .milliseconds(1900)) == .progress(Self.getting))
        #expect(patience.shown(at: .seconds(4)) == Self.answer(3, of: Self.still))
        patience.take(Self.proof, at: .seconds(4))
        #expect(
            patience.shown(at: .seconds(7)) == .step(CommandStep(what: Self.proof.what, seconds: 3.5), of: Self.still))
        patience.show(Self.getting, at: .seconds(8))
        #expect(patience.shown(at: .seconds(8)) == .progress(Self.getting))
    }

    @Test("in a log it is a line every ten seconds")
    func log() {
        var patience = Patience(.log, at: .zero)
        patience.began(at: .zero)
        #expect(Self.seconds(25, &patience) == [10: Self.answer(10), 20: Self.answer(20)])
        patience.show(Self.getting, at: .seconds(29))
        #expect(patience.shown(at: .milliseconds(29_500)) == nil)
        #expect(patience.shown(at: .seconds(30)) == .progress(Self.getting))
    }

    @Test("a program is told once of each thing that is waited for, again every ten seconds, and of no progress twice")
    func program() {
        var patience = Patience(.program, at: .zero)
        patience.began(at: .zero)
        patience.take(nil, at: .zero)
        #expect(Self.seconds(13, &patience) == [1: Self.answer(1), 11: Self.answer(11)])
    }

    @Test("a program hears of the next thing at once")
    func programTurns() {
        var patience = Patience(.program, at: .zero)
        patience.began(at: .zero)
        patience.take(nil, at: .zero)
        #expect(patience.shown(at: .seconds(1)) == Self.answer(1))
        patience.take(Self.proof, at: .seconds(2))
        #expect(
            patience.shown(at: .seconds(2)) == .step(CommandStep(what: Self.proof.what, seconds: 0.5), of: nil))
        #expect(patience.shown(at: .seconds(3)) == nil)
        patience.show(Self.getting, at: .seconds(4))
        #expect(patience.shown(at: .milliseconds(4100)) == nil)
    }

    @Test("what the command itself waits for is counted through, whatever requests it makes meanwhile")
    func own() {
        var patience = Patience(.screen, at: .zero)
        patience.wait(for: "the agent does not run; waiting for it", at: .zero)
        #expect(patience.shown(at: .milliseconds(900)) == nil)
        for second in 1...12 {
            patience.began(at: .seconds(second))
            patience.ended(at: .seconds(second))
        }
        let step = CommandStep(what: "the agent does not run; waiting for it", seconds: 12)
        #expect(patience.shown(at: .seconds(12)) == .step(step, of: nil))
        #expect(!patience.asks(at: .seconds(12)))
        patience.wait(for: nil, at: .seconds(13))
        #expect(patience.shown(at: .seconds(20)) == nil)
    }

    @Test("a person who is asked something is not told that somebody waits")
    func asking() {
        var patience = Patience(.screen, at: .zero)
        patience.began(at: .zero)
        patience.pause()
        #expect(patience.shown(at: .seconds(60)) == nil)
        #expect(!patience.asks(at: .seconds(60)))
        patience.goOn(at: .seconds(60))
        #expect(patience.shown(at: .seconds(60)) == nil)
        #expect(patience.shown(at: .seconds(63)) == Self.answer(3))
    }
}
