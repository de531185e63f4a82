import Crypto
public import Identity
import NIOCore
import NIOPosix
public import NIOSSL
import Synchronization

/// A peer that answers each request with bytes of a test's choosing, over real TLS.
public enum WickedPeer {
    public enum Act: Sendable {
        case bytes([UInt8])
        /// The same again and again, until nobody takes it any more.
        case endless([UInt8])
        case close
        /// A TCP reset.
        case reset
        /// Nothing more.
        case stall
    }

    public static func answer(_ status: String, _ headers: [String] = [], _ body: String) -> [Act] {
        let head = ["HTTP/1.1 \(status)", "content-length: \(body.utf8.count)"] + headers
        return [.bytes(Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))]
    }

    public static func text(_ text: String) -> Act { .bytes(Array(text.utf8)) }
}

/// Runs `body` with a wicked peer that shows `chain` and does what `script` says to each request.
///
/// - Parameter host: the address to listen at.
public func withWickedPeer<T>(
    _ chain: [NIOSSLCertificate], key: NIOSSLPrivateKey, at host: String = "127.0.0.1",
    isolation: isolated (any Actor)? = #isolation,
    script: @escaping @Sendable (String) -> [WickedPeer.Act],
    _ body: (PeerAddress, @Sendable () -> [String]) async throws -> T
) async throws -> T {
    let requests = Requests()
    var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.shutdownTimeout = .milliseconds(50)
    let context = try NIOSSLContext(configuration: configuration)
    let group = MultiThreadedEventLoopGroup.singleton
    let channel = try await ServerBootstrap(group: group)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandlers([
                    NIOSSLServerHandler(context: context), WickedHandler(script: script, requests: requests),
                ])
            }
        }
        .bind(host: host, port: 0).get()
    guard let address = PeerAddress("\(host):\(channel.localAddress?.port ?? 0)") else {
        preconditionFailure("a bound socket has a port")
    }
    do {
        let value = try await body(address) { requests.all }
        try await channel.close()
        return value
    } catch {
        try await channel.close()
        throw error
    }
}

/// The same with an identity's own certificate.
public func withWickedPeer<T>(
    as identity: NodeIdentity, at host: String = "127.0.0.1", isolation: isolated (any Actor)? = #isolation,
    script: @escaping @Sendable (String) -> [WickedPeer.Act],
    _ body: (PeerAddress, @Sendable () -> [String]) async throws -> T
) async throws -> T {
    try await withWickedPeer(
        [NIOSSLCertificate(bytes: identity.certificate.der, format: .der)],
        key: NIOSSLPrivateKey(bytes: Array(identity.key.derRepresentation), format: .der), at: host, script: script,
        body)
}

private final class Requests: Sendable {
    private let list = Mutex<[String]>([])
    var all: [String] { list.withLock { $0 } }
    func add(_ request: String) { list.withLock { $0.append(request) } }
}

private final class WickedHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: @Sendable (String) -> [WickedPeer.Act]
    private let requests: Requests
    private var head = ""
    private var endless: [UInt8]?

    init(script: @escaping @Sendable (String) -> [WickedPeer.Act], requests: Requests) {
        self.script = script
        self.requests = requests
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        head += String(buffer: unwrapInboundIn(data))
        while let end = head.firstRange(of: "\r\n\r\n") {
            let request = String(head[..<end.lowerBound])
            head = String(head[end.upperBound...])
            let line = String(request.prefix { $0 != "\r\n" })
            requests.add(request)
            for act in script(line) { perform(act, context) }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { pour(context) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func perform(_ act: WickedPeer.Act, _ context: ChannelHandlerContext) {
        switch act {
        case .bytes(let bytes): context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        case .endless(let bytes):
            endless = bytes
            pour(context)
        case .close: context.close(promise: nil)
        case .reset:
            guard let options = context.channel as? any SocketOptionProvider else { return context.close(promise: nil) }
            let channel = context.channel
            options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
                // Past TLS, whose goodbye would be orderly.
                channel.pipeline.close(mode: .all, promise: nil)
            }
        case .stall: break
        }
    }

    private func pour(_ context: ChannelHandlerContext) {
        guard let endless else { return }
        while context.channel.isWritable && context.channel.isActive {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: endless)), promise: nil)
        }
    }
}
