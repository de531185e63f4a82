import Control
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Console

@Suite("The one line in which a command says what it waits for", .timeLimit(.minutes(2)))
struct WaitingLineTests {
    /// A line at a clock that is put on by hand, and what it wrote.
    final class Desk: Sendable {
        private let state = Mutex((time: Duration.zero, written: ""))

        func goOn(_ seconds: Double) { state.withLock { $0.time += .seconds(seconds) } }

        /// What was written since it was looked at last.
        func written() -> String {
            state.withLock { state in
                defer { state.written = "" }
                return state.written
            }
        }

        func line(isTerminal: Bool, width: Int = 80) -> WaitingLine {
            WaitingLine(style: Style(isTerminal: isTerminal, hasColour: false, width: width)) { [self] in
                state.withLock { $0.time }
            } write: { [self] text in
                state.withLock { $0.written += text }
            }
        }
    }

    private static let client = ControlClient(socketPath: "/nonexistent")
    private static let proof = CommandStep(what: "nas reads IMG_0000.JPG to prove it", seconds: 3)

    @Test("on a terminal it replaces itself, and is gone before anything else is written")
    func terminal() {
        let desk = Desk()
        let line = desk.line(isTerminal: true)
        line.began(Self.client)
        line.tick()
        #expect(desk.written() == "")
        desk.goOn(3)
        line.tick()
        #expect(desk.written() == "\rwaiting for the agent to answer (3 s)\u{1B}[0K")
        line.take(Self.proof)
        line.tick()
        #expect(desk.written() == "\rnas reads IMG_0000.JPG to prove it (3 s)\u{1B}[0K")
        line.aside {
            #expect(desk.written() == "\r\u{1B}[0K")
            line.tick()
            #expect(desk.written() == "")
        }
        line.tick()
        #expect(desk.written() == "\rnas reads IMG_0000.JPG to prove it (3 s)\u{1B}[0K")
        line.ended()
        #expect(desk.written() == "\r\u{1B}[0K")
    }

    @Test("elsewhere it is a line every ten seconds, and JSON is a step")
    func elsewhere() {
        let desk = Desk()
        let line = desk.line(isTerminal: false)
        line.began(Self.client)
        for _ in 0..<21 {
            desk.goOn(1)
            line.tick()
        }
        #expect(
            desk.written()
                == "waiting for the agent to answer (10 s)\nwaiting for the agent to answer (20 s)\n")
        line.ended()
        line.becomesJSON()
        line.began(Self.client)
        desk.goOn(3)
        line.tick()
        #expect(desk.written() == #"{"step":{"seconds":3,"what":"waiting for the agent to answer"}}"# + "\n")
    }

    @Test("an answer that came too late, after news, is not shown")
    func late() {
        let desk = Desk()
        let line = desk.line(isTerminal: true)
        line.began(Self.client)
        desk.goOn(2)
        line.moved()
        line.take(Self.proof)
        desk.goOn(3)
        line.tick()
        #expect(desk.written() == "\rwaiting for the agent to answer (3 s)\u{1B}[0K")
    }

    @Test(
        "it fits the terminal: what gives way first is the progress, and no word is broken",
        arguments: [
            (120, "evicting    0%  1/2,000  the archive in the attic reads IMG_0000.JPG to prove it (1 min 3 s)"),
            (80, "the archive in the attic reads IMG_0000.JPG to prove it (1 min 3 s)"),
            (40, "the archive in the attic … (1 min 3 s)"),
        ])
    func fits(width: Int, text: String) {
        let step = CommandStep(what: "the archive in the attic reads IMG_0000.JPG to prove it", seconds: 63.7)
        let progress = ActivityProgress(phase: .evicting, done: 1, total: 2000)
        let style = Style(isTerminal: true, hasColour: false, width: width)
        let line = WaitingText.line(.step(step, of: progress), style)
        #expect(line == text)
        #expect(line.columns < width)
    }

    private static let syncctl = CommandProgram(built: "syncctl")

    @Test(
        "at a terminal and as JSON, the built command says what the agent told it",
        arguments: [
            ("evict 2026", "nas reads IMG_0000.JPG to prove it (1 s)"),
            ("evict 2026 --json", #""what":"nas reads IMG_0000.JPG to prove it""#),
            ("fetch 2026", "nas reads IMG_0000.JPG to prove it (1 s)"),
        ])
    func built(arguments: String, prompt: String) async throws {
        let scratch = try CommandScratch()
        let node = FakeNode(script: .init([], isEndless: true), waits: Self.proof.what)
        try await CommandServed.serve(node, at: scratch("s")) { _ in
            let result = try await CommandProgram(path: "/usr/bin/script").run(
                ["-qec", "exec \(Self.syncctl.file) \(arguments) --control \(scratch("s"))", "/dev/null"],
                dialogue: [(prompt, "\u{3}")])
            #expect(result.status == 1)
            #expect(result.output.contains(Self.proof.what))
        }
    }

    @Test("a follower goes on over a restart of the agent, and says that it waits")
    func restart() async throws {
        struct Done: Error {}
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let desk = Desk()
        let line = desk.line(isTerminal: true)
        let (stopping, stop) = AsyncStream.makeStream(of: Void.self)
        let (starting, start) = AsyncStream.makeStream(of: Void.self)
        let (running, run) = AsyncStream.makeStream(of: Void.self)
        let (ending, end) = AsyncStream.makeStream(of: Void.self)
        let pauses = Mutex(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await CommandServed.serve(FakeNode(), at: socket) { _ in
                    run.yield()
                    for await _ in stopping {}
                }
                for await _ in starting {}
                try await CommandServed.serve(FakeNode(), at: socket) { _ in
                    run.yield()
                    for await _ in ending {}
                }
            }
            var served = running.makeAsyncIterator()
            await served.next()
            let following = StatusFollowing(client: ControlClient(socketPath: socket), line: line) {
                desk.goOn(4)
                line.tick()
                let count = pauses.withLock { count in
                    count += 1
                    return count
                }
                if count == 3 { start.finish() }
                if count == 4 { for await _ in running { return } }
            }
            var reports = 0
            await #expect(throws: Done.self) {
                try await following.run { _ in
                    reports += 1
                    stop.finish()
                    if reports == 2 { throw Done() }
                }
            }
            end.finish()
            try await group.waitForAll()
        }
        let shown = desk.written()
        for seconds in [4, 8, 12] {
            #expect(shown.contains("\rthe agent does not run; waiting for it (\(seconds) s)\u{1B}[0K"))
        }
        #expect(shown.hasSuffix("\r\u{1B}[0K"))
    }
}
