public import Identity
public import Logging
public import Model

public final class PeerServer: Sendable {
    public init(
        identity: NodeIdentity, hosts: [String], port: Int, answering: any PeerAnswering, desk: PairingDesk,
        limits: ServerLimits = ServerLimits(), logger: Logger
    ) { fatalError() }

    /// The port, as soon as it is bound; throws when nothing could be bound.
    public var boundPort: Int { get async throws { fatalError() } }

    /// Serves until the task is cancelled or shut down gracefully (ServiceLifecycle).
    public func run() async throws { fatalError() }

    /// Closes the connections of a peer that was just unpaired.
    public func disconnect(_ node: NodeID) { fatalError() }
}
