import Foundation
import Identity
import Model
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

    private func head(length: Int) -> [UInt8] {
        Array(
            """
            POST /v1/pairing/hello HTTP/1.1\r
            host: \(address)\r
            content-type: application/json\r
            content-length: \(length)\r
            \r

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
