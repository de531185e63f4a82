import Catalogue
import Control
import Discovery
import Logging
import Model
import Planning
import Synchronization

/// The parts of a running node that its answers are made of.
struct NodeParts: Sendable {
    let id: NodeID
    let configuration: AgentConfiguration
    let catalogue: CatalogueDatabase
    let peers: TrustedPeers
    let fetcher: Fetcher
    let steering: Steering
    let library: LibraryService
    let verifier: Verifier
    let nearby: NearbyNodes?
    let problems: Problems
    let progress: Progress
    let bulletin: Bulletin
    /// Posted when the own file info changed.
    let news: Bulletin
    let clock: NodeClock
    let vitals: Vitals
    let logger: Logger

    /// Tells peers and people that this node's list changed.
    func listChanged() {
        news.post()
        bulletin.post()
    }

    /// The node's name as people see it.
    var name: String { configuration.name }

    /// The images that a path names: of a folder all below it. None for a path that names nothing.
    func images(at path: RelativePath) async throws -> [(path: RelativePath, image: ImageID)] {
        var here: [(RelativePath, ImageID)] = []
        var last: (path: RelativePath, image: ImageID)?
        while true {
            let page = try await catalogue.list(under: path.description, after: last, limit: 500)
            here += page.map { ($0.info.path, $0.info.image) }
            guard page.count == 500, let end = page.last else { break }
            last = (end.info.path, end.info.image)
        }
        // A name that a file has here only as a reduced copy, or at a peer only.
        if here.isEmpty {
            for image in try await catalogue.images(at: path) {
                let own = try await catalogue.ownFiles(of: image).first { $0.file == path }
                here.append((own?.info.path ?? path, image))
            }
        }
        return here
    }

    /// The planner as things stand now.
    func planner() async -> Planner { await steering.planner }
}

/// What a node finds out about itself while it starts, and what it counts only once for as long as nothing changes.
final class Vitals: Sendable {
    private struct State {
        var port = 0
        var counts: (version: UInt64, counts: LibraryCounts)?
        var mirrored: [NodeID: (digest: Digest, images: Int, refused: Int)] = [:]
    }

    /// When the node started.
    let started = ContinuousClock.now
    private let state = Mutex(State())

    /// The TCP port that peers are served on; 0 before it is bound.
    var port: Int {
        get { state.withLock { $0.port } }
        set { state.withLock { $0.port = newValue } }
    }

    /// The library's counts, counted anew only when the catalogue changed.
    func counts(_ catalogue: CatalogueDatabase, target: Int) async throws -> LibraryCounts {
        let version = catalogue.version
        if let known = state.withLock({ $0.counts }), known.version == version { return known.counts }
        let counts = try await catalogue.counts(target: target)
        state.withLock { $0.counts = (version, counts) }
        return counts
    }

    /// Distinct images and refused records in the mirror of `peer`, counted anew only when the mirror changed.
    func mirrored(_ catalogue: CatalogueDatabase, _ peer: NodeID) async throws -> (images: Int, refused: Int) {
        guard let digest = catalogue.mirrorDigest(of: peer) else { return (0, 0) }
        if let known = state.withLock({ $0.mirrored[peer] }), known.digest == digest {
            return (known.images, known.refused)
        }
        let images = try await catalogue.mirrorImages(of: peer)
        let refused = try await catalogue.refusals(of: peer, limit: 0).count
        state.withLock { $0.mirrored[peer] = (digest, images, refused) }
        return (images, refused)
    }
}
