import NIOCore
import NIOPosix
import NIOSSL

/// Sends text over TLS and gives all that comes back until the other side closes. Empty when the handshake fails.
///
/// - Parameter afterwards: sent in pieces after the first, each as soon as the one before is written.
func rawExchange(_ port: Int, _ configuration: TLSConfiguration, _ text: String, afterwards: [String] = []) async throws
    -> String
{
    let context = try NIOSSLContext(configuration: configuration)
    let all = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: String.self)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandlers([
                    NIOSSLClientHandler(context: context, serverHostname: nil), Collector(all: all),
                ])
            }
        }
        .connect(host: "127.0.0.1", port: port).get()
    for piece in [text] + afterwards {
        channel.writeAndFlush(ByteBuffer(string: piece), promise: nil)
    }
    let answer = try await all.futureResult.get()
    try? await channel.close()
    return answer
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
