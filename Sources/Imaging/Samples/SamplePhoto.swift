import Model

/// A made-up landscape that costs a JPEG encoder and decoder about what a photograph does; the same for the same seed.
///
/// For the demo, tests and benchmarks.
public struct SamplePhoto: Sendable {
    /// Which photo.
    public let seed: UInt64
    /// Pixels, as stored.
    public let width: Int
    /// Pixels, as stored.
    public let height: Int

    /// A photo that is not made before it is asked for. Sides are taken as the nearest of 1 to 65,500 pixels, which is
    /// as much as a JPEG can be sure to hold.
    public init(seed: UInt64, width: Int, height: Int) {
        self.seed = seed
        self.width = min(max(width, 1), 65_500)
        self.height = min(max(height, 1), 65_500)
    }

    /// The photo as a camera would write it, with EXIF.
    ///
    /// - Parameters:
    ///   - quality: taken as the nearest of 1 to 100.
    ///   - captured: seconds since 1970 of the camera's own clock, for EXIF DateTimeOriginal; nil leaves it out.
    ///   - orientation: EXIF orientation, 1 to 8.
    public func jpeg(
        quality: Int = 90, subsampling: ChromaSubsampling = .s420, captured: Int64? = nil, orientation: Int = 1
    ) throws(ImagingError) -> [UInt8] {
        let exif = Array("Exif\0\0".utf8) + exif(captured: captured, orientation: orientation)
        return try TurboEncoder().jpeg(
            picture(subsampling), quality: min(max(quality, 1), 100),
            segments: JPEGMarker.segment(JPEGMarker.app1, exif))
    }

    /// The photo's samples.
    func picture(_ subsampling: ChromaSubsampling) -> Picture {
        let landscape = SampleLandscape(seed: seed)
        let planes = subsampling.planes(width: width, height: height)
        let count = planes.reduce(0) { $0 + $1.width * $1.height }
        let samples = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            var rows = OutputSpan(buffer: buffer, initializedCount: 0)
            for (component, plane) in planes.enumerated() {
                landscape.fill(&rows, component: component, width: plane.width, height: plane.height)
            }
            initialized = rows.finalize(for: buffer)
        }
        return Picture(width: width, height: height, layout: .planes(subsampling), samples: samples)
    }

    private func exif(captured: Int64?, orientation: Int) -> [UInt8] {
        var writer = TIFFWriter(isLittleEndian: true)
        writer.main = [
            writer.ascii(TIFFTag.make, "Mainstay"), writer.ascii(TIFFTag.model, "Sample \(seed)"),
            writer.short(TIFFTag.orientation, orientation),
        ]
        writer.exif = [
            // UNDEFINED, as EXIF has it.
            TIFFWriter.Entry(tag: TIFFTag.exifVersion, type: 7, count: 4, value: Array("0232".utf8)),
            writer.long(TIFFTag.pixelXDimension, width), writer.long(TIFFTag.pixelYDimension, height),
        ]
        if let captured {
            writer.main.append(writer.ascii(TIFFTag.dateTime, ExifDate.text(captured)))
            writer.exif.append(writer.ascii(TIFFTag.dateTimeOriginal, ExifDate.text(captured)))
        }
        return writer.bytes()
    }
}
