import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Mains that are cut, and mains that claim")
struct BearRefusalTests {
    private static func fault(
        of main: [UInt8], edge: Int = 20, limits: ImagingLimits = ImagingLimits()
    ) -> ImagingError? {
        do {
            _ = try Reducer(limits: limits).reduce(main: main.span, image: TestJPEG.image, edge: edge, quality: 85)
            return nil
        } catch {
            return error
        }
    }

    private static func expectClear(_ error: ImagingError?, sourceLocation: SourceLocation = #_sourceLocation) {
        let message = error?.message ?? ""
        #expect(message.hasSuffix(".") && message.contains(";"), "\(message)", sourceLocation: sourceLocation)
        #expect(error?.isRetryable == false, sourceLocation: sourceLocation)
    }

    @Test(
        "refuses a main cut at any byte of its head, and shows what there is of one cut later", arguments: BearKind.all)
    func cutAnywhere(_ kind: BearKind) throws {
        let main = try kind.make()
        // Every place in the head, and a thousand over the whole.
        let head = JPEGLayout(main.span).dataStart
        for cut in Array(0...head) + (1...1_000).map({ main.count * $0 / 1_001 }) {
            if cut > head {
                let copy = try Reducer().reduce(
                    main: Array(main[..<cut]).span, image: TestJPEG.image, edge: 20, quality: 85)
                let facts = try ReducedCopyCheck(image: TestJPEG.image, edge: 20, mainSize: nil).check(copy)
                #expect(facts.marker?.isCut == true, "\(cut)")
                continue
            }
            let error = Self.fault(of: Array(main[..<cut]))
            // A start marker is three bytes.
            #expect(error?.code == (cut < 3 ? .notAnImage : .endsEarly), "\(cut): \(error.debugDescription)")
            Self.expectClear(error)
        }
    }

    @Test(
        "shows what there is, and finds that data is missing though the end marker was put back",
        arguments: BearKind.all)
    func cutAndEnded(_ kind: BearKind) throws {
        let main = try kind.make()
        let start = JPEGLayout(main.span).dataStart
        for eighth in 1...7 {
            let cut = start + (main.count - 2 - start) * eighth / 8
            let file = Array(main[..<cut]) + [0xFF, 0xD9]
            let copy = try Reducer().reduce(main: file.span, image: TestJPEG.image, edge: 20, quality: 85)
            let marker = ImageInspector.facts(of: copy).marker
            // Passes may be missing and leave a coarser picture, which decoders cannot tell from a whole one.
            let isInPasses = JPEGLayout(main.span).scans > 1 || JPEGLayout(main.span).frame?.isArithmetic == true
            #expect(marker?.isCut == true || isInPasses, "\(eighth)/8")
        }
    }

    @Test(
        "takes no memory for what a header claims without data, even with no limit on pixels",
        arguments: [0xC0, 0xC1, 0xC2] as [UInt8])
    func claims(_ marker: UInt8) throws {
        var limits = ImagingLimits()
        for pixels in [limits.pixels, .max] {
            limits.pixels = pixels
            for data in [0, 1, 10_000] {
                let main = try TestJPEG.claiming(width: 65_500, height: 65_500, dataBytes: data, marker: marker)
                let error = Self.fault(of: main, limits: limits)
                #expect(error?.code == (pixels == .max ? .endsEarly : .overLimit))
                Self.expectClear(error)
            }
        }
    }

    @Test("takes sides up to what the decoder can do, and says so of longer ones", arguments: [65_500, 65_501, 65_535])
    func longestSide(_ side: Int) throws {
        for size in [PixelSize(width: side, height: 8), PixelSize(width: 8, height: side)] {
            let main = try TestJPEG.claiming(
                width: size.width, height: size.height, dataBytes: 40_000, subsampling: .grey)
            let error = Self.fault(of: main, edge: 65_535)
            if side <= 65_500 {
                #expect(error?.code != .unsupported)
            } else {
                #expect(error?.code == .unsupported)
                Self.expectClear(error)
            }
        }
    }

    @Test("refuses ten thousand scans of every coding", arguments: [[], ["-arithmetic"]], [true, false])
    func manyScans(_ coding: [String], _ isProgressive: Bool) throws {
        let small = try SamplePhoto(seed: 1, width: 16, height: 16).jpeg(subsampling: .grey)
        let main = try ImagingTool.run(
            "jpegtran", coding + (isProgressive ? ["-progressive"] : []), input: small)
        let scan = try #require(BearJPEG.segments(of: main).last { $0.code == JPEGMarker.startOfScan })
        let last = Array(main[scan.range.lowerBound..<main.count - 2])
        var file = Array(main.dropLast(2))
        for _ in 0..<10_000 { file += last }
        let error = Self.fault(of: file + [0xFF, 0xD9])
        #expect(error?.code == .overLimit)
        #expect(error?.message.contains("scans") == true)
        Self.expectClear(error)
    }

    @Test("refuses twelve bits in whichever way they are coded", arguments: [0xC1, 0xC2, 0xC9, 0xCA] as [UInt8])
    func twelveBits(_ marker: UInt8) throws {
        let main = TestJPEG.patchingFrame(try BearJPEG.photo()) { frame in
            frame[frame.startIndex + 1] = marker
            frame[frame.startIndex + 4] = 12
        }
        let error = Self.fault(of: main)
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("12 bits") == true)
        Self.expectClear(error)
    }

    @Test(
        "says of what is no JPEG what it is",
        arguments: [
            ("", nil), ("The text of a letter.", nil), ("\u{FEFF}<html>", nil), ("GIF89a", .gif),
            ("RIFF....WEBP", .webp),
            ("....ftypavif", .avif), ("....ftypheic", .heic), ("II*\0", .tiff),
        ] as [(String, ImageType?)])
    func others(_ text: String, _ type: ImageType?) {
        let error = Self.fault(of: Array(text.utf8))
        #expect(error?.code == (type.map { .notReducibleYet($0) } ?? .notAnImage))
        Self.expectClear(error)
    }
}
