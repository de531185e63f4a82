public import Model

/// Whether what a peer sent is the reduced copy that it was asked for. Made before it is placed.
///
/// Reads the structure, without decoding: a JPEG from start to end marker, of a size that the request can give, with
/// the right marker. A copy made for a larger edge than asked passes, since a node without the main may serve that.
public struct ReducedCopyCheck: Sendable {
    /// The image that was asked for.
    public var image: ImageID
    /// Long edge that was asked for, in pixels.
    public var edge: Int
    /// Pixel size of the main, where known.
    public var mainSize: PixelSize?
    /// What may be accepted.
    public var limits: ImagingLimits

    /// A check against one request.
    public init(image: ImageID, edge: Int, mainSize: PixelSize?, limits: ImagingLimits = ImagingLimits()) {
        self.image = image
        self.edge = edge
        self.mainSize = mainSize
        self.limits = limits
    }

    /// The facts of `copy`, when it passes; otherwise throws `.notTheReducedCopy`, with the reason as a sentence.
    public func check(_ copy: [UInt8]) throws(ImagingError) -> ImageFacts {
        throw .notTheReducedCopy("was not looked at")
    }
}
