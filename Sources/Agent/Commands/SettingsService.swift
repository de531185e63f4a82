import Catalogue
import Control
import Discovery
import Disk
import Logging

/// Takes over settings that have changed, and tells everybody whom they concern.
struct SettingsService: Sendable {
    let source: (any SettingsSource)?
    let settings: NodeSettings
    let shelf: Shelf
    let peers: TrustedPeers
    let nearby: NearbyNodes?
    /// Has peers look at what this node says of itself.
    let tellPeers: @Sendable () -> Void
    let logger: Logger
    private let turn = Turn()

    init(
        source: (any SettingsSource)?, settings: NodeSettings, shelf: Shelf, peers: TrustedPeers,
        nearby: NearbyNodes?, logger: Logger, tellPeers: @escaping @Sendable () -> Void
    ) {
        self.source = source
        self.settings = settings
        self.shelf = shelf
        self.peers = peers
        self.nearby = nearby
        self.tellPeers = tellPeers
        self.logger = logger
    }

    func report() throws -> SettingsReport { try known().report() }

    func reload() async throws -> SettingsReport {
        let source = try known()
        return try await turn.take {
            let (configuration, report) = try await shelf.threads.run { try source.reload() }
            let new = NodeSettings.Values(configuration)
            if let before = settings.replace(new) { tell(before, new) }
            if !report.changed.isEmpty {
                logger.notice("settings changed", metadata: ["keys": "\(report.changed.joined(separator: ", "))"])
            }
            return report
        }
    }

    private func tell(_ before: NodeSettings.Values, _ new: NodeSettings.Values) {
        if before.name != new.name { nearby?.rename(new.name) }
        // Whoever waits to reach a peer tries the new addresses.
        if before.addresses != new.addresses { peers.changes.post() }
        // Peers ask what this node is called and what it keeps; `PeerAnswers` answers them then.
        tellPeers()
    }

    private func known() throws -> any SettingsSource {
        guard let source else { throw ControlFailure(.failed, "This agent was started without settings of its own.") }
        return source
    }
}
