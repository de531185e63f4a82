import Hummingbird
public import Logging
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
            let application = Application(
                responder: ControlRoutes(node: node).responder(),
                configuration: ApplicationConfiguration(address: .unixDomainSocket(path: socketPath)),
                onServerRunning: { [socketPath, logger, onServing] channel in
                    do {
                        try SocketFile.restrict(socketPath)
                        await onServing()
                    } catch {
                        logger.error("\(error)")
                        channel.close(promise: nil)
                    }
                },
                logger: quiet)
            try await application.run()
        }
    }
}
