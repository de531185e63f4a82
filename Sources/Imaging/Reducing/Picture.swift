/// Decoded samples, in the form that costs least to encode again.
struct Picture: Sendable {
    /// How the samples lie in ``samples``.
    enum Layout: Hashable, Sendable {
        /// Planes of YCbCr, or the one of grey, behind one another and without padding between rows: what
        /// `tjPlaneWidth` and `tjPlaneHeight` give.
        case planes(ChromaSubsampling)
        /// Three bytes a pixel, row by row; to be encoded with this subsampling.
        case rgb(ChromaSubsampling)
    }

    var width: Int
    var height: Int
    var layout: Layout
    var samples: [UInt8]

    /// Whether it has no colour.
    var isGrey: Bool { layout == .planes(.grey) }
}
