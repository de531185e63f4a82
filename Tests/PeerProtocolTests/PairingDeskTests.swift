import Identity
import Model
import NIOHTTP1
import PeerProtocol
import Synchronization
import Testing

@testable import enum PeerProtocol.Wire

/// What a person at a terminal sees, and says.
final class Person: Sendable {
    private let seen = Mutex<[PairingEvent]>([])
    private let desk: PairingDesk
    private let says: Bool?
    let waiting = Gate()
    let digitsShown = Gate()

    /// - Parameter says: what is answered to digits at once; nil for nothing.
    init(at desk: PairingDesk, says: Bool?) {
        self.desk = desk
        self.says = says
    }

    var events: [PairingEvent] { seen.withLock { $0 } }

    var digits: String? {
        events.compactMap { if case .digits(let digits, _, _) = $0 { digits } else { nil } }.first
    }

    func see(_ event: PairingEvent) async throws {
        seen.withLock { $0.append(event) }
        if event == .waiting { waiting.open() }
        if case .digits = event {
            digitsShown.open()
            if let says { try await desk.answer(says) }
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct PairingDeskTests {
    /// Two nodes, each with its server.
    func withTwo<T: Sendable>(
        trust: StubTrust = StubTrust(), _ body: @Sendable (RunningServer, RunningServer) async throws -> T
    ) async throws -> T {
        try await withServer(trust: trust) { studio in try await withServer { laptop in try await body(studio, laptop) }
        }
    }

    /// The studio's person waits, then the laptop's calls.
    func pair(
        _ studio: RunningServer, _ there: Person, _ laptop: RunningServer, _ here: Person
    ) async throws -> (Result<PairedPeer, any Error>, Result<PairedPeer, any Error>) {
        try await withThrowingTaskGroup(of: (Bool, Result<PairedPeer, any Error>).self) { group in
            group.addTask {
                let result = await outcome { try await studio.desk.wait { try await there.see($0) } }
                return (true, result)
            }
            await there.waiting.wait()
            let address = try studio.address
            group.addTask {
                let result = await outcome { try await laptop.desk.pair(with: [address]) { try await here.see($0) } }
                return (false, result)
            }
            var results: [Bool: Result<PairedPeer, any Error>] = [:]
            for try await (isStudio, result) in group { results[isStudio] = result }
            return (try #require(results[true]), try #require(results[false]))
        }
    }

    @Test("two people who see the same digits and say yes are paired, both ways and with addresses")
    func pairs() async throws {
        try await withTwo { studio, laptop in
            let (there, here) = (Person(at: studio.desk, says: true), Person(at: laptop.desk, says: true))
            let (a, b) = try await pair(studio, there, laptop, here)
            #expect(try a.get().id == laptop.identity.id)
            #expect(try b.get().id == studio.identity.id)
            #expect(there.digits == here.digits && here.digits?.count == 6)
            #expect(studio.trust.ids == [laptop.identity.id])
            #expect(laptop.trust.ids == [studio.identity.id])
            #expect(try b.get().addresses == [try studio.address])
            #expect(try a.get().addresses == [try laptop.address])
            #expect(try a.get().certificate == laptop.identity.certificate)
            #expect(there.events.last == .paired(try a.get()))
            #expect(here.events.contains(.waitingForOther))
            #expect(here.events.last == .paired(try b.get()))
        }
    }

    @Test("one no, and neither is paired; a little later they may try again", arguments: [true, false])
    func no(atStudio: Bool) async throws {
        try await withTwo { studio, laptop in
            let there = Person(at: studio.desk, says: !atStudio)
            let here = Person(at: laptop.desk, says: atStudio)
            let (a, b) = try await pair(studio, there, laptop, here)
            let (refusing, told) = atStudio ? (a, b) : (b, a)
            #expect(throws: PairingError(.refusedHere)) { try refusing.get() }
            #expect(throws: PairingError(.refusedThere)) { try told.get() }
            #expect(studio.trust.ids.isEmpty && laptop.trust.ids.isEmpty)
            let (again, also) = (Person(at: studio.desk, says: true), Person(at: laptop.desk, says: true))
            let (c, d) = try await pair(studio, again, laptop, also)
            #expect(try c.get().id == laptop.identity.id)
            #expect(try d.get().id == studio.identity.id)
        }
    }

    @Test("a machine that nobody sits at refuses, and says what to do")
    func nobody() async throws {
        let stranger = try NodeIdentity.make()
        try await withServer { server in
            let answer = try await withPlainClient(to: server, as: stranger) {
                try await $0(.POST, "/v1/pairing/hello", [:], hello(stranger).text)
            }
            #expect(answer.status == 403)
            #expect(answer.body.contains("nobody is waiting to pair at the other machine: run `syncctl pair` there"))
        }
    }

    @Test("a person who leaves while digits are shown ends it for both")
    func leaves() async throws {
        try await withTwo { studio, laptop in
            let (there, here) = (Person(at: studio.desk, says: nil), Person(at: laptop.desk, says: true))
            let address = try studio.address
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let result = await outcome {
                        try await laptop.desk.pair(with: [address]) { try await here.see($0) }
                    }
                    #expect(throws: PairingError(.refusedThere)) { try result.get() }
                }
                group.addTask {
                    await withTaskGroup(of: Void.self) { inner in
                        inner.addTask { _ = await outcome { try await studio.desk.wait { try await there.see($0) } } }
                        await there.digitsShown.wait()
                        inner.cancelAll()
                    }
                }
                try await group.waitForAll()
            }
            #expect(studio.trust.ids.isEmpty && laptop.trust.ids.isEmpty)
            await #expect(throws: PairingError.self) { try await studio.desk.answer(true) }
        }
    }

    @Test("when both machines name each other, one of the calls is taken")
    func both() async throws {
        try await withTwo { studio, laptop in
            let (there, here) = (Person(at: studio.desk, says: true), Person(at: laptop.desk, says: true))
            let (one, two) = (try studio.address, try laptop.address)
            async let a = studio.desk.pair(with: [two]) { try await there.see($0) }
            async let b = laptop.desk.pair(with: [one]) { try await here.see($0) }
            let first = try await a
            let second = try await b
            #expect(first.id == laptop.identity.id)
            #expect(second.id == studio.identity.id)
            #expect(there.digits == here.digits)
        }
    }

    @Test("what cannot be stored pairs neither, and the next try does")
    func notStored() async throws {
        try await withTwo(trust: StubTrust(failing: 1)) { studio, laptop in
            let (there, here) = (Person(at: studio.desk, says: true), Person(at: laptop.desk, says: true))
            let (a, b) = try await pair(studio, there, laptop, here)
            #expect(throws: PairingError(.notStored)) { try a.get() }
            #expect(throws: PairingError(.notStored)) { try b.get() }
            #expect(laptop.trust.ids.isEmpty)
            let (c, _) = try await pair(
                studio, Person(at: studio.desk, says: true), laptop, Person(at: laptop.desk, says: true))
            #expect(try c.get().id == laptop.identity.id)
        }
    }

    @Test("an answer that was lost is given again to who asks again, and to nobody else")
    func lostAnswer() async throws {
        let caller = try NodeIdentity.make()
        try await withServer { server in
            let person = Person(at: server.desk, says: true)
            async let paired = server.desk.wait { try await person.see($0) }
            await person.waiting.wait()
            let digits = try await withPlainClient(to: server, as: caller) { send in
                let (machine, text) = hello(caller)
                let reply = try Wire.decode(
                    Wire.Reply.self, from: Array(try await send(.POST, "/v1/pairing/hello", [:], text).body.utf8))
                var initiator = machine
                let reveal = try initiator.receive(try reply.reply(), at: .now)
                let body = "{\"attempt\":\"\(reply.attempt)\",\"nonce\":\"\(Hex.encode(reveal.nonce.bytes))\"}"
                let revealed = try await send(.POST, "/v1/pairing/reveal", [:], body)
                #expect(revealed.status == 200)
                let confirm = "{\"attempt\":\"\(reply.attempt)\",\"yes\":true}"
                for _ in 0..<3 {
                    let confirmed = try await send(.POST, "/v1/pairing/confirm", [:], confirm)
                    #expect(confirmed.status == 200)
                }
                let other = "{\"attempt\":\"\(Hex.encode(Bytes32.random().bytes))\",\"yes\":true}"
                let unknown = try await send(.POST, "/v1/pairing/confirm", [:], other)
                #expect(unknown.status == 409)
                return initiator.digits
            }
            let peer = try await paired
            #expect(peer.id == caller.id)
            #expect(person.digits == digits)
            #expect(server.trust.ids == [caller.id])
        }
    }

    @Test("one attempt at a time, and after a failed one not at once")
    func oneAtATime() async throws {
        let (caller, other) = (try NodeIdentity.make(), try NodeIdentity.make())
        let now = ContinuousClock.now
        try await withServer(now: { now }) { server in
            let person = Person(at: server.desk, says: nil)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = await outcome { try await server.desk.wait { try await person.see($0) } } }
                await person.waiting.wait()
                try await withPlainClient(to: server, as: caller) { send in
                    let first = try await send(.POST, "/v1/pairing/hello", [:], hello(caller).text)
                    #expect(first.status == 200)
                    let second = try await send(.POST, "/v1/pairing/hello", [:], hello(other).text)
                    #expect(second.status == 429)
                    #expect(second.body.contains("busy"))
                    #expect(second.headers.first(name: "retry-after") != nil)
                    let reply = try Wire.decode(Wire.Reply.self, from: Array(first.body.utf8))
                    let wrong = "{\"attempt\":\"\(reply.attempt)\",\"nonce\":\"\(Hex.encode(Bytes32.random().bytes))\"}"
                    let refused = try await send(.POST, "/v1/pairing/reveal", [:], wrong)
                    #expect(refused.status == 409)
                    #expect(refused.body.contains("commitmentMismatch"))
                    let third = try await send(.POST, "/v1/pairing/hello", [:], hello(other).text)
                    #expect(third.status == 429)
                    #expect(third.body.contains("tooSoon"))
                }
                #expect(person.events == [.waiting])
                group.cancelAll()
            }
        }
    }

