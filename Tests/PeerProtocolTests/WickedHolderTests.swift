import HostilePeer
import Identity
import Model
import PeerProtocol
import Testing

/// Holders that answer a hold as none should.
@Suite(.timeLimit(.minutes(5))) struct WickedHolderTests {
    typealias Act = WickedPeer.Act

    static let proof = String(repeating: "a", count: 64)

    /// What comes of a hold of 300 seconds.
    func hold(
        limits: ClientLimits = .patient, seconds: Int = 300, _ script: @escaping @Sendable (String) -> [Act]
    ) async throws -> (result: Result<HoldGrant, any Error>, requests: [String]) {
        let (wicked, own) = (try NodeIdentity.make(), try NodeIdentity.make())
        return try await withWickedPeer(as: wicked, script: script) { address, requests in
            try await withClient(of: wicked.certificate, at: [address], as: own, limits: limits) { client in
                let request = HoldRequest(image: sampleImage(7), nonce: sampleImage(9).bytes, seconds: seconds)
                do {
                    let grant = try await client.hold(request)
                    return (.success(grant), requests())
                } catch {
                    return (.failure(error), requests())
                }
            }
        }
    }

    /// The error of a hold.
    func fault(
        limits: ClientLimits = .patient, seconds: Int = 300, _ script: @escaping @Sendable (String) -> [Act]
    ) async throws -> PeerError? {
        let result = try await hold(limits: limits, seconds: seconds, script).result
        return #expect(throws: PeerError.self) { try result.get() }
    }

    @Test(
        "an answer that is no grant is none",
        arguments: [
            "", "null", "[]", "{", "{}", "yes", String(repeating: "[", count: 20_000), "{\"seconds\":300}",
            "{\"proof\":\"\(proof)\"}", "{\"proof\":null,\"seconds\":300}", "{\"proof\":\"\",\"seconds\":300}",
            "{\"proof\":\"\(proof)a\",\"seconds\":300}", "{\"proof\":\"\(proof.dropLast())\",\"seconds\":300}",
            "{\"proof\":\"\(proof.dropLast(2))\",\"seconds\":300}", "{\"proof\":\"\(proof)aa\",\"seconds\":300}",
            "{\"proof\":\"\(proof.uppercased())\",\"seconds\":300}", "{\"proof\":\"\(proof)\",\"seconds\":\"300\"}",
            "{\"proof\":\"\(proof)\",\"seconds\":1.5}", "{\"proof\":\"\(proof)\",\"seconds\":null}",
        ])
    func garbage(_ body: String) async throws {
        let error = try await fault { _ in WickedPeer.answer("200 OK", [], body) }
        #expect(error?.code == .malformed)
        #expect(error?.isRetryable == false)
    }

    @Test("a promise of more than was asked for, or of no time, is none", arguments: [301, 3600, .max, 0, -1, .min])
    func seconds(_ seconds: Int) async throws {
        let error = try await fault { _ in
            WickedPeer.answer("200 OK", [], "{\"proof\":\"\(Self.proof)\",\"seconds\":\(seconds)}")
        }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains("\(seconds) seconds") == true)
        let good = try await hold { _ in
            WickedPeer.answer("200 OK", [], "{\"proof\":\"\(Self.proof)\",\"seconds\":300}")
        }
        #expect(try good.result.get().seconds == 300)
    }

    @Test("a request that is out of its range is no request, whatever is answered", arguments: [0, -1, .min])
    func ownFault(_ seconds: Int) async throws {
        let result = try await hold(seconds: seconds) { _ in
            WickedPeer.answer("200 OK", [], "{\"proof\":\"\(Self.proof)\",\"seconds\":\(seconds)}")
        }.result
        #expect(throws: PeerError.self) { try result.get() }
    }

    @Test(
        "a holder that never answers is given up, wherever it stops",
        arguments: [
            [Act.stall], [WickedPeer.text("HTTP/1.1 200 OK\r\ncontent-len")],
            [WickedPeer.text("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"proof\"")],
        ])
    func never(_ acts: [Act]) async throws {
        var limits = ClientLimits.patient
        limits.hold = .milliseconds(300)
        let error = try await fault(limits: limits) { _ in acts }
        #expect(error?.code == .stalled)
        #expect(error?.isRetryable == true)
    }

    @Test("a hold is not waited for beyond the time that was asked for")
    func tooLate() async throws {
        var limits = ClientLimits.patient
        // Longer than the suite may take.
        limits.hold = .seconds(3600)
        #expect(try await fault(limits: limits, seconds: 1) { _ in [.stall] }?.code == .stalled)
    }

    @Test("an endless answer stops at its limit")
    func endless() async throws {
        let head = WickedPeer.text("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        let chunk = Array("400\r\n\(String(repeating: "a", count: 1024))\r\n".utf8)
        #expect(try await fault { _ in [head, .endless(chunk)] }?.code == .tooLarge)
        let declared = WickedPeer.text("HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n")
        #expect(try await fault { _ in [declared] }?.code == .tooLarge)
    }

    @Test("a holder that resets or closes has promised nothing", arguments: [Act.reset, .close])
    func resets(_ act: Act) async throws {
        for begin in [
            "", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"proof\":\"\(Self.proof)\",\"seconds\":300}",
        ] {
            let error = try await fault { _ in begin.isEmpty ? [act] : [WickedPeer.text(begin), act] }
            #expect(error?.code == .disconnected)
            #expect(error?.isRetryable == true)
        }
    }

    @Test("a request that met a closing connection is sent again, whole")
    func again() async throws {
        let count = Counter()
        let (result, requests) = try await hold { _ in
            count.add()
            if count.value == 1 { return [.close] }
            return WickedPeer.answer("200 OK", [], "{\"proof\":\"\(Self.proof)\",\"seconds\":200}")
        }
        #expect(try result.get().seconds == 200)
        #expect(requests.count == 2)
        for request in requests {
            #expect(request.hasPrefix("POST /v1/holds HTTP/1.1\r\n"))
            #expect((request + "\r\n").lowercased().contains("content-length: \(HoldTests.body().utf8.count)\r\n"))
        }
    }

    @Test(
        "statuses become errors",
        arguments: [
            ("400 x", PeerError.Code.malformed), ("403 x", .unpaired), ("404 x", .notFound), ("409 x", .conflict),
            ("429 x", .busy), ("500 x", .failed), ("503 x", .busy), ("302 Found", .malformed), ("204 x", .malformed),
        ])
    func statuses(_ status: String, _ code: PeerError.Code) async throws {
        let good = "{\"proof\":\"\(Self.proof)\",\"seconds\":300}"
        let error = try await fault { _ in
            status.hasPrefix("204")
                ? [WickedPeer.text("HTTP/1.1 204 x\r\n\r\n")]
                : WickedPeer.answer(status, ["location: https://127.0.0.1:1/", "retry-after: 99999999"], good)
        }
        #expect(error?.code == code)
        #expect(error?.retryAfter == (code == .busy ? ClientLimits().retryAfter : nil))
    }
}
