import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Mutated files")
struct MutationTests {
    private static let originals: [@Sendable () throws -> [UInt8]] = [
        { try TestJPEG.photo(width: 64, height: 48, orientation: 6) },
        { try TestJPEG.transformed("-progressive", photo: TestJPEG.photo(width: 64, height: 48, subsampling: .s422)) },
        { try TestJPEG.transformed("-arithmetic", photo: TestJPEG.photo(width: 33, height: 65)) },
        { try TestJPEG.recoded("-rgb") },
        {
            let main = try TestJPEG.photo(width: 64, height: 48)
            return try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 40, quality: 85)
        },
    ]

    @Test("are reduced or refused, and never more", arguments: 0..<originals.count, [1, 2, 3, 4] as [UInt64])
    func files(_ index: Int, _ seed: UInt64) throws {
        let original = try Self.originals[index]()
        var random = SeededNoise(seed: seed << 8 | UInt64(index))
        var limits = ImagingLimits()
        // A mutated header can claim any size: small enough to be quick, large enough to be decoded.
        limits.pixels = 1_000_000
        for _ in 0..<60 {
            let file = Self.mutated(original, &random)
            _ = ImageInspector.facts(of: file)
            _ = try? ReducedCopyCheck(image: TestJPEG.image, edge: 40, mainSize: nil).check(file)
            guard
                let copy = try? Reducer(limits: limits).reduce(
                    main: file.span, image: TestJPEG.image, edge: 40, quality: 85)
            else { continue }
            // Whatever was made of it is a right reduced copy.
            _ = try ReducedCopyCheck(image: TestJPEG.image, edge: 40, mainSize: nil).check(copy)
            let again = try Reducer().reduce(main: copy.span, image: TestJPEG.image, edge: 40, quality: 85)
            #expect(ImageInspector.facts(of: again).marker?.image == TestJPEG.image)
        }
    }

    @Test("with mutated EXIF are read and rewritten all the same", arguments: [11, 12, 13, 14] as [UInt64])
    func exif(_ seed: UInt64) throws {
        var writer = TIFFWriter(isLittleEndian: seed % 2 == 0)
        writer.main = [writer.short(TIFFTag.orientation, 6), writer.ascii(TIFFTag.dateTime, "2026:05:17 18:30:00")]
        writer.exif = [writer.ascii(TIFFTag.dateTimeOriginal, "2026:05:17 18:30:00"), writer.long(0xA002, 640)]
        writer.gps = [writer.ascii(1, "N")]
        writer.interoperability = [writer.ascii(1, "R98")]
        let original = writer.bytes()
        var random = SeededNoise(seed: seed)
        for _ in 0..<2_000 {
            guard let block = TIFFBlock(Self.mutated(original, &random)) else { continue }
            let facts = ExifFacts(block)
            #expect((1...8).contains(facts.orientation))
            let size = PixelSize(width: 4, height: 3)
            guard let rewritten = ExifRewriter.rewrite(block, size: size, limits: ImagingLimits()) else { continue }
            #expect(rewritten.count < 65_500)
            // What could be read before can be read afterwards.
            let again = try #require(TIFFBlock(rewritten))
            #expect(ExifFacts(again).orientation == facts.orientation)
            #expect(ExifFacts(again).captured == facts.captured)
        }
    }

    /// The bytes with one to eight faults: other values, bits, cuts, repetitions; more of them near the beginning.
    static func mutated(_ original: [UInt8], _ random: inout SeededNoise) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
            let reach = Bool.random(using: &random) ? min(bytes.count, 700) : bytes.count
            let place = Int.random(in: 0..<reach, using: &random)
            let length = min(bytes.count - place, Int.random(in: 1...40, using: &random))
            switch Int.random(in: 0..<10, using: &random) {
            case 0...3: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 4: bytes[place] = 0xFF
            case 5: bytes[place] = 0
            case 6: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            case 7: bytes.removeSubrange(place..<place + length)
            case 8: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: place)
            default: if Int.random(in: 0..<4, using: &random) == 0 { bytes.removeSubrange(place...) }
            }
        }
        return bytes
    }
}
