import Model
import Testing

@Suite("The type of a file")
struct ImageTypeTests {
    private static func box(_ major: String, _ others: String...) -> [UInt8] {
        let brands = Array((major + "\0\0\0\0" + others.joined()).utf8)
        return [0, 0, 0, UInt8(brands.count + 8)] + Array("ftyp".utf8) + brands + Array("\0\0\0\u{8}free".utf8)
    }

    @Test(
        "is told by the brands of its boxes",
        arguments: [
            (box("heic", "mif1", "heic"), ImageType.heic), (box("heix", "mif1", "heix", "miaf"), .heic),
            (box("mif1", "mif1", "heic"), .heic), (box("mif1", "mif1", "miaf", "avif"), .avif), (box("mif1"), .heic),
            (box("msf1", "msf1", "hevc", "iso8"), .heic), (box("msf1", "avis"), .avif), (box("hevc", "msf1"), .heic),
            (box("avif", "mif1"), .avif), (box("avis", "avif"), .avif), (box("crx ", "crx ", "isom"), .raw),
            (box("qt  ", "qt  "), .mov), (box("3gp4", "isom"), .threeGP), (box("isom", "iso2", "avc1", "mp41"), .mp4),
            (box("mp42", "heic"), .mp4), (box("XAVC", "XAVC"), .mp4), (box("M4A ", "isom"), .other),
            // A brand that is another box's.
            (box("mif1") + Array("avifavif".utf8), .heic),
        ])
    func brands(_ head: [UInt8], _ type: ImageType) {
        #expect(ImageType(head: head) == type)
    }

    @Test(
        "of RAW files is that of their makers' own heads, or TIFF's",
        arguments: [
            ("IIRO\u{8}\0\0\0", ImageType.raw), ("IIRS\u{8}\0\0\0", .raw), ("MMOR\0\0\0\u{8}", .raw),
            ("IIU\0\u{18}\0\0\0", .raw), ("II*\0\u{10}\0\0\0CR\u{2}\0", .raw), ("FUJIFILMCCD-RAW 0201", .raw),
            ("II*\0\u{8}\0\0\0", .tiff), ("MM\0*\0\0\0\u{8}", .tiff), ("IIRX", .other),
        ])
    func raw(_ head: String, _ type: ImageType) {
        #expect(ImageType(head: Array(head.utf8)) == type)
    }

    @Test("of JPEG XL is told with and without its container")
    func jpegXL() {
        #expect(ImageType(head: [0xFF, 0x0A, 0x7A]) == .jpegXL)
        #expect(ImageType(head: Array("\0\0\0\u{c}JXL \r\n".utf8) + [0x87, 0x0A]) == .jpegXL)
    }

    @Test("is told of heads of any length", arguments: 1...32)
    func short(_ length: Int) {
        let head = Self.box("mif1", "mif1", "miaf", "avif")
        #expect(ImageType(head: head.prefix(length)) != nil)
        #expect((ImageType(head: head.prefix(length)) == .avif) == (length >= 28))
    }
}
