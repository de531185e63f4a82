import ArgumentParser
import Foundation
import Histories
import Synchronization

/// Runs histories of what people do to files, on all cores.
struct HistoryPlay {
    let from: UInt64
    /// Households: four histories each.
    let count: UInt64
    let lines: Int

    /// The lowest seed that has a fault, as far as is known.
    private final class First: Sendable { let seed = Mutex(UInt64.max) }

    /// Until one ends otherwise than people remember it.
    func run(_ mistake: Mistake?) async throws {
        let begin = ContinuousClock.now
        let (deeds, found) = try await search(mistake)
        if let found {
            try await tell(found.seed, mistake)
            throw ExitCode.failure
        }
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        print(
            "\(count * UInt64(HistoryRun.inARow)) histories of \(count) households, \(deeds) deeds: all end as people "
                + "remember them. \(Int(seconds)) s.")
    }

    /// Each deliberate mistake.
    func findAll() async throws {
        var isMissing = false
        for mistake in Mistake.allCases {
            let found = try await search(mistake).found
            isMissing = isMissing || found == nil
            let name = mistake.rawValue + String(repeating: " ", count: max(1, 20 - mistake.rawValue.count))
            let seeds = found.map { "\($0.seed - from + 1)\t\($0.fault ?? "")" }
            print(name + (seeds ?? "NOT FOUND in \(count)"))
        }
        if isMissing { throw ExitCode.failure }
    }

    /// - Returns: how much people did, and the first history with a fault.
    private func search(_ mistake: Mistake?) async throws -> (deeds: Int, found: HistoryRun?) {
        let lanes = UInt64(max(1, ProcessInfo.processInfo.activeProcessorCount))
        let (from, count, first) = (from, count, First())
        return try await withThrowingTaskGroup(of: (Int, HistoryRun?).self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    let stage = try await HistoryStage()
                    do {
                        var deeds = 0
                        for seed in stride(from: from + lane, to: from + count, by: Int(lanes)) {
                            // One before this has a fault already.
                            if seed > first.seed.withLock({ $0 }) { break }
                            let run = try await HistoryRun.run(seed: seed, on: stage, mistake: mistake)
                            deeds += run.deeds
                            if run.fault == nil { continue }
                            first.seed.withLock { $0 = min($0, seed) }
                            try stage.end()
                            return (deeds, run)
                        }
                        try stage.end()
                        return (deeds, nil)
                    } catch {
                        try? stage.end()
                        throw error
                    }
                }
            }
            var (deeds, found): (Int, HistoryRun?) = (0, nil)
            for try await (more, run) in group {
                deeds += more
                guard let run else { continue }
                if found.map({ run.seed < $0.seed }) ?? true { found = run }
            }
            return (deeds, found)
        }
    }

    func tell(_ seed: UInt64, _ mistake: Mistake?) async throws {
        let stage = try await HistoryStage()
        defer { try? stage.end() }
        let run = try await HistoryRun.run(seed: seed, on: stage, mistake: mistake, isTold: true)
        print("The household of seed \(seed), the \(seed - from + 1). of this run:")
        for line in run.story.suffix(lines) { print("  \(line)") }
        print(run.fault.map { "At the end \($0)." } ?? "It ends as people remember it.")
    }
}
