import Decoding
import Imaging
import Model

/// What stands beside the picture in PNG, WebP, TIFF and JPEG XL. No length is trusted.
struct Carried {
    private(set) var exif: [UInt8]?
    private(set) var xmp: [UInt8]?
    /// The ICC profile, of a WebP alone: libavcodec and libpng read those of others.
    private(set) var profile: [UInt8]?
    /// EXIF's number, 1 to 8.
    private(set) var orientation = 1
    /// A file with the first picture alone, where libavcodec does not read the whole.
    private(set) var still: [UInt8]?

    /// Chunks of one file that are looked at.
    private static let most = 100_000

    /// Bytes of a TIFF file, which is copied to be looked at.
    private static let largestTIFF = 300_000_000

    init(_ file: Span<UInt8>, _ type: ImageType, _ limits: ImagingLimits) throws(DecoderFault) {
        switch type {
        case .png: readPNG(file)
        case .webp: readWebP(file)
        case .jpegXL: readJPEGXL(file)
        case .tiff: try readTIFF(file, limits)
        default: break
        }
        // The decoder of JPEG XL has turned the picture already.
        if let exif, type != .jpegXL { orientation = CarriedExif.orientation(exif) }
    }

    private mutating func readTIFF(_ file: Span<UInt8>, _ limits: ImagingLimits) throws(DecoderFault) {
        guard file.count <= Self.largestTIFF else { throw .noMemory }
        let bytes = Self.copy(file, 0..<file.count)
        guard let samples = TIFFSamples(bytes) else { throw DecoderFault(.unsupported) }
        if samples.isTiled { throw DecoderFault(.unsupported, "a TIFF in tiles") }
        if samples.isJPEG { throw DecoderFault(.unsupported, "a TIFF with JPEG inside") }
        if samples.isCut { throw DecoderFault(.endsEarly) }
        (exif, xmp) = (CarriedExif.block(ofTIFF: bytes, limits: limits), CarriedExif.xmp(ofTIFF: bytes))
    }

    /// PNG, third edition: length, type, content, sum.
    private mutating func readPNG(_ file: Span<UInt8>) {
        let xmpMark = Array("XML:com.adobe.xmp\0\0\0\0\0".utf8)
        var place = 8
        for _ in 0..<Self.most {
            guard let length = Self.number(file, place, 4, isBig: true), let type = Self.word(file, place + 4),
                length <= file.count - place - 8
            else { return }
            let content = place + 8..<place + 8 + length
            if type == "eXIf" { exif = Self.copy(file, content) }
            // Text that is not compressed, without a language.
            if type == "iTXt", length > xmpMark.count,
                Self.copy(file, content.prefix(xmpMark.count)) == xmpMark
            {
                xmp = Self.copy(file, content.dropFirst(xmpMark.count))
            }
            if type == "IEND" { return }
            place = content.upperBound + 4
        }
    }

    /// WebP container: type, length, content, and a byte where the length is odd.
    private mutating func readWebP(_ file: Span<UInt8>) {
        var place = 12
        for _ in 0..<Self.most {
            guard let type = Self.word(file, place), let length = Self.number(file, place + 4, 4),
                length <= file.count - place - 8
            else { return }
            let content = place + 8..<place + 8 + length
            switch type {
            case "EXIF":
                // Some write the mark of a JPEG's segment before it.
                let bytes = Self.copy(file, content)
                exif = bytes.starts(with: Array("Exif\0\0".utf8)) ? Array(bytes.dropFirst(6)) : bytes
            case "ICCP": profile = Self.copy(file, content)
            case "XMP ": xmp = Self.copy(file, content)
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
                exif = Self.copy(file, content.dropFirst(4 + offset))
            }
            if type == "xml " { xmp = Self.copy(file, content) }
            place += size
        }
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
