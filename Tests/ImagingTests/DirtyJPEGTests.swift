import TestSupport
import Testing

@testable import Imaging

@Suite("JPEGs that are cut or dirty")
struct DirtyJPEGTests {
    private static func copy(of main: [UInt8], edge: Int = 640) throws -> (file: [UInt8], facts: ImageFacts) {
        let file = try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: edge, quality: 90)
        return (file, try ReducedCopyCheck(image: TestJPEG.image, edge: edge, mainSize: nil).check(file))
    }

    @Test("without an end marker are shown whole, with and without bytes of a camera's own behind")
    func noEnd() throws {
        let photo = try TestJPEG.photo()
        let whole = try ImagingPixels(jpeg: Self.copy(of: photo).file)
        let trailer = Array("\0\0\u{1}\nImage_UTC_Data1779042600SEFH".utf8) + [0xFF, 0x01, 0xFF, 0xE5, 0, 0, 0xFF]
        for tail in [[], trailer, photo, [0xFF, 0xC4, 0, 3, 9]] {
            let main = Array(photo.dropLast(2)) + tail
            #expect(ImageInspector.endIsMissing(in: main))
            let copy = try Self.copy(of: main)
            #expect(copy.facts.marker?.isCut == true)
            #expect(try ImagingPixels(jpeg: copy.file).bytes == whole.bytes)
        }
    }

    @Test("with bytes behind the end, or garbage between segments, are whole")
    func whole() throws {
        let photo = try TestJPEG.photo()
        let whole = try Self.copy(of: photo).file
        let garbage = [UInt8](repeating: 7, count: 300)
        let frame = try #require(BearJPEG.segments(of: photo).first { JPEGMarker.isFrame($0.code) })
        let inside = Array(photo[..<frame.range.lowerBound]) + garbage + Array(photo[frame.range.lowerBound...])
        for main in [photo + garbage + [0xFF, 0xC4, 0, 1], photo + photo, inside] {
            #expect(!ImageInspector.endIsMissing(in: main))
            #expect(try Self.copy(of: main).file == whole)
        }
    }

    @Test("show the part that is there as it is", arguments: [2, 3, 4])
    func half(_ quarters: Int) throws {
        let photo = try TestJPEG.photo()
        let whole = try ImagingPixels(jpeg: Self.copy(of: photo).file)
        let main = Array(photo[..<(photo.count * quarters / 5)])
        let part = try ImagingPixels(jpeg: Self.copy(of: main).file)
        // Data is not spread evenly: the first fifth of the rows is in it.
        let rows = whole.bytes.count / 5
        #expect(part.bytes[..<rows] == whole.bytes[..<rows])
        #expect(part.bytes != whole.bytes)
    }

    @Test("are reduced wherever djpeg shows them", arguments: 0..<8 as Range<UInt64>)
    func asDjpeg(_ seed: UInt64) throws {
        let kinds = [["-optimize"], ["-restart", "1"], ["-progressive"], ["-arithmetic"]]
        let original = try ImagingTool.run(
            "jpegtran", kinds[Int(seed % 4)], input: TestJPEG.photo(width: 96, height: 80))
        var random = SeededNoise(seed: seed)
        let start = JPEGLayout(original.span).scanStart
        var shown = 0
        for _ in 0..<40 {
            var main = original
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: start..<main.count, using: &random)
                switch Int.random(in: 0..<6, using: &random) {
                case 0: main[place] = UInt8.random(in: 0...255, using: &random)
                case 1: main[place] = 0xFF
                case 2: main.insert(contentsOf: [0xFF, UInt8.random(in: 0...255, using: &random)], at: place)
                case 3: main.removeSubrange(place..<min(main.count, place + 30))
                case 4: main.removeSubrange(place...)
                default: main += (0..<60).map { _ in UInt8.random(in: 0...255, using: &random) }
                }
            }
            guard JPEGLayout(main.span).dataStart < main.count,
                // It ends with 2 where it warns of what it has shown.
                try [0, 2 << 8].contains(ImagingTool.outcome("djpeg", [], input: main).status)
            else { continue }
            shown += 1
            #expect(throws: Never.self) { try Self.copy(of: main, edge: 40) }
        }
        #expect(shown > 5)
    }

    @Test("that were cut are told from those that claim: what costs memory has to be there")
    func bombs() throws {
        // Twelve megapixels of which a hundred bytes are there, and 289.
        #expect(throws: Never.self) {
            try Self.copy(of: TestJPEG.claiming(width: 4000, height: 3000, dataBytes: 100), edge: 512)
        }
        let error = #expect(throws: ImagingError.self) {
            try Self.copy(of: TestJPEG.claiming(width: 17_000, height: 17_000, dataBytes: 100), edge: 512)
        }
        #expect(error?.code == .endsEarly)
    }
}
