import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("A reduced copy whose main is only spoken of otherwise")
struct KeptCopyTests {
    private static let edited = ImageID(of: [1])

    private static func reduce(
        _ main: [UInt8], as image: ImageID = TestJPEG.image, edge: Int = 200, quality: Int = 85,
        keeping kept: KeptPicture? = nil
    ) throws -> [UInt8] {
        try Reducer().reduce(main: main.span, image: image, edge: edge, quality: quality, keeping: kept)
    }

    private static func digest(_ jpeg: [UInt8]) -> PixelsDigest? {
        PixelsDigest(jpeg.span, JPEGLayout(jpeg.span))
    }

    private static func rated(_ main: [UInt8]) -> [UInt8] {
        let packet = """
            <r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description
             xmlns:x="http://ns.adobe.com/xap/1.0/" x:Rating="5"/></r:RDF>
            """
        let comment = JPEGMarker.segment(0xFE, Array("by hand".utf8))
        return TestJPEG.inserting(
            comment + JPEGMarker.segment(JPEGMarker.app1, XMPProperties.signature + Array(packet.utf8)), in: main)
    }

    private static let mains: [@Sendable () throws -> [UInt8]] = [
        { try TestJPEG.photo() }, { try TestJPEG.photo(subsampling: .s444, orientation: 6) },
        { try TestJPEG.photo(subsampling: .grey) }, { try TestJPEG.transformed("-progressive") },
        { try TestJPEG.recoded("-rgb") },
        {
            let profile = [UInt8](repeating: 0, count: 16) + Array("RGB ".utf8) + [UInt8](repeating: 7, count: 200)
            let chunk = Array("ICC_PROFILE\0".utf8) + [1, 1] + profile
            return TestJPEG.inserting(JPEGMarker.segment(JPEGMarker.app2, chunk), in: try TestJPEG.photo())
        },
    ]

    @Test("gets a head of some kilobytes, and is then what would be made anew", arguments: 0..<mains.count)
    func keeps(_ number: Int) throws {
        let main = try Self.mains[number]()
        let copy = try Self.reduce(main)
        let kept = try #require(KeptCopy(copy, edge: 200, quality: 85))
        for other in [Self.rated(main), main] {
            let head = try Self.reduce(other, as: Self.edited, keeping: kept.kept)
            #expect(!KeptCopy.isWhole(head))
            #expect(head.count < 3_000)
            let anew = try Self.reduce(other, as: Self.edited)
            #expect(kept.with(head: head) == anew)
            // And once more from there.
            let again = try #require(KeptCopy(anew, edge: 200, quality: 85))
            #expect(again.kept == kept.kept)
            #expect(again.with(head: try Self.reduce(main, keeping: again.kept)) == copy)
        }
    }

    @Test("comes whole where the pixels are others")
    func otherPixels() throws {
        let main = try TestJPEG.photo()
        let kept = try #require(KeptCopy(Self.reduce(main), edge: 200, quality: 85))
        let turned = try TestJPEG.transformed("-rotate", "90")
        let others = [
            try TestJPEG.photo(seed: 8), turned, Array(main.dropLast(2)), Array(main.dropLast(2_000)),
            try TestJPEG.transformed("-progressive"),
        ]
        for other in others {
            let answer = try Self.reduce(other, as: Self.edited, keeping: kept.kept)
            #expect(KeptCopy.isWhole(answer))
            #expect(answer == (try Self.reduce(other, as: Self.edited)))
        }
    }

    @Test("of four inks is made anew: an earlier version gave it other colours, and said of which picture")
    func inks() throws {
        let main = try TestJPEG.fourInks()
        let copy = try Self.reduce(main)
        #expect(KeptCopy(copy, edge: 200, quality: 85) == nil)
        let earlier = KeptPicture(main: try #require(Self.digest(main)), copy: try #require(Self.digest(copy)))
        #expect(KeptCopy.isWhole(try Self.reduce(Self.rated(main), as: Self.edited, keeping: earlier)))
    }

    @Test("is not kept that was made otherwise, or changed since")
    func otherCopies() throws {
        let main = try TestJPEG.photo()
        let copy = try Self.reduce(main)
        #expect(KeptCopy(copy, edge: 201, quality: 85) == nil)
        #expect(KeptCopy(copy, edge: 200, quality: 86) == nil)
        #expect(KeptCopy(try Self.reduce(Array(main.dropLast(2_000))), edge: 200, quality: 85) == nil)
        #expect(KeptCopy(main, edge: 200, quality: 85) == nil)
        #expect(KeptCopy([], edge: 200, quality: 85) == nil)
        #expect(KeptCopy(Array(copy.dropLast(1)), edge: 200, quality: 85) == nil)
        var edited = copy
        edited[JPEGLayout(copy.span).dataStart + 40] ^= 1
        #expect(KeptCopy(edited, edge: 200, quality: 85) == nil)
        // Nor one of an earlier version, which says nothing of the picture.
        let marker = ReducedMarker(image: TestJPEG.image, edge: 200, quality: 85)
        let plain = LosslessRendering.spliced(
            copy.span, JPEGLayout(copy.span), [(JPEGMarker.app1, marker.payload)])
        #expect(ImageInspector.facts(of: plain).marker == marker)
        #expect(KeptCopy(plain, edge: 200, quality: 85) == nil)
    }

    @Test("with whatever a peer says is its head is a right copy or refused", arguments: [1, 2, 3] as [UInt64])
    func heads(_ seed: UInt64) throws {
        let main = try TestJPEG.photo()
        let kept = try #require(KeptCopy(Self.reduce(main), edge: 200, quality: 85))
        let head = try Self.reduce(Self.rated(main), as: Self.edited, keeping: kept.kept)
        let check = ReducedCopyCheck(image: Self.edited, edge: 200, mainSize: nil)
        let wrong: [[UInt8]] = [
            [], [0xFF], [0xFF, 0xE1, 0, 1], [0xFF, 0xDB, 0, 2], [0xFF, 0xE1, 0xFF, 0xFF], [0, 1, 2, 3],
        ]
        for wrong in wrong {
            #expect(kept.with(head: wrong) == nil)
        }
        var random = SeededNoise(seed: seed)
        for _ in 0..<200 {
            var other = head
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                other[Int.random(in: 0..<other.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { other.removeLast(Int.random(in: 1...other.count - 1, using: &random)) }
            guard let copy = kept.with(head: other), (try? check.check(copy)) != nil else { continue }
            #expect(ImageInspector.facts(of: copy).marker?.image == Self.edited)
            #expect(Self.digest(copy) == kept.kept.copy)
        }
    }
}
