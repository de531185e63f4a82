public import Model

/// What a reduced copy says about itself, inside the file: XMP properties of our own namespace.
///
/// `exiftool -xmp:all` shows them. They outlive a lost database, a copied folder and a renamed file.
public struct ReducedMarker: Hashable, Sendable {
    /// The image that it is a reduced copy of.
    public var image: ImageID
    /// Long edge that was asked for, in pixels, 1 to 65,535. The picture may be larger, up to the next step of its
    /// main's scale, and is smaller when its main is.
    public var edge: Int
    /// JPEG quality that was asked for, 1 to 100; 0 when the marker no longer tells.
    public var quality: Int
    /// Version of the way it was made, ``currentPipeline`` for those made now; 0 when the marker no longer tells.
    public var pipeline: Int
    /// The recipe of which it is the preview, made from a reduced copy of ``image``; nil for a plain reduced copy.
    public var preview: RecipeID?
    /// Whether a part of the picture is missing in the main: its file ends early, or its data has a fault.
    public var isCut: Bool

    /// The version of the way in which reduced copies are made now. Raised when a change makes it worth while to make
    /// them anew: 2 has people's words.
    public static let currentPipeline = 2

    /// The namespace of the properties `Image`, `Edge`, `Quality`, `Pipeline`, `Preview`, `Cut`, `Pixels` and
    /// `Coded`. Never changes.
    public static let namespace = "https://mainstay.invalid/ns/1.0/"

    /// A marker with these values.
    public init(
        image: ImageID, edge: Int, quality: Int, pipeline: Int = Self.currentPipeline, preview: RecipeID? = nil,
        isCut: Bool = false
    ) {
        self.image = image
        self.edge = edge
        self.quality = quality
        self.pipeline = pipeline
        self.preview = preview
        self.isCut = isCut
    }
}
