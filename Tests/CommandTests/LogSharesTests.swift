import Logging
import Synchronization
import Testing

@testable import Startup

@Suite("The log")
struct LogSharesTests {
    private let start = ContinuousClock.now
    private var shares = LogShares()

    /// How many of a number of lines are written.
    private mutating func written(
        _ number: Int, of message: (Int) -> String = { _ in "m" }, peer: ((Int) -> String)? = nil,
        after: Duration = .zero
    ) -> Int {
        (0..<number).count { shares.admit(message($0), peer: peer?($0), at: start + after).isWritten }
    }

    @Test("takes no more than a peer's share of lines about it, in whatever words, and all about others")
    mutating func peer() {
        #expect(written(10_000, of: { "m \($0)" }, peer: { _ in "liar" }) == LogShares.ofPeer)
        #expect(written(3, peer: { _ in "attic" }) == 3)
        #expect(written(3) == 3)
    }

    @Test("takes no more than a share of all peers from one that has another name each time")
    mutating func names() {
        #expect(written(10_000, peer: { "liar \($0)" }) == LogShares.ofPeers)
        #expect(written(3) == 3)
    }

    @Test("takes no more than a share of one sentence, and of sentences without end")
    mutating func sentences() {
        #expect(written(10_000) == LogShares.ofSentence)
        let rest = written(10_000, of: { "m \($0)" })
        #expect(rest <= LogShares.mostCauses + LogShares.ofSentence)
        #expect(written(3, peer: { _ in "attic" }) == 3)
    }

    @Test("tells once, after the minute, how many lines were left out; then begins anew")
    mutating func leftOut() {
        #expect(written(100, peer: { _ in "liar" }) == LogShares.ofPeer)
        #expect(shares.admit("m", peer: nil, at: start + .seconds(59)).leftOut.isEmpty)
        let told = shares.admit("m", peer: nil, at: start + .seconds(60)).leftOut
        #expect(told.map { "\($0.cause) \($0.lines)" } == ["about liar 70"])
        #expect(shares.admit("m", peer: nil, at: start + .seconds(60)).leftOut.isEmpty)
        #expect(written(100, peer: { _ in "liar" }, after: .seconds(60)) == LogShares.ofPeer)
    }

    @Test("writes what is in its share, whichever logger says it")
    func writes() {
        let lines = Mutexed<[String]>([])
        let shares = StandardErrorLog.Shares()
        let loggers = ["a", "b"].map { label in
            Logger(label: label) { _ in
                StandardErrorLog(format: .journal, level: LogLevel(.info), shares: shares) { line in
                    lines.change { $0.append(line) }
                }
            }
        }
        for _ in 0..<100 {
            for logger in loggers { logger.notice("it lies", metadata: ["peer": "liar"]) }
        }
        loggers[0].info("ready")
        #expect(lines.value == Array(repeating: "<5>it lies peer=liar\n", count: LogShares.ofPeer) + ["<6>ready\n"])
    }
}

/// A value that several may change.
private final class Mutexed<Value: Sendable>: Sendable {
    private let held: Mutex<Value>
    init(_ value: Value) { held = Mutex(value) }
    var value: Value { held.withLock { $0 } }
    func change(_ body: @Sendable (inout Value) -> Void) { held.withLock { body(&$0) } }
}
