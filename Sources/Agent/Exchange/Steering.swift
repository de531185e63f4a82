import Catalogue
import Logging
import Model
import Planning

/// Asks the planner about images whose facts changed, and hands on what it says: files to get to the fetcher, changes
/// of what stands here to the placements.
actor Steering {
    private let catalogue: CatalogueDatabase
    private let settings: NodeSettings
    /// The types that this node makes reduced copies of.
    private let reduces: @Sendable () -> Set<ImageType>
    private let peers: TrustedPeers
    private let fetcher: Fetcher
    private let placements: Placements
    private let copies: Copies
    private let logger: Logger

    /// Images that are planned for together: some milliseconds of reading.
    private static let page = 1024

    init(
        catalogue: CatalogueDatabase, settings: NodeSettings, reduces: @escaping @Sendable () -> Set<ImageType>,
        peers: TrustedPeers, fetcher: Fetcher,
        placements: Placements, copies: Copies, logger: Logger
    ) {
        self.catalogue = catalogue
        self.settings = settings
        self.reduces = reduces
        self.peers = peers
        self.fetcher = fetcher
        self.placements = placements
        self.copies = copies
        self.logger = logger
    }

    /// Plans for everything that peers have and this node has not, and for every reduced copy that stands here: after each
    /// look at the whole library. What once failed is thereby tried again.
    func considerAll() async {
        placements.problems.withdrawPassing()
        await considerWanted()
        do {
            try await considerPages { try await self.catalogue.reducedHere(after: $0, limit: Self.page) }
            try await considerPages { try await self.catalogue.misnamed(after: $0, limit: Self.page) }
            try await considerPages { try await self.catalogue.edited(after: $0, limit: Self.page) }
        } catch {
            logger.error("planning stopped", metadata: ["reason": "\(error)"])
        }
    }

    /// Plans for everything that peers have and this node has not: when the node starts.
    func considerWanted() async {
        // An archive wants the mains of all that it holds reduced.
        let policy = settings.policy
        let edge = policy.keep == .mains ? Int.max : policy.edge
        do {
            try await considerDeletions()
            try await considerPages { try await self.catalogue.wanted(after: $0, edge: edge, limit: Self.page) }
        } catch {
            logger.error("planning stopped", metadata: ["reason": "\(error)"])
        }
    }

    /// Plans anew for everything, after another policy: also for what is on its way, which may not be wanted any more.
    func policyChanged() async {
        await consider(await fetcher.wanted)
        await considerAll()
    }

    /// Plans for what is deleted and stands here still, for what is deleted no more and lies in the trash, and for what
    /// has come in part.
    func considerDeletions() async throws {
        try await considerPages { try await self.catalogue.deletedHere(after: $0, limit: Self.page) }
        await consider(try await catalogue.undeletedInTrash())
        await consider(placements.halfReceived)
    }

    private func considerPages(_ next: (ImageID?) async throws -> [ImageID]) async throws {
        var last: ImageID?
        repeat {
            let images = try await next(last)
            last = images.last
            await consider(images)
        } while last != nil && !Task.isCancelled
    }

    /// Plans for images whose facts changed.
    func consider(_ images: some Collection<ImageID>) async {
        // In the order of the catalogue's index.
        var pending = images.sorted()[...]
        var plan = Plan()
        while !pending.isEmpty && !Task.isCancelled {
            let page = Array(pending.prefix(Self.page))
            pending = pending.dropFirst(Self.page)
            do {
                try await decide(page, &plan)
            } catch {
                logger.error("planning failed", metadata: ["images": "\(page.count)", "reason": "\(error)"])
            }
            if plan.moves.count >= CatalogueDatabase.mostNameSteps { await carryOut(&plan) }
            // Without names that change, what is to be got waits for nothing.
            if plan.moves.isEmpty { await carryOut(&plan) }
        }
        await carryOut(&plan)
    }

    /// What was decided and is to be done together: names change before what is to be got comes to have them.
    private struct Plan {
        var wishes: [Decision.Wish] = []
        var dropped: [ImageID] = []
        var moves: [ImageID] = []
    }

    private func carryOut(_ plan: inout Plan) async {
        let (moves, wishes, dropped) = (plan.moves, plan.wishes, plan.dropped)
        plan = Plan()
        let concerned = moves.isEmpty ? [] : await placements.follow(moves, await planner)
        await fetcher.take(wishes: wishes, dropped: dropped)
        await placements.removeParts(of: dropped)
        // Names that have become free, and what these moves made plain. Each round has moved something.
        if !concerned.isEmpty { await consider(concerned) }
    }

    /// The planner as things stand now.
    var planner: Planner {
        get async {
            let reachable = await fetcher.reachable
            let policy = settings.policy
            return Planner(
                policy: policy, reachable: reachable,
                room: policy.limit.map { max(0, $0 - catalogue.ownBytes) },
                reducible: Reducible(own: reduces(), peers: peers.reduces))
        }
    }

    private func decide(_ images: [ImageID], _ plan: inout Plan) async throws {
        let planner = await planner
        var again: Set<ImageID> = []
        for situation in try await catalogue.situations(of: images) {
            let decision = planner.decide(situation)
            if case .get(let wish) = decision {
                plan.wishes.append(wish)
                continue
            }
            plan.dropped.append(situation.image)
            switch decision {
            case .nothing, .get: break
            case .move: plan.moves.append(situation.image)
            case .copy, .dropCopy: copies.take(situation.image)
            case .adopt(let file, let info):
                // A main may have to move as well.
                if await placements.adopt(info, at: file), info.form == .main { again.insert(situation.image) }
            case .dropReduced(let file):
                // There may be more of them, and the main is to stand there instead.
                if await placements.dropReduced(file) { again.insert(situation.image) }
            case .retire(let file): again.formUnion(await placements.retire(file, for: situation.image))
            case .stepAside(let file): again.formUnion(await placements.stepAside(file))
            case .trash(let file): again.formUnion(await placements.trash(file))
            case .putBack(let trashed): again.formUnion(await placements.putBack(trashed))
            }
        }
        // An image may have more than one file: each step makes the next one plain, and there are few.
        if !again.isEmpty { try await decide(Array(again), &plan) }
    }
}
