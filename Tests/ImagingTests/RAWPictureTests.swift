import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("RAW files")
struct RAWPictureTests {
    private static func picture(_ file: [UInt8]) -> RAWPicture? { RAWPicture(file.span) }

    @Test("show the largest JPEG in them, turned as the file says", arguments: TestRAW.all)
    func jpeg(_ raw: TestRAW) throws {
        let file = try raw.file()
        let jpeg = try #require(Self.picture(file)?.jpeg)
        let facts = ImageInspector.facts(of: Array(file[jpeg]))
        #expect(facts.size?.longEdge == 640)
        let copy = try Reducer().reduce(main: file.span, image: TestJPEG.image, edge: 100, quality: 85)
        let made = try ReducedCopyCheck(image: TestJPEG.image, edge: 100, mainSize: TestRAW.size).check(copy)
        #expect(made.orientation == 6)
        #expect(made.captured == TestRAW.taken)
        #expect(made.size == PixelSize(width: 120, height: 160))
    }

    @Test("are read as they pass by, however they are cut", arguments: TestRAW.all)
    func facts(_ raw: TestRAW) throws {
        let file = try raw.file()
        let facts = ImageInspector.facts(of: file)
        #expect(facts.size == TestRAW.size)
        #expect(facts.orientation == 6)
        #expect(facts.captured == TestRAW.taken)
        #expect(facts.type == .raw || facts.type == .tiff)
        for size in [1, 7, 4_096, 65_536] { #expect(ImageInspectorTests.facts(of: file, inChunksOf: size) == facts) }
    }

    @Test("carry what they say of camera and place into the copy, and not what is the maker's alone")
    func exif() throws {
        let file = try #require(TestRAW.all.first { $0.name == "ORF" }).file()
        let copy = try Reducer().reduce(main: file.span, image: TestJPEG.image, edge: 100, quality: 85)
        let exifOfCopy = JPEGLayout(copy.span).exif(of: copy.span)
        let block = try #require(exifOfCopy)
        let main = block.entries(at: block.main)
        #expect(
            main.first { $0.tag == TIFFTag.make }.flatMap(block.text)?.elementsEqual("Maker of cameras".utf8) == true)
        let exif = try #require(main.first { $0.tag == TIFFTag.exifDirectory }.flatMap(block.integer))
        #expect(block.entries(at: exif).contains { $0.tag == 0x9209 })
        #expect(!block.entries(at: exif).contains { $0.tag == TIFFTag.makerNote })
        #expect(!main.contains { $0.tag == TIFFTag.imageWidth })
    }

    @Test("are edited from the largest JPEG in them, turned as the file says", arguments: TestRAW.all)
    func edited(_ raw: TestRAW) throws {
        let file = try Edit.rendition(of: raw.file(), Edit.look([.exposure: "0.5"]))
        let facts = ImageInspector.facts(of: file)
        #expect(facts.type == .jpeg && facts.orientation == 6 && facts.captured == TestRAW.taken)
        #expect(facts.size == PixelSize(width: 480, height: 640))
        #expect(facts.marker == nil && facts.rendition != nil)
    }

    @Test("are told from other TIFF files")
    func plain() throws {
        var tiff = TestTIFF()
        let photo = try TestRAW.photo()
        let jpeg = tiff.add(photo)
        let first = tiff.directory([
            (0x100, .long(640)), (0x101, .long(480)), (0x103, .short(7)), (0x106, .short(6)), (0x111, .long(jpeg)),
            (0x117, .long(photo.count)),
        ])
        let file = tiff.file(first: first)
        #expect(Self.picture(file) == nil)
        #expect(throws: ImagingError.self) {
            try Reducer().reduce(main: file.span, image: TestJPEG.image, edge: 100, quality: 85)
        }
        #expect(Self.picture(photo) == nil)
        #expect(Self.picture([]) == nil)
    }

    @Test("without a JPEG are refused by name")
    func withoutJPEG() throws {
        var tiff = TestTIFF()
        let first = tiff.directory([(0x106, .short(32_803)), (0x201, .long(4)), (0x202, .long(1 << 31))])
        let file = tiff.file(first: first)
        let raw = try #require(Self.picture(file))
        #expect(raw.jpeg == nil)
        do {
            _ = try Reducer().reduce(main: file.span, image: TestJPEG.image, edge: 100, quality: 85)
            Issue.record("something was made of it")
        } catch {
            #expect(error.code == .unsupported)
            #expect(error.message.contains("without an embedded JPEG"))
        }
    }

    @Test("whose directories lead in circles are read to an end")
    func circles() throws {
        var tiff = TestTIFF()
        let first = tiff.directory(
            [(0x14A, .longs(Array(repeating: 8, count: 200) + Array(1..<56)))] + [(0x8769, .long(8))], next: 8)
        _ = ImageInspector.facts(of: tiff.file(first: first))
        _ = RAWPicture(tiff.file(first: first).span)
    }

    @Test("that say that they are their own JPEG are read to an end")
    func ownJPEG() throws {
        var file = try #require(TestRAW.all.first { $0.name == "RAF" }).file()
        file.replaceSubrange(84..<92, with: TestBoxes.big(0, 4) + TestBoxes.big(file.count, 4))
        #expect(ImageInspector.facts(of: file).captured == nil)
        #expect(Self.picture(file)?.jpeg == nil)
    }

    @Test("with faults are reduced or refused, and never more", arguments: TestRAW.all, [5, 6] as [UInt64])
    func mutations(_ raw: TestRAW, _ seed: UInt64) throws {
        let original = try raw.file()
        var random = SeededNoise(seed: seed)
        var limits = ImagingLimits()
        limits.pixels = 1_000_000
        for _ in 0..<40 {
            let file = MutationTests.mutated(original, &random)
            _ = ImageInspector.facts(of: file)
            guard
                let copy = try? Reducer(limits: limits).reduce(
                    main: file.span, image: TestJPEG.image, edge: 40, quality: 85)
            else { continue }
            _ = try ReducedCopyCheck(image: TestJPEG.image, edge: 40, mainSize: nil).check(copy)
        }
    }
}
