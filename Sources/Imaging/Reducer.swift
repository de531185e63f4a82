public import Model

/// Makes reduced copies of mains.
///
/// All of it is blocking work: milliseconds to seconds of one core. See ``ReducingPool`` for the threads. Takes about
/// twice the memory of the reduced picture's samples beside the main's bytes; a progressive main, two bytes for each of
/// its own samples more.
public struct Reducer: Sendable {
    private let limits: ImagingLimits

    /// A reducer that refuses what is over `limits`.
    public init(limits: ImagingLimits = ImagingLimits()) {
        self.limits = limits
    }

    /// The reduced copy of a main: a JPEG whose long edge is at least `edge`, or the main's where that is smaller.
    ///
    /// Of a main that was cut, or that has faults, it shows what there is, and says so in its marker. It keeps the main's
    /// EXIF with the orientation, though not the thumbnail nor large maker notes, its colour profile, and what people
    /// wrote about it in XMP and IPTC; it has our marker. The same main gives the same bytes again.
    ///
    /// - Parameters:
    ///   - main: the whole file.
    ///   - image: its id, for the marker; not compared with the bytes.
    ///   - edge: in pixels; taken as the nearest of 1 to 65,535.
    ///   - quality: taken as the nearest of 1 to 100.
    /// - Throws: codes `.notAnImage`, `.notReducibleYet`, `.unsupported`, `.endsEarly`, `.damaged`, `.overLimit`, which
    ///   stay with the main; and `.outOfMemory`.
    public func reduce(
        main: Span<UInt8>, image: ImageID, edge: Int, quality: Int
    ) throws(ImagingError) -> [UInt8] {
        let edge = min(max(edge, 1), 65_535)
        let quality = min(max(quality, 1), 100)
        let decoded = try decoder(for: main).decode(main, edge: edge)
        let picture = decoded.picture
        let size = PixelSize(width: picture.width, height: picture.height)

        var segments: [UInt8] = []
        if let exif = decoded.exif.flatMap({ ExifRewriter.rewrite($0, size: size, limits: limits) }) {
            segments += JPEGMarker.segment(JPEGMarker.app1, Array("Exif\0\0".utf8) + exif)
        }
        let marker = ReducedMarker(image: image, edge: edge, quality: quality, isCut: decoded.isCut)
        segments += JPEGMarker.segment(JPEGMarker.app1, marker.payload(with: decoded.words))
        segments += decoded.profile?.segments ?? []
        return try TurboEncoder().jpeg(picture, quality: quality, segments: segments)
    }

    /// The decoder for what the first bytes say that the main is.
    private func decoder(for main: Span<UInt8>) throws(ImagingError) -> any MainDecoder {
        if main.isEmpty { throw .notAnImage("is empty") }
        guard let type = ImageType(head: main.copy(0..<min(main.count, HeadSize.length))) else {
            throw .notAnImage("is no picture of a known type, whatever its name")
        }
        switch type {
        case .jpeg: return JPEGMainDecoder(limits: limits)
        default: throw .notReducibleYet(type)
        }
    }
}
