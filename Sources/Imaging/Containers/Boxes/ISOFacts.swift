import Model

/// Facts of the files that are made of boxes: HEIF and AVIF pictures, films, JPEG XL in its container, and CR3.
///
/// Boxes are entered where the formats put them and nowhere else. What is not read is passed over by its length.
struct ISOFacts: FactsWalk {
    /// What the part that is wanted is.
    private enum Asked {
        case header
        /// The content of a box, or its beginning.
        case content(FourCC, next: Int)
        /// The name of a box whose type is `uuid`.
        case identity(end: Int)
        /// Pixels of a picture whose description comes behind them, for the EXIF that may stand among them.
        case pixels(end: Int)
        /// What may be the EXIF of such a picture.
        case candidate(place: Int, end: Int)
        /// The EXIF of a picture whose description is read.
        case exif
    }

    private static let mostContent = 1 << 18
    private static let pixelsAtOnce = 65_536
    private static let mostCandidates = 4
    private static let signature = Array("Exif\0\0".utf8)

    private(set) var wanted: Range<Int>? = 0..<ISOBoxHeader.longest
    private(set) var facts: ImageFacts
    private var asked = Asked.header
    /// The boxes that are entered, the innermost last.
    private var parents: [(type: FourCC, end: Int)] = []
    private var film = FilmFacts()
    private var canon = CanonFacts()
    /// Where EXIF seems to stand in the pixels, and its bytes.
    private var candidates: [(place: Int, bytes: [UInt8])] = []

    init(type: ImageType) { facts = ImageFacts(type: type) }

    private var isPicture: Bool { facts.type == .heic || facts.type == .avif }

    /// Whether a film's boxes are read: a CR3 has some of them too, about the sensor's data.
    private var isFilm: Bool { facts.type != .raw && facts.type != .jpegXL }

    mutating func take(_ part: [UInt8]?) {
        guard let part, let place = wanted?.lowerBound else { return wanted = nil }
        switch asked {
        case .header: enter(ISOBoxHeader(part.span, at: 0), at: place)
        case .content(let type, let next):
            read(type, part, at: place)
            if case .content = asked { askHeader(at: next) }
        case .identity(let end):
            if part == CanonFacts.metadata {
                parents.append(("uuid", end))
                askHeader(at: place + 16)
            } else {
                askHeader(at: end)
            }
        case .pixels(let end): look(for: end, in: part, at: place)
        case .candidate(let found, let end):
            candidates.append((found, part))
            askPixels(found + Self.signature.count, end)
        case .exif:
            take(exif: part)
            wanted = nil
        }
    }

    private mutating func enter(_ header: ISOBoxHeader?, at place: Int) {
        guard let header, place < 1 << 60 else { return wanted = nil }
        let start = place + header.length
        let outer = parents.last?.end ?? .max
        let end = header.content.map { start + min($0, 1 << 60) }.map { min($0, outer) } ?? outer
        guard end > place else { return wanted = nil }
        let parent = parents.last?.type
        switch (header.type, parent) {
        case ("meta", nil) where isPicture: ask(header.type, start, end, most: PartCollector.mostBytes)
        case ("mdat", nil) where isPicture: askPixels(start, end)
        case ("jxlc", nil), ("jxlp", nil), ("Exif", nil): ask(header.type, start, end, most: Self.mostContent)
        case ("moov", nil) where !isPicture, ("trak", "moov") where isFilm, ("udta", "moov") where isFilm,
            ("mvex", "moov") where isFilm:
            parents.append((header.type, end))
            askHeader(at: start)
        case ("uuid", "moov") where facts.type == .raw:
            asked = .identity(end: end)
            wanted = start..<start + 16
        case ("mvhd", "moov") where isFilm, ("meta", "moov") where isFilm, ("tkhd", "trak"), ("mehd", "mvex"),
            ("meta", "udta"), ("CMT1", "uuid"), ("CMT2", "uuid"), ("CMT4", "uuid"):
            ask(header.type, start, end, most: Self.mostContent)
        case (let type, "udta") where FilmFacts.words[type] != nil:
            ask(header.type, start, end, most: Self.mostContent)
        default: askHeader(at: end)
        }
    }

    private mutating func ask(_ type: FourCC, _ start: Int, _ end: Int, most: Int) {
        guard start < end else { return askHeader(at: end) }
        asked = .content(type, next: end)
        wanted = start..<min(end, start + most)
    }

    /// Goes on with the box at `place`, out of the boxes that end there.
    private mutating func askHeader(at place: Int) {
        while let last = parents.last, place >= last.end {
            parents.removeLast()
            // All that is to be known of a film is in one box.
            if last.type == "moov" { return finish() }
        }
        asked = .header
        wanted = place < 1 << 60 ? place..<place + ISOBoxHeader.longest : nil
    }

    private mutating func finish() { wanted = nil }

    private mutating func read(_ type: FourCC, _ content: [UInt8], at place: Int) {
        switch type {
        case "meta" where isPicture: readItems(content, at: place)
        case "jxlc": take(codestream: content)
        case "jxlp": take(codestream: Array(content.dropFirst(4)))
        case "Exif": take(exif: content)
        case "CMT1", "CMT2", "CMT4":
            canon.read(type, content)
            canon.tell(&facts)
        default:
            film.read(type, content)
            film.tell(&facts)
        }
    }

    private mutating func take(codestream: [UInt8]) {
        guard facts.size == nil, let head = JPEGXLHead(codestream) else { return }
        facts.orientation = head.orientation
        facts.size = .upright(head.width, head.height, orientation: head.orientation)
    }

    private mutating func take(exif content: [UInt8]) {
        guard let exif = HEIFAssembly.tiff(content).flatMap(TIFFBlock.init).map(ExifFacts.init) else { return }
        facts.capture = facts.capture.completed(by: exif.capture)
    }

    private mutating func readItems(_ meta: [UInt8], at place: Int) {
        wanted = nil
        asked = .exif
        guard let items = try? HEIFItems(meta.span, origin: place) else { return }
        let assembly = HEIFAssembly(items: items)
        guard let primary = try? assembly.primary() else { return }
        if let seen = assembly.seen(primary) { (facts.size, facts.orientation) = (seen.size, seen.orientation) }
        guard let extent = assembly.exif(of: primary).flatMap({ items.items[$0]?.extents.first }) else { return }
        // The signature stands some bytes behind the item's beginning, behind the number that says where.
        if let found = candidates.first(where: { extent.contains($0.place) && $0.place - extent.lowerBound <= 16 }) {
            take(exif: [0, 0, 0, 6] + found.bytes)
        } else {
            wanted = extent.lowerBound..<extent.lowerBound + min(extent.count, Self.mostContent)
        }
    }

    private mutating func askPixels(_ place: Int, _ end: Int) {
        guard candidates.count < Self.mostCandidates, place < end else { return askHeader(at: end) }
        asked = .pixels(end: end)
        wanted = place..<min(end, place + Self.pixelsAtOnce)
    }

    private mutating func look(for end: Int, in part: [UInt8], at place: Int) {
        if let found = part.span.firstOffset(of: Self.signature) {
            asked = .candidate(place: place + found, end: end)
            wanted = place + found..<min(end, place + found + Self.pixelsAtOnce)
        } else if part.count < (wanted?.count ?? 0) || place + part.count >= end {
            askHeader(at: end)
        } else {
            // A signature can be cut in two.
            askPixels(place + part.count - Self.signature.count + 1, end)
        }
    }
}
