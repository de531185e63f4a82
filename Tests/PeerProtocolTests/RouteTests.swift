import Identity
import Model
import NIOHTTP1
import PeerProtocol
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct RouteTests {
    @Test("a paired peer gets what it asks for")
    func values() async throws {
        let image = sampleImage(7)
        try await withPeer { server, client in
            server.answers.content.withLock {
                $0.records = sampleRecords(40)
                $0.mains[image] = Array("the main".utf8)
            }
            let summary = try await client.summary()
            #expect(summary.id == server.identity.id)
            #expect(summary.name.description == "stub")
            #expect(summary.digest == StubAnswers.digest(sampleRecords(40)))
            #expect(summary.last == 40 && summary.keep == .mains && summary.freeBytes == 12)
            #expect(try await client.summary(unless: .empty, wait: .seconds(60)) == summary)
            let range = SequenceRange(from: 0, to: 41)
            let digests = try await client.digests(of: range, parts: 16)
            #expect(digests.count == range.split(into: 16).count)
            #expect(digests.reduce(.empty, +) == summary.digest)
            var records: [Record] = []
            var sum = Digest.empty
            for try await entry in client.records(in: range) {
                records.append(try entry.content.get())
                sum.add(entry.fingerprint)
            }
            #expect(records == sampleRecords(40))
            #expect(sum == summary.digest)
            #expect(
                try await client.reducedCopy(of: image, edge: 2048, quality: 85, limit: 1000) == [0xFF, 0xD8, 0xFF])
            let kept = KeptPicture(main: PixelsDigest(image.bytes), copy: PixelsDigest(sampleImage(9).bytes))
            let head = try await client.reducedCopy(of: image, edge: 2048, quality: 85, keeping: kept, limit: 1000)
            #expect(head == [0xFF, 0xE1, 0, 2])
            #expect(server.answers.calls.last == "head 2048 85 \(image) \(sampleImage(9))")
            var main: [UInt8] = []
            try await client.main(of: image, from: 0, size: 8) { main += $0 }
            #expect(String(decoding: main, as: UTF8.self) == "the main")
            #expect(client.lastAddress == (try server.address))
        }
    }

    @Test("pages follow one another to the end of the list")
    func pages() async throws {
        var limits = ServerLimits.patient
        limits.records = 7
        try await withPeer(limits: limits) { server, client in
            server.answers.content.withLock { $0.records = sampleRecords(40) }
            var records: [Record] = []
            for try await entry in client.records(in: .all) { records.append(try entry.content.get()) }
            #expect(records == sampleRecords(40))
            #expect(server.answers.calls.count == 6)
            #expect(try await client.recordPage(in: SequenceRange(from: 5, to: 9), limit: 2).next == 7)
        }
    }

    @Test("a main is resumed from any byte, and its file is let go of")
    func resume() async throws {
        let image = sampleImage(7)
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        try await withPeer { server, client in
            server.answers.content.withLock { $0.mains[image] = bytes }
            for offset in [0, 1, 499_999, 999_999] {
                var got: [UInt8] = []
                try await client.main(of: image, from: Int64(offset), size: Int64(bytes.count)) { got += $0 }
                #expect(got == Array(bytes[offset...]))
            }
            try await client.main(of: image, from: 1_000_000, size: 1_000_000) { _ in Issue.record("nothing is left") }
            await #expect(throws: PeerError.self) { try await client.main(of: image, from: 0, size: 999) { _ in } }
            await #expect(throws: PeerError.self) { try await client.main(of: image, from: 9, size: 999) { _ in } }
            await #expect(throws: PeerError.self) {
                try await client.main(of: sampleImage(8), from: 0, size: 9) { _ in }
            }
        }
    }

    @Test("several small mains come in one answer, and one that is not there keeps none of them back")
    func together() async throws {
        let bytes = (0..<5).map { [UInt8](repeating: UInt8($0), count: 10_000 * $0 + 1) }
        let images = (0..<5).map { sampleImage(UInt8($0)) }
        let wanted = zip(images, bytes).map { ($0, Int64($1.count)) }
        var limits = ServerLimits.patient
        limits.bytesTogether = 80_000
        try await withPeer(limits: limits) { server, client in
            #expect(try await client.summary().mainsTogether == 64)
            #expect(try await client.summary().reduces == [.jpeg, .heic])
            server.answers.content.withLock { content in
                for index in [0, 1, 3, 4] { content.mains[images[index]] = bytes[index] }
            }
            let mains = try await client.mains(wanted)
            // The third is not there, and there is no room for the last beside the others.
            #expect(mains.map { $0.map { Array($0) } } == [bytes[0], bytes[1], nil, bytes[3], nil])
            #expect(try await client.mains([]).isEmpty)
            let error = await #expect(throws: PeerError.self) { try await client.mains([(images[1], 10_000)]) }
            #expect(error?.code == .malformed)
            let (opened, closed) = server.answers.content.withLock { ($0.opened, $0.closed) }
            #expect(opened == 5 && closed == 5)
        }
    }

    @Test(
        "what is no list of images is refused",
        arguments: [
            "", "?images=", "?images=abc", "?images=\(sampleImage(1)),", "?images=\(sampleImage(1)),abc",
            "?images=" + Array(repeating: "\(sampleImage(1))", count: 65).joined(separator: ","),
        ])
    func noImages(query: String) async throws {
        let identity = try NodeIdentity.make()
        try await withServer { server in
            server.answers.trust(identity.id)
            let answer = try await withPlainClient(to: server, as: identity) {
                try await $0(.GET, "/v1/mains\(query)", [:], "")
            }
            #expect(answer.status == 400)
            #expect(server.answers.calls.isEmpty)
        }
    }

    @Test(
        "a range is answered as HTTP says",
        arguments: [
            ("bytes=0-3", 206, "0123", "bytes 0-3/10"), ("bytes=7-", 206, "789", "bytes 7-9/10"),
            ("bytes=-2", 206, "89", "bytes 8-9/10"), ("bytes=5-99", 206, "56789", "bytes 5-9/10"),
            ("bytes=-99", 206, "0123456789", "bytes 0-9/10"), ("bytes=10-", 416, "", "bytes */10"),
            ("bytes=-0", 416, "", "bytes */10"), ("bytes=99999999999999999999-", 200, "0123456789", ""),
            ("bytes=3-1", 200, "0123456789", ""), ("bytes=1-2,4-5", 200, "0123456789", ""),
            ("items=1-2", 200, "0123456789", ""), ("bytes=a-b", 200, "0123456789", ""),
            ("bytes=-", 200, "0123456789", ""),
        ])
    func range(_ field: String, _ status: Int, _ body: String, _ content: String) async throws {
        let identity = try NodeIdentity.make()
        let image = sampleImage(7)
        try await withServer { server in
            server.answers.trust(identity.id)
            server.answers.content.withLock { $0.mains[image] = Array("0123456789".utf8) }
            let answer = try await withPlainClient(to: server, as: identity) {
                try await $0(.GET, "/v1/mains/\(image)", ["Range": field], "")
            }
            #expect(answer.status == status)
            #expect(answer.headers.first(name: "content-range") ?? "" == content)
            if status != 416 { #expect(answer.body == body) }
            let (opened, closed) = server.answers.content.withLock { ($0.opened, $0.closed) }
            #expect(opened == 1 && closed == 1)
        }
    }

    static let nonsense: [String] = [
        "/v1/mains/../../etc/passwd", "/v1/mains/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/v1/mains//etc/passwd",
        "/v1/mains/" + String(repeating: "a", count: 63), "/v1/mains/" + String(repeating: "A", count: 64),
        "/v1/mains/" + String(repeating: "a", count: 64) + "/",
        "/v1/mains/" + String(repeating: "a", count: 63) + "%61",
        "/v1/reduced/../mains?edge=1&quality=1", "/v1/reduced/..%2f..%2fx?edge=1&quality=1",
        "/v1/reduced/\u{2215}?edge=1&quality=1",
        "/v1/node/", "/v1/node/../node", "//v1/node", "/V1/node", "/v1/%6eode", "/v2/node", "/", "/v1", "/v1/pairing/",
        "/v1/file-info/digest?from=0&to=../..&parts=16", "/v1/file-info/digest?from=-1&to=5",
        "/v1/file-info/digest?to=5",
        "/v1/file-info/digest?from=5&to=4", "/v1/file-info/digest?from=0&to=5&parts=0",
        "/v1/file-info/digest?from=0&to=5&parts=257",
        "/v1/file-info/digest?from=0&to=99999999999999999999", "/v1/file-info/digest?from=0&to=9007199254740993",
        "/v1/file-info?from=0&to=5&limit=0", "/v1/file-info?from=0x0&to=5", "/v1/file-info?from=0&from=1&to=5",
        "/v1/file-info?from=%30&to=5", "/v1/file-info?from", "/v1/node?unless=../../x", "/v1/node?unless=&wait=1",
        "/v1/node?wait=1e9", "/v1/node?wait=-1", "/v1/node?wait=99999",
        "/v1/reduced/\(sampleImage(1))", "/v1/reduced/\(sampleImage(1))?edge=0&quality=85",
        "/v1/reduced/\(sampleImage(1))?edge=65536&quality=85", "/v1/reduced/\(sampleImage(1))?edge=1&quality=101",
        "/v1/reduced/\(sampleImage(1))?edge=../..&quality=85",
        "/v1/reduced/\(sampleImage(1))?edge=1&quality=85&pixels=0&coded=0",
    ]

    @Test("what is not exactly the protocol reaches nothing", arguments: nonsense)
    func refused(_ path: String) async throws {
        let identity = try NodeIdentity.make()
        try await withServer { server in
            server.answers.trust(identity.id)
            let answer = try await withPlainClient(to: server, as: identity) { try await $0(.GET, path, [:], "") }
            #expect([400, 404].contains(answer.status))
            #expect(answer.body.hasPrefix("{\"error\":\""))
            #expect(server.answers.calls.isEmpty)
        }
    }

    @Test("other methods are refused", arguments: [HTTPMethod.POST, .PUT, .DELETE, .HEAD, .OPTIONS, .PATCH])
    func methods(_ method: HTTPMethod) async throws {
        let identity = try NodeIdentity.make()
        try await withServer { server in
            server.answers.trust(identity.id)
            let answer = try await withPlainClient(to: server, as: identity) {
                try await $0(method, "/v1/node", [:], "")
            }
            #expect(answer.status == 405)
            #expect(server.answers.calls.isEmpty)
        }
    }

    @Test("what a node refuses reaches the asking one with its sentence", arguments: PeerRefusal.Code.allCases)
    func refusals(_ code: PeerRefusal.Code) async throws {
        try await withPeer(answers: { id in
            StubAnswers(id: id, reduce: { throw PeerRefusal(code, "because of this", retryAfter: .milliseconds(6500)) })
        }) { _, client in
            let error = await #expect(throws: PeerError.self) {
                try await client.reducedCopy(of: sampleImage(1), edge: 1, quality: 1, limit: 9)
            }
            let expected: PeerError.Code =
                switch code {
                case .forbidden: .unpaired
                case .notFound: .notFound
                case .conflict: .conflict
                case .unprocessable: .unprocessable
                case .tooMany, .busy: .busy
                case .internalFault: .failed
                case .noSpace: .noSpace
                case .badRequest, .methodNotAllowed, .tooLarge, .rangeNotSatisfiable: .malformed
                }
            #expect(error?.code == expected)
            #expect(error?.peer == client.peer)
            if expected == .busy { #expect(error?.retryAfter == .seconds(7)) }
            if expected == .notFound { #expect(error?.message.contains("because of this") == true) }
        }
    }

    @Test("a fault inside a node tells nothing of its inside")
    func inside() async throws {
        struct Secret: Error, CustomStringConvertible { var description: String { "/home/anna/Pictures/secret.jpg" } }
        let identity = try NodeIdentity.make()
        try await withServer(answers: { StubAnswers(id: $0, reduce: { throw Secret() }) }) { server in
            server.answers.trust(identity.id)
            let answer = try await withPlainClient(to: server, as: identity) {
                try await $0(.GET, "/v1/reduced/\(sampleImage(1))?edge=1&quality=1", [:], "")
            }
            #expect(answer.status == 500)
            #expect(!answer.body.contains("anna"))
        }
    }

    @Test("identical libraries of 100,000 records meet for under 2 KB and fetch no record")
    func equalDigests() async throws {
        try await withPeer { server, client in
            server.answers.content.withLock { $0.records = sampleRecords(100_000) }
            let mine = StubAnswers.digest(sampleRecords(100_000))
            let summary = try await client.summary()
            #expect(summary.digest == mine)
            let total = client.traffic.total
            #expect(total.requests == 1)
            #expect(total.sent + total.received < 2048)
            #expect(total.sent > 0 && total.received > 0)
            #expect(client.traffic[.records].requests == 0)
            print("an exchange of equal digests: \(total.sent) bytes sent, \(total.received) received")
        }
    }
}
