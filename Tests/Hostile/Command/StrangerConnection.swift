import Crypto
import Identity
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// A connection with TLS and nothing of the protocol above it.
enum StrangerConnection {
    /// Sends bytes, and gives all that comes back until the other side closes; nil where there was no connection.
    ///
    /// - Parameter opened: is told once the bytes are on their way, TLS being through.
    static func exchange(
        _ bytes: [UInt8], with address: PeerAddress, as identity: NodeIdentity,
        opened: @escaping @Sendable () -> Void
    ) async -> String? {
        do {
            let context = try context(as: identity)
            let loop = MultiThreadedEventLoopGroup.singleton.any()
            let all = loop.makePromise(of: String.self)
            let channel: any Channel
            do {
                channel = try await ClientBootstrap(group: loop)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandlers([
                                NIOSSLClientHandler(context: context, serverHostname: nil), Collector(all: all),
                            ])
                        }
                    }
                    .connect(host: address.host, port: address.port).get()
            } catch {
                all.fail(error)
                throw error
            }
            let sent = channel.eventLoop.makePromise(of: Void.self)
            sent.futureResult.whenSuccess { opened() }
            channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: sent)
            return try await withTaskCancellationHandler {
                try await all.futureResult.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            return nil
        }
    }

    /// Opens a connection with TLS, and from then on reads nothing: no goodbye is answered. Its end is for the caller.
    static func deaf(with address: PeerAddress, as identity: NodeIdentity) async -> (any Channel)? {
        do {
            let context = try context(as: identity)
            let loop = MultiThreadedEventLoopGroup.singleton.any()
            let done = loop.makePromise(of: Void.self)
            do {
                let channel = try await ClientBootstrap(group: loop)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandlers([
                                NIOSSLClientHandler(context: context, serverHostname: nil), Deaf(done: done),
                            ])
                        }
                    }
                    .connect(host: address.host, port: address.port).get()
                try await done.futureResult.get()
                return channel
            } catch {
                done.fail(error)
                throw error
            }
        } catch {
            return nil
        }
    }

    private static func context(as identity: NodeIdentity) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        configuration.certificateVerification = .none
        configuration.certificateChain = [
            .certificate(try NIOSSLCertificate(bytes: identity.certificate.der, format: .der))
        ]
        configuration.privateKey = .privateKey(
            try NIOSSLPrivateKey(bytes: Array(identity.key.derRepresentation), format: .der))
        return try NIOSSLContext(configuration: configuration)
    }

    /// Reads until TLS is through, and then no more.
    private final class Deaf: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let done: EventLoopPromise<Void>

        init(done: EventLoopPromise<Void>) { self.done = done }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent else { return }
            let done = done
            context.channel.setOption(.autoRead, value: false).whenComplete { _ in done.succeed() }
        }

        func channelInactive(context: ChannelHandlerContext) { done.fail(ChannelError.ioOnClosedChannel) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            done.fail(error)
            context.close(promise: nil)
        }
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let all: EventLoopPromise<String>
        private var text = ""

        init(all: EventLoopPromise<String>) { self.all = all }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { text += String(buffer: unwrapInboundIn(data)) }
        func channelInactive(context: ChannelHandlerContext) { all.succeed(text) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
