import Model

/// The seam for further formats: decodes mains of one type to pictures that are just large enough.
///
/// A conforming type is used by one thread at a time. It holds the main's header against its limits before it takes
/// memory for pixels.
protocol MainDecoder {
    /// The picture of `main` at a scale whose long edge is at least `edge`, or the main's where that is smaller, and
    /// what is to be carried over beside it.
    func decode(_ main: Span<UInt8>, edge: Int) throws(ImagingError) -> DecodedMain
}

/// What a decoder hands over.
struct DecodedMain: Sendable {
    /// As stored: the orientation is not applied.
    var picture: Picture
    /// The main's EXIF.
    var exif: TIFFBlock?
    /// How it is to be turned, as EXIF numbers it (1 to 8); nil for what its EXIF says.
    var orientation: Int?
    /// The main's profile, where it describes the picture's samples.
    var profile: ICCProfile?
    /// Its packet of XMP, of other types than JPEG.
    var xmp: [UInt8]?
    /// What people wrote about it.
    var words: PictureWords?
    /// The name of the coded picture, where the main may be changed without another picture.
    var pixels: PixelsDigest?
    /// Whether a part of the picture is missing in the main.
    var isCut = false
}
