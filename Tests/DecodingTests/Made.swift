import Decoding
import Foundation
import Imaging
import Model
import TestSupport
import Testing

/// Pictures and films that Debian's tools make, and what became of them.
enum Made {
    static let pool = DecoderPool(program: HostBinaries.path("syncd-decoder"), workers: 2)
    static let image = ImageID(of: [])

    /// The colours of the four quarters of ``colours(_:_:)``, row by row.
    static let wanted: [[Int]] = [[200, 40, 40], [40, 160, 60], [40, 60, 200], [220, 220, 220]]

    /// A picture of 240 × 180 in four quarters, as ImageMagick writes it to this name.
    static func colours(_ name: String, _ arguments: [String] = []) throws -> [UInt8] {
        try ImagingTool.run(
            "convert",
            [
                "(", "-size", "120x90", "xc:rgb(200,40,40)", "xc:rgb(40,160,60)", "+append", ")", "(", "-size",
                "120x90", "xc:rgb(40,60,200)", "xc:rgb(220,220,220)", "+append", ")", "-append",
            ] + arguments + [name])
    }

    /// What a tool makes of a file, which it reads and writes by name. `IN` and `OUT` stand for the names.
    static func by(
        _ tool: String, _ arguments: [String], from input: [UInt8] = [], _ suffix: String = "png", to output: String
    ) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "made-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (from, to) = (folder.appending(path: "in.\(suffix)"), folder.appending(path: "out.\(output)"))
        try Data(input).write(to: from)
        let outcome = try ImagingTool.outcome(
            tool, arguments.map { $0 == "IN" ? from.path : $0 == "OUT" ? to.path : $0 })
        guard outcome.status == 0 else {
            throw ImagingTool.Failure(description: "\(tool): \(outcome.status) \(outcome.complaints)")
        }
        return [UInt8](try Data(contentsOf: to))
    }

    static func reduce(_ main: [UInt8], edge: Int) throws -> [UInt8] {
        try Reducer(decoder: pool).reduce(main: main.span, image: image, edge: edge, quality: 95)
    }

    static func decode(_ main: [UInt8], edge: Int, by pool: DecoderPool = Made.pool) throws -> DecodedPicture {
        let type = ImageType(head: main.prefix(32)) ?? .other
        return try pool.decode(main.span, type, edge: edge, limits: ImagingLimits())
    }

    /// The most memory, in megabytes, that a decoder of its own has had after it decoded this.
    static func memory(_ main: [UInt8]) throws -> Int {
        let pool = DecoderPool(program: HostBinaries.path("syncd-decoder"), workers: 1)
        let picture = try decode(main, edge: 60, by: pool)
        #expect(max(picture.width, picture.height) >= 60)
        let process = try #require(pool.idle.first)
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        return try #require(status.firstMatch(of: #/VmHWM:\s+(\d+)/#).flatMap { Int($0.1) }) / 1024
    }

    /// The size of a picture, and the colour in the middle of each quarter.
    static func colours(of picture: [UInt8]) throws -> (size: String, colours: [[Int]]) {
        let places = [(1, 1), (3, 1), (1, 3), (3, 3)].map { x, y in
            ["r", "g", "b"].map { "/%[fx:round(255*p{w*\(x)/4,h*\(y)/4}.\($0))]" }.joined()
        }
        let text = String(
            decoding: try ImagingTool.run(
                "convert", ["-", "-format", "%wx%h" + places.joined(), "info:"], input: picture), as: UTF8.self)
        let parts = text.split(separator: "/").map(String.init)
        let numbers = parts.dropFirst().compactMap { Int($0) }
        return (parts[0], stride(from: 0, to: numbers.count - 2, by: 3).map { Array(numbers[$0..<$0 + 3]) })
    }

    static func isNear(_ colour: [Int], _ other: [Int], within distance: Int = 5) -> Bool {
        zip(colour, other).allSatisfy { abs($0 - $1) <= distance }
    }
}

/// A kind of file that a camera, a phone or a program may have written.
struct MadeKind: Sendable, CustomTestStringConvertible {
    /// A picture as ImageMagick writes it to this name.
    typealias Picture = (_ name: String, _ arguments: [String]) throws -> [UInt8]

    var testDescription: String
    private let write: @Sendable (Picture) throws -> [UInt8]

    init(_ name: String, write: @escaping @Sendable (Picture) throws -> [UInt8]) {
        (testDescription, self.write) = (name, write)
    }

    /// The colours of ``Made``.
    func make() throws -> [UInt8] { try write(Made.colours) }

    /// Another picture.
    func make(_ picture: Picture) throws -> [UInt8] { try write(picture) }

    private static func converted(_ name: String, _ arguments: [String] = []) -> MadeKind {
        MadeKind(([name] + arguments).joined(separator: " ")) { try $0(name, arguments) }
    }

    private static func heif(_ suffix: String, _ arguments: [String]) -> MadeKind {
        MadeKind(([suffix] + arguments).joined(separator: " ")) {
            try Made.by("heif-enc", arguments + ["IN", "-o", "OUT"], from: $0("PNG24:-", []), to: suffix)
        }
    }

    static let all: [MadeKind] = [
        converted("PNG24:-"), converted("PNG48:-"), converted("PNG8:-"), converted("PNG32:-"),
        converted("PNG24:-", ["-interlace", "PNG"]), converted("GIF:-"), converted("BMP:-"), converted("BMP3:-"),
        converted("TIFF:-"), converted("TIFF:-", ["-compress", "LZW"]),
        converted("TIFF:-", ["-compress", "Zip", "-depth", "16"]),
        converted("TIFF:-", ["-compress", "RLE"]), converted("TIFF:-", ["-endian", "MSB", "-depth", "16"]),
        converted("TIFF:-", ["-interlace", "Plane"]), converted("TIFF:-", ["-type", "Palette"]),
        converted("WEBP:-", ["-quality", "95"]), converted("WEBP:-", ["-define", "webp:lossless=true"]),
        heif("heic", ["-q", "95"]), heif("heic", ["-q", "95", "-b", "10"]), heif("avif", ["-A", "-q", "95"]),
        MadeKind("jxl") {
            try Made.by("cjxl", ["-d", "0.5", "IN", "OUT"], from: $0("PNG24:-", []), to: "jxl")
        },
        MadeKind("jxl of 16 bits") {
            try Made.by("cjxl", ["-d", "0", "IN", "OUT"], from: $0("PNG48:-", []), to: "jxl")
        },
    ]
}
