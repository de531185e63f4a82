import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Copies that are nearly right")
struct BearCopyCheckTests {
    private static let size = BearJPEG.size

    private static func copy(edge: Int = 60) throws -> [UInt8] {
        let main = try BearJPEG.photo()
        return try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: edge, quality: 85)
    }

    private static func fault(
        _ copy: [UInt8], edge: Int = 60, mainSize: PixelSize? = size, limits: ImagingLimits = ImagingLimits()
    ) -> ImagingError? {
        do {
            _ = try ReducedCopyCheck(image: TestJPEG.image, edge: edge, mainSize: mainSize, limits: limits).check(copy)
            return nil
        } catch {
            return error
        }
    }

    private static func expectRefused(_ error: ImagingError?, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(error?.code == .notTheReducedCopy, sourceLocation: sourceLocation)
        #expect(error?.message.hasSuffix(".") == true, sourceLocation: sourceLocation)
    }

    @Test("refuses a copy cut at any byte")
    func cutAnywhere() throws {
        let copy = try Self.copy()
        #expect(Self.fault(copy) == nil)
        for cut in copy.indices { Self.expectRefused(Self.fault(Array(copy[..<cut]))) }
    }

    @Test("refuses an image id that differs in any digit")
    func anyDigit() throws {
        let copy = try Self.copy()
        let id = Array(TestJPEG.image.description.utf8)
        let place = try #require(copy.indices.first { copy[$0...].starts(with: id) })
        for digit in id.indices {
            var other = copy
            other[place + digit] = id[digit] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            let error = Self.fault(other)
            Self.expectRefused(error)
            #expect(error?.message.contains("another image") == true)
        }
    }

    @Test("refuses a copy that lost its marker, and the main itself")
    func withoutMarker() throws {
        let stripped = try ImagingTool.run("exiftool", ["-xmp:all=", "-o", "-", "-"], input: Self.copy())
        for file in [stripped, try BearJPEG.photo()] {
            let error = Self.fault(file)
            Self.expectRefused(error)
            #expect(error?.message.contains("say so inside") == true)
        }
    }

    @Test(
        "takes the sizes that the edge gives of some main, and no others",
        arguments: [
            // asked, main's long edge, marker's edge, copy's long edge, whether it is taken
            (100, 800, 100, 100, true), (100, 800, 100, 99, false), (100, 800, 100, 200, true),
            (100, 800, 100, 201, false), (100, 8_000, 100, 1_000, true), (100, 8_000, 100, 1_001, false),
            (100, 80, 100, 80, true), (100, 80, 100, 81, false), (100, 80, 100, 79, false),
            (100, 800, 300, 599, true), (100, 800, 300, 601, false), (100, 800, 99, 150, false),
            (100, 800, 5_000, 800, true), (100, 800, 5_000, 801, false),
        ])
    func sizes(_ asked: Int, _ main: Int, _ edge: Int, _ long: Int, _ isTaken: Bool) throws {
        let marker = ReducedMarker(image: TestJPEG.image, edge: edge, quality: 85)
        for (width, height) in [(long, 16), (16, long)] {
            let picture = try SamplePhoto(seed: 5, width: width, height: height).jpeg()
            let copy = TestJPEG.inserting(marker.segment, in: picture)
            for size in [PixelSize(width: main, height: 16), PixelSize(width: 16, height: main)] {
                let error = Self.fault(copy, edge: asked, mainSize: size)
                #expect((error == nil) == isTaken, "\(error.debugDescription)")
                if !isTaken { Self.expectRefused(error) }
            }
        }
    }

    @Test("holds the bytes against the limit before the structure", arguments: [0, 1, 100, 10_000])
    func bytes(_ limit: Int) {
        var limits = ImagingLimits()
        limits.reducedCopyBytes = limit
        let error = Self.fault([UInt8](repeating: 0xFF, count: limit + 1), limits: limits)
        Self.expectRefused(error)
        #expect(error?.message.contains("more than the limit of \(limit)") == true)
    }

    @Test("refuses what can never be a copy", arguments: ["", "no picture", "\u{89}PNG\r\n\u{1A}\n", "GIF89a"])
    func others(_ text: String) {
        Self.expectRefused(Self.fault(Array(text.utf8)))
    }
}
