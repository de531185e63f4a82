import Simulation
import Testing

@Suite("The simulation")
struct SimulationTests {
    @Test("No household breaks a promise", arguments: 0..<4)
    func households(quarter: Int) {
        var (evictions, purges) = (0, 0)
        for seed in UInt64(quarter * 500 + 1)...UInt64(quarter * 500 + 500) {
            let run = SimulatedRun(seed: seed)
            (evictions, purges) = (evictions + run.evictions, purges + run.purges)
            if let violation = run.violation {
                Issue.record("\(violation). Its story: swift run Simulator --story \(seed)")
            }
        }
        // A run in which nothing leaves a disk would keep every promise.
        #expect(evictions > 100)
        #expect(purges > 4)
    }

    @Test("Each deliberate mistake is found", arguments: Breakage.allCases)
    func mistakes(breakage: Breakage) {
        let found = breakage.search(from: 1, seeds: 8_000)
        #expect(found != nil, "no household showed that \(breakage.rawValue) is wrong")
        guard let found else { return }
        let rightly = SimulatedRun(seed: found.seed, favouring: breakage)
        #expect(rightly.violation == nil)
    }

    @Test("A seed tells the same story again")
    func repeats() {
        let (first, second) = (Story(), Story())
        let runs = (SimulatedRun(seed: 12, story: first), SimulatedRun(seed: 12, story: second))
        #expect(runs.0.events == runs.1.events)
        #expect(first.lines == second.lines)
        #expect(first.lines.count > 100)
        let other = Story()
        _ = SimulatedRun(seed: 13, story: other)
        #expect(other.lines != first.lines)
    }
}
