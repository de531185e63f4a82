import Model

/// What the boxes of a film say (ISO/IEC 14496-12; Apple, QuickTime File Format).
struct FilmFacts: Sendable {
    /// What a text says that a person, a program or a camera wrote.
    enum Word { case creationDate, day, place, make, model }

    /// `©day`, `©xyz`, `©mak` and `©mod`.
    static let words: [FourCC: Word] = [
        FourCC(rawValue: 0xA964_6179): .day, FourCC(rawValue: 0xA978_797A): .place,
        FourCC(rawValue: 0xA96D_616B): .make, FourCC(rawValue: 0xA96D_6F64): .model,
    ]
    private static let keys: [[UInt8]: Word] = [
        Array("com.apple.quicktime.creationdate".utf8): .creationDate,
        Array("com.apple.quicktime.location.ISO6709".utf8): .place,
        Array("com.apple.quicktime.make".utf8): .make, Array("com.apple.quicktime.model".utf8): .model,
        Array("com.android.manufacturer".utf8): .make, Array("com.android.model".utf8): .model,
    ]
    /// Bytes of a text that are kept.
    private static let longestWord = 256

    /// The time of `mvhd`, which the standards want to be UTC.
    private var created: Int64?
    /// The first of each.
    private var said: [Word: [UInt8]] = [:]
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
        default: Self.words[type].map { keep($0, content.dropFirst(4)) }
        }
    }

    /// Adds what is known by now.
    func tell(_ facts: inout ImageFacts) {
        func time(_ word: Word) -> CaptureTime? { said[word].flatMap(TimeText.time) }
        facts.capture = CaptureFacts(
            time: time(.creationDate) ?? time(.day) ?? created.map { CaptureTime($0) },
            camera: CameraName.text(make: said[.make].map { $0[...] }, model: said[.model].map { $0[...] }),
            place: said[.place].flatMap { Place(iso6709: $0) })
        facts.duration = duration
        guard let size else { return }
        facts.orientation = orientation.exif
        facts.size = .upright(size.width, size.height, orientation: orientation.exif)
    }

    /// A word that says nothing does not count.
    private mutating func keep(_ word: Word, _ text: ArraySlice<UInt8>) {
        let text = Array(text.prefix(Self.longestWord).prefix { $0 != 0 })
        let isRead =
            switch word {
            case .creationDate, .day: TimeText.time(text) != nil
            case .place: Place(iso6709: text) != nil
            case .make, .model: !text.isEmpty
            }
        if isRead, said[word] == nil { said[word] = text }
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
        let wanted = (keys ?? []).map { Self.keys[bytes.copy($0.payload.prefix(Self.longestWord))] }
        for item in bytes.boxes(in: list.payload) {
            let number = Int(item.type.rawValue)
            // They are numbered from 1.
            let key = number > 0 && number <= wanted.count ? wanted[number - 1] : nil
            guard let word = key ?? Self.words[item.type],
                let value = bytes.boxes(in: item.payload).first(where: { $0.type == "data" })
            else { continue }
            // Type and language come before the text.
            keep(word, bytes.copy(value.payload.prefix(8 + Self.longestWord)).dropFirst(8))
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
