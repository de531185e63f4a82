public import Identity
public import Logging
public import Model

/// Where people and other machines meet to pair. One a node.
public actor PairingDesk {
    public init(
        identity: NodeIdentity, name: NodeName, trust: any PeerTrusting, logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) { fatalError() }

    /// `syncctl pair`: waits for another machine to call. Runs until paired, failed (throws PairingError) or cancelled.
    public func wait(report: @Sendable (PairingEvent) async throws -> Void) async throws -> PairedPeer { fatalError() }

    /// `syncctl pair NAME`: calls another machine, at the first address that answers.
    public func pair(
        with addresses: [PeerAddress], report: @Sendable (PairingEvent) async throws -> Void
    ) async throws -> PairedPeer { fatalError() }

    /// The answer of the person here to the digits.
    public func answer(_ yes: Bool) throws { fatalError() }

    /// `syncctl invite`
    public func invite(addresses: [PeerAddress]) throws -> Invitation { fatalError() }

    /// `syncctl join LINE`
    public func join(_ invitation: Invitation) async throws -> PairedPeer { fatalError() }
}
