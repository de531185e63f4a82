public import Model

/// What a file's bytes say about the picture in it.
public struct ImageFacts: Hashable, Sendable {
    /// The type by the first bytes; nil of an empty file, and of one that a desktop would run.
    public var type: ImageType?
    /// Upright pixel size, that is after the orientation is applied; nil when the head does not tell, or tells one that
    /// no picture can have.
    public var size: PixelSize?
    /// When, where and with what the picture was taken. The time is EXIF's DateTimeOriginal, else DateTimeDigitized, else
    /// DateTime; else what XMP or a text in the file says. Of a film it is what it says with a zone, in that zone; else what
    /// it says without one, which the standards want to be UTC: cameras write either, and it is taken as it stands.
    public var capture: CaptureFacts
    /// How the stored picture is to be turned, by EXIF's numbers, 1 to 8; 1 when nothing is said, or something wrong. Said
    /// by EXIF, of HEIF and JPEG XL by their own fields, of a film by its matrix.
    public var orientation: Int
    /// How long a film lasts, in whole milliseconds; nil of what is no film.
    public var duration: Duration?
    /// The marker of a reduced copy. Content that has one is a reduced copy, whatever its name (safety rule S7).
    public var marker: ReducedMarker?
    /// What a rendition says of its origin. A rendition is a main like any other; the marker is for people, and decides nothing.
    public var rendition: RenditionMarker?

    init(
        type: ImageType? = nil, size: PixelSize? = nil, capture: CaptureFacts = CaptureFacts(), orientation: Int = 1,
        duration: Duration? = nil, marker: ReducedMarker? = nil, rendition: RenditionMarker? = nil
    ) {
        self.type = type
        self.size = size
        self.capture = capture
        self.orientation = orientation
        self.duration = duration
        self.marker = marker
        self.rendition = rendition
    }

    /// When the picture was taken, in seconds since 1970 of the camera's own clock and zone.
    public var captured: Int64? { capture.time?.seconds }
}
