import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("What is not reduced, and why")
struct ReducerRefusalTests {
    /// A main that cannot be reduced.
    struct Refused: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: ImagingError.Code
        var word: String
        var make: @Sendable () throws -> [UInt8]

        init(
            _ name: String, _ code: ImagingError.Code, _ word: String, make: @escaping @Sendable () throws -> [UInt8]
        ) {
            (testDescription, self.code, self.word, self.make) = (name, code, word, make)
        }

        static let all: [Refused] = [
            Refused("zero bytes", .notAnImage, "is empty") { [] },
            Refused("text named .jpg", .notAnImage, "no picture") { Array("Dear diary, today".utf8) },
            Refused("a PNG", .notReducibleYet(.png), "PNG") { [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0] },
            Refused("a HEIC", .notReducibleYet(.heic), "HEIC") { [0, 0, 0, 24] + Array("ftypheic".utf8) },
            Refused("a start marker alone", .endsEarly, "before the picture") { [0xFF, 0xD8, 0xFF] },
            Refused("start and end", .damaged, "no frame") { [0xFF, 0xD8, 0xFF, 0xD9] },
            Refused("65535×65535 without data", .overLimit, "pixels") {
                try TestJPEG.claiming(width: 65_535, height: 65_535, dataBytes: 0)
            },
            Refused("17000×17000 without data", .endsEarly, "too few") {
                try TestJPEG.claiming(width: 17_000, height: 17_000, dataBytes: 100)
            },
            Refused("progressive 17000×17000 without data", .endsEarly, "too few") {
                try TestJPEG.claiming(width: 17_000, height: 17_000, dataBytes: 100, marker: 0xC2)
            },
            Refused("12 bits", .unsupported, "12 bits") {
                TestJPEG.patchingFrame(try TestJPEG.photo()) { $0[$0.startIndex + 4] = 12 }
            },
            Refused("lossless", .unsupported, "lossless") {
                TestJPEG.patchingFrame(try TestJPEG.photo()) { $0[$0.startIndex + 1] = 0xC3 }
            },
            Refused("hierarchical", .unsupported, "hierarchical") {
                TestJPEG.patchingFrame(try TestJPEG.photo()) { $0[$0.startIndex + 1] = 0xC5 }
            },
            Refused("no width", .damaged, "width") { try TestJPEG.claiming(width: 0, height: 9, dataBytes: 9) },
            Refused("height behind the data", .unsupported, "height") {
                try TestJPEG.claiming(width: 9, height: 0, dataBytes: 9)
            },
            Refused("impossible sampling", .damaged, "sampling") {
                TestJPEG.patchingFrame(try TestJPEG.photo()) { $0[$0.startIndex + 11] = 0xF1 }
            },
            Refused("two components", .unsupported, "2 colour components") {
                var frame: [UInt8] = [8, 0, 8, 0, 8, 2, 1, 0x11, 0, 2, 0x11, 0]
                frame = JPEGMarker.segment(0xC0, frame) + JPEGMarker.segment(0xDA, [2, 1, 0, 2, 0, 0, 63, 0])
                return [0xFF, 0xD8] + frame + [0, 0, 0, 0xFF, 0xD9]
            },
            Refused("10,000 scans", .overLimit, "scans") { try TestJPEG.manyScans(10_000) },
            Refused("a gigabyte of coefficients", .overLimit, "passes") {
                try TestJPEG.claiming(
                    width: 17_000, height: 17_000, dataBytes: 2_000_000, marker: 0xC2, subsampling: .s444)
            },
            Refused("nothing behind its headers", .endsEarly, "before the picture") {
                let main = try TestJPEG.photo()
                return Array(main[..<JPEGLayout(main.span).dataStart])
            },
            Refused("no tables", .damaged, "cannot be decoded") {
                let frame = JPEGMarker.segment(0xC0, [8, 0, 8, 0, 8, 1, 1, 0x11, 0])
                return [0xFF, 0xD8] + frame + JPEGMarker.segment(0xDA, [1, 1, 0, 0, 63, 0]) + [0, 0, 0xFF, 0xD9]
            },
        ]
    }

    @Test("says in a sentence what is wrong", arguments: Refused.all)
    func refuses(_ refused: Refused) throws {
        let main = try refused.make()
        let error = try #require(Self.fault(of: main))
        #expect(error.code == refused.code)
        #expect(error.message.contains(refused.word), "\(error)")
        #expect(error.message.hasSuffix("."))
        #expect(!error.isRetryable)
    }

    /// Why a main is not reduced; nil when it is.
    private static func fault(of main: [UInt8], limits: ImagingLimits = ImagingLimits()) -> ImagingError? {
        do {
            _ = try Reducer(limits: limits).reduce(main: main.span, image: TestJPEG.image, edge: 100, quality: 85)
            return nil
        } catch {
            return error
        }
    }

    @Test("decodes what other viewers show of a main with a fault in its data")
    func fault() throws {
        // The fault is between two restart markers, so that the rest of the picture is found again.
        var main = try TestJPEG.transformed("-restart", "1")
        let data = JPEGLayout(main.span).dataStart
        let middle = (data + main.count) / 2
        for offset in middle..<middle + 6 { main[offset] = 0x55 }
        let copy = try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 200, quality: 85)
        #expect(try ImagingPixels(jpeg: copy).width == 240)
    }

    @Test("keeps to limits that are set lower")
    func lowerLimits() throws {
        let main = try TestJPEG.photo()
        func code(_ change: (inout ImagingLimits) -> Void) -> ImagingError.Code? {
            var limits = ImagingLimits()
            change(&limits)
            return Self.fault(of: main, limits: limits)?.code
        }
        #expect(code { $0.pixels = 640 * 480 } == nil)
        #expect(code { $0.pixels = 640 * 480 - 1 } == .overLimit)
        #expect(code { $0.metadataBytes = 10 } == .overLimit)
        #expect(code { $0.scans = 1 } == nil)
        #expect(code { $0.scans = 0 } == .overLimit)
    }
}
