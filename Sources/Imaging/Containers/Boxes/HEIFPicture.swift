/// The picture that a HEIF or AVIF file shows first, as its boxes describe it (ISO/IEC 23008-12; AV1 Image File Format).
/// Nothing is decoded.
///
/// Of a file with several pictures it is the one that the file calls its primary item: of an iPhone's picture with a gain
/// map, the picture for usual screens.
public struct HEIFPicture: Sendable {
    /// How the tiles are coded.
    public enum Coding: Hashable, Sendable { case hevc, av1, jpeg }

    /// What the samples' colours are.
    public enum Colour: Hashable, Sendable {
        /// An ICC profile.
        case profile([UInt8])
        /// Numbers of ISO/IEC 23091-2.
        case coded(primaries: Int, transfer: Int, matrix: Int, isFullRange: Bool)
    }

    /// A coded picture of its own, as a whole or as a part of a grid.
    public struct Tile: Hashable, Sendable {
        /// Where its bytes lie in the file, in order; never outside of the file.
        public var parts: [Range<Int>]
    }

    /// A part of a picture, in whole pixels inside of it.
    public struct Crop: Hashable, Sendable {
        public var x: Int
        public var y: Int
        public var width: Int
        public var height: Int

        package init(x: Int, y: Int, width: Int, height: Int) {
            (self.x, self.y, self.width, self.height) = (x, y, width, height)
        }
    }

    public internal(set) var coding: Coding
    /// The content of the property `hvcC` or `av1C` of all tiles; empty where JPEG has none.
    public internal(set) var configuration: [UInt8]
    /// Rows first: the tile of column x and row y is that of index y · columns + x.
    public internal(set) var tiles: [Tile]
    /// 1 by 1 where the picture is no grid.
    public internal(set) var columns: Int
    public internal(set) var rows: Int
    public internal(set) var tileWidth: Int
    public internal(set) var tileHeight: Int
    /// Of the whole as coded, before it is cut and turned. The tiles of a grid can reach beyond it, right and below.
    public internal(set) var width: Int
    public internal(set) var height: Int
    /// What is shown of the whole as coded; nil for all of it.
    public internal(set) var crop: Crop?
    /// EXIF's number, 1 to 8, for what the boxes say. What EXIF itself says does not count in these files.
    public internal(set) var orientation: Int
    /// A profile, or numbers, or both, or neither.
    public internal(set) var colours: [Colour]
    /// Bits of a sample of brightness, as the configuration says it.
    public internal(set) var bitDepth: Int
    /// The opacity as a picture of its own, in its samples of brightness. It need not have the size of this one.
    public var alpha: HEIFPicture? { planes.first }
    /// Whether the colours were multiplied by the opacity.
    public internal(set) var isPremultiplied = false
    /// EXIF's TIFF structure.
    public internal(set) var exif: [UInt8]?
    /// XMP's packet.
    public internal(set) var xmp: [UInt8]?

    /// At most one. An array, as a value cannot contain another of its own type.
    var planes: [HEIFPicture] = []

    /// Reads the boxes of a whole file.
    ///
    /// - Throws: `.endsEarly` where bytes of the picture are missing, `.damaged` where the boxes contradict each other,
    ///   `.unsupported` where the picture is made in a way that is not known here, `.overLimit`.
    public init(_ file: Span<UInt8>) throws(ImagingError) {
        let boxes = file.boxes(in: 0..<file.count)
        guard let meta = boxes.first(where: { $0.type == "meta" }) else {
            if boxes.contains(where: { $0.type == "moov" }) { throw .unknownKind("a sequence without a still picture") }
            throw .damaged("it has no box 'meta' in which its picture is described")
        }
        if meta.isCut { throw .endsEarly("it stops within the box 'meta', before the picture begins") }
        let items = try HEIFItems(file.extracting(meta.payload), origin: meta.payload.lowerBound)
        // Where bytes of any picture are missing, the file was cut, and what is there is not to be relied on.
        guard items.end <= file.count else {
            throw .endsEarly("bytes that its box 'iloc' points to are missing")
        }
        self = try HEIFAssembly(items: items).picture(file)
    }

    init(coding: Coding, configuration: [UInt8], tiles: [Tile], tileWidth: Int, tileHeight: Int) {
        (self.coding, self.configuration, self.tiles) = (coding, configuration, tiles)
        (self.tileWidth, self.tileHeight, width, height) = (tileWidth, tileHeight, tileWidth, tileHeight)
        (columns, rows, orientation, colours) = (1, 1, 1, [])
        // hvcC has the bits above 8 in three bits; av1C has one for 10 and one more for 12.
        switch coding {
        case .hevc: bitDepth = configuration.count > 17 ? 8 + Int(configuration[17] & 7) : 8
        case .av1:
            let bits = configuration.count > 2 ? configuration[2] & 0x60 : 0
            bitDepth = bits == 0 ? 8 : bits == 0x60 ? 12 : 10
        case .jpeg: bitDepth = 8
        }
    }
}
