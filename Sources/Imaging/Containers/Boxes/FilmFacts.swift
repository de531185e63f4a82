import Model

/// What the boxes of a film say (ISO/IEC 14496-12; Apple, QuickTime File Format).
struct FilmFacts: Sendable {
    /// `©day`.
    static let day = FourCC(rawValue: 0xA964_6179)
    private static let creationDate = Array("com.apple.quicktime.creationdate".utf8)

    /// The time of `mvhd`, which the standards want to be UTC.
    private var created: Int64?
    /// What is said with its zone, and a day that a person or program wrote.
    private var said: Int64?
    private var day: Int64?
    private var unitsPerSecond = 0
    private var duration: Duration?
    /// Of the largest track.
    private var size: (width: Int, height: Int)?
    private var orientation = Orientation.upright

    mutating func read(_ type: FourCC, _ content: [UInt8]) {
        let bytes = content.span
        switch type {
        case "mvhd": readHeader(bytes)
        case "mehd":
            // The length of a film that is written in pieces.
            duration = duration ?? bytes.big(at: 4, size: content.first == 1 ? 8 : 4).flatMap(length)
        case "tkhd": readTrack(bytes)
        case "meta": readMetadata(bytes)
        // Its length and language come before the text.
        case Self.day: day = day ?? TimeText.seconds(content.dropFirst(4))
        default: break
        }
    }

    /// Adds what is known by now.
    func tell(_ facts: inout ImageFacts) {
        facts.captured = said ?? day ?? created
        facts.duration = duration
        guard let size else { return }
        facts.orientation = orientation.exif
        facts.size = .upright(size.width, size.height, orientation: orientation.exif)
    }

    private func length(_ units: Int) -> Duration? { FilmTime.duration(units, unitsPerSecond) }

    private mutating func readHeader(_ bytes: Span<UInt8>) {
        let isLong = bytes.big(at: 0, size: 1) == 1
        created = bytes.big(at: 4, size: isLong ? 8 : 4).flatMap(FilmTime.since1970)
        unitsPerSecond = bytes.big(at: isLong ? 20 : 12, size: 4) ?? 0
        duration = bytes.big(at: isLong ? 24 : 16, size: isLong ? 8 : 4).flatMap { units in
            // All bits are set where nobody knows.
            units == 0xFFFF_FFFF ? nil : length(units)
        }
    }

    private mutating func readTrack(_ bytes: Span<UInt8>) {
        let matrix = bytes.big(at: 0, size: 1) == 1 ? 52 : 40
        func number(_ index: Int) -> Int? {
            bytes.big(at: matrix + 4 * index, size: 4).map { Int(Int32(truncatingIfNeeded: $0)) }
        }
        // Sides are in 65,536ths of a pixel; those of sound are 0.
        guard let width = number(9).map({ $0 >> 16 }), let height = number(10).map({ $0 >> 16 }), width > 0, height > 0,
            width * height > size.map({ $0.width * $0.height }) ?? 0,
            let a = number(0), let b = number(1), let c = number(3), let d = number(4)
        else { return }
        size = (width, height)
        // Points are rows in these matrices, and columns in ours.
        orientation = Orientation(signsOf: a, c, b, d) ?? .upright
    }

    /// Apple's list of keys and values, and that of iTunes. The box is a full one in one of two standards.
    private mutating func readMetadata(_ bytes: Span<UInt8>) {
        let isFull = bytes.big(at: 4, size: 4) != Int(FourCC("hdlr").rawValue)
        let boxes = bytes.boxes(in: (isFull ? 4 : 0)..<max(4, bytes.count))
        guard let list = boxes.first(where: { $0.type == "ilst" }) else { return }
        let keys = boxes.first { $0.type == "keys" }.map { keys in
            bytes.boxes(in: min(keys.payload.lowerBound + 8, keys.payload.upperBound)..<keys.payload.upperBound)
        }
        let wanted = keys?.firstIndex { bytes.copy($0.payload) == Self.creationDate }.map { UInt32($0 + 1) }
        for item in bytes.boxes(in: list.payload) where item.type.rawValue == wanted || item.type == Self.day {
            guard let value = bytes.boxes(in: item.payload).first(where: { $0.type == "data" }),
                // Type and language come before the text.
                let time = TimeText.seconds(bytes.copy(value.payload).dropFirst(8))
            else { continue }
            if item.type == Self.day { day = day ?? time } else { said = said ?? time }
        }
    }
}

extension Orientation {
    /// That of a matrix whose elements may be scaled; nil where it is no quarter turn.
    init?(signsOf a: Int, _ b: Int, _ c: Int, _ d: Int) {
        let signs = [a, b, c, d].map { $0.signum() }
        guard
            let exif = (1...8).first(where: { number in
                let turn = Orientation(exif: number)
                return [turn.a, turn.b, turn.c, turn.d] == signs
            })
        else { return nil }
        self.init(exif: exif)
    }
}
