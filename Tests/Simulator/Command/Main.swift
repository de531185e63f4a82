import ArgumentParser
import Histories
import Simulation

/// Runs simulated households until one breaks a promise, and then tells its story. With `--histories`, runs what people do to
/// files, on the catalogue as it ships, until a machine shows something else than they remember.
@main
struct Simulator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Simulator",
        abstract: "Runs households of two to six nodes, each from a seed, and judges every step by the safety rules.",
        discussion: """
            A seed is one household and all that happens to it: the same on every machine, and in every build. The rules are \
            S1 to S10 of Sources/README.md.

            EXAMPLES:
              Simulator --seeds 10000              exit code 1, and the story, when a promise is broken
              Simulator --minutes 60               as many as there is time for
              Simulator --story 4711               what happens in one household
              Simulator --breakages                each deliberate mistake, and the seeds that it took to find it
              Simulator --break holdNotDurable     one of them, with the story

              Simulator --histories 10000                what people do to files, four histories a household
              Simulator --histories 1 --story 4711       what happens in one of those households
              Simulator --histories 8000 --breakages     each deliberate mistake there, and the seeds that it took
            """)

    @Option(help: "How many seeds to run.")
    var seeds: UInt64 = 10_000

    @Option(help: "The first seed.")
    var from: UInt64 = 1

    @Option(help: "How long to run, instead of how many seeds.")
    var minutes: Double?

    @Option(
        name: .customLong("break"), help: "A deliberate mistake to make; --breakages lists them.",
        transform: { name in
            guard let breakage = Breakage(rawValue: name) else { throw ValidationError("There is no such mistake.") }
            return breakage
        })
    var breakage: Breakage?

    @Flag(help: "Make each deliberate mistake in turn, and print how many seeds it took to find it.")
    var breakages = false

    @Option(help: "Tell what happens in the household of this seed.")
    var story: UInt64?

    @Option(help: "How many lines of a story to print at most.")
    var lines = 120

    @Option(help: "Run so many histories of what people do to files, instead of households.")
    var histories: UInt64?

    @Option(
        help: "A deliberate mistake to make in the histories; --breakages lists them.",
        transform: { name in
            guard let mistake = Mistake(rawValue: name) else { throw ValidationError("There is no such mistake.") }
            return mistake
        })
    var mistake: Mistake?

    func validate() throws {
        guard UInt64.max - from >= seeds else { throw ValidationError("There are no such seeds.") }
    }

    func run() async throws {
        if let histories {
            let count = (histories + UInt64(HistoryRun.inARow) - 1) / UInt64(HistoryRun.inARow)
            let play = HistoryPlay(from: from, count: count, lines: lines)
            if let story {
                try await play.tell(story, mistake)
            } else if breakages {
                try await play.findAll()
            } else {
                try await play.run(mistake)
            }
        } else if let story {
            tell(story)
        } else if breakages {
            try findAll()
        } else {
            try runSeeds()
        }
    }

    private func runSeeds() throws {
        let begin = ContinuousClock.now
        let end = minutes.map { begin + .seconds($0 * 60) }
        var (seed, events, evictions, purges) = (from, 0, 0, 0)
        while end.map({ .now < $0 }) ?? (seed < from + seeds) {
            let run = SimulatedRun(seed: seed, breakage: breakage)
            (events, evictions, purges) = (events + run.events, evictions + run.evictions, purges + run.purges)
            if let violation = run.violation {
                tell(seed)
                print("Seed \(seed), the \(seed - from + 1). of this run, broke a promise. \(violation)")
                throw ExitCode.failure
            }
            seed += 1
        }
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        let speed = Double(seed - from) / max(seconds, 0.001)
        print(
            "\(seed - from) households, \(events) events, \(evictions) mains evicted, \(purges) purged: no promise broken. "
                + "\(Int(seconds)) s, \(Int(speed)) seeds a second.")
    }

    private func findAll() throws {
        var isMissing = false
        for breakage in Breakage.allCases {
            let found = breakage.search(from: from, seeds: seeds)
            isMissing = isMissing || found == nil
            let name = breakage.rawValue + String(repeating: " ", count: max(1, 24 - breakage.rawValue.count))
            let what = found.flatMap { run in run.violation.map { "\(run.seed - from + 1)\t\($0)" } }
            print(name + (what ?? "NOT FOUND in \(seeds)"))
        }
        if isMissing { throw ExitCode.failure }
    }

    private func tell(_ seed: UInt64) {
        let story = Story()
        let run = SimulatedRun(seed: seed, breakage: breakage, story: story)
        print("The household of seed \(seed):")
        if story.lines.count > lines { print("  (\(story.lines.count - lines) lines before)") }
        for line in story.lines.suffix(lines) { print("  \(line)") }
        print(run.violation.map { "\($0)." } ?? "Nothing is wrong.")
    }
}
