package import Model

/// What a decoder hands over of EXIF beside the picture.
package enum CarriedExif {
    /// How a TIFF block says that its picture is to be turned: 1 to 8.
    package static func orientation(_ block: [UInt8]) -> Int {
        TIFFBlock(block).map { ExifFacts($0).orientation } ?? 1
    }

    /// EXIF that says when, where and with what a film was taken, as its own boxes do; nil where they say nothing.
    package static func block(of capture: CaptureFacts) -> [UInt8]? {
        var writer = TIFFWriter(isLittleEndian: true)
        if let camera = capture.camera { writer.main.append(writer.ascii(TIFFTag.model, camera)) }
        if let time = capture.time, let text = ExifDate.written(time.seconds) {
            writer.exif.append(writer.ascii(TIFFTag.dateTimeOriginal, text))
            if let zone = time.zone { writer.exif.append(writer.ascii(TIFFTag.offsetTimeOriginal, "\(zone)")) }
        }
        if let place = capture.place {
            writer.gps = [
                writer.ascii(TIFFTag.latitudeReference, place.latitude < 0 ? "S" : "N"),
                writer.fractions(TIFFTag.latitude, place.latitude.magnitude),
                writer.ascii(TIFFTag.longitudeReference, place.longitude < 0 ? "W" : "E"),
                writer.fractions(TIFFTag.longitude, place.longitude.magnitude),
            ]
        }
        return writer.main.isEmpty && writer.exif.isEmpty && writer.gps.isEmpty ? nil : writer.bytes()
    }

    /// EXIF as a TIFF file has it among all else, in a block of its own.
    package static func block(ofTIFF file: [UInt8], limits: ImagingLimits) -> [UInt8]? {
        TIFFBlock(file).flatMap { ExifRewriter.rewrite($0, size: PixelSize(width: 1, height: 1), limits: limits) }
    }

    /// The packet of XMP in a TIFF file.
    package static func xmp(ofTIFF file: [UInt8]) -> [UInt8]? {
        guard let block = TIFFBlock(file) else { return nil }
        return block.entries(at: block.main).first { $0.tag == 0x02BC }.map { Array(file[$0.value]) }
    }
}

extension TIFFTag {
    /// What says how samples are stored, which those of a copy are not, and what is carried in other ways: BitsPerSample,
    /// Compression, PhotometricInterpretation, SamplesPerPixel, RowsPerStrip, PlanarConfiguration, Predictor, ColorMap,
    /// TileWidth, TileLength, ExtraSamples, SampleFormat, JPEGTables, XMP, IPTC, Photoshop's resources, the profile.
    static let samples: Set<UInt16> = [
        0x0102, 0x0103, 0x0106, 0x0115, 0x0116, 0x011C, 0x013D, 0x0140, 0x0142, 0x0143, 0x0152, 0x0153, 0x015B, 0x02BC,
        0x83BB, 0x8649, 0x8773,
    ]
}

/// What the first bytes of a file say that decoding it would take.
package enum DeclaredSize {
    /// The pixels, where the type has its size there.
    package static func pixels(_ type: ImageType, head: [UInt8]) -> Int? {
        HeadSize.size(of: type, head: head).map { $0.width.multipliedReportingOverflow(by: $0.height) }
            .map { $0.overflow ? Int.max : $0.partialValue }
    }
}

/// What a TIFF file says of its samples, so that what libavcodec would show as black, or in false colours, is
/// refused.
package struct TIFFSamples {
    /// Whether the picture is stored in tiles.
    package private(set) var isTiled = false
    /// Whether it is stored as JPEG, of the old kind or the new.
    package private(set) var isJPEG = false
    /// Whether it is in inks of 16 bits, which libavcodec takes for lights.
    package private(set) var isDeepInk = false
    /// Whether bytes that it points to are missing.
    package private(set) var isCut = false

    /// Nil where it is no TIFF.
    package init?(_ file: [UInt8]) {
        guard let block = TIFFBlock(file) else { return nil }
        var (offsets, counts, bits): ([Int], [Int], [Int]) = ([], [], [])
        var isInk = false
        for entry in block.entries(at: block.main) {
            switch entry.tag {
            case 0x0103: isJPEG = [6, 7].contains(block.integer(entry))
            case 0x0102: bits = Self.numbers(entry, block)
            case 0x0106: isInk = block.integer(entry) == 5
            case 0x0142: isTiled = true
            case 0x0111: offsets = Self.numbers(entry, block)
            case 0x0117: counts = Self.numbers(entry, block)
            default: break
            }
        }
        isDeepInk = isInk && bits.contains { $0 > 8 }
        isCut = zip(offsets, counts).contains { $0 > file.count || $1 > file.count - $0 }
    }

    private static func numbers(_ entry: TIFFBlock.Entry, _ block: TIFFBlock) -> [Int] {
        let size = entry.type == 3 ? 2 : 4
        guard entry.type == 3 || entry.type == 4 else { return [] }
        return stride(from: entry.value.lowerBound, to: entry.value.upperBound, by: size).map { place in
            (0..<size).reduce(0) {
                $0 << 8 | Int(block.bytes[place + (block.isLittleEndian ? size - 1 - $1 : $1)])
            }
        }
    }
}
