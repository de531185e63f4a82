import Identity
import Model
import NIOCore
import NIOHTTP1
import NIOSSL
import PeerProtocol
import Synchronization
import Testing

@testable import enum PeerProtocol.TLS

@Suite(.timeLimit(.minutes(5))) struct StrangerTests {
    static let paths =
        RouteTests.nonsense + [
            "/v1/node", "/v1/node?unless=\(Digest.empty)&wait=60", "/v1/file-info/digest?from=0&to=9&parts=16",
            "/v1/file-info?from=0&to=9&limit=9", "/v1/reduced/\(sampleImage(1))?edge=1&quality=1",
            "/v1/mains/\(sampleImage(1))", "/v1/holds", "/v1/pairing/hello", "/v1/pairing/x", "/x",
        ]

    @Test("a stranger gets the same bare 403 on every path that there is or is not, by every method")
    func walk() async throws {
        let stranger = try NodeIdentity.make()
        try await withServer { server in
            server.answers.content.withLock { $0.mains[sampleImage(1)] = [1, 2, 3] }
            try await withPlainClient(to: server, as: stranger) { send in
                var seen: Set<String> = []
                for path in Self.paths {
                    for method in [HTTPMethod.GET, .POST, .PUT, .DELETE] {
                        if method == .POST && path == "/v1/pairing/hello" { continue }
                        let answer = try await send(method, path, [:], "")
                        seen.insert(
                            "\(answer.status) \(answer.headers.map { "\($0.name)=\($0.value)" }) \(answer.body)")
                    }
                }
                #expect(seen == ["403 [\"Content-Length=0\", \"Connection=close\"] "])
            }
            #expect(server.answers.calls.isEmpty)
        }
    }

    @Test("strangers that begin a request and do not go on keep nobody from pairing")
    func bodiless() async throws {
        let identity = try NodeIdentity.make()
        var limits = ServerLimits.patient
        // Nothing ends by itself.
        (limits.bodyTime, limits.strangerTime) = (.seconds(3600), .seconds(3600))
        try await withServer(limits: limits) { server in
            let tls = TLS.stranger
            let head = "POST /v1/pairing/hello HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\n"
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    let stranger = try NodeIdentity.make()
                    group.addTask { _ = try await rawExchange(server.port, tls(stranger), head) }
                }
                // Of the same address, so one may have to make room for those that are still to come.
                var answer = ""
                while !answer.hasPrefix("HTTP/1.1 400") {
                    answer = try await rawExchange(
                        server.port, tls(identity),
                        "POST /v1/pairing/hello HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"
                    )
                }
                await server.stop()
                group.cancelAll()
                while let _ = await group.nextResult() {}
            }
        }
    }

    @Test("without a certificate, or with one that is no node's, there is no answer at all")
    func noCertificate() async throws {
        try await withServer { server in
            var bare = TLSConfiguration.makeClientConfiguration()
            bare.certificateVerification = .none
            #expect(try await rawExchange(server.port, bare, "GET /v1/node HTTP/1.1\r\nhost: a\r\n\r\n") == "")
            var other = bare
            let (chain, key) = try TestCertificates.p384()
            other.certificateChain = [.certificate(chain)]
            other.privateKey = .privateKey(key)
            #expect(try await rawExchange(server.port, other, "GET /v1/node HTTP/1.1\r\nhost: a\r\n\r\n") == "")
        }
    }

    @Test("TLS 1.2 is refused")
    func oldTLS() async throws {
        let identity = try NodeIdentity.make()
        try await withServer { server in
            server.answers.trust(identity.id)
            let request = "GET /v1/node HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
            var configuration = try TLS.stranger(identity)
            #expect(try await rawExchange(server.port, configuration, request).hasPrefix("HTTP/1.1 200 OK"))
            configuration.minimumTLSVersion = .tlsv12
            configuration.maximumTLSVersion = .tlsv12
            #expect(try await rawExchange(server.port, configuration, request) == "")
        }
    }

    @Test("a peer that was unpaired a moment ago is a stranger at its next request")
    func unpaired() async throws {
        try await withPeer { server, client in
            _ = try await client.summary()
            server.answers.trust(try #require(server.answers.content.withLock { $0.trusted.first }), false)
            let error = await #expect(throws: PeerError.self) { try await client.summary() }
            #expect(error?.code == .unpaired)
            #expect(error?.isRetryable == false)
            #expect(server.answers.calls == ["summary"])
        }
    }

    @Test("a long poll of a peer that is unpaired meanwhile is not answered", arguments: [true, false])
    func unpairedWhilePolling(disconnects: Bool) async throws {
        let (polling, changed) = (Event(), Event())
        try await withPeer(answers: { id in
            StubAnswers(
                id: id,
                poll: {
                    polling.happen()
                    await changed.wait()
                })
        }) { server, client in
            try await withThrowingTaskGroup(of: PeerError?.self) { group in
                group.addTask {
                    await #expect(throws: PeerError.self) {
                        try await client.summary(unless: .empty, wait: .seconds(60))
                    }
                }
                await polling.wait()
                let node = try #require(server.answers.content.withLock { $0.trusted.first })
                server.answers.trust(node, false)
                if disconnects { server.server.disconnect(node) } else { changed.happen() }
                let error = try await group.next() ?? nil
                #expect(error?.code == (disconnects ? .disconnected : .unpaired) || error?.code == .unpaired)
            }
        }
    }

    @Test("a main that is being sent to a peer stops when it is unpaired")
    func unpairedWhileReceiving() async throws {
        let bytes = [UInt8](repeating: 7, count: 8 << 20)
        let unpaired = Gate()
        try await withPeer { server, client in
            server.answers.content.withLock { $0.mains[sampleImage(1)] = bytes }
            // The second part is on its way when the peer is unpaired; there must be no third.
            server.answers.onRead.withLock { $0 = { if $0 > 0 { await unpaired.wait() } } }
            let node = try #require(server.answers.content.withLock { $0.trusted.first })
            var got = 0
            await #expect(throws: PeerError.self) {
                try await client.main(of: sampleImage(1), from: 0, size: Int64(bytes.count)) {
                    got += $0.count
                    server.answers.trust(node, false)
                    unpaired.open()
                }
            }
            #expect(got <= 2 * ServerLimits().chunk)
        }
    }
}
