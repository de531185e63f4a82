import ArgumentParser
import Foundation

/// Where Mainstay stands: named measurements, medians and spread, a table or JSON.
///
/// No figure here is ever a test: machines differ, and this one differs from minute to minute.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Benchmarks",
        abstract: "Measures Mainstay, beside the peer's tool where that is installed.",
        discussion: """
            Corpora are made with a seed, so that every run works on the same photos. Only ratios within one run mean \
            anything: both sides are measured in turn.

            EXAMPLES:
              Benchmarks                     everything, a few minutes
              Benchmarks new-photo reduce    two of them
              Benchmarks mains --against     beside rsync and Syncthing
              Benchmarks --json              an object a line
            """)

    @Argument(help: "Which: reduce, new-photo, edit, exchange, digests, mains, small-mains. All when none is given.")
    var names: [String] = []

    @Flag(help: "The smallest inputs, once: shows that the benchmarks run, not how fast anything is.")
    var tiny = false

    @Flag(help: "Beside other tools that do the same, in turn: rsync, Syncthing, cp, sha256sum.")
    var against = false

    @Option(help: "How often all mains are taken over.")
    var rounds: Int?

    @Flag(help: "One JSON object a line.")
    var json = false

    mutating func run() async throws {
        let against = against
        let all: [(String, @Sendable (Scale) async throws -> [Figure])] = [
            ("reduce", ReduceBenchmark.run), ("new-photo", NewPhotoBenchmark.run), ("exchange", ExchangeBenchmark.run),
            ("digests", DigestBenchmark.run), ("edit", EditBenchmark.run),
            ("mains", { try await MainsBenchmark.large($0, against: against) }),
            ("small-mains", { try await MainsBenchmark.small($0, against: against) }),
        ]
        for name in names where !all.contains(where: { $0.0 == name }) {
            throw ValidationError("There is no benchmark '\(name)'; see --help.")
        }
        var scale = tiny ? Scale.tiny : Scale.full
        if let rounds { scale.rounds = rounds }
        if !json { print(Figure.header) }
        for (name, benchmark) in all where names.isEmpty || names.contains(name) {
            for figure in try await benchmark(scale) { print(json ? try figure.json : figure.row) }
        }
    }
}

/// How much is measured.
struct Scale: Sendable {
    /// Repetitions of a measurement.
    var repeats: Int
    /// Photos of an exchange.
    var photos: Int
    /// Long edge of the photos, in pixels.
    var width: Int
    /// Records of a list.
    var records: Int
    /// Mains that an archive takes over, and small ones.
    var mains: Int
    var smallMains: Int
    /// Times that all of them are taken over.
    var rounds: Int

    static let full = Scale(
        repeats: 20, photos: 100, width: 6000, records: 100_000, mains: 300, smallMains: 20_000, rounds: 5)
    static let tiny = Scale(
        repeats: 2, photos: 3, width: 2400, records: 2000, mains: 3, smallMains: 20, rounds: 1)
}
