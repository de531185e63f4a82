import Model
import TestSupport
import Testing

@testable import Imaging

/// A chart of four inks, and what libvips 8.14 prints of it by Little CMS and its profile of coated paper.
@Suite("JPEGs in four inks")
struct CMYKPictureTests {
    /// Patches of 16 by 16 pixels, nine in a row: none, half and all of each ink, that of black changing fastest.
    private static let size = PixelSize(width: 144, height: 144)
    private static let amounts = [0, 128, 255]

    /// Red, green and blue of each patch.
    private static let printed =
        "ffffff89888928232bfff789938860252324ffee00978521282425f68eb88b5d72282029fa89758e5c52251d25fe8622905727281f26eb1e84"
        + "882258261827eb1a5a892444231624ec21288b242a2a1b2749c4f146768a1e232b76ba9051725f1e222688b4325b6f2d2123277e79ae5453"
        + "6e1f1d27877575595050201f278d71345d4d2c1e1d2688297f5922561c17248b2b5f5b23431e19268e2d355b212b1b1a26009de400638613"
        + "1f29009691005d5e161f28008e41005b33141a230066a600446b161c2800627600424f191c26005d3b063f30191a251a277b1a2155171925"
        + "27265a1c1f401b1f272f27372624311f222b"

    /// The samples of each ink, where 255 is none.
    private static let planes: [[UInt8]] = (0..<4).map { ink in
        let step = [27, 9, 3, 1][ink]
        return (0..<size.height * size.width).map { pixel in
            let patch = pixel / size.width / 16 * 9 + pixel % size.width / 16
            return UInt8(255 - amounts[patch / step % 3])
        }
    }

    /// How near the patches' middles come to what is printed, in decibels.
    private static func likeness(_ jpeg: [UInt8]) throws -> Double {
        let pixels = try ImagingPixels(jpeg: jpeg)
        let wanted = try #require(Hex.decode(printed))
        var seen: [UInt8] = []
        for patch in 0..<81 {
            let place = (patch / 9 * 16 + 8) * pixels.width + patch % 9 * 16 + 8
            seen += pixels.bytes[3 * place..<3 * place + 3]
        }
        return ImagingPixels(width: 9, height: 9, channels: 3, bytes: seen)
            .psnr(against: ImagingPixels(width: 9, height: 9, channels: 3, bytes: wanted))
    }

    @Test("are printed as libvips prints them, with Adobe's marker and without", arguments: [0, nil] as [UInt8?])
    func printed(_ transform: UInt8?) throws {
        let main = try BearJPEG.separated(Self.planes, size: Self.size, ids: [1, 2, 3, 4], adobeTransform: transform)
        let copy = try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 144, quality: 95)
        let likeness = try Self.likeness(copy)
        #expect(likeness > 31, "\(likeness) dB")
        // A recipe begins with the same colours: this one changes nothing in the middle of a patch but by its rounding.
        let rendition = try Edit.rendition(of: main, Edit.look([.sharpen: "1"]))
        let rendered = try Self.likeness(rendition)
        #expect(rendered > 31, "\(rendered) dB")
        let facts = ImageInspector.facts(of: rendition)
        #expect(facts.rendition?.pipeline == Renderer.inkPipeline)
        let other = try Edit.rendition(of: TestJPEG.photo(), Edit.look([.sharpen: "1"]))
        #expect(ImageInspector.facts(of: other).rendition?.pipeline == Renderer.pipeline)
    }

    @Test("keep their samples, their profile and the first number where nothing is lost, and else none of them")
    func lossless() throws {
        var profile = [UInt8](repeating: 0, count: 500)
        profile.replaceSubrange(16..<20, with: "CMYK".utf8)
        let segment = JPEGMarker.segment(JPEGMarker.app2, Array("ICC_PROFILE\0".utf8) + [1, 1] + profile)
        let main = TestJPEG.inserting(
            segment, in: try BearJPEG.separated(Self.planes, size: Self.size, ids: [1, 2, 3, 4], adobeTransform: 0))
        let crop = try Crop(left: 32, top: 48, width: 64, height: 64, of: Self.size)
        let looks = [
            (try Edit.look(turns: 1), true), (try Edit.look(crop: crop), true),
            (try Edit.look([.sharpen: "1"]), false),
        ]
        for (look, isLossless) in looks {
            let pieces = Pieces()
            let facts = try Renderer().render(main: main, recipe: Edit.recipe(look)) { pieces.add($0) }
            #expect(facts.isLossless == isLossless)
            let layout = JPEGLayout(pieces.all.span)
            #expect(layout.frame?.components.count == (isLossless ? 4 : 3))
            let number = isLossless ? Renderer.pipeline : Renderer.inkPipeline
            #expect(ImageInspector.facts(of: pieces.all).rendition?.pipeline == number)
            #expect(layout.profileChunks.count == (isLossless ? 1 : 0))
        }
    }
}
