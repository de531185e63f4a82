import Identity
import Model
import NIOHTTP1
import PeerProtocol
import Synchronization
import Testing

@testable import enum PeerProtocol.TLS

@Suite(.timeLimit(.minutes(5))) struct HoldTests {
    static let main = Array("the main".utf8)
    static let image = sampleImage(7)
    static let request = HoldRequest(image: image, nonce: sampleImage(9).bytes, seconds: 300)

    /// The body of a request as other versions may write it.
    static func body(image: String = "\"\(image)\"", nonce: String = "\"\(sampleImage(9))\"", seconds: String = "300")
        -> String
    {
        "{\"image\":\(image),\"nonce\":\(nonce),\"seconds\":\(seconds)}"
    }

    /// Sends one plain request as a paired node, to a holder of ``main``.
    func ask(
        _ body: String, by method: HTTPMethod = .POST, reread: @escaping @Sendable () async throws -> Int? = { nil }
    ) async throws -> (answer: PlainAnswer, calls: [String]) {
        let identity = try NodeIdentity.make()
        return try await withServer(answers: { StubAnswers(id: $0, reread: reread) }) { server in
            server.answers.trust(identity.id)
            server.answers.content.withLock { $0.mains[Self.image] = Self.main }
            let answer = try await withPlainClient(to: server, as: identity) {
                try await $0(method, "/v1/holds", [:], body)
            }
            return (answer, server.answers.calls)
        }
    }

    @Test("a holder proves that it has the main, and says how long it keeps it", arguments: [nil, 1, 299, 300])
    func granted(seconds: Int?) async throws {
        try await withPeer(answers: { StubAnswers(id: $0, reread: { seconds }) }) { server, client in
            server.answers.content.withLock { $0.mains[Self.image] = Self.main }
            let grant = try await client.hold(Self.request)
            #expect(grant.proof == StubAnswers.proof(Self.request.nonce, Self.main))
            #expect(grant.seconds == seconds ?? 300)
            let node = try #require(server.answers.content.withLock { $0.trusted.first })
            #expect(server.answers.calls == ["hold 300 for \(node)"])
            let sent = client.traffic[.holds]
            #expect(sent.requests == 1 && sent.sent > Self.body().utf8.count && sent.received > 64)
        }
    }

    @Test("a hold reads on the wire as the protocol's page says")
    func wire() async throws {
        let (answer, _) = try await ask(Self.body())
        #expect(answer.status == 200)
        #expect(answer.headers.first(name: "content-type") == "application/json")
        let proof = ImageID(StubAnswers.proof(Self.request.nonce, Self.main))
        #expect(answer.body == "{\"proof\":\"\(proof)\",\"seconds\":300}")
        // What later versions may add is passed over.
        let more = Self.body().dropLast() + ",\"reason\":\"evict\"}"
        #expect(try await ask(String(more)).answer.body == answer.body)
    }

    @Test(
        "a hold that is refused is refused with its reason",
        arguments: [
            (PeerRefusal.Code.notFound, PeerError.Code.notFound, false), (.conflict, .conflict, false),
            (.tooMany, .busy, true), (.busy, .busy, true), (.internalFault, .failed, true),
        ])
    func refused(_ refusal: PeerRefusal.Code, _ code: PeerError.Code, _ isRetryable: Bool) async throws {
        let retryAfter: Duration? = code == .busy ? .seconds(20) : nil
        let refuse: @Sendable () async throws -> Int? = {
            throw PeerRefusal(refusal, "it is being evicted here", retryAfter: retryAfter)
        }
        try await withPeer(answers: { StubAnswers(id: $0, reread: refuse) }) { server, client in
            server.answers.content.withLock { $0.mains[Self.image] = Self.main }
            let error = await #expect(throws: PeerError.self) { try await client.hold(Self.request) }
            #expect(error?.code == code)
            #expect(error?.isRetryable == isRetryable)
            #expect(error?.retryAfter == retryAfter)
            #expect(error?.message.contains("it is being evicted here") == true)
        }
        let (answer, _) = try await ask(Self.body(), reread: refuse)
        #expect(answer.status == refusal.rawValue)
        #expect(answer.headers.first(name: "retry-after") == (code == .busy ? "20" : nil))
    }

    @Test("a main that is not here is not promised, and neither is any by a node that promises nothing")
    func absent() async throws {
        try await withPeer { server, client in
            let error = await #expect(throws: PeerError.self) { try await client.hold(Self.request) }
            #expect(error?.code == .notFound)
            let refusal = await #expect(throws: PeerRefusal.self) {
                try await NoPromises(inner: server.answers).hold(Self.request, for: client.peer)
            }
            #expect(refusal?.code == .notFound)
        }
    }

    @Test("a read fault tells nothing of the inside")
    func inside() async throws {
        struct Secret: Error, CustomStringConvertible { var description: String { "/home/anna/Pictures/secret.jpg" } }
        let (answer, _) = try await ask(Self.body(), reread: { throw Secret() })
        #expect(answer.status == 500)
        #expect(!answer.body.contains("anna"))
    }

    @Test(
        "a body that is no request for a hold reaches nothing",
        arguments: [
            "", "null", "[]", "{", "{}", "300", "\u{0}", String(repeating: "[", count: 8000),
            body().replacing("{", with: "[").replacing("}", with: "]"), body() + body(), body() + "x",
            body(image: "null"), body(image: "7"), body(image: "\"\""),
            body(image: "\"\(String(repeating: "a", count: 63))\""),
            body(image: "\"\(String(repeating: "A", count: 64))\""),
            body(image: "\"\(String(repeating: "a", count: 66))\""), body(image: "\"../../etc/passwd\""),
            body(nonce: "null"), body(nonce: "7"), body(nonce: "\"\""),
            body(nonce: "\"\(String(repeating: "a", count: 62))\""),
            body(nonce: "\"\(String(repeating: "A", count: 64))\""),
            body(nonce: "\"\(String(repeating: "a", count: 66))\""),
            body(nonce: "\"\(String(repeating: "g", count: 64))\""),
            "{\"nonce\":\"\(image)\",\"seconds\":300}", "{\"image\":\"\(image)\",\"seconds\":300}",
            "{\"image\":\"\(image)\",\"nonce\":\"\(image)\"}",
        ])
    func malformed(_ body: String) async throws {
        let (answer, calls) = try await ask(body)
        #expect(answer.status == 400)
        #expect(answer.body.hasPrefix("{\"error\":\""))
        #expect(calls.isEmpty)
    }

    @Test("1 to 3600 seconds can be asked for", arguments: ["1", "2", "3599", "3600"])
    func inRange(_ seconds: String) async throws {
        let (answer, _) = try await ask(Self.body(seconds: seconds))
        #expect(answer.status == 200)
        #expect(answer.body.hasSuffix("\"seconds\":\(seconds)}"))
    }

    @Test(
        "seconds out of their range are refused",
        arguments: [
            "0", "-1", "3601", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
            "1e99", "1.5", "\"300\"", "null", "true", "[300]", "0x10", "NaN",
        ])
    func outOfRange(_ seconds: String) async throws {
        let (answer, calls) = try await ask(Self.body(seconds: seconds))
        #expect(answer.status == 400)
        #expect(calls.isEmpty)
    }

    @Test("a hold is asked for by POST", arguments: [HTTPMethod.GET, .PUT, .DELETE, .HEAD, .OPTIONS, .PATCH])
    func methods(_ method: HTTPMethod) async throws {
        let (answer, calls) = try await ask(method == .PUT || method == .PATCH ? Self.body() : "", by: method)
        #expect(answer.status == 405)
        #expect(calls.isEmpty)
    }

    @Test("a body of more than 8 KB is refused, with a length or without", arguments: [true, false])
    func tooLong(chunked: Bool) async throws {
        let identity = try NodeIdentity.make()
        try await withServer { server in
            server.answers.trust(identity.id)
            // A good request but for the spaces behind it.
            let body = Self.body() + String(repeating: " ", count: 9000)
            let head =
                chunked
                ? "transfer-encoding: chunked\r\n\r\n\(String(body.utf8.count, radix: 16))\r\n"
                : "content-length: \(body.utf8.count)\r\n\r\n"
            let answer = try await rawExchange(
                server.port, TLS.stranger(identity),
                "POST /v1/holds HTTP/1.1\r\nhost: a\r\n" + head + body + (chunked ? "\r\n0\r\n\r\n" : ""))
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            #expect(server.answers.calls.isEmpty)
        }
    }

    @Test("a body that never ends is given up")
    func slowBody() async throws {
        let identity = try NodeIdentity.make()
        var limits = ServerLimits.patient
        limits.bodyTime = .milliseconds(200)
        try await withServer(limits: limits) { server in
            server.answers.trust(identity.id)
            let text = "POST /v1/holds HTTP/1.1\r\nhost: a\r\ncontent-length: 999\r\n\r\n\(Self.body())"
            let answer = try await rawExchange(server.port, TLS.stranger(identity), text)
            #expect(answer == "")
            #expect(server.answers.calls.isEmpty)
        }
    }

    @Test("a stranger is promised nothing, and learns nothing")
    func stranger() async throws {
        let stranger = try NodeIdentity.make()
        try await withServer { server in
            server.answers.content.withLock { $0.mains[Self.image] = Self.main }
            try await withPlainClient(to: server, as: stranger) { send in
                for body in [Self.body(), Self.body(image: "\"\(sampleImage(1))\""), "x", ""] {
                    let answer = try await send(.POST, "/v1/holds", [:], body)
                    #expect(answer.status == 403)
                    #expect(answer.body == "")
                    #expect(answer.headers.map(\.name).sorted() == ["Connection", "Content-Length"])
                }
            }
            #expect(server.answers.calls.isEmpty)
        }
    }

    @Test("a peer that was unpaired a moment ago is promised nothing more")
    func unpaired() async throws {
        try await withPeer { server, client in
            server.answers.content.withLock { $0.mains[Self.image] = Self.main }
            _ = try await client.hold(Self.request)
            server.answers.trust(try #require(server.answers.content.withLock { $0.trusted.first }), false)
            let error = await #expect(throws: PeerError.self) { try await client.hold(Self.request) }
            #expect(error?.code == .unpaired)
            #expect(server.answers.calls.count == 1)
        }
    }

    @Test("a peer that is unpaired while its main is read gets no proof")
    func unpairedMeanwhile() async throws {
        let (reading, done) = (Event(), Event())
        let reread: @Sendable () async throws -> Int? = {
            reading.happen()
            await done.wait()
            return nil
        }
        try await withPeer(answers: { StubAnswers(id: $0, reread: reread) }) { server, client in
            server.answers.content.withLock { $0.mains[Self.image] = Self.main }
            try await withThrowingTaskGroup(of: PeerError?.self) { group in
                group.addTask { await #expect(throws: PeerError.self) { try await client.hold(Self.request) } }
                await reading.wait()
                server.answers.trust(try #require(server.answers.content.withLock { $0.trusted.first }), false)
                done.happen()
                let error = try await group.next() ?? nil
                #expect(error?.code == .unpaired)
            }
        }
    }

    @Test("a hold is given back by its nonce, as the protocol's page says, and again as often as wanted")
    func released() async throws {
        try await withPeer { server, client in
            for _ in 0..<2 { try await client.release(Self.request.nonce) }
            let node = try #require(server.answers.content.withLock { $0.trusted.first })
            let call = "release \(ImageID(Self.request.nonce)) by \(node)"
            #expect(server.answers.calls == [call, call])
            #expect(client.traffic[.holds].requests == 2)
        }
        // A node that promises nothing has nothing to end.
        try await withPeer { server, client in
            try await NoPromises(inner: server.answers).release(Self.request.nonce, by: client.peer)
        }
        let identity = try NodeIdentity.make()
        try await withServer { server in
            server.answers.trust(identity.id)
            let answer = try await withPlainClient(to: server, as: identity) {
                try await $0(.DELETE, "/v1/holds/\(sampleImage(9))", [:], "")
            }
            #expect(answer.status == 200)
            #expect(answer.body == "{}")
        }
    }

    @Test(
        "what is no request to give a hold back reaches nothing",
        arguments: [
            (HTTPMethod.GET, "\(sampleImage(9))", 405), (.POST, "\(sampleImage(9))", 405),
            (.DELETE, "", 404), (.DELETE, "\(sampleImage(9))0", 404),
            (.DELETE, String(repeating: "A", count: 64), 404), (.DELETE, "\(sampleImage(9))/", 404),
        ])
    func releasedWrongly(_ method: HTTPMethod, _ nonce: String, _ status: Int) async throws {
        let identity = try NodeIdentity.make()
        try await withServer { server in
            server.answers.trust(identity.id)
            let answer = try await withPlainClient(to: server, as: identity) {
                try await $0(method, "/v1/holds/\(nonce)", [:], method == .POST ? "{}" : "")
            }
            #expect(answer.status == status)
            #expect(server.answers.calls.isEmpty)
        }
    }

    @Test("a stranger gives nothing back")
    func strangerReleases() async throws {
        let stranger = try NodeIdentity.make()
        try await withServer { server in
            let answer = try await withPlainClient(to: server, as: stranger) {
                try await $0(.DELETE, "/v1/holds/\(sampleImage(9))", [:], "")
            }
            #expect(answer.status == 403)
            #expect(answer.body.isEmpty)
            #expect(server.answers.calls.isEmpty)
        }
    }

    @Test("a main is not read on for a peer that does not wait any more")
    func givenUp() async throws {
        let (reading, ended) = (Event(), Event())
        let reread: @Sendable () async throws -> Int? = {
            reading.happen()
            await Event().wait()
            if Task.isCancelled { ended.happen() }
            return nil
        }
        try await withPeer(answers: { StubAnswers(id: $0, reread: reread) }) { _, client in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) { try await client.hold(Self.request) }
                }
                await reading.wait()
                group.cancelAll()
            }
            await ended.wait()
        }
    }

    @Test("a hold is waited for while any other answer would have stalled")
    func patience() async throws {
        var limits = ClientLimits.patient
        limits.stall = .milliseconds(300)
        limits.progressBytes = 1
        let (reading, done) = (Event(), Event())
        let reread: @Sendable () async throws -> Int? = {
            reading.happen()
            await done.wait()
            return nil
        }
        try await withPeer(
            clientLimits: limits,
            answers: { id in
                StubAnswers(
                    id: id,
                    reduce: {
                        await Event().wait()
                        return []
                    }, reread: reread)
            }
        ) { server, client in
            server.answers.content.withLock { $0.mains[Self.image] = Self.main }
            try await withThrowingTaskGroup(of: HoldGrant.self) { group in
                group.addTask { try await client.hold(Self.request) }
                await reading.wait()
                // Begun later and given up: so the hold would have been, too.
                let error = await #expect(throws: PeerError.self) {
                    try await client.reducedCopy(of: Self.image, edge: 1, quality: 1, limit: 9)
                }
                #expect(error?.code == .stalled)
                done.happen()
                let grant = try await group.next()
                #expect(grant?.seconds == 300)
            }
        }
    }
}

/// A node that answers everything but holds.
private struct NoPromises: PeerAnswering {
    let inner: StubAnswers

    func isTrusted(_ node: NodeID) -> Bool { inner.isTrusted(node) }
    func summary() async throws -> NodeSummary { try await inner.summary() }
    func summary(unless digest: Digest, wait: Duration) async throws -> NodeSummary {
        try await inner.summary(unless: digest, wait: wait)
    }
    func digests(of range: SequenceRange, parts: Int) async throws -> [Digest] {
        try await inner.digests(of: range, parts: parts)
    }
    func records(in range: SequenceRange, limit: Int) async throws -> RecordLines {
        try await inner.records(in: range, limit: limit)
    }
    func reducedCopy(of image: ImageID, edge: Int, quality: Int, for node: NodeID) async throws -> [UInt8] {
        try await inner.reducedCopy(of: image, edge: edge, quality: quality, for: node)
    }
    func main(of image: ImageID, for node: NodeID) async throws -> any MainReading {
        try await inner.main(of: image, for: node)
    }
}
