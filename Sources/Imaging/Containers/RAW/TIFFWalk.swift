/// Reads the directories of a TIFF file, or of a RAW file that is built like one, wherever in the file they lie: those that
/// follow the first one, those that hang from them, and those of EXIF and of Olympus's maker note.
///
/// Parts are asked for from the file's beginning towards its end, so that most of them can be had from a stream. Sources:
/// TIFF 6.0; Adobe, DNG 1.7; for what makers do, the tag tables of ExifTool (exiftool.org/TagNames).
struct TIFFWalk: Sendable {
    /// What a directory describes.
    enum Kind: Sendable {
        /// One in the chain from the file's header.
        case main
        /// One that hangs from another: a picture of another size.
        case sub
        case exif
        case gps
        case olympus
        case olympusSettings
    }

    struct Field: Sendable {
        var type: Int
        var count: Int
        /// Where the value lies in the file.
        var place: Int
        /// The value, of a field that is read.
        var value: [UInt8]?
    }

    struct Directory: Sendable {
        var kind: Kind
        /// What the offsets in it count from.
        var base: Int
        var fields: [UInt16: Field] = [:]
    }

    private enum Asked {
        case header
        case directory(Kind, base: Int)
        case value(directory: Int, tag: UInt16)
        case makerNote
    }

    private static let mostDirectories = 64
    private static let mostEntries = 1_000
    /// Of texts and of lists of directories.
    private static let longestValue = 1_024
    /// Fields whose values are read where they do not fit into the entry.
    private static let read: Set<UInt16> = [
        TIFFTag.dateTime, TIFFTag.dateTimeOriginal, TIFFTag.dateTimeDigitized, TIFFTag.subDirectories, TIFFTag.make,
        TIFFTag.model, TIFFTag.offsetTime, TIFFTag.offsetTimeOriginal, TIFFTag.offsetTimeDigitized,
    ]
    /// The same of GPS's directory, whose tags mean something else in others.
    private static let readOfGPS: Set<UInt16> = [TIFFTag.latitude, TIFFTag.longitude]

    private(set) var isLittleEndian = true
    /// The number behind the byte order: 42, or a maker's own.
    private(set) var magic = 0
    private(set) var directories: [Directory] = []
    /// Ordered by where they begin.
    private var pending: [(range: Range<Int>, asked: Asked)] = [(0..<8, .header)]
    private var visited: Set<Int> = []

    var wanted: Range<Int>? { pending.first?.range }

    mutating func take(_ part: [UInt8]?) {
        guard !pending.isEmpty else { return }
        let (range, asked) = pending.removeFirst()
        guard let part else { return }
        switch asked {
        case .header:
            guard part.count == 8, part[0] == part[1], part[0] == 0x49 || part[0] == 0x4D else { return }
            isLittleEndian = part[0] == 0x49
            magic = number(part, 2, 2) ?? 0
            visit(number(part, 4, 4) ?? 0, .main, base: 0)
        case .directory(let kind, let base): readDirectory(part, at: range.lowerBound, kind, base)
        case .value(let index, let tag):
            guard part.count == range.count else { return }
            directories[index].fields[tag]?.value = part
            follow(index, tag)
        case .makerNote: readMakerNote(part, at: range.lowerBound)
        }
    }

    /// A field's first value, of a whole and unsigned type.
    func integer(_ tag: UInt16, in directory: Directory) -> Int? {
        guard let field = directory.fields[tag], let value = field.value else { return nil }
        switch field.type {
        case 1: return number(value, 0, 1)
        case 3: return number(value, 0, 2)
        case 4, 13: return number(value, 0, 4)
        default: return nil
        }
    }

    private mutating func ask(_ range: Range<Int>, _ asked: Asked) {
        let index = pending.firstIndex { $0.range.lowerBound > range.lowerBound } ?? pending.count
        pending.insert((range, asked), at: index)
    }

    private mutating func visit(_ offset: Int, _ kind: Kind, base: Int) {
        guard offset > 0, visited.count < Self.mostDirectories, visited.insert(base + offset).inserted else { return }
        let place = base + offset
        ask(place..<place + 2 + 12 * Self.mostEntries + 4, .directory(kind, base: base))
    }

    private mutating func readDirectory(_ part: [UInt8], at place: Int, _ kind: Kind, _ base: Int) {
        guard let count = number(part, 0, 2), count <= Self.mostEntries else { return }
        let index = directories.count
        directories.append(Directory(kind: kind, base: base))
        for entry in 0..<count {
            let start = 2 + 12 * entry
            guard let tag = number(part, start, 2), let type = number(part, start + 2, 2),
                let count = number(part, start + 4, 4), let offset = number(part, start + 8, 4)
            else { break }
            guard type > 0, type < TIFFBlock.sizes.count else { continue }
            let length = count * TIFFBlock.sizes[type]
            var field = Field(type: type, count: count, place: base + offset)
            if length <= 4 {
                field.place = place + start + 8
                field.value = Array(part[start + 8..<start + 8 + length])
            }
            let isFirst = directories[index].fields.updateValue(field, forKey: UInt16(tag)) == nil
            guard isFirst else { continue }
            let isRead = (kind == .gps ? Self.readOfGPS : Self.read).contains(UInt16(tag))
            if length > 4, length <= Self.longestValue, isRead {
                ask(field.place..<field.place + length, .value(directory: index, tag: UInt16(tag)))
            } else {
                follow(index, UInt16(tag))
            }
        }
        if kind == .main, let next = number(part, 2 + 12 * count, 4) { visit(next, .main, base: base) }
    }

    /// Goes on with what hangs from a field.
    private mutating func follow(_ index: Int, _ tag: UInt16) {
        let directory = directories[index]
        guard let field = directory.fields[tag] else { return }
        switch (tag, directory.kind) {
        case (TIFFTag.subDirectories, .main), (TIFFTag.subDirectories, .sub):
            guard field.type == 4 || field.type == 13, let value = field.value else { return }
            for place in stride(from: 0, to: value.count - 3, by: 4) {
                visit(number(value, place, 4) ?? 0, .sub, base: directory.base)
            }
        case (TIFFTag.exifDirectory, .main):
            integer(tag, in: directory).map { visit($0, .exif, base: directory.base) }
        case (TIFFTag.gpsDirectory, .main):
            integer(tag, in: directory).map { visit($0, .gps, base: directory.base) }
        case (TIFFTag.makerNote, .exif) where field.count > 16: ask(field.place..<field.place + 16, .makerNote)
        case (TIFFTag.olympusSettings, .olympus):
            // A directory that is the field's value, or to which it points.
            let offset =
                field.type == 13 || field.type == 4 ? integer(tag, in: directory) : field.place - directory.base
            offset.map { visit($0, .olympusSettings, base: directory.base) }
        default: break
        }
    }

    /// Olympus's note, whose offsets count from its own beginning.
    private mutating func readMakerNote(_ part: [UInt8], at place: Int) {
        if part.starts(with: "OLYMPUS\0".utf8) { visit(12, .olympus, base: place) }
        if part.starts(with: "OM SYSTEM\0".utf8) { visit(16, .olympus, base: place) }
    }

    private func number(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> Int? {
        guard offset + size <= bytes.count else { return nil }
        return (0..<size).reduce(0) { $0 << 8 | Int(bytes[offset + (isLittleEndian ? size - 1 - $1 : $1)]) }
    }
}
