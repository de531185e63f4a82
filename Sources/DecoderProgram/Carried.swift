import Decoding
import Imaging
import Model

/// What stands beside the picture in PNG, WebP, TIFF and JPEG XL. No length is trusted, and what is too long to be
/// carried is not copied.
struct Carried {
    private(set) var exif: [UInt8]?
    private(set) var xmp: [UInt8]?
    /// The ICC profile, of a WebP alone: libpng, libtiff and libavcodec read those of others.
    private(set) var profile: [UInt8]?
    /// EXIF's number, 1 to 8.
    private(set) var orientation = 1
    /// A part of the main, where a library is not to have all of it: the first picture of an animated WebP, for libwebp;
    /// an interlaced PNG without its texts, which libavcodec would inflate and keep, with zeros behind it.
    private(set) var still: [UInt8]?

    /// Chunks of one file that are looked at.
    private static let most = 100_000

    /// Bytes of a TIFF file, which is copied to be looked at, a piece at a time.
    private static let largestTIFF = 300_000_000
    private static let piece = 1 << 20

    /// - Parameter release: lets go of the memory of the file's bytes before a place.
    init(
        _ file: Span<UInt8>, _ type: ImageType, _ limits: ImagingLimits, release: (Int) -> Void
    ) throws(DecoderFault) {
        switch type {
        case .png: readPNG(file)
        case .webp: readWebP(file, limits)
        case .jpegXL: readJPEGXL(file)
        case .tiff: try readTIFF(file, limits, release)
        default: break
        }
        // The decoder of JPEG XL has turned the picture already.
        if let exif, type != .jpegXL { orientation = CarriedExif.orientation(exif) }
    }

    private mutating func readTIFF(
        _ file: Span<UInt8>, _ limits: ImagingLimits, _ release: (Int) -> Void
    ) throws(DecoderFault) {
        guard file.count <= Self.largestTIFF else { throw .noMemory }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(file.count)
        // So that the file is not in memory twice.
        for place in stride(from: 0, to: file.count, by: Self.piece) {
            let end = min(place + Self.piece, file.count)
            file.extracting(place..<end).withUnsafeBufferPointer { bytes += $0 }
            release(end)
        }
        guard let samples = TIFFSamples(bytes) else { throw DecoderFault(.unsupported) }
        if samples.isTiled { throw DecoderFault(.unsupported, "a TIFF in tiles") }
        if samples.isJPEG { throw DecoderFault(.unsupported, "a TIFF with JPEG inside") }
        if samples.isDeepInk { throw DecoderFault(.unsupported, "a TIFF in four inks of 16 bits") }
        if samples.isCut { throw DecoderFault(.endsEarly) }
        (exif, xmp) = (CarriedExif.block(ofTIFF: bytes, limits: limits), CarriedExif.xmp(ofTIFF: bytes))
    }

    /// PNG, third edition: length, type, content, sum.
    private mutating func readPNG(_ file: Span<UInt8>) {
        let xmpMark = Array("XML:com.adobe.xmp\0\0\0\0\0".utf8)
        // Of pictures that are not interlaced libpng passes texts over.
        let isInterlaced = Self.number(file, 28, 1) == 1
        var (place, texts): (Int, [Range<Int>]) = (8, [])
        defer { if !texts.isEmpty { still = Self.without(texts, file) } }
        for _ in 0..<Self.most {
            guard let length = Self.number(file, place, 4, isBig: true), let type = Self.word(file, place + 4),
                length <= file.count - place - 8
            else { return }
            let content = place + 8..<place + 8 + length
            if isInterlaced, ["tEXt", "zTXt", "iTXt"].contains(type) {
                texts.append(place..<min(content.upperBound + 4, file.count))
            }
            if type == "eXIf" { exif = Self.kept(file, content) }
            // Text that is not compressed, without a language.
            if type == "iTXt", length > xmpMark.count,
                Self.copy(file, content.prefix(xmpMark.count)) == xmpMark
            {
                xmp = Self.kept(file, content.dropFirst(xmpMark.count))
            }
            if type == "IEND" { return }
            place = content.upperBound + 4
        }
    }

