import HostilePeer
import Model
import Testing

@testable import PeerProtocol

@Suite("Deflated lists") struct DeflateTests {
    private static let lines = (0..<5000).flatMap { Array("{\"seq\":\($0)}\n".utf8) }

    @Test("what was coded reads back, in whatever pieces it comes", arguments: [1, 7, 4096, 1 << 20])
    func roundTrip(piece: Int) throws {
        let coded = try #require(Deflate.encode(Self.lines))
        #expect(coded.count < Self.lines.count / 3)
        let decoder = Deflate.Decoder()
        var result: [UInt8] = []
        for start in stride(from: 0, to: coded.count, by: piece) {
            #expect(!decoder.isAtEnd)
            try decoder.take(Array(coded[start..<min(start + piece, coded.count)])) { result += $0 }
        }
        #expect(decoder.isAtEnd && result == Self.lines)
    }

    @Test("nothing codes to something that reads back as nothing")
    func empty() throws {
        let decoder = Deflate.Decoder()
        try decoder.take(try #require(Deflate.encode([]))) { #expect($0.isEmpty) }
        #expect(decoder.isAtEnd)
    }

    @Test("what is no such data, or goes on behind its end, is a fault")
    func faults() throws {
        var coded = try #require(Deflate.encode(Self.lines))
        #expect(throws: Deflate.Decoder.Fault.self) { try Deflate.Decoder().take(coded + [0]) { _ in } }
        #expect(throws: Deflate.Decoder.Fault.self) { try Deflate.Decoder().take(Array("hello".utf8)) { _ in } }
        coded[coded.count / 2] ^= 0xFF
        #expect(throws: Deflate.Decoder.Fault.self) { try Deflate.Decoder().take(coded) { _ in } }
    }

    @Test("the coding is used where it is asked for by its name")
    func accepted() {
        for field in ["deflate", "gzip, deflate", "deflate,br"] { #expect(Deflate.isAccepted(by: field)) }
        for field in [nil, "", "gzip", "deflate;q=0", "deflated"] { #expect(!Deflate.isAccepted(by: field)) }
    }
}

extension WickedPeerTests {
    private func list(_ body: [UInt8], coding: String = "deflate") async throws -> PeerError? {
        let head = "HTTP/1.1 200 OK\r\ncontent-encoding: \(coding)\r\ncontent-length: \(body.count)\r\n\r\n"
        var limits = ClientLimits.patient
        limits.pageBytes = 1 << 20
        return try await fault(limits: limits, { _ in [WickedPeer.text(head), .bytes(body)] }) {
            _ = try await $0.recordPage(in: .all)
        }
    }

    @Test("a list that a few bytes blow up to a gigabyte is given up at its limit")
    func bomb() async throws {
        let bomb = try #require(Deflate.encode([UInt8](repeating: 0x20, count: 1 << 30)))
        #expect(bomb.count < 8 << 20)
        #expect(try await list(bomb)?.code == .tooLarge)
    }

    @Test("a list in another coding, in none that it says, or cut off, is malformed")
    func badCoding() async throws {
        let good = try #require(Deflate.encode(Array("{}\n".utf8)))
        #expect(try await list(good, coding: "gzip")?.code == .malformed)
        #expect(try await list(Array("{}\n".utf8))?.code == .malformed)
        #expect(try await list(Array(good.dropLast(3)))?.code == .malformed)
    }
}
