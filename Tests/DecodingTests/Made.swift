import Decoding
import Foundation
import Imaging
import Model
import TestSupport

/// Pictures that Debian's tools make, and what became of them.
enum Made {
    static let pool = DecoderPool(program: HostBinaries.path("syncd-decoder"), workers: 2)
    static let image = ImageID(of: [])

    /// The colours of the four quarters of ``colours(_:)``, row by row.
    static let wanted: [[Int]] = [[200, 40, 40], [40, 160, 60], [40, 60, 200], [220, 220, 220]]

    /// A picture of 240 × 180 in four quarters, as ImageMagick writes it to this name.
    static func colours(_ name: String, _ arguments: [String] = []) throws -> [UInt8] {
        try ImagingTool.run(
            "convert",
            [
                "(", "-size", "120x90", "xc:rgb(200,40,40)", "xc:rgb(40,160,60)", "+append", ")", "(", "-size",
                "120x90",
                "xc:rgb(40,60,200)", "xc:rgb(220,220,220)", "+append", ")", "-append",
            ] + arguments + [name])
    }

    static func reduce(_ main: [UInt8], edge: Int) throws -> [UInt8] {
        try Reducer(decoder: pool).reduce(main: main.span, image: image, edge: edge, quality: 95)
    }

    /// The size of a picture, and the colour in the middle of each quarter.
    static func colours(of picture: [UInt8]) throws -> (size: String, colours: [[Int]]) {
        let text = String(
            decoding: try ImagingTool.run(
                "convert",
                [
                    "-", "-format",
                    "%wx%h"
                        + [(1, 1), (3, 1), (1, 3), (3, 3)].map { x, y in
                            ["r", "g", "b"].map { "/%[fx:round(255*p{w*\(x)/4,h*\(y)/4}.\($0))]" }.joined()
                        }.joined(),
                    "info:",
                ], input: picture), as: UTF8.self)
        let parts = text.split(separator: "/").map(String.init)
        let numbers = parts.dropFirst().compactMap { Int($0) }
        return (parts[0], stride(from: 0, to: numbers.count - 2, by: 3).map { Array(numbers[$0..<$0 + 3]) })
    }

    static func isNear(_ colour: [Int], _ other: [Int], within distance: Int = 4) -> Bool {
        zip(colour, other).allSatisfy { abs($0 - $1) <= distance }
    }
}
