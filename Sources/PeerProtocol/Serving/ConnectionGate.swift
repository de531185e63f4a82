import Identity
import NIOCore
import NIOHTTPTypes
import NIOSSL

/// Watches one connection of the server from its opening to its end: enters it in the register, finds out who is at the
/// other end, and keeps every deadline that HTTP leaves open. A handshake, a head, a body or a reader that hangs is
/// closed; nothing of it waits on a thread.
final class ConnectionGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let connections: Connections
    private let limits: ServerLimits
    private let isTrusted: @Sendable (PeerCertificate) -> Bool
    private var peer: PeerCertificate?
    private var handshake: Scheduled<Void>?
    private var lifetime: Scheduled<Void>?
    private var body: Scheduled<Void>?
    private var stall: Scheduled<Void>?

    init(
        connections: Connections, limits: ServerLimits, isTrusted: @escaping @Sendable (PeerCertificate) -> Bool
    ) {
        self.connections = connections
        self.limits = limits
        self.isTrusted = isTrusted
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        let connections = connections
        guard connections.opened(channel) else {
            channel.eventLoop.execute { channel.close(promise: nil) }
            return
        }
        channel.closeFuture.whenComplete { _ in connections.closed(channel) }
        handshake = close(channel, after: limits.handshakeTime)
        lifetime = close(channel, after: limits.strangerTime)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        for timer in [handshake, lifetime, body, stall] { timer?.cancel() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            handshake?.cancel()
            guard identify(context) else { return context.close(promise: nil) }
            body?.cancel()
            body = close(context.channel, after: limits.bodyTime)
        case .body: break
        case .end: body?.cancel()
        }
        context.fireChannelRead(data)
    }

    /// A reader that takes nothing leaves the channel unwritable.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = context.channel.isWritable ? nil : close(context.channel, after: limits.stallTime)
        context.fireChannelWritabilityChanged()
    }

    /// Nobody here half-closes: a side that will not send any more is gone.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    private func identify(_ context: ChannelHandlerContext) -> Bool {
        if peer == nil { peer = TLS.peer(try? context.pipeline.syncOperations.nioSSL_peerCertificate()) }
        guard let peer else { return false }
        let trusted = isTrusted(peer)
        if trusted {
            lifetime?.cancel()
            lifetime = nil
        } else if lifetime == nil {
            lifetime = close(context.channel, after: limits.strangerTime)
        }
        return connections.identified(context.channel, as: peer, trusted: trusted)
    }

    private func close(_ channel: any Channel, after time: Duration) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: TimeAmount(time)) { channel.close(promise: nil) }
    }
}
