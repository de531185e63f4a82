import Foundation
import TestSupport

/// An archive takes over all mains of another node, both in processes of their own on loopback; beside it, in turn,
/// other tools on the same files.
enum MainsBenchmark {
    /// Photos as a camera makes them.
    static func large(_ scale: Scale, against: Bool) async throws -> [Figure] {
        let corpus = MainsCorpus(count: scale.mains, source: scale.source, perFolder: 100)
        let others = against ? [syncthing(), rsync()].compactMap(\.self) + floors() : []
        let measured = try await measure(corpus, rounds: scale.rounds, against: others)
        func rate(_ time: TransferTime) -> Double { Double(measured.bytes) / 1e6 / time.seconds }
        let title = "mains: \(corpus.count) of \(measured.bytes / Int64(corpus.count) / 1000) kB"
        return measured.figures(title, "MB/s", rate, targets: ["Syncthing": 1.8, "rsync daemon": 0.55])
    }

    /// So small that what each file costs is all that counts. Once, and without Syncthing, which takes minutes.
    static func small(_ scale: Scale, against: Bool) async throws -> [Figure] {
        let corpus = MainsCorpus(count: scale.smallMains, source: PhotoSource(width: 380), perFolder: 1000)
        let measured = try await measure(
            corpus, rounds: 1, against: against ? [rsync()].compactMap(\.self) : [])
        let title = "small-mains: \(corpus.count) of \(measured.bytes / Int64(corpus.count) / 1000) kB"
        return measured.figures(title, "files/s", { Double(corpus.count) / $0.seconds }, own: 2500)
    }

    private struct Measured {
        var bytes: Int64
        /// Ours first.
        var times: [(name: String, times: [TransferTime])]

        func figures(
            _ title: String, _ unit: String, _ rate: (TransferTime) -> Double, own: Double? = nil,
            targets: [String: Double] = [:]
        ) -> [Figure] {
            var figures: [Figure] = []
            for (index, (name, times)) in times.enumerated() {
                figures.append(
                    Figure("\(title), \(name)", times.map(rate), unit, index == 0 ? own.map { .atLeast($0) } : nil))
                figures.append(Figure("  CPU seconds, both ends", times.map(\.cpu), "s"))
            }
            for (name, theirs) in times where name == "Syncthing" || name == "rsync daemon" {
                let pairs = zip(times[0].times, theirs)
                figures.append(
                    Figure(
                        "  as fast as \(name)", pairs.map { $1.seconds / $0.seconds }, "×",
                        targets[name].map { .atLeast($0) }))
                figures.append(
                    Figure(
                        "  times its CPU seconds", pairs.map { $0.cpu / $1.cpu }, "×",
                        name == "Syncthing" ? .atMost(0.75) : nil))
            }
            return figures
        }
    }

    private static func measure(
        _ corpus: MainsCorpus, rounds: Int, against others: [any Transfer]
    ) async throws -> Measured {
        let transfers: [any Transfer] = [MainstayTransfer()] + others
        return try await withTemporaryFolder { folder in
            let source = folder.appending(path: "source")
            var measured = Measured(bytes: try corpus.write(to: source), times: transfers.map { ($0.name, []) })
            // A folder of its own for each, because each puts something of its own into it.
            for index in transfers.indices.reversed() {
                let own = folder.appending(path: "\(index)/a")
                try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
                let program = index > 0 ? ["/bin/cp", "-a"] : ["/bin/mv"]
                try BenchmarkProcess.run(program[0], program.dropFirst() + [source.path, own.library.path])
            }
            for _ in 0..<rounds {
                for (index, transfer) in transfers.enumerated() {
                    let target = folder.appending(path: "\(index)/b")
                    try corpus.makeFolders(in: target.library)
                    // What was written before is not to be waited for in what comes now. And a virtual machine gives
                    // memory that was freed back to its host two seconds later: who starts sooner has it for nothing.
                    sync()
                    try await ContinuousClock().sleep(for: .seconds(3))
                    measured.times[index].times.append(
                        try await transfer.run(corpus, in: folder.appending(path: "\(index)")))
                    try FileManager.default.removeItem(at: target)
                }
            }
            return measured
        }
    }

    // Those that are installed; the others are named.

    private static func rsync() -> (any Transfer)? {
        guard let program = BenchmarkProcess.find("rsync") else { return skip("rsync") }
        return RsyncTransfer(program: program)
    }

    private static func syncthing() -> (any Transfer)? {
        guard let program = BenchmarkProcess.find("syncthing"), let curl = BenchmarkProcess.find("curl") else {
            return skip("syncthing (with curl)")
        }
        return SyncthingTransfer(program: program, curl: curl)
    }

    /// What nothing that copies, or that hashes, can be faster than.
    private static func floors() -> [any Transfer] {
        let openssl = BenchmarkProcess.find("openssl").map { HashFloor(program: $0) as any Transfer }
        return [CopyFloor(), openssl ?? skip("openssl")].compactMap(\.self)
    }

    private static func skip(_ tool: String) -> (any Transfer)? {
        FileHandle.standardError.write(Data("Without \(tool), which is not installed.\n".utf8))
        return nil
    }
}
