public import Model

/// Makes reduced copies of mains.
///
/// All of it is blocking work: milliseconds to seconds of one core. See ``ReducingPool`` for the threads. Takes about
/// twice the memory of the reduced picture's samples beside the main's bytes; a progressive main, two bytes for each of
/// its own samples more.
public struct Reducer: Sendable {
    private let limits: ImagingLimits
    private let decoder: (any PictureDecoding)?

    /// A reducer that refuses what is over `limits`.
    ///
    /// - Parameter decoder: for the types that this process does not decode itself; nil where there is none.
    public init(limits: ImagingLimits = ImagingLimits(), decoder: (any PictureDecoding)? = nil) {
        self.limits = limits
        self.decoder = decoder
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
    ///   - kept: a copy, of this edge and quality, of what the main was before. Where its picture is right still, only the
    ///     head for it is given back, which ``KeptCopy/with(head:)`` takes; no pixel is decoded for that.
    /// - Throws: codes `.notAnImage`, `.notReducibleYet`, `.unsupported`, `.endsEarly`, `.damaged`, `.overLimit`, which stay
    ///   with the main; `.noDecoder` and `.outOfMemory`.
    public func reduce(
        main: Span<UInt8>, image: ImageID, edge: Int, quality: Int, keeping kept: KeptPicture? = nil
    ) throws(ImagingError) -> [UInt8] {
        let edge = min(max(edge, 1), 65_535)
        let quality = min(max(quality, 1), 100)
        var marker = ReducedMarker(image: image, edge: edge, quality: quality)
        if let kept, let head = head(of: main, marker, kept) { return head }
        return try copy(of: decoder(for: main).decode(main, edge: edge), &marker)
    }

    /// The reduced copy of a main that is too large to be in memory, of a type that ``PictureDecoding`` reads.
    ///
    /// - Parameters:
    ///   - main: its file, open for reading; only lent.
    ///   - head: the first bytes of it, 32 where it has as many.
    /// - Throws: as for bytes.
    public func reduce(
        main: any OpenMain, head: [UInt8], image: ImageID, edge: Int, quality: Int
    ) throws(ImagingError) -> [UInt8] {
        let edge = min(max(edge, 1), 65_535)
        let quality = min(max(quality, 1), 100)
        var marker = ReducedMarker(image: image, edge: edge, quality: quality)
        let (type, decoder) = try foreign(type(head))
        let picture = try decoder.decode(main, type, edge: edge, limits: limits)
        return try copy(of: DecodedMain(picture, limits), &marker)
    }

    private func copy(of decoded: DecodedMain, _ marker: inout ReducedMarker) throws(ImagingError) -> [UInt8] {
        let (picture, quality) = (decoded.picture, marker.quality)
        let size = PixelSize(width: picture.width, height: picture.height)
        marker.isCut = decoded.isCut
        let bare = try TurboEncoder().jpeg(picture, quality: quality)
        let layout = JPEGLayout(bare.span)
        let now = decoded.pixels.flatMap { main in
            PixelsDigest(bare.span, layout).map { KeptPicture(main: main, copy: $0) }
        }
        let head = head(
            decoded.exif, size, marker.payload(with: decoded.words, keeping: now), decoded.profile,
            orientation: decoded.orientation)
        return LosslessRendering.spliced(bare.span, layout, head)
    }

    /// The types of mains that it makes reduced copies of.
    public var types: Set<ImageType> {
        ImageType.withPicture.filter { [.jpeg, .raw].contains($0) || decoder?.reads($0) ?? false }
    }

    /// Whether a main of this type is needed in memory. A TIFF may be a RAW, which is read here.
    public static func isReadInMemory(_ type: ImageType) -> Bool { [.jpeg, .raw, .tiff].contains(type) }

    private func head(
        _ exif: TIFFBlock?, _ size: PixelSize, _ marker: [UInt8], _ profile: ICCProfile?, orientation: Int? = nil
    ) -> [(code: UInt8, payload: [UInt8])] {
        var segments: [(code: UInt8, payload: [UInt8])] = []
        if let exif = self.exif(exif, size, orientation: orientation) { segments.append((JPEGMarker.app1, exif)) }
        segments.append((JPEGMarker.app1, marker))
        return segments + (profile?.payloads ?? []).map { (JPEGMarker.app2, $0) }
    }

    /// The payload of an EXIF segment; nil where there is nothing to say.
    func exif(_ exif: TIFFBlock?, _ size: PixelSize, orientation: Int?) -> [UInt8]? {
        let rewritten = exif.flatMap {
            ExifRewriter.rewrite($0, size: size, orientation: orientation, limits: limits)
        }
        // A file without EXIF, or with one of which nothing is left, may be turned all the same.
        return (rewritten ?? orientation.flatMap(TIFFWriter.bytes(orientation:))).map { Array("Exif\0\0".utf8) + $0 }
    }

    /// The head for a copy with the picture that is kept; nil where the main shows another.
    private func head(of main: Span<UInt8>, _ marker: ReducedMarker, _ kept: KeptPicture) -> [UInt8]? {
        guard ImageType(head: main.copy(0..<min(main.count, HeadSize.length))) == .jpeg else { return nil }
        let layout = JPEGLayout(main)
        guard let frame = try? JPEGAdmission(limits: limits).check(layout), frame.components.count < 4,
            PixelsDigest(main, layout) == kept.main
        else { return nil }
        let (width, height) = JPEGMainDecoder.scaledSize(width: frame.width, height: frame.height, edge: marker.edge)
        let profile = ICCProfile(main, chunks: layout.profileChunks, limit: limits.profileBytes)
        let segments = head(
            layout.exif(of: main), PixelSize(width: width, height: height),
            marker.payload(with: PictureWords(layout, of: main), keeping: kept),
            profile.flatMap { $0.describes(grey: frame.components.count == 1) ? $0 : nil })
        return segments.flatMap { JPEGMarker.segment($0.code, $0.payload) }
    }

    /// The decoder for what the first bytes say that the main is.
    func decoder(for main: Span<UInt8>) throws(ImagingError) -> any MainDecoder {
        let type = try type(main.copy(0..<min(main.count, HeadSize.length)))
        if type == .jpeg { return JPEGMainDecoder(limits: limits) }
        if Self.isReadInMemory(type), let raw = RAWPicture(main) { return RAWMainDecoder(limits: limits, raw: raw) }
        let (_, decoder) = try foreign(type)
        return ForeignMainDecoder(decoder: decoder, type: type, limits: limits)
    }

    private func type(_ head: [UInt8]) throws(ImagingError) -> ImageType {
        if head.isEmpty { throw .notAnImage("is empty") }
        guard let type = ImageType(head: head), type != .other else {
            throw .notAnImage("is no picture of a known type, whatever its name")
        }
        return type
    }

    private func foreign(_ type: ImageType) throws(ImagingError) -> (ImageType, any PictureDecoding) {
        guard let decoder else { throw .notReducibleYet(type) }
        guard decoder.reads(type) else { throw .notReducibleYet(type) }
        return (type, decoder)
    }
}
