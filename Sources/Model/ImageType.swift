/// What kind of file a main is, told by its first bytes and never by its name: a picture, a film, or anything else.
///
/// A type says what can be made of a main. One of which nothing can be made is a main all the same: listed, backed up,
/// verified. Types that only a later version knows are taken over as they are said.
public struct ImageType: RawRepresentable, Hashable, Sendable, Codable {
    /// The word for it: 1 to 16 small letters and digits.
    public let rawValue: String

    /// Takes the word of a record; nil where it can be none.
    public init?(rawValue: String) {
        guard (1...16).contains(rawValue.utf8.count),
            rawValue.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) })
        else { return nil }
        self.rawValue = rawValue
    }

    private init(_ word: StaticString) { rawValue = "\(word)" }

    public static let jpeg = ImageType("jpeg")
    public static let png = ImageType("png")
    public static let gif = ImageType("gif")
    public static let tiff = ImageType("tiff")
    public static let webp = ImageType("webp")
    public static let heic = ImageType("heic")
    public static let avif = ImageType("avif")
    public static let jpegXL = ImageType("jxl")
    public static let raw = ImageType("raw")
    public static let bmp = ImageType("bmp")
    public static let mp4 = ImageType("mp4")
    public static let mov = ImageType("mov")
    public static let threeGP = ImageType("3gp")
    public static let matroska = ImageType("mkv")
    public static let avi = ImageType("avi")
    public static let mpeg = ImageType("mpeg")
    public static let wmv = ImageType("wmv")
    /// None of these: a sidecar, an audio note, a document.
    public static let other = ImageType("other")

    private static let films: Set<ImageType> = [.mp4, .mov, .threeGP, .matroska, .avi, .mpeg, .wmv]

    /// All that this version tells by their bytes.
    public static let known: [ImageType] =
        [.jpeg, .png, .gif, .tiff, .webp, .heic, .avif, .jpegXL, .raw, .bmp, .other]
        + films.sorted { $0.rawValue < $1.rawValue }

    /// Pictures and films: the types of which a node can make reduced copies, where it has the decoder for it.
    public static let withPicture = Set(known).subtracting([.other])

    /// Whether recipes can be run on it, where it can be decoded.
    public var isEditable: Bool { Self.withPicture.contains(self) && !isFilm }

    /// Whether its reduced copies have the proportions and scales of the main's own size: not those of a film's frame, of the
    /// picture that a camera put into a RAW, which may be a TIFF, and of the first picture of several.
    public var isShownWhole: Bool { !isFilm && ![.raw, .tiff, .webp, .gif].contains(self) }

    /// Whether it is a film.
    public var isFilm: Bool { Self.films.contains(self) }

    /// Whether a file whose bytes say that it is of type `found` can be what a record calls this one: of two versions one
    /// may know more of it than the other.
    public func admits(_ found: ImageType) -> Bool { found == self || self == .other || !Self.known.contains(self) }

    /// What a person calls a file of this type, with its article.
    public var noun: String {
        if self == .other { return "a file of another kind" }
        if Self.films.contains(self) { return "a film (\(rawValue.uppercased()))" }
        let word = rawValue.uppercased()
        return ("AEFHILMNORSX".contains(word.first ?? "-") && self != .raw && self != .heic ? "an " : "a ") + word
            + " file"
    }

    /// The type of a file that begins with `head`; nil of an empty one, and of a program or page that a desktop would run
    /// or open whatever its name.
    ///
    /// Source of the signatures of films: ISO/IEC 14496-12 (`ftyp`), Apple's QuickTime File Format (`moov`, `mdat` and
    /// others at the beginning), 3GPP TS 26.244, RFC 8794 (EBML), Microsoft's RIFF and ASF, ISO/IEC 11172-1.
    ///
    /// - Parameter head: the first bytes of the file; 32 tell all that can be told, fewer may tell less.
    public init?(head: some Collection<UInt8>) {
        let head = Array(head.prefix(32))
        guard !head.isEmpty, !Self.isRunnable(head) else { return nil }
        self = Self.picture(head) ?? Self.film(head) ?? .other
    }

    private static func picture(_ head: [UInt8]) -> ImageType? {
        func at(_ offset: Int, _ text: String) -> Bool { head.dropFirst(offset).starts(with: text.utf8) }
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if at(0, "GIF87a") || at(0, "GIF89a") { return .gif }
        if at(0, "RIFF"), at(8, "WEBP") { return .webp }
        // Fujifilm RAF, Olympus ORF, Panasonic RW2, Canon CR2
        if ["FUJIFILMCCD-RAW", "IIRO", "IIRS", "MMOR", "IIU\0"].contains(where: { at(0, $0) }) || at(8, "CR\u{2}") {
            return .raw
        }
        if at(4, "ftyp"), let type = picture(brands: head) { return type }
        if head.starts(with: [0xFF, 0x0A]) || head.starts(with: [0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20]) {
            return .jpegXL
        }
        // TIFF, and the raw formats that are TIFF inside: NEF, ARW, DNG, PEF
        if head.starts(with: [0x49, 0x49, 0x2A, 0]) || head.starts(with: [0x4D, 0x4D, 0, 0x2A]) { return .tiff }
        if at(0, "BM"), head.count >= 18, head[6..<10].allSatisfy({ $0 == 0 }), head[15] == 0 { return .bmp }
        return nil
    }

    /// The picture of a file that is made of boxes, by its brands: the first says how to read it, and where that is one of
    /// pictures coded in any way, those that follow say in which.
    private static func picture(brands head: [UInt8]) -> ImageType? {
        // The length of the box stands before its name; behind the first brand come four bytes that say nothing.
        let end = min(head.count, head.prefix(3).allSatisfy { $0 == 0 } ? Int(head[3]) : head.count)
        let brands = [8] + stride(from: 16, to: end - 3, by: 4)
        let names = brands.map { String(decoding: head.dropFirst($0).prefix(4), as: UTF8.self) }
        let heif: Set = ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"]
        switch names[0] {
        // Canon CR3
        case "crx ": return .raw
        case "avif", "avis": return .avif
        case "mif1", "mif2", "msf1", "miaf":
            let first = names.first { heif.contains($0) || $0 == "avif" || $0 == "avis" }
            return first?.hasPrefix("av") == true ? .avif : .heic
        default: return heif.contains(names[0]) ? .heic : nil
        }
    }

    private static func film(_ head: [UInt8]) -> ImageType? {
        func at(_ offset: Int, _ text: String) -> Bool { head.dropFirst(offset).starts(with: text.utf8) }
        if at(4, "ftyp") {
            if at(8, "qt  ") { return .mov }
            if at(8, "3g") { return .threeGP }
            // Sound alone.
            return at(8, "M4A") || at(8, "M4B") || at(8, "M4P") ? nil : .mp4
        }
        // The size of a box stands before its name: a text has letters there.
        if head[0] == 0, ["moov", "mdat", "wide", "pnot", "free", "skip"].contains(where: { at(4, $0) }) {
            return .mov
        }
        if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return .matroska }
        if at(0, "RIFF"), at(8, "AVI ") { return .avi }
        if head.starts(with: [0, 0, 1, 0xBA]) || head.starts(with: [0, 0, 1, 0xB3]) { return .mpeg }
        if head.starts(with: [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]) { return .wmv }
        return nil
    }

    /// Programs, scripts and web pages: desktops look at the bytes of a file whose name says nothing.
    private static func isRunnable(_ head: [UInt8]) -> Bool {
        if head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) || head.starts(with: "#!".utf8) || head.starts(with: "MZ".utf8) {
            return true
        }
        // A mark of the byte order and white space may stand before what makes it a page.
        var rest = head[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        let text = rest.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
            .map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return ["<!doctype html", "<html", "<head", "<body", "<script", "<svg", "[desktop entry]"]
            .contains { text.starts(with: $0.utf8) }
    }
}
