import Decoding
import Foundation
import Imaging
import Model
import TestSupport

/// Mains of all types but JPEG to reduced copies, on one core, beside other programs on the same files.
enum FormatsBenchmark {
    static func run(_ scale: Scale, against: Bool) async throws -> [Figure] {
        guard DecoderPool.installed != nil else {
            throw HostFailure("syncd-decoder is not beside this program; build it first: swift build -c release")
        }
        return try await withTemporaryFolder { folder in
            let corpus = try FormatCorpus(folder, given: scale.formats, width: scale.made)
            let rivals = against ? FormatRivals.all.filter(\.isInstalled) : []
            let readers = try corpus.files.map { file in try rivals.filter { try $0.reads(file, folder) } }
            var times: [String: [Double]] = [:]
            func measure(_ name: String, _ body: () async throws -> Void) async throws {
                times[name, default: []].append(try await seconds { try await body() } * 1000)
            }
            for _ in 0..<scale.rounds {
                for (number, file) in corpus.files.enumerated() {
                    try await measure("\(number)") { try file.reduce() }
                    for rival in readers[number] {
                        try await measure("\(number) \(rival.name)") { try rival.run(file.file, folder) }
                    }
                }
                try await measure("raw") { try reduce(corpus.raw, .raw) }
                try await measure("jpeg") { try reduce(corpus.photo, .jpeg) }
            }
            func ratio(_ name: String, to other: String) -> [Double] {
                zip(times[name] ?? [], times[other] ?? []).map { $0 / $1 }
            }
            var figures: [Figure] = []
            for (number, file) in corpus.files.enumerated() {
                let megapixels = String(format: "%.0f MP", file.megapixels)
                figures.append(Figure("formats: \(file.name), \(megapixels)", times["\(number)"] ?? [], "ms"))
                for rival in readers[number] {
                    let share = rival.isVips ? file.share : 1
                    figures.append(
                        Figure(
                            "  times \(rival.name)", ratio("\(number)", to: "\(number) \(rival.name)"), "×",
                            .atMost(share)))
                }
                if let memory = try file.memory() {
                    figures.append(Figure("  memory of its decoder", [memory], "MB", .atMost(64)))
                }
                if let likeness = try likeness(file, folder) {
                    figures.append(Figure("  PSNR against Lanczos", [likeness], "dB", .atLeast(38)))
                }
            }
            figures += [
                Figure("formats: RAW with a JPEG inside", times["raw"] ?? [], "ms"),
                Figure("  times that JPEG", ratio("raw", to: "jpeg"), "×", .atMost(1.1)),
            ]
            if let vips = rivals.first(where: \.isVips), let file = phone(corpus.files) {
                let both = try await onBothCores(file, vips, scale, folder)
                figures += both
            }
            return figures
        }
    }

    private static func reduce(_ file: URL, _ type: ImageType) throws {
        _ = try FormatFile.reduce(file, type, by: Reducer())
    }

    /// A HEIC as phones take most.
    private static func phone(_ files: [FormatFile]) -> FormatFile? {
        let files = files.filter { $0.type == .heic && $0.megapixels < 13 }
        return files.first { $0.megapixels > 11 && $0.share < 1 } ?? files.last
    }

    /// Several copies of one HEIC at a time, as many as there are cores.
    private static func onBothCores(
        _ file: FormatFile, _ vips: FormatRival, _ scale: Scale, _ folder: URL
    ) async throws -> [Figure] {
        let pool = DecoderPool()
        let (main, type) = (file.file, file.type)
        let count = 2 * ProcessInfo.processInfo.activeProcessorCount
        func each(_ body: @escaping @Sendable (Int) throws -> Void) async throws -> Double {
            let time = try await seconds { try await onEachCore(0..<count, body) }
            return time * 1000 / Double(count)
        }
        var (ours, theirs): ([Double], [Double]) = ([], [])
        for _ in 0..<scale.rounds {
            let our = try await each { _ in _ = try FormatFile.reduce(main, type, by: Reducer(decoder: pool)) }
            ours.append(our)
            let their = try await each { try vips.run(main, folder, as: "\($0)") }
            theirs.append(their)
        }
        return [
            Figure("formats: \(file.name), all cores, each", ours, "ms"),
            Figure("  times vipsthumbnail", zip(ours, theirs).map { $0 / $1 }, "×", .atMost(0.5)),
        ]
    }

    /// How near the copy comes to the whole picture, as the same decoder reads it, reduced by Lanczos. Both are encoded as
    /// well as can be, so that it is the scaling that is seen. Nil of films, whose mark has one size.
    private static func likeness(_ file: FormatFile, _ folder: URL) throws -> Double? {
        guard !file.isFilm, let resize = BenchmarkProcess.find("vips") else { return nil }
        let (whole, target) = (folder.appending(path: "whole.jpg"), folder.appending(path: "lanczos.ppm"))
        let all = try file.reduce(edge: 65_535, quality: 100)
        try Data(all).write(to: whole)
        let copy = try ImagingPixels(jpeg: try file.reduce(quality: 100))
        let facts = ImageInspector.facts(of: all)
        guard var size = facts.size else { return nil }
        // As they are stored.
        if facts.orientation > 4 { size = PixelSize(width: size.height, height: size.width) }
        guard size.width > copy.width else { return nil }
        try BenchmarkProcess.run(
            resize,
            [
                "resize", whole.path, target.path, "\(Double(copy.width) / Double(size.width))", "--vscale",
                "\(Double(copy.height) / Double(size.height))", "--kernel", "lanczos3",
            ])
        return copy.psnr(against: try ImagingPixels(pnm: Array(try Data(contentsOf: target))))
    }
}
