import Control
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("What the agent waits for is told to the command that it does it for", .timeLimit(.minutes(2)))
struct CommandWaitsTests {
    /// A clock that stands until it is put on.
    private final class Clock: Sendable {
        private let time = Mutex(Duration.zero)
        var now: Duration { time.withLock { $0 } }
        func goOn(_ seconds: Int) { time.withLock { $0 += .seconds(seconds) } }
    }

    private struct Fault: Error {}

    @Test("each says what it waits for while it does; of several, what has lasted longest is told")
    func several() async {
        let clock = Clock()
        let waits = CommandWaits { clock.now }
        await CommandWaits.$current.withValue(waits) {
            #expect(waits.step == nil)
            await CommandWaits.during("nas reads a.jpg to prove it") {
                clock.goOn(3)
                await CommandWaits.during("attic reads b.jpg to prove it") {
                    #expect(waits.step == CommandStep(what: "nas reads a.jpg to prove it", seconds: 3))
                }
            }
            #expect(waits.step == nil)
            await #expect(throws: Fault.self) { try await CommandWaits.during("x") { throw Fault() } }
            #expect(waits.step == nil)
        }
    }

    @Test("the same clause goes on, another begins anew, and nothing ends it")
    func turns() {
        let clock = Clock()
        let waits = CommandWaits { clock.now }
        CommandWaits.$current.withValue(waits) {
            let wait = CommandWaits.Wait()
            #expect(waits.step == nil)
            for _ in 0..<2 {
                wait.turns(to: "laptop sends a.jpg")
                clock.goOn(2)
            }
            #expect(waits.step == CommandStep(what: "laptop sends a.jpg", seconds: 4))
            wait.turns(to: "laptop sends b.jpg")
            #expect(waits.step == CommandStep(what: "laptop sends b.jpg", seconds: 0))
            wait.turns(to: nil)
            #expect(waits.step == nil)
        }
    }

    @Test("what is done for nobody is told to nobody")
    func nobody() async {
        let waits = CommandWaits()
        await CommandWaits.during("it evicts by itself") { #expect(waits.step == nil) }
    }

    @Test("a command asks by its name, and hears of what is done for it alone")
    func overTheSocket() async throws {
        let scratch = try CommandScratch()
        let node = FakeNode(
            script: .init([.progress(.init(phase: .evicting, done: 0))], isEndless: true), waits: "nas reads a.jpg")
        try await CommandServed.serve(node, at: scratch("s")) { client async throws in
            #expect(try await client.step() == nil)
            var messages = client.evict(.init(paths: [CommandSamples.path("a.jpg")])).makeAsyncIterator()
            _ = try await messages.next()
            #expect(try await client.step()?.what == "nas reads a.jpg")
            #expect(try await ControlClient(socketPath: scratch("s")).step() == nil)
        }
    }

    /// Counts what it is told.
    private final class Watch: RequestWatch {
        private let told = Mutex("")
        var words: String { told.withLock { $0 } }
        func began(_ client: ControlClient) { told.withLock { $0 += "b" } }
        func moved() { told.withLock { $0 += "m" } }
        func ended() { told.withLock { $0 += "e" } }
    }

    @Test("a request is watched from its beginning to its end; one who follows waits for the first message only")
    func watched() async throws {
        let scratch = try CommandScratch()
        try await CommandServed.serve(FakeNode(), at: scratch("s")) { _ in
            let watch = Watch()
            let client = ControlClient(socketPath: scratch("s"), watch: watch)
            _ = try await client.status()
            #expect(watch.words == "be")
            _ = try await client.step()
            #expect(watch.words == "be")
            for try await _ in client.scan(acceptRemovals: false) {}
            #expect(watch.words == "bebmme")
            var reports = client.statusChanges().makeAsyncIterator()
            _ = try await reports.next()
            #expect(watch.words == "bebmmebe")
        }
    }

    @Test("a step is a line of JSON that no other line can be taken for")
    func json() throws {
        let step = CommandStep(what: "nas reads a.jpg to prove it", seconds: 3)
        let bytes = try ControlJSON.line(step)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"step":{"seconds":3,"what":"nas reads a.jpg to prove it"}}"#)
        #expect(try ControlJSON.decode(CommandStep.self, from: bytes) == step)
        #expect(throws: DecodingError.self) { try ControlJSON.decode(WorkMessage.self, from: bytes) }
    }
}
