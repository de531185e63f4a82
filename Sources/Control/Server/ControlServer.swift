import Hummingbird
import HummingbirdCore
public import Logging
import NIOPosix
public import ServiceLifecycle

/// The agent's end of the control socket.
public struct ControlServer: Service {
    private let socketPath: String
    private let node: any NodeControl
    private let logger: Logger
    private let onServing: @Sendable () async -> Void

    /// A server for `node` at `socketPath`.
    ///
    /// - Parameter onServing: called once, when the socket takes requests.
    public init(
        socketPath: String, node: any NodeControl, logger: Logger, onServing: @escaping @Sendable () async -> Void = {}
    ) {
        self.socketPath = socketPath
        self.node = node
        self.logger = logger
        self.onServing = onServing
    }

    /// Serves until the surrounding service group shuts down or the task is cancelled; streams end at once then.
    ///
    /// Makes the socket's folder (0700) where it is missing; the socket is 0600 and gone at the end. Throws
    /// ``ControlFailure``: `tryAgain` when another agent has the socket, `failed` when it cannot be made.
    public func run() async throws {
        try await SocketFile.withClaim(to: socketPath) {
            // The framework's own words are about its tasks, such as that they were cancelled when the agent stopped.
            var quiet = logger
            quiet.logLevel = .critical
            let responder = ControlRoutes(node: node).responder()
            // Not the framework's `Application`: it writes the date anew every second, and an idle agent is to sleep.
            let server = try HTTPServerBuilder.http1().buildServer(
                configuration: ServerConfiguration(
                    address: .unixDomainSocket(path: SocketFile.workshop(of: socketPath))),
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet,
                responder: { [quiet] request, writer, channel in
                    let source = ApplicationRequestContextSource(channel: channel, logger: quiet)
                    let response: Response
                    do {
                        response = try await responder.respond(
                            to: request, context: BasicRequestContext(source: source))
                    } catch {
                        response = Response(status: .internalServerError)
                    }
                    try await writer.write(response: response.head, body: response.body)
                },
                onServerRunning: { [socketPath, logger, onServing] channel in
                    do {
                        try SocketFile.publish(socketPath)
                        await onServing()
                    } catch {
                        logger.error("\(error)")
                        channel.close(promise: nil)
                    }
                })
            try await server.run()
        }
    }
}
