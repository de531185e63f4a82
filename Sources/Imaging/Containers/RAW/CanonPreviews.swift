/// What a Canon CR3 has of a picture that can be seen: two JPEGs, and EXIF. Sources: see ``CanonFacts``.
struct CanonPreviews {
    /// The name of the box around the smaller JPEG.
    private static let preview: [UInt8] = [
        0xEA, 0xF4, 0x2B, 0x5E, 0x1C, 0x98, 0x4B, 0x88, 0xB9, 0xFB, 0xB7, 0xDC, 0x40, 0x6E, 0x4D, 0x16,
    ]
    /// Bytes of one box with EXIF.
    private static let mostExif = 1 << 18

    /// TIFF structures whose first directory is EXIF's first, its second, and that of the place.
    private(set) var first: [UInt8]?
    private(set) var second: [UInt8]?
    private(set) var place: [UInt8]?
    private(set) var jpegs: [Range<Int>] = []

    init(_ file: Span<UInt8>) {
        for box in file.boxes(in: 0..<file.count) {
            if box.type == "moov" { readMovie(box, file) }
            guard box.type == "uuid", Self.isNamed(box, Self.preview, file) else { continue }
            // Eight bytes, and a box of which the JPEG is the rest.
            for inner in file.boxes(
                in: min(box.payload.lowerBound + 24, box.payload.upperBound)..<box.payload.upperBound)
            where inner.type == "PRVW" {
                guard let length = file.big(at: inner.payload.lowerBound + 12, size: 4) else { continue }
                add(inner.payload.lowerBound + 16, length)
            }
        }
    }

    private static func isNamed(_ box: ISOBox, _ name: [UInt8], _ file: Span<UInt8>) -> Bool {
        box.payload.count >= 16 && file.copy(box.payload.lowerBound..<box.payload.lowerBound + 16) == name
    }

    private mutating func add(_ start: Int, _ length: Int) {
        guard start < 1 << 60, length > 0, length < 1 << 60 else { return }
        jpegs.append(start..<start + length)
    }

    private mutating func readMovie(_ movie: ISOBox, _ file: Span<UInt8>) {
        for box in file.boxes(in: movie.payload) {
            if box.type == "trak" { readTrack(box, file) }
            guard box.type == "uuid", Self.isNamed(box, CanonFacts.metadata, file) else { continue }
            for inner in file.boxes(in: box.payload.lowerBound + 16..<box.payload.upperBound)
            where inner.payload.count <= Self.mostExif {
                switch inner.type {
                case "CMT1": first = file.copy(inner.payload)
                case "CMT2": second = file.copy(inner.payload)
                case "CMT4": place = file.copy(inner.payload)
                default: break
                }
            }
        }
    }

    /// Each picture is a track of its own with one sample. What is no JPEG shows that itself.
    private mutating func readTrack(_ track: ISOBox, _ file: Span<UInt8>) {
        var box = track
        for name: FourCC in ["mdia", "minf", "stbl"] {
            guard let inner = file.boxes(in: box.payload).first(where: { $0.type == name }) else { return }
            box = inner
        }
        let tables = file.boxes(in: box.payload)
        func table(_ type: FourCC) -> Int? { tables.first { $0.type == type }?.payload.lowerBound }
        guard let sizes = table("stsz"), let size = file.big(at: sizes + 4, size: 4) else { return }
        // A size of 0: each sample has its own.
        let length = size > 0 ? size : file.big(at: sizes + 12, size: 4) ?? 0
        let start = table("co64").flatMap { file.big(at: $0 + 8, size: 8) }
        if let start = start ?? table("stco").flatMap({ file.big(at: $0 + 8, size: 4) }) { add(start, length) }
    }
}
