import AsyncHTTPClient
import Foundation
import Identity
import Model
import NIOCore
import NIOHTTP1
import NIOSSL
import PeerProtocol
import Synchronization
import Testing

@testable import enum PeerProtocol.TLS

@Suite(.timeLimit(.minutes(5))) struct LimitTests {
    @Test("a flood of 2,000 requests is answered with 429 but for those that there is room for")
    func flood() async throws {
        let release = Gate()
        let counting = Counter()
        let identity = try NodeIdentity.make()
        var limits = ServerLimits.patient
        limits.requestsPerPeer = 6
        try await withServer(
            limits: limits,
            answers: { id in
                StubAnswers(
                    id: id,
                    reduce: {
                        counting.add()
                        defer { counting.add(-1) }
                        await release.wait()
                        return [1]
                    })
            }
        ) { server in
            server.answers.trust(identity.id)
            try await withPlainClient(to: server, as: identity, connections: 16) { send in
                let path = "/v1/reduced/\(sampleImage(1))?edge=1&quality=1"
                let refused = Counter()
                let answered = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<16 {
                        group.addTask {
                            // Six of these are let in and wait; the others go on until all the rest was turned away.
                            while refused.value < 1_994 {
                                let answer = try await send(.GET, path, [:], "")
                                if answer.status == 200 { return 1 }
                                #expect(answer.status == 429)
                                #expect(answer.headers.first(name: "retry-after") == "1")
                                refused.add()
                            }
                            release.open()
                            return 0
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(answered >= 6)
                #expect(counting.highest == 6)
                let answer = try await send(.GET, "/v1/node", [:], "")
                #expect(answer.status == 200)
            }
        }
    }

    @Test(
        "an oversized or broken head is refused",
        arguments: [
            "GET /v1/node?x=" + String(repeating: "a", count: 70_000) + " HTTP/1.1\r\nhost: a\r\n\r\n",
            "GET /v1/node HTTP/1.1\r\nhost: a\r\nx: " + String(repeating: "a", count: 70_000) + "\r\n\r\n",
            "GET /v1/node HTTP/1.1\r\nhost: a\r\n" + (0..<100).map { "x\($0): a\r\n" }.joined() + "\r\n",
            "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET /v1/node HTTP/9.9\r\n\r\n",
        ])
    func heads(_ request: String) async throws {
        let identity = try NodeIdentity.make()
        try await withServer { server in
            server.answers.trust(identity.id)
            let answer = try await rawExchange(server.port, TLS.stranger(identity), request)
            #expect(answer == "" || answer.hasPrefix("HTTP/1.1 400"))
            #expect(server.answers.calls.isEmpty)
        }
    }

    @Test("a body of more than 8 KB is refused, with a length or without", arguments: [true, false])
    func bodies(chunked: Bool) async throws {
        let identity = try NodeIdentity.make()
        try await withServer { server in
            let body = String(repeating: "a", count: 9000)
            let head =
                chunked
                ? "transfer-encoding: chunked\r\n\r\n\(String(body.count, radix: 16))\r\n"
                : "content-length: 9000\r\n\r\n"
            let answer = try await rawExchange(
                server.port, TLS.stranger(identity),
                "POST /v1/pairing/hello HTTP/1.1\r\nhost: a\r\n" + head + body + (chunked ? "\r\n0\r\n\r\n" : ""))
            #expect(answer.hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test("a connection that says nothing, or never ends what it says, is closed")
    func slow() async throws {
        let identity = try NodeIdentity.make()
        var limits = ServerLimits()
        limits.handshakeTime = .milliseconds(200)
        limits.bodyTime = .milliseconds(200)
        try await withServer(limits: limits) { server in
            server.answers.trust(identity.id)
            let tls = try TLS.stranger(identity)
            // Each comes to its end because the server ends it.
            #expect(try await rawExchange(server.port, tls, "") == "")
            #expect(try await rawExchange(server.port, tls, "GET /v1/node HTTP/1.1\r\nx: ") == "")
            let body = "POST /v1/pairing/hello HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\n{"
            #expect(try await rawExchange(server.port, tls, body) == "")
        }
    }

    @Test("a connection that asks nothing more is closed after its time")
    func idle() async throws {
        let identity = try NodeIdentity.make()
        var limits = ServerLimits.patient
        // Long enough for a handshake on the slowest machine, which counts too.
        limits.idleTime = .seconds(15)
        try await withServer(limits: limits) { server in
            server.answers.trust(identity.id)
            let answer = try await rawExchange(
                server.port, TLS.stranger(identity), "GET /v1/node HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("a peer that takes nothing of what it asked for is let go, and its file with it")
    func stalledReader() async throws {
        let identity = try NodeIdentity.make()
        var limits = ServerLimits.patient
        // Long enough that a busy machine's pauses are none of the peer's.
        limits.stallTime = .seconds(3)
        try await withServer(limits: limits) { server in
            server.answers.trust(identity.id)
            // More than the kernel takes on the way, which would be taken for a peer that takes it.
            let size = try Self.socketMemory() + (32 << 20)
            server.answers.content.withLock { $0.mains[sampleImage(1)] = [UInt8](repeating: 1, count: size) }
            let client = try PeerClient(
                peer: server.identity.certificate, addresses: [try server.address], identity: identity,
                limits: .patient, logger: silent)
            let released = Gate()
            server.answers.onClose.withLock { $0 = { released.open() } }
            await #expect(throws: PeerError.self) {
                try await client.main(of: sampleImage(1), from: 0, size: Int64(size)) { _ in await released.wait() }
            }
            await client.close()
            let (opened, closed) = server.answers.content.withLock { ($0.opened, $0.closed) }
            #expect(opened == 1 && closed == 1)
        }
    }

    /// Bytes that a connection's two ends may hold at most.
    private static func socketMemory() throws -> Int {
        try ["tcp_rmem", "tcp_wmem"].reduce(0) { sum, name in
            let limits = try String(contentsOfFile: "/proc/sys/net/ipv4/\(name)", encoding: .utf8)
            return sum + (limits.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) } ?? 0)
        }
    }

    @Test("strangers cannot crowd out each other, nor peers")
    func crowd() async throws {
        let (peer, stranger) = (try NodeIdentity.make(), try NodeIdentity.make())
        var limits = ServerLimits.patient
        // The last silent one has to wait for this.
        limits.handshakeTime = .seconds(10)
        limits.handshakes = 4
        limits.strangers = 2
        try await withServer(limits: limits) { server in
            server.answers.trust(peer.id)
            let tls = try TLS.stranger(stranger)
            try await withThrowingTaskGroup(of: String.self) { group in
                // Silent ones: all but the last four are closed to make room; then those by the server's end.
                for _ in 0..<20 { group.addTask { try await rawExchange(server.port, tls, "") } }
                for _ in 0..<16 { #expect(try await group.next() == "") }
                try await withClient(of: server.identity.certificate, at: [try server.address], as: peer) { client in
                    _ = try await client.summary()
                }
                try await withPlainClient(to: server, as: stranger) { send in
                    let answer = try await send(.POST, "/v1/pairing/hello", [:], "{}")
                    #expect(answer.status == 400)
                }
                group.cancelAll()
                await server.stop()
                while try await group.next() != nil {}
            }
        }
    }

    @Test("a server stops at once, whatever is under way", arguments: [true, false])
    func stops(gracefully: Bool) async throws {
        let polling = Event()
        let identity = try NodeIdentity.make()
        // The poll is never answered by itself: that this ends at all is what is tested.
        try await withServer(
            answers: { id in
                StubAnswers(
                    id: id,
                    poll: {
                        polling.happen()
                        await Event().wait()
                        try Task.checkCancellation()
                    })
            }
        ) { server in
            server.answers.trust(identity.id)
            try await withClient(of: server.identity.certificate, at: [try server.address], as: identity) { client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await #expect(throws: PeerError.self) {
                            try await client.summary(unless: .empty, wait: .seconds(60))
                        }
                    }
                    await polling.wait()
                    if gracefully { await server.stop() } else { server.cancel() }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("a port that is taken is an error, and the next address is tried first")
    func binding() async throws {
        try await withServer { server in
            func other(_ hosts: [String], _ port: Int) -> PeerServer {
                PeerServer(
                    identity: server.identity, hosts: hosts, port: port, answering: server.answers, desk: server.desk,
                    logger: silent)
            }
            let taken = other(["127.0.0.1"], server.port)
            await #expect(throws: (any Error).self) { try await taken.run() }
            await #expect(throws: (any Error).self) { try await taken.boundPort }
            let second = other(["192.0.2.1", "127.0.0.2"], 0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await second.run() }
                let port = try await second.boundPort
                #expect(port > 0)
                group.cancelAll()
            }
        }
    }
}

/// Waited for by many, opened once.
final class Gate: Sendable {
    private let waiting = Mutex<(open: Bool, all: [Event])>((false, []))

    func wait() async {
        let event = Event()
        let isOpen = waiting.withLock { state in
            state.all.append(event)
            return state.open
        }
        if !isOpen { await event.wait() }
    }

    func open() {
        let all = waiting.withLock { state in
            state.open = true
            return state.all
        }
        for event in all { event.happen() }
    }
}

/// Counts from anywhere.
final class Counter: Sendable {
    private let count = Mutex((now: 0, highest: 0))
    var value: Int { count.withLock { $0.now } }
    var highest: Int { count.withLock { $0.highest } }
    func add(_ number: Int = 1) {
        count.withLock {
            $0.now += number
            $0.highest = max($0.highest, $0.now)
        }
    }
}
