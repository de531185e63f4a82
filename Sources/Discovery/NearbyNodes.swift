public import Logging
public import Model

/// Announces this node and keeps the list of the others nearby, for as long as ``run()`` runs.
///
/// Everything but `run()` answers at once, from any thread, before, during and after the run.
public final class NearbyNodes: Sendable {
    /// - Parameters:
    ///   - id: this node, announced and left out of the list.
    ///   - name: its name for people; cut to 63 bytes. Avahi appends a number when another has it.
    ///   - port: the TCP port that peers reach it at, 1 to 65535.
    ///   - wait: waits before another attempt; throws when the task is cancelled.
    public init(
        id: NodeID, name: String, port: Int, logger: Logger,
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await ContinuousClock().sleep(for: $0) }
    ) {
        fatalError("not written yet")
    }

    /// Announces and looks for nodes until the task is cancelled, through any absence and restart of Avahi: logs that
    /// once, and tries again after 0.5 to 10 seconds. Says goodbye at the end. To be run once.
    public func run() async {}

    /// Whether Avahi is there.
    public var state: DiscoveryState { .starting }

    /// The nodes nearby, by id, without this one.
    public var nodes: [NearbyNode] { [] }

    /// What happens to the list from now on, beginning with a `found` for each node that is in it now. Ends with
    /// ``run()``. Any number may listen.
    public func events() -> AsyncStream<DiscoveryEvent> { AsyncStream { $0.finish() } }
}
