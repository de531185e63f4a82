/// Writes the EXIF of a RAW file anew, as that of a picture made of it: what is of its maker alone, and what says where in
/// the file something lies, would mean nothing there.
enum RAWExif {
    /// The beginning of a file in which EXIF is looked for. Cameras write it first.
    private static let mostHead = 8_000_000
    /// Of the first directory, which describes the sensor's picture, too: ImageDescription, Make, Model, resolution,
    /// Software, DateTime, Artist, Copyright, Orientation.
    private static let described: Set<UInt16> = [
        0x010E, 0x010F, 0x0110, 0x0112, 0x011A, 0x011B, 0x0128, 0x0131, 0x0132, 0x013B, 0x8298,
    ]

    /// That of a file that is built like a TIFF.
    static func block(of file: Span<UInt8>, _ walk: TIFFWalk) -> [UInt8]? {
        var head = file.copy(0..<min(file.count, mostHead))
        guard head.count >= 8 else { return nil }
        // Some makers write a number of their own in place of 42.
        (head[2], head[3]) = walk.isLittleEndian ? (42, 0) : (0, 42)
        guard let block = TIFFBlock(head) else { return nil }
        let main = block.entries(at: block.main)
        func directory(_ tag: UInt16) -> [TIFFBlock.Entry] {
            main.first { $0.tag == tag }.flatMap(block.integer).map(block.entries) ?? []
        }
        return written(
            (block, main), (block, directory(TIFFTag.exifDirectory)), (block, directory(TIFFTag.gpsDirectory)))
    }

    /// That of a CR3, which has each directory in a structure of its own.
    static func block(_ canon: CanonPreviews) -> [UInt8]? {
        let parts = [canon.first, canon.second, canon.place].map { part in
            part.flatMap(TIFFBlock.init).map { ($0, $0.entries(at: $0.main)) }
        }
        guard let first = parts[0] else { return nil }
        // A structure of the other byte order cannot be joined with it.
        func fitting(_ part: (TIFFBlock, [TIFFBlock.Entry])?) -> (TIFFBlock, [TIFFBlock.Entry]) {
            part.flatMap { $0.0.isLittleEndian == first.0.isLittleEndian ? $0 : nil } ?? (first.0, [])
        }
        return written(first, fitting(parts[1]), fitting(parts[2]))
    }

    private static func written(
        _ main: (block: TIFFBlock, entries: [TIFFBlock.Entry]), _ exif: (block: TIFFBlock, entries: [TIFFBlock.Entry]),
        _ place: (block: TIFFBlock, entries: [TIFFBlock.Entry])
    ) -> [UInt8] {
        var writer = TIFFWriter(isLittleEndian: main.block.isLittleEndian)
        var left = 48_000
        func copied(
            _ part: (block: TIFFBlock, entries: [TIFFBlock.Entry]), _ isWanted: (UInt16) -> Bool
        ) -> [TIFFWriter.Entry] {
            var seen: Set<UInt16> = []
            return part.entries.compactMap { entry in
                guard isWanted(entry.tag), entry.value.count <= left, seen.insert(entry.tag).inserted else {
                    return nil
                }
                left -= entry.value.count
                return TIFFWriter.Entry(
                    tag: entry.tag, type: entry.type, count: entry.count, value: Array(part.block.bytes[entry.value]))
            }
        }
        writer.main = copied(main, described.contains)
        writer.exif = copied(exif) { $0 != TIFFTag.makerNote && $0 != TIFFTag.interoperabilityDirectory }
        writer.gps = copied(place) { _ in true }
        return writer.bytes()
    }
}
