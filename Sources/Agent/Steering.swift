import Catalogue
import Logging
import Model
import Planning

/// Asks the planner about images whose facts changed, and hands on what it says: files to get to the fetcher, changes
/// of what stands here to the placements.
actor Steering {
    private let catalogue: CatalogueDatabase
    private let policy: Policy
    private let fetcher: Fetcher
    private let placements: Placements
    private let logger: Logger

    /// Images a transaction: some milliseconds of reading.
    private static let page = 256

    init(
        catalogue: CatalogueDatabase, policy: Policy, fetcher: Fetcher, placements: Placements, logger: Logger
    ) {
        self.catalogue = catalogue
        self.policy = policy
        self.fetcher = fetcher
        self.placements = placements
        self.logger = logger
    }

    /// Plans for everything that peers have and this node has not: once, when the node starts.
    func considerAll() async {
        var last: ImageID?
        do {
            repeat {
                let images = try await catalogue.wanted(after: last, edge: policy.edge, limit: Self.page)
                last = images.last
                await consider(images)
            } while last != nil && !Task.isCancelled
        } catch {
            logger.error("planning stopped", metadata: ["reason": "\(error)"])
        }
    }

    /// Plans for images whose facts changed.
    func consider(_ images: some Collection<ImageID>) async {
        var pending = Array(images)[...]
        while !pending.isEmpty {
            let page = Array(pending.prefix(Self.page))
            pending = pending.dropFirst(Self.page)
            do {
                try await plan(page)
            } catch {
                logger.error("planning failed", metadata: ["images": "\(page.count)", "reason": "\(error)"])
            }
        }
    }

    private func plan(_ images: [ImageID]) async throws {
        let planner = Planner(policy: policy, reachable: await fetcher.reachable)
        var wishes: [Decision.Wish] = []
        var dropped: [ImageID] = []
        for situation in try await catalogue.situations(of: images) {
            switch planner.decide(situation) {
            case .nothing: dropped.append(situation.image)
            case .get(let wish): wishes.append(wish)
            case .move(let from, let to):
                dropped.append(situation.image)
                await placements.move(from, to: to)
            case .adopt(let file, let info):
                dropped.append(situation.image)
                await placements.adopt(info, at: file)
            case .dropReduced(let file):
                dropped.append(situation.image)
                await placements.dropReduced(file)
            }
        }
        await fetcher.take(wishes: wishes, dropped: dropped)
    }
}
