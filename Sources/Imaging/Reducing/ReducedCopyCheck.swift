public import Model

/// Whether what a peer sent is the reduced copy that it was asked for. Made before it is placed.
///
/// Reads the structure, without decoding: a JPEG from start to end marker and nothing behind, of a size that the
/// request can give, with the right marker. A copy made for a larger edge than asked passes, since a node without the
/// main may serve that.
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

    /// The facts of `copy`, when it passes; its marker is not nil then.
    ///
    /// Throws `.notTheReducedCopy`, with the reason as a sentence.
    public func check(_ copy: [UInt8]) throws(ImagingError) -> ImageFacts {
        guard copy.count <= limits.reducedCopyBytes else {
            throw .notTheReducedCopy("has \(copy.count) bytes, more than the limit of \(limits.reducedCopyBytes)")
        }
        guard ImageType(head: copy.prefix(HeadSize.length)) == .jpeg else { throw .notTheReducedCopy("is no JPEG") }
        let layout = JPEGLayout(copy.span)
        guard let frame = layout.frame else { throw .notTheReducedCopy("is a JPEG without a frame header") }
        guard layout.end == copy.count, layout.scans > 0 else {
            throw .notTheReducedCopy("does not go from a JPEG's start to its end")
        }
        do {
            _ = try JPEGAdmission(limits: limits).check(layout)
        } catch {
            throw .notTheReducedCopy("cannot be decoded", cause: error.message)
        }
        let facts = ImageInspector.facts(of: copy)
        guard let marker = facts.marker else { throw .notTheReducedCopy("does not say so inside") }
        guard marker.preview == nil else { throw .notTheReducedCopy("is the preview of an edit") }
        guard marker.image == image else { throw .notTheReducedCopy("is that of another image, \(marker.image)") }
        guard marker.edge >= edge else {
            throw .notTheReducedCopy("was made for an edge of \(marker.edge) pixels instead of \(edge)")
        }
        try checkSize(PixelSize(width: frame.width, height: frame.height), madeFor: marker.edge)
        return facts
    }

    /// Scales go in steps of an eighth of the main, so the long edge may be larger than asked: below twice that, or,
    /// from mains more than eight times as large, an eighth of theirs.
    private func checkSize(_ size: PixelSize, madeFor edge: Int) throws(ImagingError) {
        let eighth = ((mainSize?.longEdge ?? 65_535) + 7) / 8
        let most = min(max(2 * edge, eighth), mainSize?.longEdge ?? .max)
        let least = min(self.edge, mainSize?.longEdge ?? 1)
        guard (least...max(least, most)).contains(size.longEdge) else {
            throw .notTheReducedCopy("has \(size) pixels, which no main gives for an edge of \(edge)")
        }
    }
}
