import AsyncHTTPClient
import Identity
import Model
import NIOCore
import NIOHTTP1
import NIOPosix

/// One pairing's requests to one address.
struct PairingCall: Sendable {
    let address: PeerAddress
    private let client: HTTPClient
    private let limits: ClientLimits

    /// Times that a message is sent again which the other side may have answered already.
    private static let tries = 5
    /// Between them.
    private static let pause = Duration.seconds(1)
    /// The longest silence: two people, and the way.
    private static let silence = Duration.seconds(140)

    /// Runs `body` with a call to `address`; pinned to `certificate`, or, without one, to whoever answers.
    static func with<Value: Sendable>(
        _ certificate: PeerCertificate?, at address: PeerAddress, as identity: NodeIdentity, limits: ClientLimits,
        isolation: isolated (any Actor)? = #isolation, _ body: (PairingCall) async throws -> Value
    ) async throws -> Value {
        let client =
            if let certificate {
                try PinnedConnection.client(to: certificate, as: identity, limits: limits, read: limits.stall)
            } else {
                try PinnedConnection.stranger(as: identity, limits: limits, read: silence)
            }
        do {
            let value = try await body(PairingCall(address: address, client: client, limits: limits))
            try? await client.shutdown()
            return value
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    /// The certificate that the machine at `address` shows.
    static func certificate(at address: PeerAddress, limits: ClientLimits) async throws -> PeerCertificate {
        do {
            return try await PinnedConnection.certificate(at: address, limits: limits)
        } catch is PinnedConnection.WrongKey {
            throw PairingError(.wrongMachine)
        } catch {
            try Task.checkCancellation()
            throw PairingError(.unreachable)
        }
    }

    /// Sends one message.
    ///
    /// - Throws: ``PairingError``: what the other side refused with, `unreachable` when it did not answer.
    func post<Answer: Decodable>(
        _ step: PairingStep, _ message: some Encodable, answer: Answer.Type
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "https://\(address.inURL)/v1/pairing/\(step.rawValue)")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: Wire.encode(message)))
        let (status, retryAfter, bytes): (HTTPResponseStatus, String?, [UInt8])
        do {
            let response = try await client.execute(request, timeout: TimeAmount(Self.silence))
            let body = try await response.body.collect(upTo: limits.answerBytes)
            status = response.status
            retryAfter = response.headers.first(name: "retry-after")
            bytes = Array(body.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw PairingError(.malformed)
        } catch {
            try Task.checkCancellation()
            throw PairingError(.unreachable)
        }
        guard status == .ok else {
            let fault = try? Wire.decode(Wire.Fault.self, from: bytes)
            // Only the code is taken over: the sentences are this machine's own.
            let code =
                fault?.code.flatMap { PairingError.Code(rawValue: $0) }
                ?? (status == .tooManyRequests ? .busy : .malformed)
            let wait = retryAfter.flatMap { Int($0) }.map { Duration.seconds(max(0, $0)) }
            throw PairingError(code, retryAfter: wait.map { min($0, limits.retryAfter) })
        }
        do { return try Wire.decode(answer, from: bytes) } catch { throw PairingError(.malformed) }
    }

    /// Sends a message until it is answered: one that can be sent again without harm.
    func again<Answer: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ send: (PairingCall) async throws -> Answer
    ) async throws -> Answer {
        for _ in 1..<Self.tries {
            do {
                return try await send(self)
            } catch let error as PairingError where error.code == .unreachable {
                let (events, source) = AsyncStream.makeStream(of: Never.self)
                _ = await Deadline.first(of: events, source: source, by: .now + Self.pause)
                try Task.checkCancellation()
            }
        }
        return try await send(self)
    }
}
