public import Model

/// Decodes mains of the types that this process does not decode itself. Blocks; to be called on the pools' own threads.
///
/// Whoever conforms trusts nothing that a file, or a program that read it, says of its picture.
public protocol PictureDecoding: Sendable {
    /// Whether it can read mains of this type at all.
    func reads(_ type: ImageType) -> Bool

    /// The picture of a main in memory, at the scale of ``Reducer``.
    func decode(
        _ main: Span<UInt8>, _ type: ImageType, edge: Int, limits: ImagingLimits
    ) throws(ImagingError) -> DecodedPicture

    /// The picture of a main in a file.
    func decode(
        _ main: any OpenMain, _ type: ImageType, edge: Int, limits: ImagingLimits
    ) throws(ImagingError) -> DecodedPicture
}

/// A main's file, open for reading for as long as this is held.
public protocol OpenMain: AnyObject, Sendable {
    /// Of the open file, whose offset nobody uses or moves.
    var descriptor: Int32 { get }

    /// Throws unless it is still as it was when it was opened: asked once it was read.
    func checkUnchanged() throws
}

/// A main that is to be reduced.
public enum ReducingSource: Sendable {
    /// The whole file.
    case bytes([UInt8])
    /// The file, of a type that ``PictureDecoding`` reads, and its first bytes: 32 where it has as many.
    case file(any OpenMain, head: [UInt8])
}

/// A picture of another type, decoded and scaled.
public struct DecodedPicture: Hashable, Sendable {
    /// How the samples lie, without padding between rows, as TurboJPEG has them.
    public enum Layout: Hashable, Sendable {
        /// Planes of YCbCr behind one another, of full range by BT.601, or the one of grey.
        case planes(ChromaSubsampling)
        /// Three bytes a pixel; to be encoded with this subsampling.
        case rgb(ChromaSubsampling)
    }

    /// In pixels, as stored.
    public var width: Int, height: Int
    public var layout: Layout
    public var samples: [UInt8]
    /// How it is to be turned, as EXIF numbers it: 1 to 8.
    public var orientation = 1
    /// The TIFF block of its EXIF.
    public var exif: [UInt8]?
    /// Its packet of XMP.
    public var xmp: [UInt8]?
    /// The ICC profile of its samples.
    public var profile: [UInt8]?
    /// Whether a part of the picture is missing.
    public var isCut = false

    package init(width: Int, height: Int, layout: Layout, samples: [UInt8]) {
        (self.width, self.height, self.layout, self.samples) = (width, height, layout, samples)
    }
}
