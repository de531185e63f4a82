import HummingbirdCore
import HummingbirdTLS
public import Identity
public import Logging
public import Model
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Serves this node's file info and images to its paired peers, and the pairing route to everybody.
///
/// TLS 1.3 with a client certificate, which is taken as it comes: it says who asks. What a stranger gets is 403, on
/// every path and method but the pairing route's own.
public final class PeerServer: Service {
    private let identity: NodeIdentity
    private let hosts: [String]
    private let port: Int
    private let limits: ServerLimits
    private let logger: Logger
    private let answering: any PeerAnswering
    private let connections: Connections
    private let desk: PairingDesk
    private let bound: EventLoopPromise<Int>

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - hosts: addresses to bind, tried in this order until one can be: `["[::]", "0.0.0.0"]` takes IPv6 and IPv4,
    ///     and IPv4 alone where IPv6 is off.
    ///   - port: 0 takes a free one.
    public init(
        identity: NodeIdentity, hosts: [String], port: Int, answering: any PeerAnswering, desk: PairingDesk,
        limits: ServerLimits = ServerLimits(), logger: Logger
    ) {
        self.identity = identity
        self.answering = answering
        self.hosts = hosts
        self.port = port
        self.limits = limits
        self.logger = logger
        connections = Connections(limits: limits)
        self.desk = desk
        bound = MultiThreadedEventLoopGroup.singleton.any().makePromise()
    }

    deinit { bound.fail(CancellationError()) }

    /// The port, as soon as it is bound. Throws when nothing could be bound.
    public var boundPort: Int { get async throws { try await bound.futureResult.get() } }

    /// Serves until the task is cancelled or, in a service group, shut down gracefully; then within about a second:
    /// what runs is cancelled, and its connections are closed. To be called once.
    ///
    /// - Throws: the error of the last host, when none could be bound.
    public func run() async throws {
        let (connections, grace) = (connections, TimeAmount(limits.shutdownGrace))
        do {
            try await withTaskCancellationOrGracefulShutdownHandler {
                try await serve()
            } onCancelOrGracefulShutdown: {
                connections.stop(grace: grace)
            }
        } catch {
            bound.fail(error)
            throw error
        }
        bound.fail(CancellationError())
    }

    /// Closes the connections of a peer that was just unpaired, whatever runs on them.
    public func disconnect(_ node: NodeID) { connections.disconnect(node) }

    /// What each connection goes through: TLS, HTTP, the gate, the responder.
    private func channel() throws -> TLSChannel<HTTP1Channel> {
        let (connections, limits, answering) = (connections, limits, answering)
        let responder = PeerResponder(
            answering: answering, desk: desk, connections: connections, limits: limits, logger: logger)
        let http = HTTP1Channel(
            responder: { try await responder.respond(to: $0, writer: $1, channel: $2) },
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [
                    ConnectionGate(connections: connections, limits: limits) { answering.isTrusted($0.id) }
                ],
                idleTimeout: TimeAmount(limits.idleTime),
                httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                    maxHeaderFieldSize: limits.headBytes, maxHeaderListSize: limits.headBytes,
                    maxHeaderFieldCount: limits.headFields)))
        return try TLSChannel(
            http,
            configuration: TLSChannelConfiguration(
                tlsConfiguration: TLS.server(identity),
                customVerificationCallback: { $1.succeed(TLS.accepts($0)) }))
    }

    private func serve() async throws {
        let channel = try channel()
        // The framework logs as errors what every orderly end brings; what matters here is logged by ourselves.
        var quiet = logger
        quiet.logLevel = .critical
        for (index, host) in hosts.enumerated() {
            let (bound, desk) = (bound, desk)
            let server = Server(
                childChannelSetup: channel,
                configuration: ServerConfiguration(
                    address: .hostname(host.trimmingBrackets, port: port), backlog: limits.connections),
                onServerRunning: { channel in
                    let port = channel.localAddress?.port ?? 0
                    await desk.listens(on: port)
                    bound.succeed(port)
                },
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet)
            do {
                return try await server.run()
            } catch  where index < hosts.count - 1 && !Task.isCancelled {
                logger.notice(
                    "Could not listen; trying the next address",
                    metadata: ["host": "\(host)", "port": "\(port)", "error": "\(error)"])
            }
        }
    }
}

extension String {
    var trimmingBrackets: String { hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self }
}
