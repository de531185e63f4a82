import Catalogue
import Foundation
import Identity
import Model
import PeerProtocol

/// The peers that this node is paired with, and how the link to each stands. Answers at once, from any thread.
///
/// The catalogue has what must outlive a restart; every change of it is durable before it counts here, but for
/// unpairing, which counts here first: from then on the peer gets nothing.
final class TrustedPeers: Sendable {
    /// How the link to a peer stands.
    struct Link: Sendable {
        var isConnected = false
        /// The address in use, or the last one that answered.
        var address: String?
        /// The digest of its list that the peer named last; nil before it did.
        var announced: Digest?
        /// Why it is not connected, or not in sync.
        var problem: String?
        /// The kind of fault for which it is not connected; nil for none, and for one that is nobody's.
        var fault: PeerError.Code?
        var seen: Int64?
        /// What it says that it keeps; nil before it said so in this run.
        var keep: Policy.Keep?
        /// The types that it says that it makes reduced copies of; nil before it said so in this run.
        var reduces: Set<ImageType>?
        /// Of these, what was planned by the last time, and when.
        fileprivate var planned = (reduces: ImageType.withPicture, at: ContinuousClock.Instant?.none)
    }

    /// A trusted peer.
    struct Peer: Sendable {
        var row: PeerRow
        var certificate: PeerCertificate
        var link = Link()
        /// Another one for each change of what is told between the two: the session begins anew then.
        var agreement = UUID()
        /// When it last came to us while it was not connected.
        var knocked: ContinuousClock.Instant?
    }

    /// A peer that comes to us is tried at once, but not at each of its requests: it may be that we never reach it.
    private static let knocking = Duration.seconds(5)

    private let peers: Shown<[NodeID: Peer]>
    private let turn = Turn()
    private let catalogue: CatalogueDatabase
    private let status: Status
    /// Posted when a peer is added or removed, gets new addresses, or comes to us while it is not connected.
    let changes = Bulletin()

    /// Reads the peers from the catalogue.
    init(catalogue: CatalogueDatabase, status: Status) async throws {
        self.catalogue = catalogue
        self.status = status
        peers = Shown([:], in: status)
        for var row in try await catalogue.peers() {
            row.addresses = row.addresses.map { PeerAddress($0)?.description ?? $0 }
            let certificate = try PeerCertificate(der: row.certificate)
            var peer = Peer(row: row, certificate: certificate)
            (peer.link.address, peer.link.seen) = (row.addresses.first, row.seen)
            peers.keep { [peer] in $0[row.id] = peer }
        }
    }

    func isTrusted(_ id: NodeID) -> Bool { peers.read { $0[id] != nil } }

    subscript(id: NodeID) -> Peer? { peers.read { $0[id] } }

    /// All of them, by name.
    var all: [Peer] {
        peers.read { $0.values.sorted { ($0.row.name, $0.row.id) < ($1.row.name, $1.row.id) } }
    }

    /// How often a peer may have all that is wanted planned for anew.
    private static let planning = Duration.seconds(60)

    /// Peers that were not heard of for so long that what they hold does not count as safe: seconds.
    private static let silence: Int64 = 30 * 86_400

    /// The peers that were not heard of for 30 days: their disks may be gone.
    var silent: Set<NodeID> {
        let since = Int64(Date.now.timeIntervalSince1970) - Self.silence
        return peers.read { peers in
            Set(peers.values.lazy.filter { ($0.link.seen ?? $0.row.paired) < since }.map(\.row.id))
        }
    }

    /// The types that the peers make reduced copies of, of those that have said so in this run.
    var reduces: [NodeID: Set<ImageType>] { peers.read { $0.compactMapValues(\.link.reduces) } }

    /// The peer's name; nil for a node that is none.
    func knownName(of id: NodeID) -> String? { self[id]?.row.name }

    /// The peer's name, or the beginning of its id for a node that is none.
    func name(of id: NodeID) -> String { self[id]?.row.name ?? id.short }

    /// The peer, once it has said what it keeps, or as it is when nothing came within `patience`.
    func heardFrom(_ id: NodeID, within patience: Duration) async -> Peer? {
        let deadline = ContinuousClock.now + patience
        while !Task.isCancelled {
            let edition = status.edition
            guard let peer = self[id] else { return nil }
            if peer.link.keep != nil && peer.row.standing.decision != .firstWord || .now >= deadline { return peer }
            await status.wait(past: edition, until: deadline)
        }
        return self[id]
    }

    /// What a node may here; nothing for one that is no peer.
    func rights(of id: NodeID) -> PeerRights { self[id]?.row.standing.rights ?? [] }

