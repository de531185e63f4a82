import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Every kind of JPEG at every scale")
struct BearScaleTests {
    private static let image = TestJPEG.image

    @Test(
        "is the smallest step that is large enough, looks like the main and passes the check", arguments: BearKind.all)
    func everyScale(_ kind: BearKind) throws {
        let main = try kind.make()
        let (width, height) = (BearJPEG.size.width, BearJPEG.size.height)
        #expect(ImageInspector.facts(of: main).size == BearJPEG.size)
        let full = kind.isOfInks ? BearJPEG.printed(try BearJPEG.pixels()) : try ImagingPixels(jpeg: main)
        for eighths in 1...8 {
            // One pixel more than the step below, which is then too small.
            let edge = (width * (eighths - 1) + 7) / 8 + 1
            let copy = try Reducer().reduce(main: main.span, image: Self.image, edge: edge, quality: 95)
            let facts = try ReducedCopyCheck(image: Self.image, edge: edge, mainSize: BearJPEG.size).check(copy)
            #expect(facts.marker == ReducedMarker(image: Self.image, edge: edge, quality: 95))

            let pixels = try ImagingPixels(jpeg: copy)
            #expect(pixels.width == (width * eighths + 7) / 8 && pixels.height == (height * eighths + 7) / 8)
            #expect(pixels.width >= edge)
            let good = full.reduced(width: pixels.width, height: pixels.height, step: 8 / Double(eighths))
            let likeness = pixels.psnr(against: good)
            #expect(likeness > 30, "\(eighths)/8: \(likeness) dB")
        }
    }

    @Test("stays as large as the main where that is smaller than asked", arguments: BearKind.all)
    func smallMain(_ kind: BearKind) throws {
        let main = try kind.make()
        let copy = try Reducer().reduce(main: main.span, image: Self.image, edge: 2048, quality: 85)
        let facts = try ReducedCopyCheck(image: Self.image, edge: 2048, mainSize: BearJPEG.size).check(copy)
        #expect(facts.size == BearJPEG.size)
    }

    @Test("shows its marker to exiftool")
    func exiftool() throws {
        let main = try BearJPEG.photo()
        let copy = try Reducer().reduce(main: main.span, image: Self.image, edge: 64, quality: 77)
        let output = try ImagingTool.run("exiftool", ["-s", "-G1", "-xmp:all", "-"], input: copy)
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map { $0.filter { $0 != " " } }
        let kept = try #require(KeptCopy(copy, edge: 64, quality: 77)?.kept)
        #expect(
            lines == [
                "[XMP-mainstay]Image:\(Self.image)", "[XMP-mainstay]Edge:64", "[XMP-mainstay]Quality:77",
                "[XMP-mainstay]Pipeline:\(ReducedMarker.currentPipeline)", "[XMP-mainstay]Pixels:\(kept.main)",
                "[XMP-mainstay]Coded:\(kept.copy)",
            ])
    }
}
