import Model
import TestSupport

@testable import Imaging

/// What the tests of recipes share.
enum Edit {
    /// A look of amounts written as people write them: `["exposure": "0.5"]`.
    static func look(
        turns: Int = 0, isMirrored: Bool = false, crop: Crop? = nil, isBlackAndWhite: Bool = false,
        _ amounts: [Adjustment: String] = [:]
    ) throws -> Look {
        let amounts = try amounts.mapValues { text in
            guard let amount = Amount(text) else { throw ImagingTool.Failure(description: "no amount: \(text)") }
            return amount
        }
        return try Look(
            turns: turns, isMirrored: isMirrored, crop: crop, isBlackAndWhite: isBlackAndWhite, amounts)
    }

    static func recipe(_ look: Look) -> Recipe { Recipe(image: TestJPEG.image, look: look) }

    /// The rendition, by a number of threads.
    static func rendition(of main: [UInt8], _ look: Look, threads: Int = 2) throws -> [UInt8] {
        try Renderer(threads: threads).render(main: main, recipe: recipe(look))
    }

    /// A JPEG of these pixels, by cjpeg.
    static func jpeg(_ pixels: ImagingPixels, _ arguments: String...) throws -> [UInt8] {
        let kind = pixels.channels == 1 ? "P5" : "P6"
        let file = Array("\(kind)\n\(pixels.width) \(pixels.height)\n255\n".utf8) + pixels.bytes
        return try ImagingTool.run("cjpeg", arguments, input: file)
    }

    /// A grey ramp: columns of eight pixels with the values 0 to 255.
    static func ramp() throws -> [UInt8] {
        let row = (0..<256).flatMap { [UInt8](repeating: UInt8($0), count: 8) }
        let bytes = (0..<32).flatMap { _ in row }
        return try jpeg(ImagingPixels(width: 2048, height: 32, channels: 1, bytes: bytes), "-quality", "100")
    }

    /// A JPEG of one colour.
    static func flat(_ colour: [UInt8], width: Int = 96, height: Int = 64) throws -> [UInt8] {
        let bytes = (0..<width * height).flatMap { _ in colour }
        return try jpeg(
            ImagingPixels(width: width, height: height, channels: 3, bytes: bytes), "-quality", "100", "-sample",
            "1x1")
    }

    /// The mean of each channel.
    static func mean(of pixels: ImagingPixels) -> [Double] {
        (0..<pixels.channels).map { channel in
            let values = stride(from: channel, to: pixels.bytes.count, by: pixels.channels).map { pixels.bytes[$0] }
            return Double(values.reduce(0) { $0 + Int($1) }) / Double(values.count)
        }
    }

    /// The mean of each column of eight pixels of a ramp.
    static func columns(of pixels: ImagingPixels) -> [Double] {
        (0..<pixels.width / 8).map { column in
            var sum = 0
            for y in 0..<pixels.height {
                for x in 8 * column..<8 * column + 8 {
                    sum += Int(pixels.bytes[(y * pixels.width + x) * pixels.channels])
                }
            }
            return Double(sum) / Double(8 * pixels.height)
        }
    }

    /// The pixels turned, mirrored and cropped, by plain copying.
    static func moved(_ pixels: ImagingPixels, _ orientation: Orientation) -> ImagingPixels {
        let sides = orientation.sides(pixels.width, pixels.height)
        var result = pixels
        (result.width, result.height) = sides
        for y in 0..<pixels.height {
            for x in 0..<pixels.width {
                let place = orientation.apply(2 * x + 1 - pixels.width, 2 * y + 1 - pixels.height)
                let (u, v) = ((place.x + sides.width - 1) / 2, (place.y + sides.height - 1) / 2)
                for channel in 0..<pixels.channels {
                    result.bytes[(v * sides.width + u) * pixels.channels + channel] =
                        pixels.bytes[(y * pixels.width + x) * pixels.channels + channel]
                }
            }
        }
        return result
    }

    /// A part of the pixels.
    static func part(_ pixels: ImagingPixels, x: Range<Int>, y: Range<Int>) -> ImagingPixels {
        let bytes = y.flatMap { row in
            let start = row * pixels.width
            return pixels.bytes[(start + x.lowerBound) * pixels.channels..<(start + x.upperBound) * pixels.channels]
        }
        return ImagingPixels(width: x.count, height: y.count, channels: pixels.channels, bytes: bytes)
    }

    /// The pixels as they are to be seen, by the file's orientation.
    static func seen(_ jpeg: [UInt8]) throws -> ImagingPixels {
        moved(try ImagingPixels(jpeg: jpeg), Orientation(exif: ImageInspector.facts(of: jpeg).orientation))
    }
}
