import Catalogue
import Logging
import Model
import Planning

/// Evicts one main after the other until enough is free.
struct RoomMaking: Sendable {
    let evictor: Evictor
    let catalogue: CatalogueDatabase

    /// Images evicted at once: while one is reduced another is being proved.
    private static let width = 2

    /// Evicts `units` in their order until enough is free.
    ///
    /// An image that stands at several paths goes from all of them.
    ///
    /// - Parameters:
    ///   - cause: who wants the room.
    ///   - isEnough: whether no more is to go, with so many bytes made free, what is under way counted as done. Asked before each
    ///     unit: a person may want something else by now.
    ///   - each: told of each main of a unit, whether it was tried, as one that is certain to stay is passed over,
    ///   and of the bytes that it made free.
    /// - Returns: bytes that were made free.
    @discardableResult
    func evict(
        _ units: [EvictionUnit], for cause: Eviction.Cause,
        isEnough: @Sendable (_ freed: Int64, _ running: Int64) -> Bool,
        each: (OwnFile, Eviction.Outcome, _ wasTried: Bool, _ freed: Int64) async throws -> Void
    ) async throws -> Int64 {
        var freed: Int64 = 0
        var evicted = 0
        let began = ContinuousClock.now
        defer {
            if evicted > 0 {
                let mains = LogText.count(evicted, "main", "mains")
                evictor.logger.info(
                    "evicted \(mains), \(LogText.bytes(freed)) made free, in \(LogText.span(.now - began))")
            }
        }
        try await withThrowingTaskGroup(of: ([EvictedMain], Int64).self) { group in
            var waiting = units[...]
            var running: Int64 = 0
            var count = 0
            while true {
                // What is under way is counted as done, so that no main too many goes.
                while count < Self.width, !isEnough(freed, running), let next = waiting.popFirst() {
                    try Task.checkCancellation()
                    // What is certain to stay is not waited for.
                    let plans = try await evictor.plans(of: next)
                    let obstacles = plans.compactMap { main, plan in
                        if case .stays(let obstacle) = plan { (main, obstacle) } else { nil }
                    }
                    guard obstacles.isEmpty else {
                        for (main, obstacle) in obstacles { try await each(main, .kept(obstacle), false, 0) }
                        continue
                    }
                    count += 1
                    let estimate = next.mains.reduce(0) { $0 + evictor.planner.room(evicting: $1.info) }
                    running += estimate
                    group.addTask {
                        let results = try await evictor.evict(next, for: cause)
                        return (results, estimate)
                    }
                }
                guard let (results, estimate) = try await group.next() else { break }
                count -= 1
                running -= estimate
                for (main, outcome, room) in results {
                    if case .evicted = outcome {
                        freed += room
                        evicted += 1
                    }
                    try await each(main, outcome, true, room)
                }
            }
        }
        return freed
    }
}