    /// The file without some parts of it, with zeros behind it that libavcodec may read.
    private static func without(_ parts: [Range<Int>], _ file: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(file.count + 64)
        var place = 0
        for part in parts + [file.count..<file.count] {
            file.extracting(place..<part.lowerBound).withUnsafeBufferPointer { result += $0 }
            place = part.upperBound
        }
        return result + [UInt8](repeating: 0, count: 64)
    }

    /// WebP container: type, length, content, and a byte where the length is odd.
    private mutating func readWebP(_ file: Span<UInt8>, _ limits: ImagingLimits) {
        var place = 12
        for _ in 0..<Self.most {
            guard let type = Self.word(file, place), let length = Self.number(file, place + 4, 4),
                length <= file.count - place - 8
            else { return }
            let content = place + 8..<place + 8 + length
            switch type {
            case "EXIF":
                // Some write the mark of a JPEG's segment before it.
                let mark = Array("Exif\0\0".utf8)
                let isMarked = Self.copy(file, content.prefix(mark.count)) == mark
                exif = Self.kept(file, isMarked ? content.dropFirst(mark.count) : content)
            case "ICCP": profile = Self.kept(file, content, most: limits.profileBytes)
            case "XMP ": xmp = Self.kept(file, content)
            case "ANMF" where still == nil && length > 24: still = Self.still(file, content)
            default: break
            }
            place = content.upperBound + length % 2
        }
    }

    /// A file of the first picture of an animation, which stands behind 16 bytes about its place and time.
    private static func still(_ file: Span<UInt8>, _ content: Range<Int>) -> [UInt8]? {
        let about = copy(file, content.prefix(16))
        let chunks = copy(file, content.dropFirst(16))
        var head: [UInt8] = []
        if chunks.starts(with: Array("ALPH".utf8)) {
            // Width and height, each less one, stand in both in the same form.
            head = Array("VP8X".utf8) + [10, 0, 0, 0, 0x10, 0, 0, 0] + about[6..<12]
        }
        let count = 4 + head.count + chunks.count
        let size = (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
        return Array("RIFF".utf8) + size + Array("WEBP".utf8) + head + chunks
    }

    /// The boxes of JPEG XL's container (ISO/IEC 18181-2); compressed ones are passed over.
    private mutating func readJPEGXL(_ file: Span<UInt8>) {
        guard Self.word(file, 4) == "JXL " else { return }
        var place = 0
        for _ in 0..<Self.most {
            guard let short = Self.number(file, place, 4, isBig: true), let type = Self.word(file, place + 4) else {
                return
            }
            var (size, head) = (short, 8)
            if short == 1 {
                // Of 64 bits: no file has any in the first two bytes.
                guard let long = Self.number(file, place + 10, 6, isBig: true) else { return }
                (size, head) = (long, 16)
            } else if short == 0 {
                size = file.count - place
            }
            guard size >= head, size <= file.count - place else { return }
            let content = place + head..<place + size
            if type == "Exif", let offset = Self.number(file, content.lowerBound, 4, isBig: true),
                offset <= content.count - 4
            {
                exif = Self.kept(file, content.dropFirst(4 + offset))
            }
            if type == "xml " { xmp = Self.kept(file, content) }
            place += size
        }
    }

    /// What is carried; nil where it is longer than that may be.
    private static func kept(
        _ file: Span<UInt8>, _ range: Range<Int>, most: Int = PixelLayout.mostMetadata
    ) -> [UInt8]? {
        range.count <= most ? copy(file, range) : nil
    }

    private static func copy(_ file: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        file.extracting(range).withUnsafeBytes { [UInt8]($0) }
    }

    private static func word(_ file: Span<UInt8>, _ offset: Int) -> String? {
        guard offset >= 0, offset <= file.count - 4 else { return nil }
        return String(decoding: copy(file, offset..<offset + 4), as: UTF8.self)
    }

    private static func number(_ file: Span<UInt8>, _ offset: Int, _ size: Int, isBig: Bool = false) -> Int? {
        guard offset >= 0, offset <= file.count - size else { return nil }
        return (0..<size).reduce(0) { $0 | Int(file[offset + $1]) << (8 * (isBig ? size - 1 - $1 : $1)) }
    }
}
