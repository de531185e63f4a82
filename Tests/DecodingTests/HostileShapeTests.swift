import Decoding
import Foundation
import Glibc
import Imaging
import Model
import TestSupport
import Testing

/// A main as an open file, for pictures that are too large to be in memory.
final class MadeMain: OpenMain {
    let descriptor: Int32
    private let isChanged: Bool

    init(_ file: URL, isChanged: Bool = false) throws {
        descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        self.isChanged = isChanged
        guard descriptor >= 0 else { throw ImagingTool.Failure(description: "\(file.path) cannot be opened") }
    }

    deinit { close(descriptor) }

    func checkUnchanged() throws { if isChanged { throw ChangedMeanwhile() } }
}

struct ChangedMeanwhile: Error {}

@Suite("Files whose shape does harm")
struct HostileShapeTests {
    private static let good = Result { try Made.colours("PNG24:-") }

    /// A picture of noise: each kilobyte of its file has something of it.
    private static func noise(_ name: String, _ arguments: [String] = []) throws -> [UInt8] {
        let picture = ["-size", "96x72", "-seed", "1", "plasma:red-blue", "+noise", "Gaussian", "-depth", "8"]
        let colours = name == "PNG8:-" ? ["-colors", "200"] : []
        return try ImagingTool.run("convert", picture + colours + arguments + [name])
    }

    /// Whether a reduced copy of this can be made, or the sentence why not. Whatever it is, the next good picture has its
    /// copy.
    @discardableResult
    private static func refusal(_ file: [UInt8], by pool: DecoderPool = Made.pool) throws -> ImagingError? {
        defer { #expect(throws: Never.self) { _ = try Made.decode(good.get(), edge: 60, by: pool) } }
        do throws(ImagingError) {
            let reducer = Reducer(decoder: pool)
            _ = try reducer.reduce(main: file.span, image: Made.image, edge: 60, quality: 85)
            return nil
        } catch {
            #expect(error.message.hasSuffix("."), "\(error.message)")
            #expect(!error.isRetryable, "\(error)")
            return error
        }
    }

    private static func number(_ number: Int, _ size: Int = 4) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * (size - 1 - $0))) }
    }

    private static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        number(content.count + 8) + Array(type.utf8) + content
    }

    /// This box in itself, so many deep.
    private static func nested(_ type: String, _ depth: Int, _ head: [UInt8] = []) -> [UInt8] {
        let whole = 8 + head.count
        return (0..<depth).flatMap { number((depth - $0) * whole) + Array(type.utf8) + head }
    }

    @Test("Ten gigabytes that are not there are refused at once", arguments: ["heic", "avif", "mov", "png", "tiff"])
    func sparse(_ suffix: String) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "large.\(suffix)")
            let head: [UInt8] =
                switch suffix {
                case "heic", "avif": Self.box("ftyp", Array(suffix.utf8) + Self.number(0) + Array("mif1".utf8))
                case "mov": Self.box("ftyp", Array("qt  ".utf8) + Self.number(0))
                case "png": Array(try Self.good.get().prefix(33))
                default: [0x49, 0x49, 42, 0, 8, 0, 0, 0]
                }
            try Data(head).write(to: file)
            try #require(truncate(file.path, 10_000_000_000) == 0)
            let main = try MadeMain(file)
            let type = try #require(ImageType(head: head + [UInt8](repeating: 0, count: 32)))
            let start = ContinuousClock.now
            #expect {
                _ = try Made.pool.decode(main, type, edge: 60, limits: ImagingLimits())
            } throws: { error in
                guard let error = error as? ImagingError else { return false }
                return [.overLimit, .damaged, .notAnImage, .endsEarly, .unsupported].contains(error.code)
            }
            #expect(ContinuousClock.now - start < .seconds(30))
            _ = try Made.decode(Self.good.get(), edge: 60)
        }
    }

    @Test(
        "Boxes nested ten thousand deep are refused, and end no decoder",
        arguments: [
            ("heic", "meta", 4), ("heic", "iprp", 0), ("heic", "moov", 0), ("qt  ", "moov", 0), ("qt  ", "trak", 0),
            ("qt  ", "meta", 4), ("avif", "ipco", 0),
        ])
    func nested(_ brand: String, _ type: String, _ head: Int) throws {
        let inner = Self.nested(type, 10_000, [UInt8](repeating: 0, count: head))
        let file = Self.box("ftyp", Array(brand.utf8) + Self.number(0) + Array(brand.utf8)) + inner
        let error = try #require(try Self.refusal(file))
        #expect(!error.message.contains("broke down"))
        // Its facts are read by the agent itself.
        #expect(ImageInspector.facts(of: file).size == nil)
    }

    @Test("A film without pictures in it is refused", arguments: ["mp4", "mov", "mkv", "avi"])
    func empty(_ suffix: String) throws {
        var film = try Made.by(
            "ffmpeg",
            ["-v", "error", "-f", "lavfi", "-i", "color=c=red:s=64x48:d=0.2", "-pix_fmt", "yuv420p", "OUT"], to: suffix)
        let tables = ["stts", "stsz", "stco", "stsc"].map { Array($0.utf8) }
        for table in tables {
            guard let place = film.firstRange(of: table)?.upperBound, place + 12 <= film.count else { continue }
            // How many there are.
            film.replaceSubrange(place..<place + 12, with: [UInt8](repeating: 0, count: 12))
        }
        // Where the first cluster and the list of pictures begin.
        let starts: [String: [UInt8]] = ["mkv": [0x1F, 0x43, 0xB6, 0x75], "avi": Array("movi".utf8)]
        if let start = starts[suffix] { film.removeSubrange(try #require(film.firstRange(of: start)).lowerBound...) }
        #expect(try Self.refusal(film) != nil)
    }

    @Test("An archive is no picture, whatever its name, and where a picture is in it too")
    func archive() throws {
        let local = [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 26)
        for content in [[], try Self.good.get()] {
            #expect(try Self.refusal(local + content)?.code == .notAnImage)
        }
    }

    @Test("Of two files in one the first is shown, by what it begins with")
    func two() throws {
        let other = try Made.colours("GIF:-", ["-negate"])
        let archive = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)
        for name in ["PNG24:-", "WEBP:-", "GIF:-", "BMP:-", "JPEG:-"] {
            for second in [other, archive] {
                let copy = try Made.reduce(try Made.colours(name) + second, edge: 100)
                for (found, wanted) in zip(try Made.colours(of: copy).colours, Made.wanted) {
                    #expect(Made.isNear(found, wanted, within: 8), "\(name): \(found)")
                }
            }
        }
    }

    @Test("A file cut at each kilobyte is shown or refused, and ends no decoder", arguments: MadeKind.all)
    func cut(_ kind: MadeKind) throws {
        let main = try kind.make(Self.noise)
        #expect(main.count > 2_000)
        for count in stride(from: 1_024, to: main.count, by: max(1_024, main.count / 24_000 * 1_024)) {
            let error = try Self.refusal(Array(main.prefix(count)))
            #expect(error?.message.contains("broke down") != true, "\(count) of \(main.count)")
        }
        #expect(try Self.refusal(main) == nil)
    }
}
