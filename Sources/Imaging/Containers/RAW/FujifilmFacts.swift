import Model

/// Facts of a Fujifilm RAF: size by its own directory, all else by the EXIF of the JPEG in it.
///
/// Source: the tables of ExifTool (exiftool.org/TagNames/FujiFilm.html) and its reading of the header.
struct FujifilmFacts: FactsWalk {
    /// Where the header says where the JPEG and the directory lie, each as an offset and a length.
    static let places = 84..<100
    private static let croppedSize = 0x111
    private static let fullSize = 0x100
    /// The JPEG's segments before its frame header: EXIF, and what Fujifilm adds.
    private static let mostJPEG = 1 << 18
    private static let mostDirectory = 65_536

    private(set) var wanted: Range<Int>? = places
    private var isHeaderRead = false
    private var pending: [(range: Range<Int>, isJPEG: Bool)] = []
    private var photo = ImageFacts()
    private var size: PixelSize?

    var facts: ImageFacts {
        let size = size.flatMap { PixelSize.upright($0.width, $0.height, orientation: photo.orientation) }
        return ImageFacts(
            type: .raw, size: size ?? photo.size, capture: photo.capture, orientation: photo.orientation)
    }

    mutating func take(_ part: [UInt8]?) {
        if !isHeaderRead {
            isHeaderRead = true
            let numbers = (0..<4).compactMap { part?.span.big(at: 4 * $0, size: 4) }
            guard numbers.count == 4 else { return wanted = nil }
            pending = [
                (numbers[0]..<numbers[0] + min(numbers[1], Self.mostJPEG), true),
                (numbers[2]..<numbers[2] + min(numbers[3], Self.mostDirectory), false),
            ].sorted { $0.range.lowerBound < $1.range.lowerBound }
        } else if !pending.isEmpty {
            let (_, isJPEG) = pending.removeFirst()
            // Only a JPEG is read: another RAF here could lead to itself.
            if let part, isJPEG, part.starts(with: [0xFF, 0xD8, 0xFF]) { photo = ImageInspector.facts(of: part) }
            if let part, !isJPEG { size = Self.size(part.span) }
        }
        wanted = pending.first?.range
    }

    /// A number of fields, and each as a tag, a length and a value. A height comes before its width.
    private static func size(_ directory: Span<UInt8>) -> PixelSize? {
        var offset = 4
        var sizes: [Int: PixelSize] = [:]
        for _ in 0..<min(directory.big(at: 0, size: 4) ?? 0, 1_000) {
            guard let tag = directory.big(at: offset, size: 2), let length = directory.big(at: offset + 2, size: 2)
            else {
                break
            }
            if length >= 4, let height = directory.big(at: offset + 4, size: 2),
                let width = directory.big(at: offset + 6, size: 2)
            {
                sizes[tag] = PixelSize(width: width, height: height)
            }
            offset += 4 + length
        }
        return sizes[croppedSize] ?? sizes[fullSize]
    }
}
