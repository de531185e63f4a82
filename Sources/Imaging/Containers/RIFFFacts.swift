import Model

/// Facts of WebP pictures (RFC 9649) and AVI films (Microsoft, AVI RIFF File Reference) from their chunks.
///
/// A WebP has EXIF and XMP behind its pixels. An AVI's header comes first; its length is that of its first video stream.
struct RIFFFacts: FactsWalk {
    private static let mostMetadata = 65_536

    private(set) var wanted: Range<Int>? = 12..<20
    private let type: ImageType
    private let head: PixelSize?
    private var chunk: (name: FourCC, next: Int)?
    private var exif: ExifFacts?
    /// What XMP says, or an AVI's text.
    private var said = CaptureFacts()
    private var frame: PixelSize?
    private var duration: Duration?

    /// - Parameter size: that of the head.
    init(type: ImageType, size: PixelSize?) { (self.type, head) = (type, size) }

    var facts: ImageFacts {
        let orientation = exif?.orientation ?? 1
        var facts = ImageFacts(
            type: type, capture: (exif?.capture ?? CaptureFacts()).completed(by: said), orientation: orientation,
            duration: duration)
        facts.size = (frame ?? head).flatMap { .upright($0.width, $0.height, orientation: orientation) }
        return facts
    }

    mutating func take(_ part: [UInt8]?) {
        guard let part else { return wanted = nil }
        if let (name, next) = chunk {
            chunk = nil
            if name == "LIST" {
                enter(part, next)
            } else {
                read(name, part)
                wanted = next..<next + 8
            }
            return
        }
        guard let letters = part.span.big(at: 0, size: 4), let length = Self.little(part, 4, 4),
            let start = wanted?.upperBound
        else { return wanted = nil }
        let name = FourCC(rawValue: UInt32(letters))
        // Chunks begin at even offsets.
        let next = start + length + length % 2
        switch (name, type) {
        case ("EXIF", .webp), ("XMP ", .webp), ("IDIT", .avi), ("ICRD", .avi), ("avih", .avi), ("strh", .avi):
            wanted = start..<start + min(length, Self.mostMetadata)
            chunk = (name, next)
        case ("LIST", .avi) where length >= 4:
            wanted = start..<start + 4
            chunk = (name, next)
        default: wanted = next..<next + 8
        }
    }

    /// Goes on within a list that is read, or behind it.
    private mutating func enter(_ name: [UInt8], _ next: Int) {
        let isRead = ["hdrl", "strl", "INFO"].contains { name.elementsEqual($0.utf8) }
        let start = isRead ? wanted?.upperBound ?? next : next
        wanted = start..<start + 8
    }

    private mutating func read(_ name: FourCC, _ content: [UInt8]) {
        switch name {
        case "EXIF":
            let isJPEGs = content.starts(with: "Exif\0\0".utf8)
            exif = exif ?? TIFFBlock(isJPEGs ? Array(content.dropFirst(6)) : content).map(ExifFacts.init)
        case "XMP ": said = said.completed(by: CaptureFacts(xmp: content))
        case "avih":
            guard frame == nil, let width = Self.little(content, 32, 4), let height = Self.little(content, 36, 4) else {
                return
            }
            frame = PixelSize(width: width, height: height)
        case "strh" where content.starts(with: "vids".utf8):
            guard duration == nil, let scale = Self.little(content, 20, 4), let rate = Self.little(content, 24, 4),
                let frames = Self.little(content, 32, 4)
            else { return }
            if rate > 0 { duration = FilmTime.duration(seconds: Double(frames) * Double(scale) / Double(rate)) }
        default: said.time = said.time ?? TimeText.time(content.prefix { $0 != 0 })
        }
    }

    private static func little(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> Int? {
        guard offset + size <= bytes.count else { return nil }
        return bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

/// Times as films write them.
enum FilmTime {
    /// Whole milliseconds; nil of a film that is empty or claims to last longer than a year.
    static func duration(_ units: Int, _ perSecond: Int) -> Duration? {
        guard units > 0, perSecond > 0 else { return nil }
        return duration(seconds: Double(units) / Double(perSecond))
    }

    static func duration(seconds: Double) -> Duration? {
        guard seconds > 0, seconds < 366 * 86_400 else { return nil }
        return .milliseconds(Int64((seconds * 1_000).rounded()))
    }

    /// Seconds since 1970 of what QuickTime counts from 1904; nil of a clock that was never set.
    static func since1970(_ since1904: Int) -> Int64? {
        let seconds = since1904 - 2_082_844_800
        return seconds > 0 && seconds < 1 << 40 ? Int64(seconds) : nil
    }
}
