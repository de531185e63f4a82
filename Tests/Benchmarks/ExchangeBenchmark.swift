import Control
import Foundation
import Imaging
import TestSupport

/// A first exchange: photos at A, B empty, until B has a reduced copy of each; what reducing alone takes; and how soon A
/// answers the person before it meanwhile.
enum ExchangeBenchmark {
    static func run(_ scale: Scale) async throws -> [Figure] {
        try await withTemporaryFolder { folder in
            let photos = try scale.source.photos(min(scale.photos, 16))
            let count = scale.photos
            let alone = try await reduceAlone(photos, count)
            let library = folder.appending(path: "a").library
            try FileManager.default.createDirectory(at: library, withIntermediateDirectories: true)
            for number in 0..<count {
                // A trailer makes every file an image of its own.
                try OldFile.write(
                    photos[number % photos.count] + Array("\(number)".utf8),
                    to: library.appending(path: "\(number).jpg").path)
            }
            let (whole, idle, busy) = try await BenchmarkAgent.pair(in: folder) { a, b in
                try await a.wait { $0.library.mains == count }
                var idle: [Double] = []
                for _ in 0..<20 { idle.append(try await answerTime(a.control)) }
                let (host, guest) = (a.control, b.control)
                async let watched = answers(of: host, until: count, at: guest)
                let whole = try await seconds {
                    try await b.join(a)
                    try await b.wait { $0.library.reduced + $0.library.mains == count }
                }
                let busy = try await watched
                return (whole, idle, busy)
            }
            return [
                Figure("exchange: \(count) photos, all on B", [whole], "s"),
                Figure("  reducing alone, all cores", [alone], "s"),
                Figure("  times reducing alone", [whole / alone], "×", .atMost(1.3)),
                Figure("  `status` at A, nothing to do", idle, "ms"),
                Figure("  `status` at A meanwhile", busy, "ms"),
            ]
        }
    }

    private static func reduceAlone(_ photos: [[UInt8]], _ count: Int) async throws -> Double {
        let pool = ReducingPool()
        defer { pool.shutdown() }
        return try await seconds {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<count {
                    if number >= 16 { try await group.next() }
                    let photo = photos[number % photos.count]
                    group.addTask {
                        _ = try await pool.reduce(
                            image: Sample.image(number), edge: 2048, quality: 85, for: Sample.node(1)
                        ) { photo }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Milliseconds of one answer.
    private static func answerTime(_ control: ControlClient) async throws -> Double {
        try await seconds { _ = try await control.status() } * 1000
    }

    /// Times of A's answers, ten a second, until B has `count` images.
    private static func answers(
        of a: ControlClient, until count: Int, at b: ControlClient
    ) async throws -> [Double] {
        var times: [Double] = []
        while true {
            times.append(try await answerTime(a))
            let library = try await b.status().library
            if library.mains + library.reduced == count { return times }
            try await ContinuousClock().sleep(for: .milliseconds(100))
        }
    }
}
