import Model

/// What the TIFF structure of EXIF, or of a TIFF file, says about its picture.
struct ExifFacts {
    /// 1 to 8; 1 when there is none or a wrong one.
    var orientation = 1
    var capture = CaptureFacts()
    /// As stored, of a TIFF file; nil where the first directory is that of a thumbnail.
    var storedSize: PixelSize?

    init(_ block: TIFFBlock) {
        let main = block.entries(at: block.main)
        func first(_ tag: UInt16, of entries: [TIFFBlock.Entry]) -> TIFFBlock.Entry? { entries.first { $0.tag == tag } }
        func integer(_ tag: UInt16) -> Int? { first(tag, of: main).flatMap(block.integer) }

        if let value = integer(TIFFTag.orientation), (1...8).contains(value) { orientation = value }
        let exif = integer(TIFFTag.exifDirectory).map(block.entries) ?? []
        capture = CaptureFacts(
            time: Self.time(block, main: main, exif: exif), camera: Self.camera(block, main: main),
            place: integer(TIFFTag.gpsDirectory).flatMap { Self.place(block, block.entries(at: $0)) })
        if let width = integer(TIFFTag.imageWidth), let height = integer(TIFFTag.imageHeight),
            (integer(TIFFTag.subfileType) ?? 0) & 1 == 0
        {
            storedSize = PixelSize(width: width, height: height)
        }
    }

    /// Seconds since 1970 of the camera's own clock.
    var captured: Int64? { capture.time?.seconds }

    /// When the picture was taken, by its two directories.
    static func time(_ block: TIFFBlock, main: [TIFFBlock.Entry] = [], exif: [TIFFBlock.Entry]) -> CaptureTime? {
        func text(_ tag: UInt16, _ entries: [TIFFBlock.Entry]) -> ArraySlice<UInt8>? {
            entries.first { $0.tag == tag }.flatMap(block.text)
        }
        return CaptureTime(
            exif: [
                (text(TIFFTag.dateTimeOriginal, exif), text(TIFFTag.offsetTimeOriginal, exif)),
                (text(TIFFTag.dateTimeDigitized, exif), text(TIFFTag.offsetTimeDigitized, exif)),
                (text(TIFFTag.dateTime, main), text(TIFFTag.offsetTime, exif)),
            ])
    }

    /// With what it was taken, by the first directory.
    static func camera(_ block: TIFFBlock, main: [TIFFBlock.Entry]) -> String? {
        func text(_ tag: UInt16) -> ArraySlice<UInt8>? { main.first { $0.tag == tag }.flatMap(block.text) }
        return CameraName.text(make: text(TIFFTag.make), model: text(TIFFTag.model))
    }

    /// Where it was taken, by the directory of GPS.
    static func place(_ block: TIFFBlock, _ gps: [TIFFBlock.Entry]) -> Place? {
        func entry(_ tag: UInt16) -> TIFFBlock.Entry? { gps.first { $0.tag == tag } }
        return Place(
            latitude: entry(TIFFTag.latitude).flatMap(block.fractions),
            entry(TIFFTag.latitudeReference).flatMap(block.text),
            longitude: entry(TIFFTag.longitude).flatMap(block.fractions),
            entry(TIFFTag.longitudeReference).flatMap(block.text))
    }
}
