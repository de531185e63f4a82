public import Logging

/// The agent's end of the control socket.
public struct ControlServer: Sendable {
    private let socketPath: String
    private let node: any NodeControl
    private let logger: Logger

    /// A server for `node` at `socketPath`.
    public init(socketPath: String, node: any NodeControl, logger: Logger) {
        self.socketPath = socketPath
        self.node = node
        self.logger = logger
    }

    /// Serves until the surrounding task is cancelled or its service group shuts down; streams end at once then.
    public func run() async throws {
    }
}
