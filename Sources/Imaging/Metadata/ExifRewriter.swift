import Model

/// Writes a main's EXIF anew for a picture made of it: without the embedded thumbnail and without large maker notes.
enum ExifRewriter {
    /// Bytes of all values together. A segment holds 65,533; directories and headers need the rest.
    private static let mostBytes = 48_000

    /// Entries altogether; 12 bytes each.
    private static let mostEntries = 1_000

    /// Heads of maker notes whose offsets count from their own start, so that they can be moved. All others count from
    /// the start of the block, and would point at something else afterwards.
    private static let movableNotes = [
        "Apple iOS\0", "FUJIFILM", "Nikon\0\u{2}", "OLYMPUS\0", "OM SYSTEM\0", "PENTAX \0",
    ]

    /// The new block for a copy of `size` pixels, as stored; nil when nothing is left to write.
    ///
    /// - Parameter orientation: of the copy; nil for the main's.
    static func rewrite(
        _ block: TIFFBlock, size: PixelSize, orientation: Int? = nil, limits: ImagingLimits
    ) -> [UInt8]? {
        var writer = TIFFWriter(isLittleEndian: block.isLittleEndian)
        var bytesLeft = mostBytes
        var entriesLeft = mostEntries

        func copied(
            _ entries: [TIFFBlock.Entry], without dropped: Set<UInt16>, only wanted: Set<UInt16>? = nil
        ) -> [TIFFWriter.Entry] {
            var seen = dropped
            return entries.compactMap { entry in
                if let wanted, !wanted.contains(entry.tag) { return nil }
                guard seen.insert(entry.tag).inserted, entry.value.count <= bytesLeft, entriesLeft > 0 else {
                    return nil
                }
                if entry.tag == TIFFTag.makerNote, !isKept(makerNote: block.bytes[entry.value], limits) { return nil }
                bytesLeft -= entry.value.count
                entriesLeft -= 1
                return TIFFWriter.Entry(
                    tag: entry.tag, type: entry.type, count: entry.count, value: Array(block.bytes[entry.value]))
            }
        }
        func directory(_ tag: UInt16, in entries: [TIFFBlock.Entry]) -> [TIFFBlock.Entry] {
            entries.first { $0.tag == tag }.flatMap(block.integer).map(block.entries) ?? []
        }

        let main = block.entries(at: block.main)
        let exif = directory(TIFFTag.exifDirectory, in: main)
        // Before all else, so that nothing takes their room.
        writer.main = copied(main, without: [], only: TIFFTag.facts)
        if let orientation {
            writer.main.removeAll { $0.tag == TIFFTag.orientation }
            writer.main.append(writer.short(TIFFTag.orientation, orientation))
        }
        writer.exif = copied(exif, without: [], only: TIFFTag.facts)
        writer.main += copied(main, without: [], only: TIFFTag.told)
        writer.exif += copied(exif, without: [], only: TIFFTag.told)
        writer.gps = copied(directory(TIFFTag.gpsDirectory, in: main), without: [])
        let taken = TIFFTag.facts.union(TIFFTag.told)
        writer.main += copied(
            main,
            without: TIFFTag.references.union(TIFFTag.samples).union(taken).union([
                TIFFTag.imageWidth, TIFFTag.imageHeight, TIFFTag.exifDirectory, TIFFTag.gpsDirectory,
            ]))
        let others = copied(exif, without: taken.union([TIFFTag.interoperabilityDirectory]))
        writer.exif += others.map { entry in
            switch entry.tag {
            case TIFFTag.pixelXDimension: writer.long(entry.tag, size.width)
            case TIFFTag.pixelYDimension: writer.long(entry.tag, size.height)
            default: entry
            }
        }
        writer.interoperability = copied(directory(TIFFTag.interoperabilityDirectory, in: exif), without: [])
        return entriesLeft == mostEntries && orientation == nil ? nil : writer.bytes()
    }

    private static func isKept(makerNote note: ArraySlice<UInt8>, _ limits: ImagingLimits) -> Bool {
        note.count <= limits.makerNoteBytes && movableNotes.contains { note.starts(with: $0.utf8) }
    }
}
