import Control
import Foundation
import Imaging
import TestSupport

/// From a photo's rename into A's library to its reduced copy standing at B, on a pair with nothing else to do.
enum NewPhotoBenchmark {
    static func run(_ scale: Scale) async throws -> [Figure] {
        try await withTemporaryFolder { folder in
            let times = try await BenchmarkNode.pair(in: folder) { a, b in
                try await b.join(a)
                try await b.wait { $0.peers.first?.inSync == true }
                var times: [Double] = []
                for number in 0..<scale.repeats {
                    let bytes = try SamplePhoto(
                        seed: UInt64(number), width: scale.width, height: scale.width * 2 / 3
                    ).jpeg()
                    let temporary = a.library.appending(path: ".\(number).tmp")
                    try Data(bytes).write(to: temporary)
                    let target = b.library.appending(path: "\(number).jpg.reduced.jpg").path
                    times.append(
                        try await seconds {
                            try FileManager.default.moveItem(
                                at: temporary, to: a.library.appending(path: "\(number).jpg"))
                            // Looked at every half millisecond: finer than anything that is measured here.
                            while !FileManager.default.fileExists(atPath: target) {
                                try await ContinuousClock().sleep(for: .microseconds(500))
                            }
                        } * 1000)
                    try await b.wait { $0.work.running == 0 }
                }
                return times
            }
            return [Figure("new-photo: rename at A to reduced copy at B", times, "ms", target: "< 200 ms")]
        }
    }
}
