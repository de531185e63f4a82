import Histories
import Testing

@Suite("Histories of files, simulated")
struct HistoriesTests {
    private func search(_ seeds: ClosedRange<UInt64>, _ mistake: Mistake? = nil) async throws -> (
        HistoryRun?, deeds: Int
    ) {
        let stage = try await HistoryStage()
        defer { try? stage.end() }
        var deeds = 0
        for seed in seeds {
            let run = try await HistoryRun.run(seed: seed, on: stage, mistake: mistake)
            deeds += run.deeds
            if run.fault != nil { return (run, deeds) }
        }
        return (nil, deeds)
    }

    @Test("All machines end as people remember it", arguments: 0..<2)
    func histories(half: UInt64) async throws {
        let (found, deeds) = try await search(half * 40 + 1...half * 40 + 40)
        if let found {
            Issue.record("\(found.fault ?? ""). Its story: swift run Simulator --histories 1 --story \(found.seed)")
        }
        // Where nobody does anything, all agree.
        #expect(deeds > 200)
    }

    @Test("Each deliberate mistake is found", arguments: Mistake.allCases)
    func mistakes(mistake: Mistake) async throws {
        let (found, _) = try await search(1...80, mistake)
        #expect(found != nil, "no household showed that \(mistake.rawValue) is wrong")
        guard let found else { return }
        let (rightly, _) = try await search(found.seed...found.seed)
        #expect(rightly == nil)
    }

    @Test("A seed tells the same story again")
    func repeats() async throws {
        let stage = try await HistoryStage()
        defer { try? stage.end() }
        let first = try await HistoryRun.run(seed: 7, on: stage, isTold: true)
        let second = try await HistoryRun.run(seed: 7, on: stage, isTold: true)
        #expect(first.story == second.story)
        #expect(first.story.count > 20)
        let other = try await HistoryRun.run(seed: 8, on: stage, isTold: true)
        #expect(other.story != first.story)
    }
}
