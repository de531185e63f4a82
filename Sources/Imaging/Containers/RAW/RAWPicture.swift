import Model

/// The largest JPEG embedded in a RAW file, with what the file itself says about the picture. Nothing is decoded.
///
/// Reads RAW files that are built like TIFF (CR2, NEF, ARW, DNG, ORF, RW2, PEF, SRW and others), Canon's CR3 and
/// Fujifilm's RAF. Sources: TIFF 6.0; Adobe, DNG 1.7; the tag tables of ExifTool (exiftool.org/TagNames); for CR3 those of
/// ``CanonFacts``.
public struct RAWPicture: Sendable {
    /// JPEGs of one file that are looked at; cameras embed two or three.
    private static let mostJPEGs = 32
    /// Bytes of a JPEG in which its frame header has to come.
    private static let mostHead = 1 << 18
    /// PhotometricInterpretation of what a sensor gives: a mosaic of colours, or linear.
    private static let sensors: Set<Int> = [32_803, 34_892]

    /// Where the JPEG lies in the file; nil where there is none that can be decoded.
    public private(set) var jpeg: Range<Int>?
    /// How its picture is to be turned, by EXIF's numbers; nil where only the JPEG's own EXIF can say.
    public private(set) var orientation: Int?
    /// EXIF of the file, without what is of its maker alone and without what points into it; nil where only the JPEG has
    /// EXIF.
    public private(set) var exif: [UInt8]?
    /// XMP's packet of the file.
    public private(set) var xmp: [UInt8]?

    /// Nil of a file that is no RAW: other TIFF files have their pixels as they are seen.
    public init?(_ file: Span<UInt8>) {
        let head = file.copy(0..<min(file.count, HeadSize.length))
        switch ImageType(head: head) {
        case .raw where head.dropFirst(4).starts(with: "ftyp".utf8): readCanon(file)
        case .raw where head.starts(with: "FUJI".utf8):
            let numbers = (0..<2).map { file.big(at: FujifilmFacts.places.lowerBound + 4 * $0, size: 4) ?? 0 }
            choose(of: [numbers[0]..<numbers[0] + numbers[1]], file)
        case .raw, .tiff:
            var walk = TIFFWalk()
            file.lead(&walk)
            guard ImageType(head: head) == .raw || Self.isFromSensor(walk) else { return nil }
            read(walk, file)
        default: return nil
        }
    }

    /// Whether a picture of a TIFF is as a sensor gives it, or the file says that it is a DNG.
    private static func isFromSensor(_ walk: TIFFWalk) -> Bool {
        walk.directories.contains { directory in
            guard directory.kind == .main || directory.kind == .sub else { return false }
            return directory.fields[TIFFTag.dngVersion] != nil
                || walk.integer(TIFFTag.photometric, in: directory).map(sensors.contains) ?? false
        }
    }

    private mutating func read(_ walk: TIFFWalk, _ file: Span<UInt8>) {
        let main = walk.directories.first { $0.kind == .main }
        orientation = main.flatMap { walk.integer(TIFFTag.orientation, in: $0) }.flatMap {
            (1...8).contains($0) ? $0 : nil
        }
        exif = RAWExif.block(of: file, walk)
        if let field = main?.fields[TIFFTag.xmp], field.type == 1 || field.type == 7, field.count > 4,
            field.count <= 1 << 24, field.place + field.count <= file.count
        {
            xmp = file.copy(field.place..<field.place + field.count)
        }
        choose(of: walk.directories.flatMap { Self.jpegs(in: $0, walk) }, file)
    }

    /// Where a directory says that a JPEG lies.
    private static func jpegs(in directory: TIFFWalk.Directory, _ walk: TIFFWalk) -> [Range<Int>] {
        func integer(_ tag: UInt16) -> Int? { walk.integer(tag, in: directory) }
        func range(_ start: Int?, _ length: Int?) -> Range<Int>? {
            guard let start, let length, start > 0, length > 0 else { return nil }
            return directory.base + start..<directory.base + start + length
        }
        func isSingle(_ tag: UInt16) -> Bool { directory.fields[tag]?.count == 1 }
        switch directory.kind {
        case .exif, .gps, .olympus: return []
        case .olympusSettings:
            return [range(integer(TIFFTag.olympusPreviewStart), integer(TIFFTag.olympusPreviewLength))].compactMap {
                $0
            }
        case .main, .sub:
            var found = [range(integer(TIFFTag.jpegOffset), integer(TIFFTag.jpegLength))]
            // 6 and 7 are JPEG, in the old and in the new way; a sensor's picture can be coded so, too, without being one
            // that is seen.
            if [6, 7].contains(integer(TIFFTag.compression)), isSingle(TIFFTag.stripOffsets),
                !(integer(TIFFTag.photometric).map(sensors.contains) ?? false)
            {
                found.append(range(integer(TIFFTag.stripOffsets), integer(TIFFTag.stripLengths)))
            }
            if walk.magic == TIFFTag.panasonic, let field = directory.fields[TIFFTag.panasonicJPEG] {
                found.append(field.place..<field.place + field.count)
            }
            return found.compactMap { $0 }
        }
    }

    private mutating func readCanon(_ file: Span<UInt8>) {
        let canon = CanonPreviews(file)
        if let first = canon.first.flatMap(TIFFBlock.init) { orientation = ExifFacts(first).orientation }
        exif = RAWExif.block(canon)
        choose(of: canon.jpegs, file)
    }

    /// Takes the JPEG with the most pixels of those that can be decoded.
    private mutating func choose(of ranges: [Range<Int>], _ file: Span<UInt8>) {
        var most = 0
        for range in ranges.prefix(Self.mostJPEGs) {
            let range = range.clamped(to: 0..<file.count)
            let head = file.extracting(range.lowerBound..<min(range.upperBound, range.lowerBound + Self.mostHead))
            guard head.short(at: 0) == 0xFFD8, let frame = JPEGLayout(head).frame else { continue }
            // Sensors' pictures are coded as lossless JPEGs.
            let isSeen = frame.precision == 8 && [0xC0, 0xC1, 0xC2].contains(frame.marker)
            if isSeen, frame.width * frame.height > most { (most, jpeg) = (frame.width * frame.height, range) }
        }
    }
}
