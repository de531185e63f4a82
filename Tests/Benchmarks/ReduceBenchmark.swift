import Foundation
import Imaging
import TestSupport

/// 24 MP mains to reduced copies, beside the bare calls of TurboJPEG and vipsthumbnail on the same files.
enum ReduceBenchmark {
    static func run(_ scale: Scale, against: Bool) async throws -> [Figure] {
        try await withTemporaryFolder { folder in
            let photos = try scale.source.photos(min(scale.repeats, 8))
            for (number, photo) in photos.enumerated() { try Data(photo).write(to: file(number, folder)) }
            let vips = against ? BenchmarkProcess.find("vipsthumbnail") : nil
            let (reducer, planar) = (Reducer(), PlanarPipeline())
            var times: [String: [Double]] = [:]
            func measure(_ name: String, _ body: () async throws -> Void) async throws {
                times[name, default: []].append(try await seconds { try await body() } * 1000)
            }
            for round in 0..<scale.repeats {
                let (number, main) = (round % photos.count, photos[round % photos.count])
                try await measure("ours") { _ = try reduce(main, reducer) }
                try await measure("planar") { try planar.run(main, edge: edge, quality: quality) }
                try await measure("entropy") { try planar.run(main, edge: 1, quality: nil) }
                if let vips { try await measure("vips") { try thumbnail(vips, file(number, folder), folder) } }
            }
            for _ in 0..<max(1, scale.repeats / 4) {
                try await measure("ours, both") { try await inPool(photos) }
                try await measure("planar, both") { try await planarOnEachCore(photos) }
                if let vips {
                    try await measure("vips, both") {
                        try await onEachCore(photos.indices) { try thumbnail(vips, file($0, folder), folder) }
                    }
                }
            }
            func ratio(_ name: String, to other: String) -> [Double] {
                zip(times[name] ?? [], times[other] ?? []).map { $0 / $1 }
            }
            func each(_ name: String) -> [Double] { (times[name] ?? []).map { $0 / Double(photos.count) } }
            let size = "\(photos[0].count / 1000) kB"
            var figures = [
                Figure("reduce: \(size), one core", times["ours"] ?? [], "ms"),
                Figure("  bare TurboJPEG", times["planar"] ?? [], "ms"),
                Figure("  entropy decoding (1/8)", times["entropy"] ?? [], "ms"),
                Figure("  times bare TurboJPEG", ratio("ours", to: "planar"), "×", .atMost(1.25)),
                Figure("reduce: all cores, each", each("ours, both"), "ms"),
                Figure("  times bare TurboJPEG", ratio("ours, both", to: "planar, both"), "×", .atMost(1.25)),
            ]
            if vips != nil {
                figures += [
                    Figure("  vipsthumbnail, one core", times["vips"] ?? [], "ms"),
                    Figure("  as fast as vipsthumbnail", ratio("vips", to: "ours"), "×", .atLeast(3.5)),
                    Figure("  as fast, all cores", ratio("vips, both", to: "ours, both"), "×", .atLeast(3.5)),
                ]
            }
            if let vips, let resize = BenchmarkProcess.find("vips") {
                figures += try quality(of: photos[0], file(0, folder), folder, thumbnail: vips, resize: resize)
            }
            figures.append(try memory(of: photos[0], planar))
            return figures
        }
    }

    private static let (edge, quality) = (2048, 85)

    private static func file(_ number: Int, _ folder: URL) -> URL { folder.appending(path: "\(number).jpg") }

    private static func reduce(_ main: [UInt8], _ reducer: Reducer) throws -> [UInt8] {
        try reducer.reduce(main: main.span, image: Sample.image(0), edge: edge, quality: quality)
    }

    /// As the agent does it for a peer.
    private static func inPool(_ photos: [[UInt8]]) async throws {
        let pool = ReducingPool()
        defer { pool.shutdown() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, photo) in photos.enumerated() {
                group.addTask {
                    _ = try await pool.reduce(
                        image: Sample.image(number), edge: edge, quality: quality, for: Sample.node(1)
                    ) { photo }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func planarOnEachCore(_ photos: [[UInt8]]) async throws {
        try await onEachCore(photos.indices) {
            try PlanarPipeline().run(photos[$0], edge: edge, quality: quality)
        }
    }

    private static func thumbnail(_ vips: String, _ file: URL, _ folder: URL) throws {
        try BenchmarkProcess.run(
            vips, ["--size", "\(edge)", "-o", "\(folder.path)/%s.vips.jpg[Q=\(quality)]", file.path],
            environment: ["VIPS_CONCURRENCY": "1"])
    }

    /// How near either copy comes to a Lanczos reduction of the whole picture to the copy's own size, made by libvips.
    private static func quality(
        of main: [UInt8], _ file: URL, _ folder: URL, thumbnail: String, resize: String
    ) throws -> [Figure] {
        try Self.thumbnail(thumbnail, file, folder)
        let theirs = Array(try Data(contentsOf: folder.appending(path: "0.vips.jpg")))
        func decibels(_ copy: [UInt8]) throws -> Double {
            let (copy, whole) = (try ImagingPixels(jpeg: copy), try ImagingPixels(jpeg: main))
            let target = folder.appending(path: "lanczos.ppm")
            try BenchmarkProcess.run(
                resize,
                [
                    "resize", file.path, target.path, "\(Double(copy.width) / Double(whole.width))", "--vscale",
                    "\(Double(copy.height) / Double(whole.height))", "--kernel", "lanczos3",
                ])
            return copy.psnr(against: try ImagingPixels(pnm: Array(try Data(contentsOf: target))))
        }
        let (our, their) = (try decibels(try reduce(main, Reducer())), try decibels(theirs))
        return [
            Figure("  PSNR against Lanczos", [our], "dB", .atLeast(their)),
            Figure("  PSNR of vipsthumbnail's", [their], "dB"),
        ]
    }

    /// What reducing adds to the memory of this program, of which the main itself is a part.
    private static func memory(of main: [UInt8], _ planar: PlanarPipeline) throws -> Figure {
        try planar.run(main, edge: edge, quality: nil)
        try ProcessMemory.resetHighest()
        let before = try ProcessMemory.resident()
        _ = try reduce(main, Reducer())
        let compressed = Double(main.count) / 1e6
        let added = max(0, try ProcessMemory.highest() - before) + compressed
        return Figure(
            "  memory, the main included", [added], "MB", .atMost(2 * Double(planar.planeBytes) / 1e6 + compressed))
    }
}

/// Runs `body` for each number, as many at a time as there are cores.
func onEachCore(_ numbers: Range<Int>, _ body: @escaping @Sendable (Int) throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for number in numbers {
            if number >= ProcessInfo.processInfo.activeProcessorCount { try await group.next() }
            group.addTask { try body(number) }
        }
        try await group.waitForAll()
    }
}
