import AsyncHTTPClient
import Identity
import Logging
import Model
import NIOCore
import NIOHTTP1
import PeerProtocol
import ServiceLifecycle
import Testing

@testable import struct PeerProtocol.PairingCall
@testable import enum PeerProtocol.PinnedConnection

/// A server on loopback, and what it takes to ask it.
struct RunningServer: Sendable {
    let identity: NodeIdentity
    let answers: StubAnswers
    let desk: PairingDesk
    let trust: StubTrust
    let server: PeerServer
    let port: Int
    private let ending: Ending

    init(
        identity: NodeIdentity, answers: StubAnswers, desk: PairingDesk, trust: StubTrust, server: PeerServer,
        port: Int, ending: Ending
    ) {
        self.identity = identity
        self.answers = answers
        self.desk = desk
        self.trust = trust
        self.server = server
        self.port = port
        self.ending = ending
    }

    /// Shuts the server down gracefully, as a service group does, and waits until it has ended.
    func stop() async {
        await ending.trigger.triggerGracefulShutdown()
        await ending.ended.wait()
    }

    /// Cancels the server's task.
    func cancel() { ending.cancel.happen() }

    struct Ending: Sendable {
        let trigger: ServiceGroup
        let ended: Gate
        let cancel: Event
    }

    var address: PeerAddress { get throws { try #require(PeerAddress("127.0.0.1:\(port)")) } }
}

extension ClientLimits {
    /// For tests of anything but time: a machine that is busy with a hundred of them is slow at handshakes.
    static var patient: ClientLimits {
        var limits = ClientLimits()
        limits.connect = .seconds(60)
        limits.stall = .seconds(120)
        limits.release = .seconds(120)
        return limits
    }
}

extension ServerLimits {
    /// The same for a server.
    static var patient: ServerLimits {
        var limits = ServerLimits()
        limits.handshakeTime = .seconds(60)
        limits.bodyTime = .seconds(60)
        return limits
    }
}

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs `body` with a server, and ends both.
func withServer<T: Sendable>(
    identity: NodeIdentity? = nil, limits: ServerLimits = .patient, trust: StubTrust = StubTrust(),
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    answers: (@Sendable (NodeID) -> StubAnswers)? = nil, _ body: @Sendable (RunningServer) async throws -> T
) async throws -> T {
    let identity = try identity ?? NodeIdentity.make()
    let answers = answers?(identity.id) ?? StubAnswers(id: identity.id)
    let desk = PairingDesk(identity: identity, name: NodeName(nearest: "host"), trust: trust, logger: silent, now: now)
    let server = PeerServer(
        identity: identity, hosts: ["127.0.0.1"], port: 0, answering: answers, desk: desk, limits: limits,
        logger: silent)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)], logger: silent
            ))
        let ending = RunningServer.Ending(trigger: services, ended: Gate(), cancel: Event())
        group.addTask {
            await withTaskGroup(of: Void.self) { inner in
                inner.addTask { try? await services.run() }
                inner.addTask { await ending.cancel.wait() }
                await inner.next()
                inner.cancelAll()
                await inner.waitForAll()
            }
            ending.ended.open()
        }
        let port = try await server.boundPort
        let running = RunningServer(
            identity: identity, answers: answers, desk: desk, trust: trust, server: server, port: port, ending: ending)
        let value = try await body(running)
        group.cancelAll()
        return value
    }
}

/// Runs `body` with a client of `peer`, and closes it.
func withClient<T>(
    of peer: PeerCertificate, at addresses: [PeerAddress], as identity: NodeIdentity,
    limits: ClientLimits = .patient, isolation: isolated (any Actor)? = #isolation,
    _ body: (PeerClient) async throws -> T
) async throws -> T {
    let client = try PeerClient(peer: peer, addresses: addresses, identity: identity, limits: limits, logger: silent)
    do {
        let value = try await body(client)
        await client.close()
        return value
    } catch {
        await client.close()
        throw error
    }
}

/// Runs `body` with a client that the server trusts.
func withPeer<T: Sendable>(
    limits: ServerLimits = .patient, clientLimits: ClientLimits = .patient,
    answers: (@Sendable (NodeID) -> StubAnswers)? = nil,
    _ body: @Sendable (RunningServer, PeerClient) async throws -> T
) async throws -> T {
    let identity = try NodeIdentity.make()
    return try await withServer(limits: limits, answers: answers) { server in
        server.answers.trust(identity.id)
        return try await withClient(
            of: server.identity.certificate, at: [try server.address], as: identity, limits: clientLimits
        ) { try await body(server, $0) }
    }
}

/// The whole answer to one plain request.
struct PlainAnswer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: String
}

/// Runs `body` with a function that sends plain requests as `identity`, taking any certificate.
func withPlainClient<T>(
    to server: RunningServer, as identity: NodeIdentity, connections: Int = 8,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (@escaping @Sendable (HTTPMethod, String, HTTPHeaders, String) async throws -> PlainAnswer) async throws ->
        T
) async throws -> T {
    var limits = ClientLimits.patient
    limits.connections = connections
    let client = try PinnedConnection.stranger(as: identity, limits: limits, read: .seconds(30))
    let port = server.port
    let send: @Sendable (HTTPMethod, String, HTTPHeaders, String) async throws -> PlainAnswer = {
        method, path, headers, body in
        var request = HTTPClientRequest(url: "https://127.0.0.1:\(port)\(path)")
        request.method = method
        request.headers = headers
        if !body.isEmpty { request.body = .bytes(ByteBuffer(string: body)) }
        let answer = try await client.execute(request, timeout: .seconds(60))
        let bytes = try await answer.body.collect(upTo: 1 << 20)
        return PlainAnswer(status: Int(answer.status.code), headers: answer.headers, body: String(buffer: bytes))
    }
    do {
        let value = try await body(send)
        try await client.shutdown()
        return value
    } catch {
        try await client.shutdown()
        throw error
    }
}

/// Something that happens once, and can be waited for.
final class Event: Sendable {
    private let (stream, source) = AsyncStream.makeStream(of: Void.self)
    func happen() { source.yield() }
    func wait() async { for await _ in stream { return } }
}
