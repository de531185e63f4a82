import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Sizes of reduced copies")
struct ReducerSizeTests {
    @Test(
        "is the smallest step of an eighth that is large enough, and never larger than the main",
        arguments: [
            (6000, 4000, 2048, 2250, 1500), (4000, 6000, 2048, 1500, 2250), (2048, 1536, 2048, 2048, 1536),
            (2049, 1536, 2048, 2049, 1536), (100, 50, 2048, 100, 50), (1, 1, 2048, 1, 1), (1, 20_000, 2048, 1, 2500),
            (20_000, 1, 2501, 5000, 1), (65_500, 10, 1, 8188, 2), (1, 1, 1, 1, 1), (9, 9, 1, 2, 2),
        ])
    func scale(_ width: Int, _ height: Int, _ edge: Int, _ newWidth: Int, _ newHeight: Int) {
        let size = JPEGMainDecoder.scaledSize(width: width, height: height, edge: edge)
        #expect(size == (newWidth, newHeight))
    }

    @Test(
        "works for tiny and for long, thin mains",
        arguments: [(1, 1), (1, 20_000), (20_000, 1), (2, 3), (7, 9), (17, 1), (3, 65_500)],
        ChromaSubsampling.allCases)
    func extremes(_ sides: (Int, Int), _ subsampling: ChromaSubsampling) throws {
        let main = try TestJPEG.photo(width: sides.0, height: sides.1, subsampling: subsampling)
        for edge in [1, 5, 2048] {
            let copy = try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: edge, quality: 85)
            let size = PixelSize(width: sides.0, height: sides.1)
            let facts = try ReducedCopyCheck(image: TestJPEG.image, edge: edge, mainSize: size).check(copy)
            let pixels = try ImagingPixels(jpeg: copy)
            #expect(facts.size == PixelSize(width: pixels.width, height: pixels.height))
        }
    }

    @Test("works for 100 megapixels")
    func hundredMegapixels() throws {
        // One row of a photo again and again: what it looks like does not matter here.
        let row = SamplePhoto(seed: 3, width: 10_000, height: 2).picture(.grey).samples[..<10_000]
        var samples: [UInt8] = []
        samples.reserveCapacity(100_000_000)
        for _ in 0..<10_000 { samples += row }
        let picture = Picture(width: 10_000, height: 10_000, layout: .planes(.grey), samples: samples)
        let main = try TurboEncoder().jpeg(picture, quality: 80)
        let copy = try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 2048, quality: 85)
        #expect(ImageInspector.facts(of: copy).size == PixelSize(width: 2500, height: 2500))
    }
}