    /// Trusts a node. Durable on return.
    ///
    /// - Parameter standing: what it may; nil leaves that to its first word. What a peer may already is changed by what a
    ///   person said alone.
    func trust(
        _ certificate: PeerCertificate, name: String, addresses: [String], standing: PeerStanding?
    ) async throws {
        let known = self[certificate.id]
        let row = PeerRow(
            id: certificate.id, name: name, certificate: certificate.der,
            addresses: Self.joined(addresses, known?.row.addresses ?? []),
            paired: known?.row.paired ?? Int64(Date.now.timeIntervalSince1970), seen: known?.row.seen,
            standing: known?.row.standing ?? standing ?? .byFirstWord)
        try await catalogue.setPeer(row)
        peers.change { peers in
            var peer = peers[row.id] ?? Peer(row: row, certificate: certificate)
            (peer.row, peer.certificate) = (row, certificate)
            peers[row.id] = peer
        }
        changes.post()
        if let standing, standing.decision == .made, known != nil { try await change(row.id) { $0 = standing } }
    }

    /// Changes what a peer may. Durable on return.
    ///
    /// - Returns: the images whose decisions may have changed; nil for a node that is no peer.
    @discardableResult
    func change(
        _ id: NodeID, _ change: @escaping @Sendable (inout PeerStanding) -> Void
    ) async throws -> Set<ImageID>? {
        // One after the other, so that what counts in memory is what was written last.
        try await turn.take {
            guard let (standing, images) = try await catalogue.changeStanding(of: id, change) else { return nil }
            peers.change { peers in
                guard let earlier = peers[id]?.row.standing else { return }
                peers[id]?.row.standing = standing
                let changed = earlier.rights.symmetricDifference(standing.rights)
                if !changed.isDisjoint(with: [.sees, .shares, .speaks]) { peers[id]?.agreement = UUID() }
            }
            changes.post()
            return images
        }
    }

    /// Trusts a node no more, from this moment on, and forgets what it held.
    ///
    /// - Returns: the images that it had.
    func unpair(_ id: NodeID) async throws -> Set<ImageID> {
        peers.change { $0[id] = nil }
        changes.post()
        return try await catalogue.removePeer(id)
    }

    /// Notes how the link to a peer stands.
    func update(_ id: NodeID, _ change: (inout Link) -> Void) {
        peers.change { peers in
            guard var link = peers[id]?.link else { return }
            change(&link)
            peers[id]?.link = link
        }
    }

    /// Notes of which types a peer makes reduced copies.
    ///
    /// - Returns: whether everything is to be planned for again by that: it changed, and not within the last minute.
    func reduces(_ types: Set<ImageType>, _ id: NodeID) -> Bool {
        peers.keep { peers in
            guard var link = peers[id]?.link else { return false }
            defer { peers[id]?.link = link }
            link.reduces = types
            let known = types.intersection(ImageType.withPicture)
            guard known != link.planned.reduces, link.planned.at.map({ .now - $0 > Self.planning }) ?? true else {
                return false
            }
            link.planned = (known, .now)
            return true
        }
    }

    /// Keeps what a peer that answered said of itself, and where: for the next start. Written only when it is news,
    /// so that an idle node writes nothing.
    ///
    /// - Returns: the images whose decisions may have changed, as this was its first word.
    func answered(_ id: NodeID, name: String, keep: Policy.Keep, address: String) async throws -> Set<ImageID> {
        update(id) { $0.keep = keep }
        var images: Set<ImageID> = []
        if self[id]?.row.standing.decision == .firstWord {
            images =
                try await change(id) { standing in
                    // A person may have said something meanwhile.
                    guard standing.decision == .firstWord else { return }
                    standing.decision = .made
                    if keep == .mains, standing.rights.contains(.shares) { standing.rights.formUnion(.keeps) }
                } ?? []
        }
        guard var row = self[id]?.row else { return images }
        let now = Int64(Date.now.timeIntervalSince1970)
        update(id) { ($0.seen, $0.address) = (now, address) }
        guard row.name != name || row.addresses.first != address || now - (row.seen ?? 0) > 86_400 else {
            return images
        }
        (row.name, row.seen, row.addresses) = (name, now, Self.joined([address], row.addresses))
        try await catalogue.updatePeer(row)
        peers.change { peers in
            row.standing = peers[id]?.row.standing ?? row.standing
            peers[id]?.row = row
        }
        return images
    }

    /// A trusted peer came to us from `address`: worth a try when those known do not answer.
    func heard(_ id: NodeID, from address: String) {
        let isWorthATry = peers.keep { peers in
            guard let peer = peers[id] else { return false }
            let isNew = !peer.row.addresses.contains(address)
            // Behind the one that works; what has no place any more is the one heard longest ago.
            if isNew {
                peers[id]?.row.addresses = Self.joined(
                    Array(peer.row.addresses.prefix(1)) + [address], peer.row.addresses)
            }
            guard !peer.link.isConnected else { return false }
            let isBack = peer.knocked.map { .now - $0 > Self.knocking } ?? true
            if isBack { peers[id]?.knocked = .now }
            return isNew || isBack
        }
        if isWorthATry { changes.post() }
    }

    /// Each address once, the first ones first, few enough to try them all.
    private static func joined(_ first: [String], _ then: [String]) -> [String] {
        var seen: Set<String> = []
        return Array((first + then).filter { seen.insert($0).inserted }.prefix(8))
    }
}
