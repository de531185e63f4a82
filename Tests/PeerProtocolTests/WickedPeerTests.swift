import Crypto
import HostilePeer
import Identity
import Model
import NIOCore
import NIOSSL
import Synchronization
import Testing

@testable import PeerProtocol

@Suite(.timeLimit(.minutes(5))) struct WickedPeerTests {
    typealias Act = WickedPeer.Act

    /// Limits that end in a moment what would end in half a minute.
    static var short: ClientLimits {
        var limits = ClientLimits()
        limits.stall = .milliseconds(300)
        limits.connect = .milliseconds(1500)
        return limits
    }

    /// Asks a wicked peer once, and gives the error.
    func fault(
        limits: ClientLimits = .patient, _ script: @escaping @Sendable (String) -> [Act],
        _ ask: (PeerClient) async throws -> Void
    ) async throws -> PeerError? {
        let (wicked, own) = (try NodeIdentity.make(), try NodeIdentity.make())
        return try await withWickedPeer(as: wicked, script: script) { address, _ in
            try await withClient(of: wicked.certificate, at: [address], as: own, limits: limits) { client in
                let error = await #expect(throws: PeerError.self) { try await ask(client) }
                #expect(error?.message.contains(wicked.id.short) == true || error?.message.contains("protocol") == true)
                return error
            }
        }
    }

    @Test("another key at the address is another machine, and it is sent nothing", arguments: [true, false])
    func otherKey(signedByThePinned: Bool) async throws {
        let (pinned, own, other) = (try NodeIdentity.make(), try NodeIdentity.make(), try NodeIdentity.make())
        let (leaf, key) =
            signedByThePinned
            ? try TestCertificates.signed(by: pinned)
            : (
                try NIOSSLCertificate(bytes: other.certificate.der, format: .der),
                try NIOSSLPrivateKey(bytes: Array(other.key.derRepresentation), format: .der)
            )
        let chain =
            signedByThePinned ? [leaf, try NIOSSLCertificate(bytes: pinned.certificate.der, format: .der)] : [leaf]
        try await withWickedPeer(chain, key: key, script: { _ in WickedPeer.answer("200 OK", [], "{}") }) {
            address, requests in
            try await withClient(of: pinned.certificate, at: [address], as: own) { client in
                for _ in 0..<2 {
                    let error = await #expect(throws: PeerError.self) { try await client.summary() }
                    #expect(error?.code == .wrongPeer)
                    #expect(error?.isRetryable == true)
                }
                #expect(client.lastAddress == nil)
            }
            #expect(requests().isEmpty)
        }
    }

    @Test(
        "an answer with several mains that is not what was asked for is refused",
        arguments: [
            ("3\nabc2\nxy", nil), ("3\nabc0\n", nil), ("0\n0\n", nil), ("4\nabcd2\nxy", .malformed),
            ("3\nabc2\nxyz", .malformed), ("3\nabc2\nxy0\n", .malformed), ("3\nabc2\nx", .disconnected),
            ("3\nabc", .disconnected), ("", .disconnected), ("\n", .malformed), ("3 \nabc", .malformed),
            ("-3\nabc", .malformed), ("99999999999999999999\n", .malformed), ("3\r\nabc", .malformed),
        ] as [(String, PeerError.Code?)])
    func several(_ body: String, _ code: PeerError.Code?) async throws {
        let wanted = [(ImageID(of: Array("abc".utf8)), Int64(3)), (ImageID(of: Array("xy".utf8)), Int64(2))]
        var reader = SeveralMains.Reader(sizes: wanted.map(\.1))
        // As it may come: byte by byte.
        for byte in body.utf8 { try? reader.take(ByteBuffer(bytes: [byte])) }
        #expect(reader.mains.count <= 2)
        let script: @Sendable (String) -> [Act] = { _ in WickedPeer.answer("200 OK", [], body) }
        guard let code else {
            #expect(reader.isOver)
            return
        }
        let error = try await fault(script) { _ = try await $0.mains(wanted) }
        #expect(error?.code == code)
    }

    @Test("addresses are tried in turn, and the one that answers moves to the front")
    func addresses() async throws {
        let (stranger, own) = (try NodeIdentity.make(), try NodeIdentity.make())
        try await withServer { server in
            server.answers.trust(own.id)
            try await withWickedPeer(as: stranger, script: { _ in [] }) { wrong, _ in
                let nobody = try #require(PeerAddress("127.0.0.1:1"))
                let right = try server.address
                let all = [nobody, wrong, right]
                try await withClient(of: server.identity.certificate, at: all, as: own) { client in
                    _ = try await client.summary()
                    #expect(client.addresses == [right, nobody, wrong])
                    client.use([wrong, right])
                    #expect(client.addresses == [right, wrong])
                    client.use([])
                    let error = await #expect(throws: PeerError.self) { try await client.summary() }
                    #expect(error?.code == .unreachable)
                    client.use([nobody])
                    let refused = await #expect(throws: PeerError.self) { try await client.summary() }
                    #expect(refused?.code == .unreachable)
                    #expect(
                        refused?.message(calling: "nas")
                            == "nas cannot be reached at 127.0.0.1:1: check that it runs and is on this network")
                    #expect(refused?.message.contains("127.0.0.1:1") == true)
                }
            }
        }
    }

    @Test("an endless body stops at its limit")
    func endless() async throws {
        let head = WickedPeer.text("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        let chunk = Array("400\r\n\(String(repeating: "a", count: 1024))\r\n".utf8)
        let script: @Sendable (String) -> [Act] = { _ in [head, .endless(chunk)] }
        let copy = try await fault(script) {
            _ = try await $0.reducedCopy(of: sampleImage(1), edge: 1, quality: 1, limit: 100_000)
            Issue.record("there is no end")
        }
        #expect(copy?.code == .tooLarge)
        #expect(try await fault(script) { _ = try await $0.summary() }?.code == .tooLarge)
        #expect(try await fault(script) { _ = try await $0.digests(of: .all, parts: 16) }?.code == .tooLarge)
        var small = ClientLimits.patient
        small.pageBytes = 100_000
        #expect(try await fault(limits: small, script) { _ = try await $0.recordPage(in: .all) }?.code == .tooLarge)
        let got = Mutex(0)
        let main = try await fault(script) {
            try await $0.main(of: sampleImage(1), from: 0, size: 100_000) { chunk in got.withLock { $0 += chunk.count }
            }
        }
        #expect(main?.code == .malformed)
        #expect(got.withLock { $0 } <= 100_000)
    }

    @Test("of a main that breaks off, what came is handed over, to go on from there")
    func brokenOff() async throws {
        let script: @Sendable (String) -> [Act] = { _ in
            [
                WickedPeer.text("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n"),
                .bytes([UInt8](repeating: 7, count: 1000)), .close,
            ]
        }
        let got = Mutex<[UInt8]>([])
        let error = try await fault(script) {
            try await $0.main(of: sampleImage(1), from: 0, size: 100_000) { piece in got.withLock { $0 += piece } }
        }
        #expect(error?.code == .disconnected)
        #expect(got.withLock { $0 } == [UInt8](repeating: 7, count: 1000))
    }

    @Test("a reduced copy that says that it is too large is not read")
    func declared() async throws {
        let script: @Sendable (String) -> [Act] = { _ in
            [WickedPeer.text("HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n")]
        }
        let error = try await fault(script) {
            _ = try await $0.reducedCopy(of: sampleImage(1), edge: 1, quality: 1, limit: 1000)
        }
        #expect(error?.code == .tooLarge)
    }

    @Test(
        "a peer that stalls is given up, wherever it stalls",
        arguments: [
            [Act.stall], [WickedPeer.text("HTTP/1.1 200 OK\r\ncontent-len")],
            [WickedPeer.text("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"id\"")],
        ])
    func stalls(_ acts: [Act]) async throws {
        let error = try await fault(limits: Self.short, { _ in acts }) { _ = try await $0.summary() }
        #expect(error?.code == .stalled)
        #expect(error?.isRetryable == true)
    }

    @Test("a peer that resets or closes is given up, wherever it does", arguments: [Act.reset, .close])
    func resets(_ act: Act) async throws {
        for begin in [
            "", "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
        ] {
            let error = try await fault({ _ in begin.isEmpty ? [act] : [WickedPeer.text(begin), act] }) {
                _ = try await $0.reducedCopy(of: sampleImage(1), edge: 1, quality: 1, limit: 10_000)
            }
            #expect(error?.code == .disconnected)
            #expect(error?.isRetryable == true)
        }
    }

    @Test(
        "statuses become errors, and what the peer says is cleaned",
        arguments: [
            ("500 Internal", PeerError.Code.failed), ("502 x", .failed), ("503 x", .busy), ("429 x", .busy),
            ("404 x", .notFound), ("403 x", .unpaired), ("409 x", .conflict), ("422 x", .unprocessable),
            ("507 x", .noSpace), ("302 Found", .malformed), ("418 x", .malformed), ("204 x", .malformed),
        ])
    func statuses(_ status: String, _ code: PeerError.Code) async throws {
        let body = "{\"error\":\"no\\u001b[31m\\n" + String(repeating: "x", count: 5000) + "\"}"
        let script: @Sendable (String) -> [Act] = { _ in
            status.hasPrefix("204")
                ? [WickedPeer.text("HTTP/1.1 204 x\r\n\r\n")]
                : WickedPeer.answer(status, ["location: https://127.0.0.1:1/", "retry-after: 99999999"], body)
        }
        let error = try await fault(script) { _ = try await $0.summary() }
        #expect(error?.code == code)
        #expect(error?.message.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } == true)
        #expect((error?.message.count ?? 0) < 500)
        if code == .busy { #expect(error?.retryAfter == ClientLimits().retryAfter) }
    }

    @Test(
        "an answer that is no answer is malformed",
        arguments: [
            "", "null", "[]", "{", "{\"id\":\"x\"}", String(repeating: "[", count: 20_000),
            "{\"id\":\"\(NodeID(.random()))\",\"name\":\"other\",\"protocol\":1,\"digest\":\"\(Digest.empty)\",\"last\":0,\"keep\":\"mains\",\"free\":0}",
        ])
    func nonsense(_ body: String) async throws {
        let error = try await fault({ _ in WickedPeer.answer("200 OK", [], body) }) { _ = try await $0.summary() }
        #expect(error?.code == .malformed)
        let digests = try await fault({ _ in WickedPeer.answer("200 OK", [], body) }) {
            _ = try await $0.digests(of: .all, parts: 16)
        }
        #expect(digests?.code == .malformed)
    }

    @Test("what is no HTTP is an error", arguments: ["hello\r\n\r\n", "HTTP/1.1 OK\r\n\r\n", "\u{0}\u{1}"])
    func noHTTP(_ text: String) async throws {
        let error = try await fault(limits: Self.short, { _ in [WickedPeer.text(text), .close] }) {
            _ = try await $0.summary()
        }
        #expect(error != nil)
    }

    @Test("an endless head is given up")
    func endlessHead() async throws {
        let error = try await fault(
            limits: Self.short,
            { _ in
                [
                    WickedPeer.text("HTTP/1.1 200 OK\r\n"),
                    .endless(Array("x: \(String(repeating: "a", count: 900))\r\n".utf8)),
                ]
            }
        ) { _ = try await $0.summary() }
        #expect(error != nil)
    }

    @Test("digests that do not fit their ranges are malformed")
    func digests() async throws {
        let range = SequenceRange(from: 0, to: 32)
        for digests in [
            Array(repeating: Digest.empty, count: 15), Array(repeating: Digest.empty, count: 17),
            Array(repeating: Digest(sum: 1, count: 3), count: 16),
        ] {
            let body = "{\"digests\":[\(digests.map { "\"\($0)\"" }.joined(separator: ","))]}"
            let error = try await fault({ _ in WickedPeer.answer("200 OK", [], body) }) {
                _ = try await $0.digests(of: range, parts: 16)
            }
            #expect(error?.code == .malformed)
        }
    }

    /// The page that a client reads of a body.
    func page(_ body: String, _ headers: [String] = [], in range: SequenceRange = SequenceRange(from: 10, to: 20))
        async throws -> RecordPage
    {
        let (wicked, own) = (try NodeIdentity.make(), try NodeIdentity.make())
        return try await withWickedPeer(as: wicked, script: { _ in WickedPeer.answer("200 OK", headers, body) }) {
            address, _ in
            try await withClient(of: wicked.certificate, at: [address], as: own) { try await $0.recordPage(in: range) }
        }
    }

    static func line(_ record: Record) -> String { String(decoding: record.line, as: UTF8.self) }

    @Test("a record line of a megabyte is skipped, and the others are read")
    func megabyte() async throws {
        let records = sampleRecords(14)
        let long = "{\"seq\":12,\"path\":\"" + String(repeating: "a", count: 1 << 20) + "\"}"
        let page = try await page(
            [Self.line(records[10]), long, Self.line(records[12])].joined(separator: "\n") + "\n")
        #expect(page.records.map(\.sequence) == [11, 12, 13])
        #expect(throws: Record.Refusal.self) { try page.records[1].content.get() }
        #expect(page.records[1].fingerprint == Fingerprint(line: Array(long.utf8)))
        #expect(try page.records[2].content.get() == records[12])
    }

    @Test("lines that are no records are refused alone, with their fingerprint and, where they tell it, their place")
    func refusals() async throws {
        let good = sampleRecords(14)
        let path = Self.line(good[11]).replacing("2026/IMG_12.JPG", with: "../../etc/passwd")
        let lines = [
            Self.line(good[10]), path, "garbage", "{\"seq\":13,\"path\":5}", "", Self.line(good[10]),
            Self.line(good[1]),
            Self.line(good[13]),
        ]
        let page = try await page(lines.joined(separator: "\n"))
        #expect(page.records.map(\.sequence) == [11, 12, nil, 13, nil, nil, 14])
        #expect(page.records.filter { (try? $0.content.get()) != nil }.count == 2)
        for (entry, line) in zip(page.records, lines.filter { !$0.isEmpty }) {
            #expect(entry.fingerprint == Fingerprint(line: Array(line.utf8)))
        }
        guard case .failure(let refusal) = page.records[1].content else {
            Issue.record("a path out of the library")
            return
        }
        #expect(refusal.reason.contains("path"))
    }

    @Test("a page that does not lead on is malformed", arguments: ["10", "9", "11", "20", "99", "-1", "x", "", "12x"])
    func circles(_ next: String) async throws {
        let body = Self.line(sampleRecords(12)[10])
        let error = await #expect(throws: PeerError.self) { try await page(body, ["mainstay-next: \(next)"]) }
        #expect(error?.code == .malformed)
        await #expect(throws: PeerError.self) { try await page("", ["mainstay-next: 12"]) }
    }

    @Test("a page with more records than were asked for is malformed")
    func tooMany() async throws {
        let body = sampleRecords(30).map(Self.line).joined(separator: "\n")
        var limits = ClientLimits.patient
        limits.records = 29
        let error = try await fault(limits: limits, { _ in WickedPeer.answer("200 OK", [], body) }) {
            _ = try await $0.recordPage(in: .all)
        }
        #expect(error?.code == .malformed)
    }

    @Test("a list without end is given up")
    func billion() async throws {
        var limits = ClientLimits.patient
        limits.walk = 50
        let error = try await fault(
            limits: limits,
            { request in
                // One record a page, for ever.
                let from = Int(request.split(separator: "from=")[1].prefix { $0.isNumber }) ?? 0
                var record = sampleRecords(1)[0]
                record.sequence = Int64(from + 1)
                return WickedPeer.answer("200 OK", ["mainstay-next: \(from + 2)"], Self.line(record))
            }
        ) { client in
            var count = 0
            for try await _ in client.records(in: .all) { count += 1 }
            Issue.record("\(count) records")
        }
        #expect(error?.code == .tooLarge)
    }

    @Test(
        "a main that is not the one that its record tells of is refused",
        arguments: [
            ("200 OK", "content-length: 10", 0), ("200 OK", "content-length: 8", 0), ("200 OK", "content-length: 9", 3),
            ("206 x", "content-range: bytes 2-8/9\r\ncontent-length: 6", 3),
            ("206 x", "content-range: bytes 3-8/10\r\ncontent-length: 6", 3),
            ("206 x", "content-range: bytes 3-9/9\r\ncontent-length: 6", 3), ("206 x", "content-length: 6", 3),
        ])
    func mains(_ status: String, _ headers: String, _ offset: Int) async throws {
        let script: @Sendable (String) -> [Act] = { _ in
            [WickedPeer.text("HTTP/1.1 \(status)\r\n\(headers)\r\n\r\n0123456789")]
        }
        let error = try await fault(script) {
            try await $0.main(of: sampleImage(1), from: Int64(offset), size: 9) { _ in Issue.record("taken") }
        }
        #expect(error?.code == .malformed)
    }

    @Test("a peer that sends a byte now and then is stalled")
    func trickle() {
        let now = ContinuousClock.now
        func goesOn(_ chunks: [(bytes: Int, second: Int)]) -> [Bool] {
            var progress = Progress(least: 100, in: .seconds(30), at: now)
            return chunks.map { progress.received($0.bytes, at: now + .seconds($0.second)) }
        }
        #expect(goesOn((1..<30).map { (1, $0) }).allSatisfy { $0 })
        #expect(goesOn((1...30).map { (1, $0) }).last == false)
        #expect(goesOn([(99, 29), (1, 59), (99, 89)]) == [true, true, false])
    }
}
