public import Model

/// What a file's bytes say about the picture in it.
public struct ImageFacts: Hashable, Sendable {
    /// The type by the first bytes; nil of an empty file, and of one that a desktop would run.
    public var type: ImageType?
    /// Upright pixel size, that is after the orientation is applied; nil when the head does not tell, or tells one that
    /// no picture can have.
    public var size: PixelSize?
    /// When the picture was taken, in seconds since 1970 of the camera's own clock and zone: EXIF DateTimeOriginal,
    /// else DateTimeDigitized, else DateTime.
    public var captured: Int64?
    /// EXIF orientation, 1 to 8; 1 when there is none or a wrong one.
    public var orientation: Int
    /// The marker of a reduced copy. Content that has one is a reduced copy, whatever its name (safety rule S7).
    public var marker: ReducedMarker?
    /// What a rendition says of its origin. A rendition is a main like any other; the marker is for people, and decides nothing.
    public var rendition: RenditionMarker?

    init(
        type: ImageType? = nil, size: PixelSize? = nil, captured: Int64? = nil, orientation: Int = 1,
        marker: ReducedMarker? = nil, rendition: RenditionMarker? = nil
    ) {
        self.type = type
        self.size = size
        self.captured = captured
        self.orientation = orientation
        self.marker = marker
        self.rendition = rendition
    }
}
