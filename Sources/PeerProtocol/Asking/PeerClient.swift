import AsyncHTTPClient
public import Identity
public import Logging
public import Model
import NIOCore
import NIOHTTP1

/// Asks one paired peer. Its only trust root is the peer's pinned certificate, and the key shown must be the pinned one.
///
/// Addresses are tried in turn, the one that answered last first. All that comes back is checked and bounded; what is
/// not as the protocol says is a ``PeerError``. Cancelling a task ends its request at once. ``close()`` must be called
/// at the end.
public final class PeerClient: Sendable {
    /// The peer.
    public let peer: NodeID
    /// The bytes of all requests so far.
    public let traffic = Traffic()
    /// What the peer is kept to.
    public let limits: ClientLimits

    private let known: PeerAddresses
    private let logger: Logger
    /// A long poll and a hold are silent for longer than an answer may stall, and holds must not take a poll's place.
    private let asking: HTTPClient
    private let polling: HTTPClient
    private let holding: HTTPClient
    private let servedAt: Int?

    /// A client of the peer that has `peer` for its certificate.
    ///
    /// - Parameters:
    ///   - addresses: best first; may be empty, and changed by ``use(_:)``.
    ///   - identity: this node, as the peer knows it.
    ///   - servedAt: the port at which this node serves, for the peer to find it again; nil when it serves nobody.
    public init(
        peer: PeerCertificate, addresses: [PeerAddress], identity: NodeIdentity, servedAt: Int? = nil,
        limits: ClientLimits = ClientLimits(), logger: Logger
    ) throws {
        self.peer = peer.id
        self.limits = limits
        self.logger = logger
        self.servedAt = servedAt
        known = PeerAddresses(addresses)
        asking = try PinnedConnection.client(to: peer, as: identity, limits: limits, read: limits.stall)
        polling = try PinnedConnection.client(
            to: peer, as: identity, limits: limits, read: limits.poll + limits.pollGrace)
        holding = try PinnedConnection.client(to: peer, as: identity, limits: limits, read: limits.hold)
    }

    /// The addresses that are tried, in this order.
    public var addresses: [PeerAddress] { known.list }

    /// The address that answered last; nil before the first answer, and when it stopped answering.
    public var lastAddress: PeerAddress? { known.last }

    /// Takes these addresses from now on, best first; requests that run go on.
    public func use(_ addresses: [PeerAddress]) { known.use(addresses) }

    /// Ends all requests and connections. To be called once, at the end.
    public func close() async {
        for client in [asking, polling, holding] {
            do {
                try await client.shutdown()
            } catch {
                logger.debug("A client's connections did not close cleanly", metadata: ["error": "\(error)"])
            }
        }
    }

    /// How long the peer may take before its answer begins.
    enum Patience {
        case usual
        /// A long poll of that time.
        case poll(Duration)
        /// A hold, whose answer is of no use later.
        case hold(Duration)
        /// Giving one back.
        case release(Duration)
    }

    /// Sends a request to the first address that takes it and gives the good answer to `read`: a POST where it has a
    /// body, else a GET unless another method is given. It may be sent twice.
    func ask<Value>(
        _ kind: Traffic.Kind, _ path: String, method: HTTPMethod = .GET, headers: HTTPHeaders = [:],
        body: [UInt8]? = nil, patience: Patience = .usual,
        isolation: isolated (any Actor)? = #isolation, read: (inout AnswerReader) async throws -> Value
    ) async throws -> Value {
        var last: PeerError?
        for address in addresses {
            do {
                let one = request(path, method, headers, body, to: address)
                return try await ask(kind, one, patience, at: address, read: read)
            } catch let error as PeerError where error.code == .unreachable || error.code == .wrongPeer {
                known.failed(address)
                // That some machine there is another one says more than that no machine is elsewhere.
                if last?.code != .wrongPeer { last = error }
            }
        }
        throw last
            ?? PeerError(
                .unreachable, "no address of \(peer.short) is known: start it, or give its address", peer: peer)
    }

    private func request(
        _ path: String, _ method: HTTPMethod, _ headers: HTTPHeaders, _ body: [UInt8]?, to address: PeerAddress
    ) -> OneRequest {
        var request = HTTPClientRequest(url: "https://\(address.inURL)\(path)")
        request.method = method
        request.headers = headers
        if let servedAt { request.headers.add(name: "Mainstay-Port", value: "\(servedAt)") }
        if let body {
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            request.headers.add(name: "Content-Length", value: "\(body.count)")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        return OneRequest(request: request, size: request.head(path, host: "\(address)") + (body?.count ?? 0))
    }

    private func ask<Value>(
        _ kind: Traffic.Kind, _ one: OneRequest, _ patience: Patience, at address: PeerAddress,
        isolation: isolated (any Actor)? = #isolation, read: (inout AnswerReader) async throws -> Value
    ) async throws -> Value {
        let (client, time) =
            switch patience {
            case .usual: (asking, limits.stall)
            case .poll(let wait): (polling, wait + limits.pollGrace)
            case .hold(let time): (holding, time)
            case .release(let time): (asking, time)
            }
        traffic.add(kind, requests: 1, sent: one.size)
        let response: HTTPClientResponse
        do {
            response = try await execute(one.request, client, by: .now() + TimeAmount(time))
        } catch {
            throw PeerError.of(error, peer: peer, address: address)
        }
        known.answered(address)
        traffic.add(kind, received: response.head)
        var reader = AnswerReader(response, peer: peer, address: address, limits: limits, traffic: traffic, kind: kind)
        guard response.status == .ok || response.status == .partialContent else { throw try await reader.refusal() }
        return try await read(&reader)
    }

    private func execute(
        _ request: HTTPClientRequest, _ client: HTTPClient, by deadline: NIODeadline
    ) async throws -> HTTPClientResponse {
        do {
            return try await client.execute(request, deadline: deadline, logger: nil)
        } catch let error as HTTPClientError where error == .remoteConnectionClosed && !Task.isCancelled {
            // An idle connection may be closed by the other side in the moment of its use. Every request here is a
            // GET, a hold, which may be granted twice, the second one for longer, or its end, which is the end.
            return try await client.execute(request, deadline: deadline, logger: nil)
        }
    }
}

/// A request to one address, and its bytes.
private struct OneRequest {
    var request: HTTPClientRequest
    var size: Int
}

extension PeerAddress {
    /// The address in a URL: the percent sign of a zone is escaped (RFC 6874).
    var inURL: String { description.replacing("%", with: "%25") }
}

extension HTTPClientRequest {
    /// Bytes of the request's head as HTTP/1.1 writes it.
    func head(_ path: String, host: String) -> Int {
        "\(method.rawValue) \(path) HTTP/1.1\r\n".utf8.count + "host: \(host)\r\n\r\n".utf8.count
            + headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    }
}

extension HTTPClientResponse {
    /// Bytes of the answer's head as HTTP/1.1 writes it.
    var head: Int {
        "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n\r\n".utf8.count
            + headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    }
}
