import CZlib
import DecoderProgram
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("Chunks of PNGs")
struct PNGChunkTests {
    private static let good = Result { try Made.colours("PNG24:-") }

    private static func number(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    }

    private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let summed = Array(type.utf8) + content
        return number(content.count) + summed + number(Int(crc32(0, summed, UInt32(summed.count))))
    }

    private static func deflated(_ bytes: [UInt8]) throws -> [UInt8] {
        var count = compressBound(UInt(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(count))
        try #require(compress(&result, &count, bytes, UInt(bytes.count)) == Z_OK)
        return Array(result.prefix(Int(count)))
    }

    /// The PNG with more chunks behind its head.
    private static func inserting(_ chunks: [UInt8], in png: [UInt8]) -> [UInt8] { png[..<33] + chunks + png[33...] }

    @Test("Texts that are gigabytes together take no memory", arguments: [[], ["-interlace", "PNG"]])
    func texts(_ arguments: [String]) throws {
        let main = try Made.colours("PNG24:-", arguments)
        let text = try Self.deflated([UInt8](repeating: 0x20, count: 15_900_000))
        let chunk = Self.chunk("zTXt", Array("Comment\0\0".utf8) + text)
        let (few, many) = (
            try Made.memory(main), try Made.memory(Self.inserting((0..<170).flatMap { _ in chunk }, in: main))
        )
        #expect(many - few < 32, "\(few) MB and \(many) MB")
    }

    @Test("A profile stays where the PNG says its colours in other ways too", arguments: [false, true])
    func profile(_ isFirst: Bool) throws {
        let profile = ICCWriter.profile(
            "Test", red: [0.5151, 0.2412, -0.0011], green: [0.2920, 0.6922, 0.0419], blue: [0.1571, 0.0666, 0.7841])
        let carrier = Self.chunk("iCCP", Array("Test\0\0".utf8) + (try Self.deflated(profile)))
        let others = Self.chunk("sRGB", [0]) + Self.chunk("gAMA", Self.number(45_455))
        let chunks = isFirst ? carrier + others : others + carrier
        let main = Self.inserting(chunks, in: try Made.colours("PNG24:-", ["-define", "png:exclude-chunks=all"]))
        let copy = try Made.reduce(main, edge: 100)
        #expect(try ImagingTool.run("exiftool", ["-icc_profile", "-b", "-"], input: copy) == profile)
    }

    @Test("A side that no JPEG can have is over the limit, and no damage", arguments: [70_000, 200_000_000], [0, 1])
    func side(_ width: Int, _ interlacing: UInt8) throws {
        let good = try Self.good.get()
        let head = Self.chunk("IHDR", Self.number(width) + Self.number(1) + good[24..<28] + [interlacing])
        #expect {
            _ = try Made.decode(good[..<8] + head + good[33...], edge: 100)
        } throws: { ($0 as? ImagingError)?.code == .overLimit }
    }

    @Test("A PNG that has all rows and no end has a copy that says so")
    func cut() throws {
        let main = try Self.good.get()
        var (place, end) = (8, 0)
        while place + 8 < main.count {
            let count = main[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            if main[place + 4..<place + 8].elementsEqual("IDAT".utf8) { end = place + 8 + count }
            place += count + 12
        }
        for count in [end, end + 2, end + 4, end + 9, main.count - 12, main.count - 5, main.count - 1, main.count] {
            let copy = try Made.reduce(Array(main.prefix(count)), edge: 100)
            #expect(ImageInspector.facts(of: copy).marker?.isCut == (count < main.count), "\(count) of \(main.count)")
            for (found, wanted) in zip(try Made.colours(of: copy).colours, Made.wanted) {
                #expect(Made.isNear(found, wanted), "\(found)")
            }
        }
        #expect {
            _ = try Made.decode(Array(main.prefix(end - 1)), edge: 100)
        } throws: { ($0 as? ImagingError)?.code == .endsEarly }
    }
}
