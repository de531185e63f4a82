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

    /// A photo that is not made before it is asked for. Sides are 1 to 65,535 pixels.
    public init(seed: UInt64, width: Int, height: Int) {
        self.seed = seed
        self.width = width
        self.height = height
    }

    /// The photo as a camera would write it, with EXIF.
    ///
    /// - Parameters:
    ///   - quality: 1 to 100.
    ///   - captured: seconds since 1970 of the camera's own clock, for EXIF DateTimeOriginal; nil leaves it out.
    ///   - orientation: EXIF orientation, 1 to 8.
    public func jpeg(
        quality: Int = 90, subsampling: ChromaSubsampling = .s420, captured: Int64? = nil, orientation: Int = 1
    ) throws(ImagingError) -> [UInt8] {
        throw .notReducibleYet(.jpeg)
    }
}
