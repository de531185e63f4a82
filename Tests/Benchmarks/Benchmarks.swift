import ArgumentParser
import Foundation

/// Where Mainstay stands: named measurements, medians and spread, beside their targets, as a table or JSON.
///
/// No figure here is ever a test: machines differ, and one machine differs from minute to minute.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Benchmarks",
        abstract: "Measures Mainstay, beside other tools that do the same.",
        discussion: """
            Photos are made with a seed, so that every run works on the same ones. Only ratios within one run mean \
            anything: both sides are measured in turn. The agents are the syncd that was built beside this program. \
            Nothing else should use the machine or its loopback interface meanwhile.

            \(Self.list)

            EXAMPLES:
              Benchmarks --against           everything, beside other tools; a quarter of an hour
              Benchmarks new-photo reduce    two of them, by ourselves
              Benchmarks --json              an object a line
            """)

    private typealias Run = @Sendable (Scale, _ against: Bool) async throws -> [Figure]

    private static let all: [(name: String, what: String, run: Run)] = [
        ("reduce", "reduced copies of 24 MP mains, their quality and memory", ReduceBenchmark.run),
        ("formats", "reduced copies of all other types, films too", FormatsBenchmark.run),
        ("edit", "a recipe on a 24 MP main", { scale, _ in try await EditBenchmark.run(scale) }),
        (
            "new-photo", "from a photo's file here to its copy there",
            { scale, _ in try await NewPhotoBenchmark.run(scale) }
        ),
        ("start", "until ready; and what an idle pair does", { scale, _ in try await StartBenchmark.run(scale) }),
        ("scan", "the first look at large photos", ScanBenchmark.large),
        ("small-scan", "the first look at 100,000 small ones, and the next", ScanBenchmark.small),
        (
            "exchange", "1,000 photos of 24 MP from A to an empty B",
            { scale, _ in try await ExchangeBenchmark.run(scale) }
        ),
        ("mains", "300 mains pulled to an archive", MainsBenchmark.large),
        ("small-mains", "100,000 small ones pulled to an archive", MainsBenchmark.small),
        (
            "rename", "a folder of 20,000 photos, followed by an archive",
            { scale, _ in try await RenameBenchmark.run(scale) }
        ),
        ("scale", "records: 10,000, 100,000 and a million", { scale, _ in try await ScaleBenchmark.run(scale) }),
    ]

    private static var list: String {
        let lines = all.map { "  \($0.name.padding(toLength: 13, withPad: " ", startingAt: 0))\($0.what)" }
        return (["BENCHMARKS:"] + lines).joined(separator: "\n")
    }

    @Argument(help: "Which of them; all when none is given.")
    var names: [String] = []

    @Flag(help: "The smallest inputs, once: shows that the benchmarks run, not how fast anything is.")
    var tiny = false

    @Flag(help: "Beside other tools, in turn, where they are installed: vipsthumbnail, rsync, Syncthing, openssl.")
    var against = false

    @Option(help: "A folder of JPEGs to work on instead of those that are made.")
    var photos: String?

    @Option(help: "A folder of other pictures and films, for `formats`, beside those that are made.")
    var formats: String?

    @Option(help: "How often what takes seconds is repeated.")
    var rounds: Int?

    @Option(help: "How many images the library of `scale` has, instead of 10,000, 100,000 and a million.")
    var images: Int?

    @Flag(help: "One JSON object a line.")
    var json = false

    mutating func run() async throws {
        for name in names where !Self.all.contains(where: { $0.name == name }) {
            throw ValidationError("There is no benchmark '\(name)'; see --help.")
        }
        var scale = tiny ? Scale.tiny : Scale.full
        if let photos { try scale.source.take(from: photos) }
        scale.formats = formats
        if let rounds { scale.rounds = max(1, rounds) }
        if let images { scale.libraries = [max(1, images)] }
        if !json { show(Figure.header) }
        for (name, _, benchmark) in Self.all where names.isEmpty || names.contains(name) {
            for figure in try await benchmark(scale, against) {
                show(json ? try figure.json : figure.row)
            }
        }
    }
}

/// Prints a line now, also into a pipe.
private func show(_ line: String) {
    print(line)
    fflush(nil)
}

/// How much is measured.
struct Scale: Sendable {
    /// Repetitions of a measurement that takes milliseconds, and of one that takes seconds.
    var repeats: Int
    var rounds: Int
    /// Photos of an exchange.
    var photos: Int
    var source: PhotoSource
    /// A folder with pictures of other types, and the width of those that are made.
    var formats: String?
    var made: Int
    /// Mains that an archive takes over or a scan reads, and small ones.
    var mains: Int
    var smallMains: Int
    /// Photos of a folder that is renamed.
    var renamed: Int
    /// Files of the smallest kind that a scan reads.
    var smallFiles: Int
    /// Images of libraries without files.
    var libraries: [Int]
    /// Seconds for which an idle pair is watched.
    var idle: Double

    static let full = Scale(
        repeats: 12, rounds: 3, photos: 1000, source: PhotoSource(width: 6000), made: 4032, mains: 300,
        smallMains: 100_000,
        renamed: 20_000, smallFiles: 100_000, libraries: [10_000, 100_000, 1_000_000], idle: 30)
    static let tiny = Scale(
        repeats: 2, rounds: 1, photos: 3, source: PhotoSource(width: 2400), made: 640, mains: 3, smallMains: 20,
        renamed: 200,
        smallFiles: 50,
        libraries: [1000],
        idle: 1)
}
