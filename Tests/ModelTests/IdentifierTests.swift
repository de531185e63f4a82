import Model
import TestSupport
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    @Test("A node id reads back from its text and from its groups")
    func node() {
        let id = Sample.node(0xA7)
        #expect(id.description.utf8.count == 52)
        #expect(NodeID(id.description) == id)
        #expect(NodeID(id.grouped) == id)
        #expect(NodeID(id.description.lowercased()) == id)
    }

    @Test(
        "Text that is no node id is refused",
        arguments: [
            "", "ABC", String(repeating: "A", count: 51), String(repeating: "1", count: 52),
            String(repeating: "7", count: 52),
        ])
    func noNode(text: String) { #expect(NodeID(text) == nil) }

    @Test(
        "Base 32 agrees with RFC 4648",
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ])
    func base32(plain: String, text: String) {
        #expect(Base32.encode(plain.utf8) == text)
        #expect(Base32.decode(text) == Array(plain.utf8))
    }

    @Test("An image id is 64 lower-case digits")
    func image() {
        let id = Sample.image(300)
        #expect(ImageID(id.description) == id)
        #expect(ImageID(id.description.uppercased().replacing("0", with: "A")) == nil)
        #expect(ImageID("00") == nil)
    }

    @Test("Ids are ordered as their bytes are")
    func ordering() {
        #expect(Sample.image(1) < Sample.image(2))
        #expect(!(Sample.image(2) < Sample.image(1)))
        #expect(Sample.node(1) < Sample.node(200))
    }

    @Test(
        "A file's type is told by its first bytes",
        arguments: [
            ([0xFF, 0xD8, 0xFF, 0xE1], ImageType.jpeg), ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png),
            (Array("GIF89a".utf8), .gif), (Array("RIFF1234WEBPVP8 ".utf8), .webp), (Array("1234ftypheic".utf8), .heic),
            (Array("1234ftypavif".utf8), .avif), ([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], .tiff),
            (Array("FUJIFILMCCD-RAW ".utf8), .raw), ([0xFF, 0x0A, 1, 2], .jpegXL),
            (Array("1234ftypisom".utf8), .mp4), (Array("1234ftypM4V ".utf8), .mp4), (Array("1234ftypqt  ".utf8), .mov),
            ([0, 0, 0, 8] + Array("moov".utf8), .mov), (Array("1234ftyp3gp5".utf8), .threeGP),
            ([0x1A, 0x45, 0xDF, 0xA3], .matroska), (Array("RIFF1234AVI LIST".utf8), .avi), ([0, 0, 1, 0xBA], .mpeg),
            ([0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11], .wmv),
        ] as [([UInt8], ImageType)])
    func types(head: [UInt8], type: ImageType) { #expect(ImageType(head: head) == type) }

    @Test(
        "Files that are no picture and no film are of another kind",
        arguments: [
            Array("hello".utf8), Array("The free text".utf8), Array("%PDF-1.7".utf8), [0xFF, 0xD8],
            Array("1234ftypM4A ".utf8), [0],
            Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'>".utf8), Array("<?xml version='1.0'?>".utf8),
        ] as [[UInt8]])
    func others(head: [UInt8]) { #expect(ImageType(head: head) == .other) }

    @Test(
        "What is empty, or what a desktop would run or open whatever its name, has no type",
        arguments: [
            "", "#!/bin/sh", "\u{7F}ELF\u{2}", "MZ\u{90}", "<!DOCTYPE html>", "\u{FEFF} <HTML>", "\n<svg xmlns=",
            "[Desktop Entry]", "<script>",
        ])
    func noType(text: String) { #expect(ImageType(head: Array(text.utf8)) == nil) }

    @Test("The word for a type is kept as it is said, of a later version too; what can be none is refused")
    func words() {
        for type in ImageType.known { #expect(ImageType(rawValue: type.rawValue) == type) }
        #expect(ImageType(rawValue: "x3f")?.rawValue == "x3f")
        for text in ["", "JPEG", "a b", "a/b", "é", String(repeating: "a", count: 17)] {
            #expect(ImageType(rawValue: text) == nil)
        }
    }

    @Test("A type of a later version admits what the bytes say here, one of this version only itself")
    func admits() throws {
        #expect(ImageType.jpeg.admits(.jpeg) && !ImageType.jpeg.admits(.other) && ImageType.other.admits(.jpeg))
        #expect(try #require(ImageType(rawValue: "x3f")).admits(.other))
    }
}
