public import Model

/// What a rendition's file is.
public struct Rendition: Hashable, Sendable {
    /// Upright, in pixels.
    public var size: PixelSize
    /// Bytes of the file.
    public var bytes: Int64
    /// Whether it has the main's own coefficients, so that nothing was lost.
    public var isLossless: Bool
    /// JPEG, or PNG where the recipe says so.
    public var type = ImageType.jpeg
}
