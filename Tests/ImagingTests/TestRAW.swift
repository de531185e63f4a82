import Model
import TestSupport
import Testing

@testable import Imaging

/// Makes RAW files as cameras build them, around a JPEG. What would be the sensor's picture is none.
struct TestRAW: Sendable, CustomTestStringConvertible {
    /// The largest JPEG: 640×480.
    static let photo: @Sendable () throws -> [UInt8] = { try bare(640, 480) }
    static let taken: Int64 = 1_500_000_000
    /// Seen upright it is 4,000 wide and 6,000 high.
    static let size = PixelSize(width: 4_000, height: 6_000)

    let name: String
    let file: @Sendable () throws -> [UInt8]
    var testDescription: String { name }

    static let all = [
        TestRAW(name: "NEF") { try nikon(isLittleEndian: false) },
        TestRAW(name: "SRW") { try nikon(isLittleEndian: true) },
        TestRAW(name: "DNG", file: dng), TestRAW(name: "CR2", file: canon2), TestRAW(name: "ARW", file: sony),
        TestRAW(name: "PEF", file: pentax), TestRAW(name: "ORF", file: olympus), TestRAW(name: "RW2", file: panasonic),
        TestRAW(name: "RAF", file: fujifilm), TestRAW(name: "CR3", file: canon3),
    ]

    /// Without EXIF of its own. So small that all directories lie in the file's first 64 KiB, as cameras have them.
    static func bare(_ width: Int, _ height: Int) throws -> [UInt8] {
        let photo = try TestJPEG.photo(width: width, height: height, quality: 50)
        return try ImagingTool.run("jpegtran", ["-copy", "none"], input: photo)
    }

    /// A lossless JPEG's first bytes, which a sensor's picture is coded as, of many pixels.
    static let lossless: [UInt8] =
        [0xFF, 0xD8] + JPEGMarker.segment(0xC3, [14, 0x17, 0x70, 0x0F, 0xA0, 2, 0, 0x11, 0, 1, 0x11, 0])

    private static func exif(_ tiff: inout TestTIFF, _ more: [(Int, TestTIFF.Value)] = []) -> Int {
        tiff.directory([(0x9003, .text(ExifDate.text(taken))), (0x9209, .short(16))] + more)
    }

    private static let common: [(Int, TestTIFF.Value)] = [
        (0x10F, .text("Maker of cameras")), (0x112, .short(6)), (0x132, .text(ExifDate.text(taken + 86_400))),
    ]

    /// A thumbnail, and from it the JPEG and the sensor's picture. Nikon and Samsung build it so.
    private static func nikon(isLittleEndian: Bool) throws -> [UInt8] {
        var tiff = TestTIFF(isLittleEndian: isLittleEndian)
        let (photo, small) = (try photo(), try bare(160, 120))
        let sensor = tiff.directory([
            (0xFE, .long(0)), (0x100, .long(6_000)), (0x101, .long(4_000)), (0x103, .short(34_713)),
            (0x106, .short(32_803)),
        ])
        let jpeg = tiff.add(photo)
        let preview = tiff.directory([
            (0xFE, .long(1)), (0x103, .short(6)), (0x201, .long(jpeg)), (0x202, .long(photo.count)),
        ])
        let (exif, thumbnail) = (exif(&tiff), tiff.add(small))
        return tiff.file(
            common + [
                (0xFE, .long(1)), (0x100, .long(160)), (0x101, .long(120)), (0x14A, .longs([preview, sensor])),
                (0x201, .long(thumbnail)), (0x202, .long(small.count)), (0x8769, .long(exif)),
            ])
    }

    /// Previews as strips of their own directories, and the sensor's picture as a lossless JPEG.
    private static func dng() throws -> [UInt8] {
        var tiff = TestTIFF()
        let photo = try photo()
        let (jpeg, pixels) = (tiff.add(photo), tiff.add(lossless))
        func strip(_ place: Int, _ count: Int) -> [(Int, TestTIFF.Value)] {
            [(0x103, .short(7)), (0x111, .long(place)), (0x117, .long(count))]
        }
        let preview = tiff.directory(
            strip(jpeg, photo.count) + [(0xFE, .long(1)), (0x100, .long(640)), (0x101, .long(480)), (0x106, .short(6))])
        let sensor = tiff.directory(
            strip(pixels, lossless.count) + [
                (0xFE, .long(0)), (0x100, .long(6_000)), (0x101, .long(4_000)), (0x106, .short(32_803)),
            ])
        let exif = exif(&tiff)
        return tiff.file(
            common + [
                (0xFE, .long(1)), (0x100, .long(160)), (0x101, .long(120)), (0x14A, .longs([sensor, preview])),
                (0x8769, .long(exif)), (0xC612, .bytes([1, 4, 0, 0])),
            ])
    }

    /// The JPEG is the strip of the first directory; the sensor's picture, of which no sizes are said, that of the last.
    private static func canon2() throws -> [UInt8] {
        var tiff = TestTIFF()
        _ = tiff.add(Array("CR\u{2}\0".utf8) + [0, 0, 0, 0])
        let photo = try photo()
        let (jpeg, pixels, exif) = (tiff.add(photo), tiff.add(lossless), exif(&tiff))
        let sensor = tiff.directory([(0x103, .short(6)), (0x111, .long(pixels)), (0x117, .long(lossless.count))])
        return tiff.file(
            common + [
                (0x100, .short(6_000)), (0x101, .short(4_000)), (0x103, .short(6)), (0x111, .long(jpeg)),
                (0x117, .long(photo.count)), (0x8769, .long(exif)),
            ], next: sensor)
    }

