import Catalogue
import Control
import Discovery
import Logging
import Model
import Planning

/// The parts of a running node that its answers are made of.
struct NodeParts: Sendable {
    let id: NodeID
    let configuration: AgentConfiguration
    let settings: NodeSettings
    let catalogue: CatalogueDatabase
    let peers: TrustedPeers
    let fetcher: Fetcher
    let copies: Copies
    let steering: Steering
    let library: LibraryService
    let verifier: Verifier
    let nearby: NearbyNodes?
    let problems: Problems
    let progress: Progress
    let status: Status
    let clock: NodeClock
    let vitals: Vitals
    let logger: Logger

    /// The node's name as people see it.
    var name: String { settings.name }

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
