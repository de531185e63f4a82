import Foundation
import Glibc
import Imaging
import Model
import Synchronization
import TestSupport

/// A recipe on a 24 MP main, beside plain decoding and encoding of the same file, and beside ImageMagick and libvips
/// doing the same; and the memory that 100 MP take.
enum EditBenchmark {
    static func run(_ scale: Scale) async throws -> [Figure] {
        try await withTemporaryFolder { folder in
            let (width, height) = (scale.source.width, scale.source.width * 2 / 3)
            let main = try SamplePhoto(seed: 1, width: width, height: height).jpeg()
            let file = folder.appending(path: "main.jpg")
            try Data(main).write(to: file)
            let crop = EditCrop(
                left: width / 20, top: height / 20, width: width * 9 / 10, height: height * 9 / 10, of: (width, height))
            let recipe = Recipe(image: Sample.image(1), look: try EditLooks.usual(crop))
            let uncropped = Recipe(image: Sample.image(1), look: try EditLooks.usual(nil))
            let straight = Recipe(image: Sample.image(1), look: try EditLooks.straightened())
            let copy = try Reducer().reduce(main: main.span, image: Sample.image(1), edge: 2048, quality: 85)
            let renderer = Renderer()
            let rivals = EditRivals(main: file, folder: folder, crop: crop)

            var times: [String: [Double]] = [:]
            func measure(_ name: String, _ body: () throws -> Void) async throws {
                times[name, default: []].append(try await seconds { try body() } * 1000)
            }
            for round in 0..<scale.repeats {
                try await measure("plain") { try PlainRecoding.run(main, width: width, height: height) }
                try await measure("ours") { try renderer.render(main: main, recipe: recipe) { _ in } }
                try await measure("uncropped") { try renderer.render(main: main, recipe: uncropped) { _ in } }
                try await measure("straight") { try renderer.render(main: main, recipe: straight) { _ in } }
                try await measure("preview") { _ = try renderer.preview(of: copy, recipe: recipe) }
                // They take seconds, so fewer times.
                guard round < max(2, scale.repeats / 4) else { continue }
                if rivals.hasMagick { try await measure("magick", rivals.magick) }
                if rivals.hasVips { try await measure("vips", rivals.vips) }
            }
            func ratio(_ name: String, to other: String) -> [Double] {
                zip(times[name] ?? [], times[other] ?? []).map { $0 / $1 }
            }
            var figures = [
                Figure("edit: plain decoding and encoding", times["plain"] ?? [], "ms"),
                Figure("edit: light, colour and crop", times["ours"] ?? [], "ms"),
                Figure("  times plain decoding and encoding", ratio("ours", to: "plain"), "×", .atMost(2.5)),
                Figure(
                    "  without the crop, times plain", ratio("uncropped", to: "plain"), "×", .atMost(2.5)),
                Figure("  straightened and sharpened too", times["straight"] ?? [], "ms"),
                Figure("  a preview", times["preview"] ?? [], "ms"),
            ]
            if rivals.hasMagick {
                figures.append(Figure("  by ImageMagick", times["magick"] ?? [], "ms"))
                figures.append(Figure("  as fast as ImageMagick", ratio("magick", to: "ours"), "×"))
            }
            if rivals.hasVips {
                figures.append(Figure("  by libvips, step by step", times["vips"] ?? [], "ms"))
                figures.append(Figure("  as fast as libvips", ratio("vips", to: "ours"), "×"))
            }
            figures += try EditMemory.figures(scale, folder)
            return figures
        }
    }
}

/// What is done to the picture.
enum EditLooks {
    static func usual(_ crop: EditCrop?) throws -> Look {
        try Look(
            crop: try crop?.crop(),
            [
                .exposure: Amount(thousandths: 500), .temperature: Amount(thousandths: 15_000),
                .contrast: Amount(thousandths: 20_000),
            ])
    }

    static func straightened() throws -> Look {
        try Look([
            .straighten: Amount(thousandths: 2_000), .exposure: Amount(thousandths: 500),
            .temperature: Amount(thousandths: 15_000), .contrast: Amount(thousandths: 20_000),
            .sharpen: Amount(thousandths: 40_000),
        ])
    }
}

/// A crop in pixels, for other programs too.
struct EditCrop: Sendable {
    var left: Int
    var top: Int
    var width: Int
    var height: Int
    var whole: PixelSize

    init(left: Int, top: Int, width: Int, height: Int, of size: (Int, Int)) {
        (self.left, self.top, self.width, self.height) = (left, top, width, height)
        whole = PixelSize(width: size.0, height: size.1)
    }

    func crop() throws -> Crop { try Crop(left: left, top: top, width: width, height: height, of: whole) }
}
