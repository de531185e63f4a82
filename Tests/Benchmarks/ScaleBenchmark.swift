import Catalogue
import Control
import Foundation
import Model
import TestSupport

/// Two agents with the same images, in a catalogue that was made without files: starting, mirroring, answering, memory.
enum ScaleBenchmark {
    static func run(_ scale: Scale) async throws -> [Figure] {
        var figures: [Figure] = []
        for count in scale.libraries {
            figures += try await withTemporaryFolder { folder in try await run(count, in: folder) }
        }
        return figures
    }

    private static func run(_ count: Int, in folder: URL) async throws -> [Figure] {
        try await LoopbackCounter.listen()
        let pair = try Pair(folder)
        try await pair.run { a, b in
            try await b.join(a)
            try await pair.areInStep(a, b)
        }
        try await SyntheticCatalogue.fill(pair.a, count, form: .main)
        try await SyntheticCatalogue.fill(pair.b, count, form: .reduced)
        let title = "\(count.formatted()) images: "
        var figures: [Figure] = []
        let isLarge = count >= 1_000_000

        // The first mirror, both ways at once.
        try await pair.run { a, b in
            let wire = try LoopbackCounter()
            let time = try await seconds { try await pair.areInStep(a, b) }
            let bytes = try wire.bytes()
            figures += [
                Figure(title + "start to ready", [a.start, b.start], "s", isLarge ? .atMost(5) : nil),
                Figure("  records mirrored, both ways", [Double(2 * count) / time], "/s", .atLeast(100_000)),
                Figure("  on the wire, a record", [bytes / Double(2 * count)], "B", .atMost(100)),
            ]
        }
        // Again, with equal lists: what is asked, and what memory it takes.
        try await pair.run { a, b in
            try await pair.areInStep(a, b)
            for agent in [a, b] { try await agent.rest() }
            figures.append(
                Figure(
                    "  memory", [try a.memory(), try b.memory()], "MB",
                    count == 100_000 ? .atMost(80) : isLarge ? .atMost(250) : nil))
            figures += try await answers(of: a, count, isLarge)
            let time = try await newPhotos(100, at: a, seenAt: b)
            figures.append(Figure("  100 new photos, known at B", [time], "s", .atMost(0.2)))
            for agent in [a, b] { try await agent.rest() }
            b.process.end()
            let wire = try LoopbackCounter()
            let before = try a.process.processorTime()
            let again = try await BenchmarkAgent(in: pair.b, name: "b", pair.options(1))
            defer { again.process.end() }
            try await pair.areInStep(a, again)
            figures += [
                Figure("  reconnected, equal: bytes", [try wire.bytes()], "B", .atMost(2000)),
                Figure("  work at the other end", [(try a.process.processorTime() - before) * 1000], "ms", .atMost(10)),
            ]
        }
        figures += try await change("100 new records", pair, most: 50_000) {
            try await SyntheticCatalogue.addDoubles(to: pair.a, 100)
        }
        figures += try await change("100 old ones gone", pair, most: 500_000) {
            try await SyntheticCatalogue.removeDoubles(from: pair.a, 100, of: count)
        }
        let size = try SyntheticCatalogue.size(in: pair.b)
        figures.append(Figure("  catalogue, an image", [size / Double(count)], "B", .atMost(400)))
        return figures
    }

    /// Seconds from the last of them standing in A's library until B lists all of them.
    private static func newPhotos(_ count: Int, at a: BenchmarkAgent, seenAt b: BenchmarkAgent) async throws -> Double {
        let folder = a.library.appending(path: "new")
        try TinyPhotos.write(count, to: folder)
        return try await seconds {
            var known = 0
            while known < count {
                known = 0
                for try await _ in b.control.images(under: "new", form: nil) { known += 1 }
            }
        }
    }