    @Test(
        "what is no pairing message is refused",
        arguments: ["hello", "reveal", "confirm", "join"],
        [
            "", "{}", "[]", "x", "{\"attempt\":1}", "{\"attempt\":\"../..\",\"yes\":true,\"nonce\":\"\"}",
            "{\"commitment\":\"\",\"certificate\":\"!\",\"name\":\"a\\nb\",\"port\":-1,\"secret\":\"\"}",
        ])
    func nonsense(_ step: String, _ body: String) async throws {
        let stranger = try NodeIdentity.make()
        try await withServer { server in
            let answer = try await withPlainClient(to: server, as: stranger) {
                try await $0(.POST, "/v1/pairing/\(step)", [:], body)
            }
            #expect(answer.status == 400)
            #expect(answer.body.contains("malformed"))
        }
    }

    /// A first message of `identity`.
    func hello(_ identity: NodeIdentity) -> (machine: PairingInitiator, text: String) {
        let party = PairingParty(certificate: identity.certificate, name: NodeName(nearest: "caller"))
        let machine = PairingInitiator(own: party, at: .now)
        return (machine, String(decoding: Wire.encode(Wire.Hello(machine.hello, port: 1)), as: UTF8.self))
    }
}

func outcome<T>(_ body: () async throws -> T) async -> Result<T, any Error> {
    do { return .success(try await body()) } catch { return .failure(error) }
}
