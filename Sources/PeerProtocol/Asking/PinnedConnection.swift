import AsyncHTTPClient
import Glibc
import Identity
import NIOCore
import NIOPosix
import NIOSSL

/// The HTTP clients of one peer or one pairing.
enum PinnedConnection {
    /// Another key than the pinned one was shown.
    struct WrongKey: Error {}

    /// A client for one peer. TLS accepts what the pinned certificate signed, which is more than itself; so each new
    /// connection is used only once the key that it shows is the pinned one.
    static func client(
        to pinned: PeerCertificate, as identity: NodeIdentity, limits: ClientLimits, read: Duration
    ) throws -> HTTPClient {
        var configuration = configuration(try TLS.client(identity, pinned: pinned), limits: limits, read: read)
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.flatSubmit {
                // Of a main, all that has come is taken at once: each turn costs a change of threads.
                try? channel.syncOptions?.setOption(.maxMessagesPerRead, value: 4)
                let shown = TLS.peer(try? channel.pipeline.syncOperations.nioSSL_peerCertificate())
                if shown?.id == pinned.id { return keepAlive(channel, limits.silence) }
                // Closed a turn later: the pool must first have heard that this connection failed.
                channel.eventLoop.execute { channel.close(promise: nil) }
                return channel.eventLoop.makeFailedFuture(WrongKey())
            }
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Has the kernel notice a peer that is gone without a word, as when its cable is pulled: what waits long for an
    /// answer fails then, instead of at its own deadline (tcp(7)).
    private static func keepAlive(_ channel: any Channel, _ silence: Duration) -> EventLoopFuture<Void> {
        let probe = Int(max(1, silence.components.seconds / 5))
        let options: [(ChannelOptions.Types.SocketOption, Int)] = [
            (ChannelOptions.socketOption(.so_keepalive), 1),
            (ChannelOptions.tcpOption(.init(rawValue: TCP_KEEPIDLE)), 2 * probe),
            (ChannelOptions.tcpOption(.init(rawValue: TCP_KEEPINTVL)), probe),
            (ChannelOptions.tcpOption(.init(rawValue: TCP_KEEPCNT)), 3),
            (ChannelOptions.tcpOption(.init(rawValue: TCP_USER_TIMEOUT)), 5000 * probe),
        ]
        let set = options.map { option, value in channel.setOption(option, value: value) }
        return EventLoopFuture.andAllComplete(set, on: channel.eventLoop)
    }

    /// A client for pairing by digits, which takes any certificate: the digits cover what matters.
    static func stranger(as identity: NodeIdentity, limits: ClientLimits, read: Duration) throws -> HTTPClient {
        HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: configuration(try TLS.stranger(identity), limits: limits, read: read))
    }

    /// The certificate that the machine at `address` shows. Nothing is sent to it, not even our own certificate.
    static func certificate(at address: PeerAddress, limits: ClientLimits) async throws
        -> PeerCertificate
    {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let shown = loop.makePromise(of: PeerCertificate?.self)
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        configuration.trustRoots = .certificates([])
        let context = try NIOSSLContext(configuration: configuration)
        let connecting = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(limits.connect))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try NIOSSLClientHandler(
                        context: context, serverHostname: nil,
                        customVerificationCallback: { chain, verdict in
                            shown.succeed(TLS.peer(chain.first))
                            verdict.succeed(.failed)
                        })
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: address.host, port: address.port)
        let timer = loop.scheduleTask(in: TimeAmount(limits.connect)) {
            shown.fail(HTTPClientError.tlsHandshakeTimeout)
        }
        connecting.whenFailure { shown.fail($0) }
        connecting.whenSuccess { channel in
            channel.closeFuture.whenComplete { _ in shown.fail(HTTPClientError.remoteConnectionClosed) }
        }
        defer {
            timer.cancel()
            connecting.whenSuccess { $0.close(promise: nil) }
        }
        guard let certificate = try await shown.futureResult.get() else { throw WrongKey() }
        return certificate
    }

    private static func configuration(
        _ tls: TLSConfiguration, limits: ClientLimits, read: Duration
    ) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(
                connect: TimeAmount(limits.connect), read: TimeAmount(read), write: TimeAmount(limits.stall)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = limits.connections
        // The next address is tried instead.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
