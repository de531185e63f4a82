import Model

/// Facts of TIFF files and of the RAW files that are built like them.
struct TIFFFacts: FactsWalk {
    let type: ImageType
    private(set) var walk = TIFFWalk()

    init(type: ImageType) { self.type = type }

    var wanted: Range<Int>? { walk.wanted }

    mutating func take(_ part: [UInt8]?) { walk.take(part) }

    var facts: ImageFacts {
        ImageFacts(
            type: type,
            size: storedSize.flatMap { .upright($0.width, $0.height, orientation: orientation) },
            capture: CaptureFacts(time: time, camera: camera, place: place), orientation: orientation)
    }

    /// The text of the first directory of a kind.
    private func text(_ tag: UInt16, _ kind: TIFFWalk.Kind) -> ArraySlice<UInt8>? {
        // Some write texts as bytes of no type.
        guard let field = walk.directories.first(where: { $0.kind == kind })?.fields[tag], [2, 7].contains(field.type)
        else { return nil }
        return field.value?.prefix { $0 != 0 }
    }

    private var orientation: Int {
        let said = walk.directories.first { $0.kind == .main }.flatMap { walk.integer(TIFFTag.orientation, in: $0) }
        return said.flatMap { (1...8).contains($0) ? $0 : nil } ?? 1
    }

    private var time: CaptureTime? {
        CaptureTime(
            exif: [
                (text(TIFFTag.dateTimeOriginal, .exif), text(TIFFTag.offsetTimeOriginal, .exif)),
                (text(TIFFTag.dateTimeDigitized, .exif), text(TIFFTag.offsetTimeDigitized, .exif)),
                (text(TIFFTag.dateTime, .main), text(TIFFTag.offsetTime, .exif)),
            ])
    }

    private var camera: String? { CameraName.text(make: text(TIFFTag.make, .main), model: text(TIFFTag.model, .main)) }

    private var place: Place? {
        func degrees(_ tag: UInt16) -> [Double]? {
            let gps = walk.directories.first { $0.kind == .gps }
            guard let field = gps?.fields[tag], field.type == 5, let value = field.value else { return nil }
            return TIFFBlock.fractions(value[...], isLittleEndian: walk.isLittleEndian)
        }
        return Place(
            latitude: degrees(TIFFTag.latitude), text(TIFFTag.latitudeReference, .gps),
            longitude: degrees(TIFFTag.longitude), text(TIFFTag.longitudeReference, .gps))
    }

    /// Of the first directory, or, where that is a thumbnail's, of the largest picture.
    private var storedSize: PixelSize? {
        let sizes = walk.directories.lazy.filter { $0.kind == .main || $0.kind == .sub }.map {
            directory -> PixelSize? in
            guard (walk.integer(TIFFTag.subfileType, in: directory) ?? 0) & 1 == 0 else { return nil }
            return size(of: directory)
        }
        return sizes.first.flatMap { $0 } ?? sizes.compactMap { $0 }.max { $0.width * $0.height < $1.width * $1.height }
    }

    private func size(of directory: TIFFWalk.Directory) -> PixelSize? {
        func integer(_ tag: UInt16) -> Int? { walk.integer(tag, in: directory) }
        if walk.magic == TIFFTag.panasonic, let top = integer(4), let left = integer(5), let bottom = integer(6),
            let right = integer(7)
        {
            // The borders of the picture on the sensor.
            return .upright(right - left, bottom - top, orientation: 1)
        }
        guard let width = integer(TIFFTag.imageWidth), let height = integer(TIFFTag.imageHeight) else { return nil }
        // No numbers that a product of two has no room for.
        return .upright(width, height, orientation: 1)
    }
}
