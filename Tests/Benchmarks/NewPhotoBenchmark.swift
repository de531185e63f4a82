import Control
import Foundation
import Imaging
import TestSupport

/// From a photo's rename into A's library, or its writer's close, to its reduced copy standing at B, on a pair with
/// nothing else to do.
enum NewPhotoBenchmark {
    static func run(_ scale: Scale) async throws -> [Figure] {
        try await withTemporaryFolder { folder in
            // The number behind the picture makes each an image of its own.
            let photos = try (0..<2 * scale.repeats).map { try scale.source.photo($0) + Array("\($0)".utf8) }
            return try await BenchmarkAgent.pair(in: folder) { a, b in
                try await b.join(a)
                try await b.wait { $0.peers.first?.inSync == true }
                var times: [[Double]] = [[], []]
                for (number, photo) in photos.enumerated() {
                    let isRename = number % 2 == 0
                    let temporary = a.library.appending(path: ".\(number).tmp")
                    let file = a.library.appending(path: "\(number).jpg")
                    if isRename { try Data(photo).write(to: temporary) }
                    let arrival = try Arrivals(in: [b.library], count: 1)
                    if isRename {
                        try FileManager.default.moveItem(at: temporary, to: file)
                    } else {
                        try Data(photo).write(to: file)
                    }
                    let start = Arrivals.now
                    times[number % 2].append((try await arrival.last() - start) * 1000)
                    try await b.wait { $0.work.running == 0 && $0.peers.first?.inSync == true }
                }
                return [
                    Figure("new-photo: rename to reduced copy", times[0], "ms", .atMost(200)),
                    Figure("new-photo: close to reduced copy", times[1], "ms", .atMost(200)),
                ]
            }
        }
    }
}
