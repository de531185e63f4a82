import AsyncHTTPClient
import Identity
import Model
import NIOCore
import NIOHTTP1

/// Reads the body of a peer's answer within limits.
struct AnswerReader {
    let headers: HTTPHeaders
    let status: HTTPResponseStatus
    let peer: NodeID
    let limits: ClientLimits

    private let address: PeerAddress
    private let traffic: Traffic
    private let kind: Traffic.Kind
    private var body: HTTPClientResponse.Body.AsyncIterator
    private var progress: Progress

    init(
        _ response: HTTPClientResponse, peer: NodeID, address: PeerAddress, limits: ClientLimits, traffic: Traffic,
        kind: Traffic.Kind
    ) {
        headers = response.headers
        status = response.status
        self.peer = peer
        self.limits = limits
        self.address = address
        self.traffic = traffic
        self.kind = kind
        body = response.body.makeAsyncIterator()
        progress = Progress(least: limits.progressBytes, in: limits.stall, at: .now)
    }

    /// The next piece; nil at the end.
    mutating func next() async throws -> ByteBuffer? {
        let chunk: ByteBuffer?
        do {
            chunk = try await body.next()
        } catch {
            throw PeerError.of(error, peer: peer, address: address)
        }
        guard let chunk else { return nil }
        traffic.add(kind, received: chunk.readableBytes)
        guard progress.received(chunk.readableBytes, at: .now) else {
            throw PeerError(
                .stalled, "\(peer.short) sends too slowly to be any use: check its network, it is tried again later",
                peer: peer)
        }
        return chunk
    }

    /// The whole body, at most `limit` bytes.
    mutating func all(limit: Int) async throws -> [UInt8] {
        if let length = headers.first(name: "content-length").flatMap({ Int($0) }), length > limit {
            throw tooLarge(limit)
        }
        var bytes: [UInt8] = []
        while let chunk = try await next() {
            guard bytes.count + chunk.readableBytes <= limit else { throw tooLarge(limit) }
            bytes += chunk.readableBytesView
        }
        return bytes
    }

    /// The whole body as JSON.
    mutating func json<Value: Decodable>(_ type: Value.Type) async throws -> Value {
        let bytes = try await all(limit: limits.answerBytes)
        do {
            return try Wire.decode(type, from: bytes)
        } catch {
            throw malformed("is not the JSON that was asked for", cause: error)
        }
    }

    /// The error of an answer that is no good one.
    mutating func refusal() async throws -> PeerError {
        let bytes = (try? await all(limit: limits.answerBytes)) ?? []
        try Task.checkCancellation()
        let sentence = (try? Wire.decode(Wire.Fault.self, from: bytes))?.error
        return PeerError.of(
            status: Int(status.code), sentence: sentence, retryAfter: headers.first(name: "retry-after"), peer: peer,
            limits: limits)
    }

    func malformed(_ fault: String, cause: (any Error)? = nil) -> PeerError {
        PeerError(
            .malformed, "an answer of \(peer.short) \(fault): check that both machines run the same version",
            peer: peer, cause: cause)
    }

    func tooLarge(_ limit: Int) -> PeerError {
        PeerError(
            .tooLarge, "an answer of \(peer.short) is larger than \(limit) bytes and was given up: check that machine",
            peer: peer)
    }
}
