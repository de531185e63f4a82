import Control
import Foundation
import Imaging
import TestSupport

/// A first exchange: photos at A, B empty, until B has a reduced copy of each; and what reducing alone takes.
enum ExchangeBenchmark {
    static func run(_ scale: Scale) async throws -> [Figure] {
        try await withTemporaryFolder { folder in
            let photos = try (0..<min(scale.photos, 16)).map {
                try SamplePhoto(seed: UInt64($0), width: scale.width, height: scale.width * 2 / 3).jpeg()
            }
            let pool = ReducingPool()
            let alone = try await seconds {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<scale.photos {
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
            pool.shutdown()
            let count = scale.photos
            let whole = try await BenchmarkNode.pair(in: folder) { library in
                for number in 0..<count {
                    // A trailer makes every file an image of its own.
                    let bytes = photos[number % photos.count] + Array("\(number)".utf8)
                    let file = library.appending(path: "\(number).jpg")
                    try Data(bytes).write(to: file)
                    try FileManager.default.setAttributes(
                        [.modificationDate: Date(timeIntervalSince1970: 1_780_000_000)], ofItemAtPath: file.path)
                }
            } _: { a, b in
                try await a.wait { $0.library.mains == count }
                return try await seconds {
                    try await b.join(a)
                    try await b.wait { $0.library.reduced + $0.library.mains == count }
                }
            }
            return [
                Figure("exchange: \(count) photos, all on B", [whole], "s"),
                Figure("exchange: reducing alone, all cores", [alone], "s"),
                Figure("exchange: times reducing alone", [whole / alone], "×", target: "1.3"),
            ]
        }
    }
}
