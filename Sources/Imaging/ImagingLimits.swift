/// How much one picture may cost. Held against its header before anything is decoded.
public struct ImagingLimits: Hashable, Sendable {
    /// Pixels of a main. 300 million is twice the largest sensor that is sold and most stitched panoramas; a header can
    /// claim 4,295 million in twenty bytes.
    public var pixels = 300_000_000

    /// Scans of a JPEG. Encoders make about ten and optimisers a few dozen; each costs a walk over the whole picture,
    /// and a file of a hundred kilobytes can ask for ten thousand of them.
    public var scans = 200

    /// Bytes that the decoder may need to hold a whole picture's coefficients, which progressive and other many-scan
    /// JPEGs make it do: two a sample, so that 300 megapixels in 4:2:0 just fit.
    public var coefficientBytes = 1_000_000_000

    /// Blocks of 8×8 samples that a picture may have whose data is too short for all of them, as where a file was cut:
    /// 85 megapixels in 4:2:0, and 256 MB where they come in several passes.
    public var blocksWithoutData = 2_000_000

    /// Bytes of all metadata segments of a main together. Cameras write tens of kilobytes, phones with depth maps in
    /// XMP some megabytes.
    public var metadataBytes = 64_000_000

    /// Bytes of an ICC profile to carry over; printers' profiles reach two megabytes.
    public var profileBytes = 4_000_000

    /// Bytes of a maker note to carry over. Those of phones are smaller; the large ones hold previews and lens tables.
    public var makerNoteBytes = 4_096

    /// Bytes of a reduced copy that a peer sends. 4 megapixels at quality 85 are about a megabyte; the worst noise at
    /// quality 100 and edge 8192 stays below this.
    public var reducedCopyBytes = 64_000_000

    /// Bytes of a main that is read into memory to be reduced or edited: above any camera's JPEG.
    public static let largestJPEG = 512_000_000

    /// The defaults.
    public init() {}
}
