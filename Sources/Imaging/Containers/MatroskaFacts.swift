import Model

/// Facts of a Matroska or WebM film from its elements (RFC 9559; RFC 8794): length and time from `Info`, size from the
/// first picture in `Tracks`.
///
/// `DateUTC` is taken as it stands: its zone is UTC, where cameras' times are of their own.
struct MatroskaFacts: FactsWalk {
    private static let mostContent = 1 << 18

    private enum ID {
        static let segment = 0x1853_8067
        static let info = 0x1549_A966
        static let tracks = 0x1654_AE6B
        static let cluster = 0x1F43_B675
        static let timestampScale = 0x2A_D7B1
        static let duration = 0x4489
        static let date = 0x4461
        static let track = 0xAE
        static let video = 0xE0
        static let width = 0xB0
        static let height = 0xBA
    }

    private(set) var wanted: Range<Int>? = 0..<12
    private var element: (id: Int, next: Int)?
    private(set) var facts = ImageFacts(type: .matroska)
    private var isInfoRead = false

    mutating func take(_ part: [UInt8]?) {
        guard let part else { return wanted = nil }
        if let (id, next) = element {
            if id == ID.info { readInfo(part.span) } else { readTracks(part.span) }
            element = nil
            wanted = isInfoRead && facts.size != nil ? nil : next..<next + 12
            return
        }
        guard let start = wanted?.lowerBound, let (id, content, length) = Self.element(part.span, 0) else {
            return wanted = nil
        }
        let from = start + content
        if id == ID.segment {
            wanted = from..<from + 12
            return
        }
        // Only what streams are written in has no length: nothing is read behind it.
        guard let length, length < 1 << 60, start < 1 << 60 else { return wanted = nil }
        let next = from + length
        if id == ID.info || id == ID.tracks {
            element = (id, next)
            wanted = from..<from + min(length, Self.mostContent)
        } else {
            wanted = next..<next + 12
        }
    }

    private mutating func readInfo(_ content: Span<UInt8>) {
        isInfoRead = true
        var (scale, length) = (1_000_000, 0.0)
        Self.children(content, 0..<content.count) { id, range in
            switch id {
            case ID.timestampScale: scale = content.big(at: range.lowerBound, size: range.count) ?? scale
            case ID.duration:
                guard let bits = Self.bits(content, range) else { return }
                length =
                    range.count == 4
                    ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))) : Double(bitPattern: bits)
            case ID.date where range.count == 8:
                // Nanoseconds since 2001.
                guard let bits = Self.bits(content, range) else { return }
                facts.capture.time = CaptureTime(Int64(bitPattern: bits) / 1_000_000_000 + 978_307_200, .utc)
            default: break
            }
        }
        facts.duration = FilmTime.duration(seconds: length * Double(scale) / 1e9)
    }

    private mutating func readTracks(_ content: Span<UInt8>) {
        Self.children(content, 0..<content.count) { id, track in
            guard id == ID.track else { return }
            Self.children(content, track) { id, video in
                guard id == ID.video, facts.size == nil else { return }
                var (width, height) = (0, 0)
                Self.children(content, video) { id, range in
                    if id == ID.width { width = content.big(at: range.lowerBound, size: range.count) ?? 0 }
                    if id == ID.height { height = content.big(at: range.lowerBound, size: range.count) ?? 0 }
                }
                facts.size = .upright(width, height, orientation: 1)
            }
        }
    }

    private static func bits(_ content: Span<UInt8>, _ range: Range<Int>) -> UInt64? {
        guard range.count == 4 || range.count == 8 else { return nil }
        return range.reduce(0) { $0 << 8 | UInt64(content[$1]) }
    }

    /// Shows each element of a range.
    private static func children(_ content: Span<UInt8>, _ range: Range<Int>, _ show: (Int, Range<Int>) -> Void) {
        var offset = range.lowerBound
        while offset < range.upperBound, let (id, start, length) = element(content, offset) {
            let end = min(start + min(length ?? 0, range.count), range.upperBound)
            guard let length, start <= end else { return }
            show(id, start..<end)
            offset = start + min(length, range.count)
        }
    }

    /// Id, where the content begins, and its length, nil where that is unknown.
    private static func element(_ bytes: Span<UInt8>, _ offset: Int) -> (id: Int, content: Int, length: Int?)? {
        guard let first = bytes.big(at: offset, size: 1), first >= 0x10 else { return nil }
        let idSize = 9 - (8 - UInt8(first).leadingZeroBitCount)
        guard let id = bytes.big(at: offset, size: idSize), let second = bytes.big(at: offset + idSize, size: 1),
            second > 0
        else { return nil }
        let size = 9 - (8 - UInt8(second).leadingZeroBitCount)
        guard let coded = bytes.big(at: offset + idSize, size: size) else { return nil }
        // The highest bit that is set says how many bytes there are; all others set say that the length is unknown.
        let length = coded & (1 << (7 * size) - 1)
        return (id, offset + idSize + size, length == 1 << (7 * size) - 1 ? nil : length)
    }
}
