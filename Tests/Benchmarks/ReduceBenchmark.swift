import Foundation
import Imaging
import TestSupport

/// 24 MP mains to reduced copies on one thread, beside vipsthumbnail on the same files where that is installed.
enum ReduceBenchmark {
    static func run(_ scale: Scale) async throws -> [Figure] {
        try await withTemporaryFolder { folder in
            let photos = try (0..<min(scale.repeats, 8)).map {
                try SamplePhoto(seed: UInt64($0), width: scale.width, height: scale.width * 2 / 3).jpeg()
            }
            let reducer = Reducer()
            var (ours, theirs): ([Double], [Double]) = ([], [])
            let vips = tool("vipsthumbnail")
            for round in 0..<scale.repeats {
                let photo = photos[round % photos.count]
                ours.append(
                    try await seconds {
                        _ = try reducer.reduce(main: photo.span, image: Sample.image(round), edge: 2048, quality: 85)
                    } * 1000)
                if let vips {
                    let file = folder.appending(path: "\(round % photos.count).jpg")
                    if !FileManager.default.fileExists(atPath: file.path) { try Data(photo).write(to: file) }
                    theirs.append(try await seconds { try call(vips, file, into: folder) } * 1000)
                }
            }
            var figures = [Figure("reduce: a \(scale.width) px main, one thread", ours, "ms")]
            if !theirs.isEmpty {
                figures.append(Figure("reduce: the same by vipsthumbnail", theirs, "ms"))
                figures.append(Figure("reduce: times as fast as vipsthumbnail", zip(theirs, ours).map { $0 / $1 }, "×"))
            }
            return figures
        }
    }

    private static func tool(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func call(_ vips: String, _ file: URL, into folder: URL) throws {
        let process = Process()
        process.executableURL = URL(filePath: vips)
        process.arguments = ["--size", "2048", "-o", folder.path + "/out.jpg[Q=85]", file.path]
        process.environment = ["VIPS_CONCURRENCY": "1", "PATH": "/usr/bin:/bin"]
        try process.run()
        process.waitUntilExit()
    }
}
