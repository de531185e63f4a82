import Control
import Foundation
import Glibc
import TestSupport

/// A folder of photos renamed at A, until each of them stands in the new one at B, which keeps mains.
enum RenameBenchmark {
    /// Folders of the renamed one: a phone makes one a month.
    private static let folders = 96

    static func run(_ scale: Scale) async throws -> [Figure] {
        try await withTemporaryFolder { folder in
            let count = scale.renamed
            let library = folder.appending(path: "a").library
            try TinyPhotos.write(count, to: library.appending(path: "0"), perFolder: count / folders + 1)
            let times = try await BenchmarkAgent.pair(in: folder, ["--keep", "mains"]) { a, b in
                try await a.wait { $0.library.mains == count }
                try await b.join(a)
                try await b.wait { $0.library.mains == count }
                try await b.rest()
                var times: [Double] = []
                for round in 0..<scale.rounds {
                    let (old, new) = ("\(round)", "\(round + 1)")
                    times.append(
                        try await seconds {
                            try FileManager.default.moveItem(
                                at: a.library.appending(path: old), to: a.library.appending(path: new))
                            // The old folder goes when the last file has left it.
                            while FileManager.default.fileExists(atPath: b.library.appending(path: old).path) {
                                try await ContinuousClock().sleep(for: .milliseconds(5))
                            }
                        })
                    let found = try Self.files(in: b.library.appending(path: new))
                    guard found.count == count else {
                        throw HostFailure("of \(count) renamed photos \(found.count) stand at B")
                    }
                    try await b.wait { $0.work.pending + $0.work.running == 0 && $0.peers.first?.inSync == true }
                    // A takes over what B has now: a person's next rename does not come in the midst of that.
                    try await a.wait { $0.work.pending + $0.work.running == 0 && $0.peers.first?.inSync == true }
                    try await a.rest()
                    try await b.rest()
                }
                return times
            }
            let alone = try await seconds { try Self.rename(in: library) }
            return [
                Figure("rename: a folder of \(count), followed", times, "s", .atMost(5)),
                Figure("  \(count) renames alone", [alone], "s"),
            ]
        }
    }

    private static func files(in folder: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".JPG") }
    }

    /// The floor: each file renamed, and what was renamed on the disk.
    private static func rename(in library: URL) throws {
        let new = library.appending(path: "alone")
        for file in try files(in: library) {
            let target = new.appending(path: file)
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            guard Glibc.rename(library.appending(path: file).path, target.path) == 0 else {
                throw HostFailure("could not rename \(file)")
            }
        }
        sync()
    }
}
