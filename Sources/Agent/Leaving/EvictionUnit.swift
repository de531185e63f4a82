import Catalogue
import Model
import Planning

/// Mains that are evicted together or not at all: a live photo is not torn apart.
struct EvictionUnit: Sendable {
    /// The lead first.
    let mains: [OwnFile]

    /// The units among `mains`, one main of each image, in the order of the first of each.
    ///
    /// A sidecar goes with nothing: it stays beside the reduced copy. So does what is taken as it is everywhere.
    /// - Parameter alone: whether each is for itself.
    static func units(among mains: [OwnFile], policy: Policy, alone: Bool = false) -> [EvictionUnit] {
        var seen: Set<ImageID> = []
        let mains = mains.filter { seen.insert($0.info.image).inserted }
        guard !alone else { return mains.map { EvictionUnit(mains: [$0]) } }
        // By their places, and a folder at a time: of a large library that is little beside the mains themselves.
        var units: [Int: EvictionUnit] = [:]
        var isLater: Set<Int> = []
        for places in Dictionary(grouping: mains.indices, by: { mains[$0].info.path.folder ?? "" }).values {
            let byPath = Dictionary(places.map { (mains[$0].info.path, $0) }) { first, _ in first }
            for group in FileGroup.groups(among: byPath.keys) {
                let members = group.paths.compactMap { byPath[$0] }
                let sidecars = Set(group.parts.lazy.filter { $0.kind == .sidecar }.map(\.path))
                let going = members.map { mains[$0] }.filter { main in
                    !sidecars.contains(main.info.path) && !policy.takesAsItIs(main.info)
                }
                guard let first = members.min() else { continue }
                // The first of the group that comes stands for all of it.
                units[first] = EvictionUnit(mains: going.isEmpty ? [mains[members[0]]] : going)
                isLater.formUnion(members.filter { $0 != first })
            }
        }
        return mains.indices.compactMap { place in
            isLater.contains(place) ? nil : units[place] ?? EvictionUnit(mains: [mains[place]])
        }
    }
}

/// What became of a main, and the bytes that it made free.
typealias EvictedMain = (main: OwnFile, outcome: Eviction.Outcome, freed: Int64)

extension Evictor {
    /// What evicting a unit would come to, main by main: where one of them stays, all do.
    func plans(of unit: EvictionUnit) async throws -> [(main: OwnFile, plan: EvictionPlan)] {
        var plans: [(main: OwnFile, plan: EvictionPlan)] = []
        for main in unit.mains {
            let plan = try await plan(main.info.image)
            plans.append((main, plan))
        }
        guard let obstacle = plans.lazy.compactMap({ $0.plan.obstacle(of: $0.main) }).first else { return plans }
        return plans.map { main, plan in
            if case .stays = plan { return (main, plan) }
            return (main, .stays(obstacle))
        }
    }

    /// Evicts a unit, the lead last, each main against proofs of its own. The first that stays keeps those that come behind
    /// it.
    func evict(_ unit: EvictionUnit) async throws -> [EvictedMain] {
        var results: [EvictedMain] = []
        var obstacle: Eviction.Obstacle?
        for main in unit.mains.reversed() {
            if let obstacle {
                results.append((main, .kept(obstacle), 0))
                continue
            }
            do {
                let before = try await size(of: main.info.image)
                let outcome = try await evict(main.info.image)
                let after = try await size(of: main.info.image)
                results.append((main, outcome, before - after))
                if case .kept(let its) = outcome { obstacle = its.keeping(by: main) }
            } catch {
                if error is CancellationError { throw error }
                let its = Eviction.Obstacle("\(error)", isPassing: true)
                results.append((main, .kept(its), 0))
                obstacle = its.keeping(by: main)
            }
        }
        return results.reversed()
    }

    private func size(of image: ImageID) async throws -> Int64 {
        try await catalogue.ownFiles(of: image).reduce(0) { $0 + $1.info.bytes }
    }
}

extension EvictionPlan {
    /// What keeps the others where this main stays.
    fileprivate func obstacle(of main: OwnFile) -> Eviction.Obstacle? {
        guard case .stays(let obstacle) = self else { return nil }
        return obstacle.keeping(by: main)
    }
}

extension Eviction.Obstacle {
    fileprivate func keeping(by main: OwnFile) -> Eviction.Obstacle {
        Eviction.Obstacle("\(main.info.path.name) belongs to it and stays: \(description)", isPassing: isPassing)
    }
}
