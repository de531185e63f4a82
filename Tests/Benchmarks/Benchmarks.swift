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
              Benchmarks --json              an object a line
            """)

    @Argument(help: "Which: reduce, new-photo, exchange, digests. All when none is given.")
    var names: [String] = []

    @Flag(help: "The smallest inputs, once: shows that the benchmarks run, not how fast anything is.")
    var tiny = false

    @Flag(help: "One JSON object a line.")
    var json = false

    mutating func run() async throws {
        let all: [(String, @Sendable (Scale) async throws -> [Figure])] = [
            ("reduce", ReduceBenchmark.run), ("new-photo", NewPhotoBenchmark.run), ("exchange", ExchangeBenchmark.run),
            ("digests", DigestBenchmark.run),
        ]
        for name in names where !all.contains(where: { $0.0 == name }) {
            throw ValidationError("There is no benchmark '\(name)'; see --help.")
        }
        let scale = tiny ? Scale.tiny : Scale.full
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

    static let full = Scale(repeats: 20, photos: 100, width: 6000, records: 100_000)
    static let tiny = Scale(repeats: 2, photos: 3, width: 2400, records: 2000)
}
