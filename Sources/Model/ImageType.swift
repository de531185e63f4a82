/// What kind of picture a file is, told by its first bytes and never by its name.
public enum ImageType: String, Sendable, Codable, CaseIterable {
    case jpeg, png, gif, tiff, webp, heic, avif, jpegXL = "jxl", raw, bmp

    /// Whether this version can make a reduced copy of a main of this type.
    public var isReducible: Bool { self == .jpeg }

    /// The type of a file that begins with `head`, or nil when it is none of ours.
    ///
    /// - Parameter head: the first bytes of the file; 32 tell all that can be told, fewer may tell less.
    public init?(head: some Collection<UInt8>) {
        let head = Array(head.prefix(32))
        func at(_ offset: Int, _ text: String) -> Bool { head.dropFirst(offset).starts(with: text.utf8) }
        if head.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if at(0, "GIF87a") || at(0, "GIF89a") {
            self = .gif
        } else if at(0, "RIFF"), at(8, "WEBP") {
            self = .webp
        } else if at(4, "ftypcrx ") || at(0, "FUJIFILMCCD-RAW") || at(0, "IIRO") || at(0, "IIU\0") || at(8, "CR\u{2}") {
            // Canon CR3, Fujifilm RAF, Olympus ORF, Panasonic RW2, Canon CR2
            self = .raw
        } else if at(4, "ftypavif") || at(4, "ftypavis") {
            self = .avif
        } else if ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"].contains(where: {
            at(4, "ftyp" + $0)
        }) {
            self = .heic
        } else if head.starts(with: [0xFF, 0x0A]) || head.starts(with: [0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20]) {
            self = .jpegXL
        } else if head.starts(with: [0x49, 0x49, 0x2A, 0]) || head.starts(with: [0x4D, 0x4D, 0, 0x2A]) {
            // TIFF, and the raw formats that are TIFF inside: NEF, ARW, DNG, PEF
            self = .tiff
        } else if at(0, "BM"), head.count >= 18, head[6..<10].allSatisfy({ $0 == 0 }), head[15] == 0 {
            self = .bmp
        } else {
            return nil
        }
    }
}
