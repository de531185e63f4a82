import Model

/// Facts of a PNG from its chunks (W3C, Portable Network Graphics, third edition): EXIF in `eXIf`, XMP and a time of
/// creation in `iTXt` and `tEXt`. They may stand before or behind the pixels.
struct PNGFacts: FactsWalk {
    private static let mostText = 65_536

    private(set) var wanted: Range<Int>? = 8..<16
    private let size: PixelSize?
    private var chunk: (name: FourCC, next: Int)?
    private var exif: ExifFacts?
    private var xmp: CaptureFacts?
    private var words: CaptureTime?
    private var rendition: RenditionMarker?

    /// - Parameter size: that of the head.
    init(size: PixelSize?) { self.size = size }

    var facts: ImageFacts {
        ImageFacts(
            type: .png, size: size.flatMap { .upright($0.width, $0.height, orientation: exif?.orientation ?? 1) },
            capture: (exif?.capture ?? CaptureFacts()).completed(by: xmp).completed(by: CaptureFacts(time: words)),
            orientation: exif?.orientation ?? 1, rendition: rendition)
    }

    mutating func take(_ part: [UInt8]?) {
        guard let part else { return wanted = nil }
        if let (name, next) = chunk {
            read(name, part)
            (chunk, wanted) = (nil, next..<next + 8)
            return
        }
        guard let length = part.span.big(at: 0, size: 4), let letters = part.span.big(at: 4, size: 4),
            let start = wanted?.upperBound, length < 1 << 31
        else { return wanted = nil }
        let name = FourCC(rawValue: UInt32(letters))
        // A checksum stands behind each chunk.
        let next = start + length + 4
        switch name {
        case "IEND": wanted = nil
        case "eXIf" where exif == nil, "iTXt" where length <= Self.mostText, "tEXt" where length <= Self.mostText:
            chunk = (name, next)
            wanted = start..<start + min(length, Self.mostText)
        default: wanted = next..<next + 8
        }
    }

    private mutating func read(_ name: FourCC, _ content: [UInt8]) {
        if name == "eXIf" {
            exif = TIFFBlock(content).map(ExifFacts.init)
            return
        }
        let keyword = content.prefix { $0 != 0 }
        var text = content.dropFirst(keyword.count + 1)
        if name == "iTXt" {
            // Whether and how it is compressed; language; the keyword in that language.
            guard text.first == 0 else { return }
            text = text.dropFirst(2).drop { $0 != 0 }.dropFirst().drop { $0 != 0 }.dropFirst()
        }
        if keyword.elementsEqual("XML:com.adobe.xmp".utf8) {
            xmp = xmp ?? CaptureFacts(xmp: Array(text))
            let payload = XMPProperties.signature + Array(text)
            rendition = rendition ?? RenditionMarker(payload: payload.span)
        } else if keyword.elementsEqual("Creation Time".utf8) {
            words = words ?? TimeText.time(text)
        }
    }
}
