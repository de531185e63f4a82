import Model
import TestSupport
import Testing

@testable import Imaging

/// A kind of JPEG that a camera, a phone or a program may have written.
struct JPEGKind: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// Whether its colours are planes that can be encoded again; the others go by way of pixels.
    var isPlanar = true
    var make: @Sendable () throws -> [UInt8]

    init(_ name: String, isPlanar: Bool = true, make: @escaping @Sendable () throws -> [UInt8]) {
        testDescription = name
        self.isPlanar = isPlanar
        self.make = make
    }

    static let all: [JPEGKind] = [
        JPEGKind("4:2:0") { try TestJPEG.photo() },
        JPEGKind("4:4:4") { try TestJPEG.photo(subsampling: .s444) },
        JPEGKind("4:2:2") { try TestJPEG.photo(subsampling: .s422) },
        JPEGKind("4:4:0") { try TestJPEG.photo(subsampling: .s440) },
        JPEGKind("4:1:1") { try TestJPEG.photo(subsampling: .s411) },
        JPEGKind("grey") { try TestJPEG.photo(subsampling: .grey) },
        JPEGKind("odd sides") { try TestJPEG.photo(width: 641, height: 479) },
        JPEGKind("odd sides in 4:1:1") { try TestJPEG.photo(width: 635, height: 333, subsampling: .s411) },
        JPEGKind("progressive") { try TestJPEG.transformed("-progressive") },
        JPEGKind("arithmetic") { try TestJPEG.transformed("-arithmetic") },
        JPEGKind("progressive and arithmetic") { try TestJPEG.transformed("-progressive", "-arithmetic") },
        JPEGKind("restart markers") { try TestJPEG.transformed("-restart", "1") },
        JPEGKind("progressive 4:2:2") {
            try TestJPEG.transformed("-progressive", photo: TestJPEG.photo(subsampling: .s422))
        },
        JPEGKind("grey of 2×2 sampling", isPlanar: false) {
            TestJPEG.patchingFrame(try TestJPEG.photo(subsampling: .grey)) { $0[$0.startIndex + 11] = 0x22 }
        },
        JPEGKind("4:1:0", isPlanar: false) { try TestJPEG.recoded("-sample", "4x2,1x1,1x1") },
        JPEGKind("4:4:4 of 1×2 sampling", isPlanar: false) { try TestJPEG.recoded("-sample", "1x2,1x2,1x2") },
        JPEGKind("4:2:2 of 2×2 sampling", isPlanar: false) { try TestJPEG.recoded("-sample", "2x2,1x2,1x2") },
        JPEGKind("colours of unlike sampling", isPlanar: false) { try TestJPEG.recoded("-sample", "2x2,2x1,1x1") },
        JPEGKind("RGB", isPlanar: false) { try TestJPEG.recoded("-rgb") },
        JPEGKind("YCCK", isPlanar: false) { try TestJPEG.fourInks() },
        JPEGKind("YCCK 4:2:0", isPlanar: false) { try TestJPEG.fourInks(subsampling: .s420) },
    ]

    /// djpeg writes no pixels of four inks, so those are compared with what is printed by the inks that they were made of.
    func pixels(of main: [UInt8]) throws -> ImagingPixels {
        guard testDescription.hasPrefix("YCCK") else { return try ImagingPixels(jpeg: main) }
        var pixels = try ImagingPixels(jpeg: TestJPEG.photo(subsampling: .s444))
        pixels.bytes = (0..<pixels.width * pixels.height).flatMap { pixels.bytes[3 * $0..<3 * $0 + 3] + [255] }
        CMYKConversion.toRGB(&pixels.bytes)
        return pixels
    }
}

@Suite("Reduced copies of every kind of JPEG")
struct ReducerKindsTests {
    @Test("is like the main, has the marker, and is read by other programs", arguments: JPEGKind.all)
    func reduces(_ kind: JPEGKind) throws {
        let main = try kind.make()
        let facts = ImageInspector.facts(of: main)
        let size = try #require(facts.size)
        let copy = try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 230, quality: 95)

        let accepted = try ReducedCopyCheck(image: TestJPEG.image, edge: 230, mainSize: size).check(copy)
        #expect(accepted.marker == ReducedMarker(image: TestJPEG.image, edge: 230, quality: 95))
        #expect(accepted.captured == facts.captured)
        #expect(try ImagingTool.exif(["XMP-mainstay:Image"], of: copy) == [TestJPEG.image.description])

        let pixels = try ImagingPixels(jpeg: copy)
        let full = try kind.pixels(of: main)
        let eighths = (230 * 8 + size.longEdge - 1) / size.longEdge
        #expect(pixels.width == (size.width * eighths + 7) / 8)
        #expect(pixels.height == (size.height * eighths + 7) / 8)
        let good = full.reduced(width: pixels.width, height: pixels.height, step: 8 / Double(eighths))
        #expect(pixels.psnr(against: good) > 33, "\(pixels.psnr(against: good)) dB")
    }

    @Test("keeps the coded planes where they can be encoded again", arguments: JPEGKind.all)
    func waySuitsKind(_ kind: JPEGKind) throws {
        let main = try kind.make()
        let frame = try #require(JPEGLayout(main.span).frame)
        let picture = try JPEGMainDecoder(limits: ImagingLimits()).decode(main.span, edge: 100).picture
        if kind.isPlanar {
            #expect(frame.subsampling.map { .planes($0) } == picture.layout)
        } else {
            #expect(picture.layout == .planes(.grey) || picture.layout == .rgb(.s444) || picture.layout == .rgb(.s420))
        }
    }
}
