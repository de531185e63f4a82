import Foundation
import HostilePeer
import Identity
import Model
import PeerProtocol

/// Pairs, and answers a request for its list with what never ends, or is far too long.
struct Bomb: Sendable {
    enum Kind: Sendable {
        /// A list that is small as it comes, and has no end once it is decoded.
        case deflate
        /// A list of lines without end.
        case endless
        /// A list with one line of a megabyte.
        case line
    }

    let kind: Kind
    let identity: NodeIdentity
    let invitation: Invitation

    func play(at host: String) async throws {
        let (news, source) = AsyncStream.makeStream(of: Void.self)
        let record = Array("{\"seq\":1,\"path\":\"\(String(repeating: "x", count: 1 << 20)).jpg\"}\n".utf8)
        var digest = Digest.empty
        digest.add(Fingerprint(line: record.dropLast()))
        let node =
            #"{"digest":"\#(digest)","free":1,"id":"\#(identity.id)","keep":"mains","last":1,"name":"liar","protocol":1}"#
        let script: @Sendable (String) -> [WickedPeer.Act] = { request in
            if request.hasPrefix("GET /v1/node?") { return [.stall] }
            if request.hasPrefix("GET /v1/node") { return WickedPeer.answer("200 OK", [], node) }
            guard request.hasPrefix("GET /v1/file-info?") else { return WickedPeer.answer("404 Not Found", [], "{}") }
            source.yield()
            switch kind {
            case .deflate:
                return [
                    Self.head("content-encoding: deflate"), .bytes(Self.deflated.first), .endless(Self.deflated.rest),
                ]
            case .endless: return [Self.head("content-type: application/x-ndjson"), .endless(Array("{}\n".utf8))]
            case .line: return [Self.head("content-length: \(record.count)"), .bytes(record)]
            }
        }
        try await withWickedPeer(as: identity, at: host, script: script) { address, _ in
            try await LyingPeer.serve(LyingPeer(id: identity.id), as: identity) { desk, _ in
                // The node is told of the port at which nothing but bombs is served.
                await desk.listens(on: address.port)
                _ = try await desk.join(invitation)
            }
            for await _ in news { break }
            try Told(event: "asked").say()
            await Cues().end()
        }
        try Told(event: "end").say()
    }

    private static func head(_ field: String) -> WickedPeer.Act {
        WickedPeer.text("HTTP/1.1 200 OK\r\n\(field)\r\n\r\n")
    }

    /// A stream of zlib (RFC 1950) with one block of fixed codes (RFC 1951, 3.2.6): the letter x, and then copies of the
    /// last byte, 258 bytes each, of 13 bits each. Eight of these are 13 bytes, which are the same again and again.
    private static let deflated: (first: [UInt8], rest: [UInt8]) = {
        // Not the last block; fixed codes, their number's lower bit first; x.
        var bits = [0, 1, 0] + [1, 0, 1, 0, 1, 0, 0, 0]
        // The code for a length of 258, and that for a distance of 1.
        for _ in 0..<16 { bits += [1, 1, 0, 0, 0, 1, 0, 1] + [0, 0, 0, 0, 0] }
        let bytes = (0..<bits.count / 8).map { byte in
            (0..<8).reduce(UInt8(0)) { $0 | UInt8(bits[byte * 8 + $1]) << UInt8($1) }
        }
        return ([0x78, 0x01] + bytes[..<2], Array(repeatElement(bytes[2..<15], count: 1000).joined()))
    }()
}
