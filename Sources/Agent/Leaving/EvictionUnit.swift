import Catalogue
import Model
import Planning

/// Mains that are evicted together or not at all: a live photo is not torn apart.
struct EvictionUnit: Sendable {
    /// The lead first.
    let mains: [OwnFile]

    /// The units among `mains`, in the order of the first of each.
    ///
    /// What shares an image, at several paths, is one unit: an image goes from all its paths. A sidecar stays beside the reduced
    /// copies of what it belongs to, and is in no unit. Nor is what is taken as it is everywhere.
    /// - Parameter alone: whether each image is for itself.
    static func units(among mains: [OwnFile], policy: Policy, alone: Bool = false) -> [EvictionUnit] {
        var sets = DisjointSets(mains.count)
        var first: [ImageID: Int] = [:]
        for (place, main) in mains.enumerated() {
            if let other = first[main.info.image] { sets.join(other, place) } else { first[main.info.image] = place }
        }
        var isLead: Set<Int> = []
        var stays: Set<Int> = []
        // By their places, and a folder at a time: of a large library that is little beside the mains themselves.
        let folders = alone ? [:] : Dictionary(grouping: mains.indices, by: { mains[$0].info.path.folder ?? "" })
        for places in folders.values {
            let byPath = Dictionary(places.map { (mains[$0].info.path, $0) }) { first, _ in first }
            for group in FileGroup.groups(among: byPath.keys) {
                let going = ([group.lead] + group.parts).compactMap { part -> Int? in
                    guard part.kind != .sidecar, let place = byPath[part.path] else { return nil }
                    return policy.takesAsItIs(mains[place].info) ? nil : place
                }
                guard let lead = going.first else { continue }
                isLead.insert(lead)
                stays.formUnion(group.paths.compactMap { byPath[$0] }.filter { !going.contains($0) })
                for place in going { sets.join(lead, place) }
            }
        }
        var units: [Int: [Int]] = [:]
        var order: [Int] = []
        for place in mains.indices where !stays.contains(place) {
            let set = sets.of(place)
            if units[set] == nil { order.append(set) }
            units[set, default: []].append(place)
        }
        return order.map { set in
            var seen: Set<ImageID> = []
            let places = units[set] ?? []
            let leadsFirst = places.filter(isLead.contains) + places.filter { !isLead.contains($0) }
            return EvictionUnit(mains: leadsFirst.map { mains[$0] }.filter { seen.insert($0.info.image).inserted })
        }
    }
}

/// Which of some numbers belong together.
private struct DisjointSets {
    private var parents: [Int]

    init(_ count: Int) { parents = Array(0..<count) }

    mutating func of(_ number: Int) -> Int {
        var root = number
        while parents[root] != root {
            parents[root] = parents[parents[root]]
            root = parents[root]
        }
        return root
    }

    mutating func join(_ one: Int, _ other: Int) { parents[of(other)] = of(one) }
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

    /// Evicts a unit, each main against proofs of its own, and none before all may go.
    func evict(_ unit: EvictionUnit, for cause: Eviction.Cause) async throws -> [EvictedMain] {
        let gate = unit.mains.count > 1 ? EvictionGate(of: unit.mains.count) : nil
        var results = try await withThrowingTaskGroup(of: (place: Int, result: EvictedMain).self) { group in
            var ready = 0
            // One after the other is made ready, the lead last.
            for place in unit.mains.indices.reversed() {
                group.addTask {
                    let result = try await attempt(unit.mains[place], cause, gate)
                    return (place, result)
                }
                ready += 1
                await gate?.reach(ready)
                if gate?.isClosed == true { break }
            }
            var results: [EvictedMain] = unit.mains.map { ($0, .kept(.unit), 0) }
            for try await (place, result) in group { results[place] = result }
            return results
        }
        let reason = results.lazy.compactMap { result -> Eviction.Obstacle? in
            guard case .kept(let obstacle) = result.outcome, obstacle != .unit else { return nil }
            return obstacle.keeping(by: result.main)
        }.first
        for place in results.indices {
            guard let reason, case .kept(let obstacle) = results[place].outcome, obstacle == .unit else { continue }
            results[place].outcome = .kept(reason)
        }
        return results
    }

    private func attempt(_ main: OwnFile, _ cause: Eviction.Cause, _ gate: EvictionGate?) async throws -> EvictedMain {
        do {
            let before = try await size(of: main.info.image)
            let outcome = try await evict(main.info.image, for: cause, gate: gate)
            if case .kept = outcome { gate?.close() }
            let after = try await size(of: main.info.image)
            return (main, outcome, before - after)
        } catch {
            gate?.close()
            if error is CancellationError { throw error }
            return (main, .kept(Eviction.Obstacle("\(error)", isPassing: true)), 0)
        }
    }

    private func size(of image: ImageID) async throws -> Int64 {
        try await catalogue.ownFiles(of: image).reduce(0) { $0 + $1.info.bytes }
    }
}

extension Eviction {
    /// Who wants the room that an eviction makes.
    enum Cause: Sendable {
        case person
        /// The setting; it may be another by the time that the main goes.
        case limit
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
    /// Of a main that could go, where what belongs to it stays.
    static let unit = Eviction.Obstacle("what belongs to it stays", isPassing: true)

    fileprivate func keeping(by main: OwnFile) -> Eviction.Obstacle {
        Eviction.Obstacle(
            "'\(main.info.path.name)' belongs to it and stays: \(description)", isPassing: isPassing,
            summary: "what belongs to it stays: \(summary)")
    }
}
