import Control
import Foundation
import TestSupport

/// The first look at a library, and one at which nothing has changed.
enum ScanBenchmark {
    /// Photos as a camera makes them, beside hashing them by one process.
    static func large(_ scale: Scale, against: Bool) async throws -> [Figure] {
        try await withTemporaryFolder { folder in
            let corpus = MainsCorpus(count: scale.mains, source: scale.source, perFolder: 100)
            let bytes = try corpus.write(to: folder.library)
            // Seen once by an agent that nobody times: what was written a moment ago has settled then.
            _ = try await firstScan(folder, corpus.count)
            let openssl = BenchmarkProcess.find("openssl")
            var (ours, theirs): ([Double], [Double]) = ([], [])
            for _ in 0..<scale.rounds {
                ours.append(try await firstScan(folder, corpus.count))
                if let openssl {
                    theirs.append(
                        try await seconds { try HashFloor.hash(folder.library, program: openssl) })
                }
            }
            var figures = [Figure("scan: \(corpus.count) of \(bytes / Int64(corpus.count) / 1000) kB", ours, "s")]
            if openssl != nil {
                figures += [
                    Figure("  SHA-256, one process", theirs, "s"),
                    Figure("  as fast as that", zip(theirs, ours).map { $0 / $1 }, "×", .atLeast(1.5)),
                ]
            }
            return figures
        }
    }

    /// So small that what each file costs is all that counts.
    static func small(_ scale: Scale, against: Bool) async throws -> [Figure] {
        try await withTemporaryFolder { folder in
            let count = scale.smallFiles
            try TinyPhotos.write(count, to: folder.library)
            let title = "small-scan: \(count) of \(TinyPhotos.bytes) B"
            // As above.
            _ = try await firstScan(folder, count)
            let first = try await firstScan(folder, count)
            let again = try await BenchmarkAgent.run(in: folder, name: "a") { agent in
                try await agent.wait { $0.library.mains == count && $0.library.state == .ok }
                var times: [Double] = []
                for _ in 0..<scale.rounds {
                    times.append(
                        try await seconds { for try await _ in agent.control.scan(acceptRemovals: false) {} })
                }
                return times
            }
            var figures = [
                Figure("\(title), first", [first], "s"),
                Figure("  files a second", [Double(count) / first], "/s"),
            ]
            if against, let syncthing = BenchmarkProcess.find("syncthing"), let curl = BenchmarkProcess.find("curl") {
                // It would scan what the agent keeps there as well.
                try FileManager.default.removeItem(at: folder.library.appending(path: ".mainstay"))
                let theirs = try await SyncthingTransfer(program: syncthing, curl: curl)
                    .firstScan(of: count, in: folder)
                figures += [
                    Figure("  by Syncthing", [theirs], "s"),
                    Figure("  times Syncthing's time", [first / theirs], "×", .atMost(0.5)),
                ]
            }
            figures.append(Figure("small-scan: nothing changed", again, "s"))
            if against, let rsync = BenchmarkProcess.find("rsync") {
                let copy = folder.appending(path: "copy")
                try BenchmarkProcess.run("/bin/cp", ["-a", folder.library.path, copy.path])
                var theirs: [Double] = []
                for _ in 0..<scale.rounds {
                    theirs.append(
                        try await seconds {
                            try BenchmarkProcess.run(rsync, ["-an", folder.library.path + "/", copy.path + "/"])
                        })
                }
                figures += [
                    Figure("  rsync's dry run", theirs, "s"),
                    Figure("  times rsync's", zip(again, theirs).map { $0 / $1 }, "×", .atMost(1.5)),
                ]
            }
            return figures
        }
    }

    /// Seconds from the start of an agent that knows nothing to its knowing all.
    private static func firstScan(_ folder: URL, _ count: Int) async throws -> Double {
        for state in ["state", "library/.mainstay"] {
            try? FileManager.default.removeItem(at: folder.appending(path: state))
        }
        // What was written before is not to be waited for in what comes now.
        sync()
        let start = ContinuousClock.now
        return try await BenchmarkAgent.run(in: folder, name: "a") { agent in
            try await agent.wait { $0.library.mains == count }
            return (ContinuousClock.now - start) / .seconds(1)
        }
    }
}
