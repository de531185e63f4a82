import Model

/// What the TIFF structure of EXIF, or of a TIFF file, says about its picture.
struct ExifFacts {
    /// 1 to 8; 1 when there is none or a wrong one.
    var orientation = 1
    /// Seconds since 1970 of the camera's own clock.
    var captured: Int64?
    /// As stored, of a TIFF file; nil where the first directory is that of a thumbnail.
    var storedSize: PixelSize?

    init(_ block: TIFFBlock) {
        let main = block.entries(at: block.main)
        func first(_ tag: UInt16, of entries: [TIFFBlock.Entry]) -> TIFFBlock.Entry? { entries.first { $0.tag == tag } }
        func integer(_ tag: UInt16) -> Int? { first(tag, of: main).flatMap(block.integer) }

        if let value = integer(TIFFTag.orientation), (1...8).contains(value) { orientation = value }
        let exif = integer(TIFFTag.exifDirectory).map(block.entries) ?? []
        captured = Self.captured(block, main: main, exif: exif)
        if let width = integer(TIFFTag.imageWidth), let height = integer(TIFFTag.imageHeight),
            (integer(TIFFTag.subfileType) ?? 0) & 1 == 0
        {
            storedSize = PixelSize(width: width, height: height)
        }
    }

    /// When the picture was taken, by its two directories.
    static func captured(_ block: TIFFBlock, main: [TIFFBlock.Entry] = [], exif: [TIFFBlock.Entry]) -> Int64? {
        [(TIFFTag.dateTimeOriginal, exif), (TIFFTag.dateTimeDigitized, exif), (TIFFTag.dateTime, main)]
            .lazy.compactMap { tag, entries in
                entries.first { $0.tag == tag }.flatMap(block.text).flatMap(ExifDate.seconds)
            }.first
    }
}
