import Control
import Foundation
import Imaging
import TestSupport

/// How long an agent takes until it is ready, and what two that know each other do when nothing is to be done.
enum StartBenchmark {
    static func run(_ scale: Scale) async throws -> [Figure] {
        try await withTemporaryFolder { folder in
            let library = folder.appending(path: "a").library
            try FileManager.default.createDirectory(at: library, withIntermediateDirectories: true)
            for number in 0..<24 {
                try OldFile.write(
                    SamplePhoto(seed: UInt64(number), width: 600, height: 400).jpeg(),
                    to: library.appending(path: "\(number).jpg").path)
            }
            var times: [Double] = []
            for round in 0...scale.repeats / 2 {
                let time = try await BenchmarkAgent.run(in: folder.appending(path: "a"), name: "a") { agent in
                    try await agent.wait { $0.library.mains == 24 }
                    return agent.start
                }
                // The first start also makes the key and the catalogue.
                if round > 0 { times.append(time * 1000) }
            }
            let figure = Figure("start: 24 photos, until ready", times, "ms", .atMost(300))
            return [figure] + (try await idle(scale, in: folder))
        }
    }

    private static func idle(_ scale: Scale, in folder: URL) async throws -> [Figure] {
        try await BenchmarkAgent.pair(in: folder) { a, b in
            try await b.join(a)
            for agent in [a, b] {
                try await agent.wait { $0.peers.first?.inSync == true && $0.work.pending + $0.work.running == 0 }
            }
            // What comes after the last change is over: the disk has what was written.
            try await ContinuousClock().sleep(for: .seconds(scale.idle > 10 ? 10 : 1))
            let before = try (a.process.wakeUps(), a.process.cpu, a.process.written())
            try await ContinuousClock().sleep(for: .seconds(scale.idle))
            let minutes = scale.idle / 60
            let wakeUps = try a.process.wakeUps().reduce(0) { $0 + $1.value - before.0[$1.key, default: 0] }
            return [
                Figure("idle: wake-ups a minute", [wakeUps / minutes], ""),
                Figure("idle: CPU", [(a.process.cpu - before.1) / scale.idle * 100], "%", .atMost(0.05)),
                Figure("idle: written", [try a.process.written() - before.2], "B", .atMost(0)),
                Figure("idle: memory, 24 images", [try a.memory()], "MB"),
            ]
        }
    }
}
