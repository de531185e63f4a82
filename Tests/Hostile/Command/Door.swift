import Foundation
import Identity
import Model
import NIOCore
import Synchronization

/// Strangers at the door of a node: they begin to pair and never go on, and as soon as one is shown out, the next comes.
struct Door: Sendable {
    let address: PeerAddress
    let identity: NodeIdentity

    /// Connections that say how long their `hello` is, and never send it: as many as a node has for strangers.
    private static let halves = 8
    /// Those that send it, and then nothing more.
    private static let wholes = 2

    private final class Tally: Sendable {
        private let counts = Mutex<[String: Int]>([:])
        var now: [String: Int] { counts.withLock { $0 } }
        func add(_ what: String) { counts.withLock { $0[what, default: 0] += 1 } }
    }

    func besiege(until cues: Cues) async throws {
        let tally = Tally()
        let (news, source) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.halves {
                group.addTask { try await again("half", head(length: 1000), tally) { source.yield() } }
            }
            for _ in 0..<Self.wholes {
                group.addTask { try await again("whole", head(length: hello.count) + hello, tally) { source.yield() } }
            }
            var opened = news.makeAsyncIterator()
            for _ in 0..<Self.halves { _ = await opened.next() }
            try Told(event: "besieged", counts: tally.now).say()
            await cues.end()
            group.cancelAll()
        }
        try Told(event: "end", counts: tally.now).say()
    }

    /// Opens so many connections each second, and answers nothing on any: no goodbye either.
    func storm(eachSecond rate: Int, until cues: Cues) async throws {
        let tally = Tally()
        let (clock, pause) = (ContinuousClock(), Duration.seconds(1) / rate)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withThrowingDiscardingTaskGroup { storm in
                    var next = clock.now
                    for number in 0... {
                        storm.addTask {
                            let channel = await StrangerConnection.deaf(with: address, as: identity)
                            tally.add(channel == nil ? "refused" : "opened")
                            // Long enough for any goodbye to be given up at the other end.
                            try? await clock.sleep(for: .seconds(8))
                            channel?.close(mode: .all, promise: nil)
                        }
                        // As many as there are places for handshakes.
                        if number == 64 { try Told(event: "storming", counts: tally.now).say() }
                        next += pause
                        try await clock.sleep(until: next)
                    }
                }
            }
            await cues.end()
            group.cancelAll()
        }
        try Told(event: "end", counts: tally.now).say()
    }

    /// Guesses at invitations, and begins to pair and does not go on, again and again.
    func guess(until cues: Cues) async throws {
        let tally = Tally()
        let (news, source) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await again("hello", head(length: hello.count, more: "connection: close\r\n") + hello, tally) {
                    source.yield()
                }
            }
            group.addTask { try await again("guess", join, tally) { source.yield() } }
            var opened = news.makeAsyncIterator()
            for _ in 0..<20 { _ = await opened.next() }
            try Told(event: "guessing", counts: tally.now).say()
            await cues.end()
            group.cancelAll()
        }
        try Told(event: "end", counts: tally.now).say()
    }

    /// A request with a secret that is none.
    private var join: [UInt8] {
        let certificate = Data(identity.certificate.der).base64EncodedString()
        let secret = InvitationSecret.random().text
        let body = Array(
            #"{"secret":"\#(secret)","certificate":"\#(certificate)","name":"stranger","port":21417}"#.utf8)
        return head(length: body.count, of: "join", more: "connection: close\r\n") + body
    }

    /// One connection after the other, until the task is cancelled.
    private func again(
        _ kind: String, _ bytes: [UInt8], _ tally: Tally, opened: @escaping @Sendable () -> Void
    ) async throws {
        while !Task.isCancelled {
            let answer = await StrangerConnection.exchange(bytes, with: address, as: identity) {
                tally.add("\(kind) opened")
                opened()
            }
            // A node that shows strangers out at once is not asked a thousand times a second.
            if answer == nil { try? await ContinuousClock().sleep(for: .milliseconds(20)) }
            let status = answer.map { $0.split(separator: " ").dropFirst().first.map(String.init) ?? "nothing" }
            tally.add("\(kind) got \(status ?? "no connection")")
        }
    }

    private func head(length: Int, of step: String = "hello", more: String = "") -> [UInt8] {
        Array(
            """
            POST /v1/pairing/\(step) HTTP/1.1\r
            host: \(address)\r
            content-type: application/json\r
            content-length: \(length)\r
            \(more)\r

            """.utf8)
    }

    /// One that is as it should be.
    private var hello: [UInt8] {
        let commitment = Bytes32.random().bytes.map { String(format: "%02x", $0) }.joined()
        let certificate = Data(identity.certificate.der).base64EncodedString()
        return Array(
            #"{"commitment":"\#(commitment)","certificate":"\#(certificate)","name":"stranger","port":21417}"#.utf8)
    }
}
