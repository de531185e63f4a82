import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("The check of what a peer sends")
struct ReducedCopyCheckTests {
    private static let mainSize = PixelSize(width: 640, height: 480)

    private static func copy(edge: Int = 200, image: ImageID = TestJPEG.image) throws -> [UInt8] {
        let main = try TestJPEG.photo()
        return try Reducer().reduce(main: main.span, image: image, edge: edge, quality: 85)
    }

    private static func fault(
        _ copy: [UInt8], edge: Int = 200, mainSize: PixelSize? = Self.mainSize,
        limits: ImagingLimits = ImagingLimits()
    ) -> ImagingError? {
        do {
            _ = try ReducedCopyCheck(image: TestJPEG.image, edge: edge, mainSize: mainSize, limits: limits).check(copy)
            return nil
        } catch { return error }
    }

    @Test("accepts what a holder makes, at every edge", arguments: [1, 50, 80, 81, 200, 560, 561, 640, 641, 65_535])
    func accepts(_ edge: Int) throws {
        let copy = try Self.copy(edge: edge)
        #expect(Self.fault(copy, edge: edge) == nil)
        #expect(Self.fault(copy, edge: edge, mainSize: nil) == nil)
        // As upright sizes are: the long edge is the same.
        #expect(Self.fault(copy, edge: edge, mainSize: PixelSize(width: 480, height: 640)) == nil)
    }

    @Test("accepts a larger copy from a node that has no main, and no smaller one")
    func largerEdge() throws {
        #expect(Self.fault(try Self.copy(edge: 400), edge: 200) == nil)
        #expect(Self.fault(try Self.copy(edge: 100), edge: 200)?.message.contains("edge of 100") == true)
    }

    /// Something else than what was asked for.
    struct Wrong: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var word: String
        var make: @Sendable () throws -> [UInt8]

        init(_ name: String, _ word: String, make: @escaping @Sendable () throws -> [UInt8]) {
            (testDescription, self.word, self.make) = (name, word, make)
        }

        static let all: [Wrong] = [
            Wrong("nothing", "no JPEG") { [] },
            Wrong("an error page", "no JPEG") { Array("<html>".utf8) },
            Wrong("its beginning", "start to its end") { try Array(copy().dropLast(2)) },
            Wrong("something behind it", "start to its end") { try copy() + [0] },
            Wrong("two of them", "start to its end") { try copy() + copy() },
            Wrong("no picture", "frame header") { [0xFF, 0xD8, 0xFF, 0xD9] },
            Wrong("the main", "say so inside") { try TestJPEG.photo() },
            Wrong("another image's", "another image") {
                try copy(image: ImageID(String(repeating: "ab", count: 32)) ?? TestJPEG.image)
            },
            Wrong("a marker on a picture that is too large", "pixels") {
                TestJPEG.inserting(
                    ReducedMarker(image: TestJPEG.image, edge: 200, quality: 85).segment, in: try TestJPEG.photo())
            },
            Wrong("a marker on a picture that is too small", "pixels") {
                TestJPEG.inserting(
                    ReducedMarker(image: TestJPEG.image, edge: 200, quality: 85).segment,
                    in: try TestJPEG.photo(width: 150, height: 100))
            },
            Wrong("a picture larger than the main", "pixels") {
                TestJPEG.inserting(
                    ReducedMarker(image: TestJPEG.image, edge: 65_535, quality: 85).segment,
                    in: try TestJPEG.photo(width: 700, height: 500))
            },
            Wrong("a header that claims everything", "decoded") {
                TestJPEG.inserting(
                    ReducedMarker(image: TestJPEG.image, edge: 65_535, quality: 85).segment,
                    in: try TestJPEG.claiming(width: 65_535, height: 65_535, dataBytes: 10))
            },
            Wrong("10,000 scans", "decoded") {
                TestJPEG.inserting(
                    ReducedMarker(image: TestJPEG.image, edge: 200, quality: 85).segment,
                    in: try TestJPEG.manyScans(10_000))
            },
        ]
    }

    @Test("refuses all else with its reason", arguments: Wrong.all)
    func refuses(_ wrong: Wrong) throws {
        let error = try #require(Self.fault(wrong.make()))
        #expect(error.code == .notTheReducedCopy)
        #expect(error.message.contains(wrong.word), "\(error)")
    }

    @Test("refuses more bytes than the limit, before looking at them")
    func tooLarge() throws {
        var limits = ImagingLimits()
        let copy = try Self.copy()
        limits.reducedCopyBytes = copy.count
        #expect(Self.fault(copy, limits: limits) == nil)
        limits.reducedCopyBytes -= 1
        #expect(Self.fault(copy, limits: limits)?.message.contains("limit") == true)
    }
}