    /// A's list changes while it is away; then until B has the change.
    private static func change(
        _ what: String, _ pair: Pair, most: Double, _ body: () async throws -> Void
    ) async throws -> [Figure] {
        try await LoopbackCounter.listen()
        return try await BenchmarkAgent.run(in: pair.b, name: "b", pair.options(1)) { b in
            try await body()
            let wire = try LoopbackCounter()
            return try await BenchmarkAgent.run(in: pair.a, name: "a", pair.options(0)) { a in
                let time = try await seconds { try await pair.areInStep(a, b) }
                return [
                    Figure("  \(what) while away: bytes", [try wire.bytes()], "B", .atMost(most)),
                    Figure("  until both are in step again", [time], "s"),
                ]
            }
        }
    }

    /// What a person asks for.
    private static func answers(of agent: BenchmarkAgent, _ count: Int, _ isLarge: Bool) async throws -> [Figure] {
        var (status, list, why): ([Double], [Double], [Double]) = ([], [], [])
        for round in 0..<20 {
            let number = round * count / 20
            status.append(try await seconds { _ = try await agent.control.status() } * 1000)
            list.append(
                try await seconds {
                    let folder = SyntheticCatalogue.folder(of: number)
                    for try await _ in agent.control.images(under: folder, form: nil) {}
                } * 1000)
            why.append(
                try await seconds { _ = try await agent.control.why(SyntheticCatalogue.path(of: number)) } * 1000)
        }
        return [("status", status), ("ls of a folder", list), ("why", why)].map {
            Figure("  \($0)", $1, "ms", .atMost(50))
        }
    }

    /// Two agents that find each other again where they were.
    private struct Pair {
        let a: URL
        let b: URL
        let ports: [UInt16]

        init(_ folder: URL) throws {
            (a, b) = (folder.appending(path: "a"), folder.appending(path: "b"))
            ports = [try LoopbackPort.free(), try LoopbackPort.free()]
        }

        func options(_ index: Int) -> [String] { ["--listen", "127.0.0.1:\(ports[index])"] }

        func run(_ body: (BenchmarkAgent, BenchmarkAgent) async throws -> Void) async throws {
            try await BenchmarkAgent.run(in: a, name: "a", options(0)) { first in
                try await BenchmarkAgent.run(in: b, name: "b", options(1)) { try await body(first, $0) }
            }
        }

        func areInStep(_ a: BenchmarkAgent, _ b: BenchmarkAgent) async throws {
            for agent in [a, b] {
                while try await agent.control.peers().first?.inSync != true {
                    try await ContinuousClock().sleep(for: .milliseconds(10))
                }
            }
        }
    }
}

/// Bytes over the loopback interface, headers of TCP and IP included: of the whole machine, so nothing else may talk.
private struct LoopbackCounter {
    private let before: Double

    init() throws { before = try Self.now() }

    func bytes() throws -> Double { try Self.now() - before }

    /// Says when somebody else talks, whose bytes are counted as ours: 345 kB of a change that cost 27 were once.
    /// To be called while no agent runs.
    static func listen() async throws {
        let counter = try LoopbackCounter()
        try await ContinuousClock().sleep(for: .seconds(1))
        let bytes = try counter.bytes()
        guard bytes >= 1000 else { return }
        let warning =
            "\(Int(bytes)) bytes a second of other programs go over the loopback interface and are counted: end those "
            + "programs, or run this as root behind `unshare -n` after `ip link set lo up`.\n"
        FileHandle.standardError.write(Data(warning.utf8))
    }

    private static func now() throws -> Double {
        let lines = try String(contentsOfFile: "/proc/net/dev", encoding: .utf8).split(separator: "\n")
        let line = lines.first { $0.drop { $0 == " " }.hasPrefix("lo:") } ?? ""
        let fields = line.split { $0 == " " || $0 == ":" }
        guard fields.count > 1, let bytes = Double(fields[1]) else { throw HostFailure("/proc/net/dev has no lo") }
        return bytes
    }
}