    private static func sony() throws -> [UInt8] {
        var tiff = TestTIFF()
        let photo = try photo()
        let (jpeg, exif) = (tiff.add(photo), exif(&tiff))
        let sensor = tiff.directory([
            (0xFE, .long(0)), (0x100, .short(6_000)), (0x101, .short(4_000)), (0x103, .short(32_767)),
            (0x106, .short(32_803)),
        ])
        return tiff.file(
            common + [
                (0xFE, .long(1)), (0x14A, .long(sensor)), (0x201, .long(jpeg)), (0x202, .long(photo.count)),
                (0x8769, .long(exif)),
            ])
    }

    /// The third of the directories that follow each other has the JPEG.
    private static func pentax() throws -> [UInt8] {
        var tiff = TestTIFF(isLittleEndian: false)
        let photo = try photo()
        let (jpeg, exif) = (tiff.add(photo), exif(&tiff))
        let third = tiff.directory([(0x103, .short(6)), (0x201, .long(jpeg)), (0x202, .long(photo.count))])
        let second = tiff.directory([(0x103, .short(6))], next: third)
        return tiff.file(
            common + [
                (0x100, .long(6_000)), (0x101, .long(4_000)), (0x103, .short(65_535)), (0x106, .short(32_803)),
                (0x8769, .long(exif)),
            ], next: second)
    }

    /// The maker note says where the JPEG lies, counted from its own beginning.
    private static func olympus() throws -> [UInt8] {
        var tiff = TestTIFF(magic: 0x4F52)
        let photo = try photo()
        // The note's directories are here behind the JPEG.
        let note = tiff.add(Array("OLYMPUS\0II\u{3}\0".utf8) + [UInt8](repeating: 0, count: 30))
        let jpeg = tiff.add(photo)
        let settings = tiff.directory([(0x101, .long(jpeg - note)), (0x102, .long(photo.count))])
        let entry = tiff.number(0x2020, 2) + tiff.number(13, 2) + tiff.number(1, 4) + tiff.number(settings - note, 4)
        let exif = exif(&tiff, [(0x927C, .placed(at: note, count: 42))])
        var file = tiff.file(common + [(0x100, .long(6_000)), (0x101, .long(4_000)), (0x8769, .long(exif))])
        file.replaceSubrange(note + 12..<note + 26, with: tiff.number(1, 2) + entry)
        return file
    }

    private static func panasonic() throws -> [UInt8] {
        var tiff = TestTIFF(magic: 0x55)
        let photo = try photo()
        let (jpeg, exif) = (tiff.add(photo), exif(&tiff))
        return tiff.file(
            common + [
                (4, .short(4)), (5, .short(8)), (6, .short(4_004)), (7, .short(6_008)),
                (0x2E, .placed(at: jpeg, count: photo.count)), (0x8769, .long(exif)),
            ])
    }

    /// The JPEG has its own EXIF.
    private static func fujifilm() throws -> [UInt8] {
        let photo = try TestJPEG.photo(captured: taken, orientation: 6)
        let big = TestBoxes.big
        let sizes =
            big(2, 4) + big(0x100, 2) + big(4, 2) + big(4_032, 2) + big(6_032, 2)
            + big(0x111, 2) + big(4, 2) + big(4_000, 2) + big(6_000, 2)
        let head = Array("FUJIFILMCCD-RAW 0201".utf8) + [UInt8](repeating: 0, count: 64)
        let places = big(148, 4) + big(photo.count, 4) + big(148 + photo.count, 4) + big(sizes.count, 4)
        return head + places + [UInt8](repeating: 0, count: 48) + photo + sizes
    }

    private static func canon3() throws -> [UInt8] {
        let (photo, small) = (try photo(), try bare(160, 120))
        func structure(_ fields: [(Int, TestTIFF.Value)]) -> [UInt8] {
            var tiff = TestTIFF()
            let first = tiff.directory(fields)
            return tiff.file(first: first)
        }
        let metadata = TestBoxes.box(
            "uuid",
            CanonFacts.metadata + TestBoxes.box("CNCV", [1, 2, 3])
                + TestBoxes.box("CMT1", structure(common + [(0x100, .short(6_000)), (0x101, .short(4_000))]))
                + TestBoxes.box("CMT2", structure([(0x9003, .text(ExifDate.text(taken)))]))
                + TestBoxes.box("CMT4", structure([(1, .text("N"))])))
        func track(_ place: Int, _ count: Int) -> [UInt8] {
            let tables =
                TestBoxes.full("stsz", TestBoxes.big(count, 4) + TestBoxes.big(1, 4))
                + TestBoxes.full("co64", TestBoxes.big(1, 4) + TestBoxes.big(place, 8))
            return TestBoxes.box(
                "trak", TestBoxes.box("mdia", TestBoxes.box("minf", TestBoxes.box("stbl", tables))))
        }
        let preview = TestBoxes.box(
            "uuid",
            Array(
                Hex.decode("eaf42b5e1c984b88b9fbb7dc406e4d16") ?? []) + [0, 0, 0, 0, 0, 0, 0, 1]
                + TestBoxes.box(
                    "PRVW", [0, 0, 0, 0, 0, 1, 0, 160, 0, 120, 0, 1] + TestBoxes.big(small.count, 4) + small))
        func file(_ place: Int) -> [UInt8] {
            TestBoxes.box("ftyp", Array("crx \0\0\0\u{1}crx isom".utf8))
                + TestBoxes.box(
                    "moov", metadata + track(place, photo.count) + track(place + photo.count, lossless.count))
                + preview + TestBoxes.box("mdat", photo + lossless)
        }
        return file(file(0).count - photo.count - lossless.count)
    }
}
