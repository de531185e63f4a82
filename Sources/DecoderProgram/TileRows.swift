import CFFmpeg
import Decoding
import Imaging

/// Decodes the tiles of a picture in their order, and hands them to a builder a row at a time.
struct TileRows {
    private let picture: HEIFPicture
    private let order: DecoderOrder

    init(_ picture: HEIFPicture, _ order: DecoderOrder) { (self.picture, self.order) = (picture, order) }

    private var decoders: [String] {
        switch picture.coding {
        case .hevc: ["hevc"]
        case .av1: ["libdav1d", "libaom-av1"]
        case .jpeg: ["mjpeg"]
        }
    }

    /// The builder that has got all of the rows.
    ///
    /// - Parameter colour: becomes that of the picture.
    func build(
        _ main: borrowing MainFile, size: (width: Int, height: Int), shown: HEIFPicture.Crop? = nil,
        isGrey: Bool = false,
        colour: inout CodedColour, at place: (PixelLayout) throws(DecoderFault) -> [UnsafeMutablePointer<UInt8>]
    ) throws(DecoderFault) -> PictureBuilder {
        let codec = try CodecOwner(decoders, configuration: picture.configuration, pixels: order.limits.pixels)
        let whole = shown ?? HEIFPicture.Crop(x: 0, y: 0, width: picture.width, height: picture.height)
        let frame = try Frame()
        var builder: PictureBuilder?
        var strip: TileStrip?
        let coded = CodedTile()
        for row in 0..<picture.rows {
            let top = row * picture.tileHeight
            if top >= whole.y + whole.height { break }
            // A row of tiles above what is shown is not decoded.
            if top + picture.tileHeight <= whole.y { continue }
            for column in 0..<picture.columns {
                let bytes = coded.gather(picture.tiles[row * picture.columns + column], main)
                try codec.decode(bytes, into: frame)
                if builder == nil {
                    colour = self.colour(frame)
                    builder = try PictureBuilder(
                        format: frame.format, width: whole.width, height: whole.height, colour: colour, size: size,
                        isGrey: isGrey, isShared: !isGrey, at: place)
                    strip = try TileStrip(
                        frame, columns: picture.columns, width: picture.tileWidth, height: picture.tileHeight)
                }
                try strip?.take(frame, at: column)
            }
            guard let strip, let builder else { continue }
            let first = max(whole.y - top, 0)
            let last = min(picture.tileHeight, whole.y + whole.height - top)
            builder.add(strip.rows(from: first, count: last - first, x: whole.x), at: top + first - whole.y)
        }
        guard let builder else { throw DecoderFault(.damaged, "it has no tiles") }
        builder.finish()
        return builder
    }

    /// What the file says of the colours counts before what the coded picture says.
    private func colour(_ frame: Frame) -> CodedColour {
        var colour = frame.colour
        for case .coded(let primaries, let transfer, let matrix, let isFull) in picture.colours {
            colour = CodedColour(
                primaries: AVColorPrimaries(UInt32(clamping: primaries)),
                transfer: AVColorTransferCharacteristic(UInt32(clamping: transfer)),
                matrix: AVColorSpace(UInt32(clamping: matrix)), isFull: isFull)
        }
        if picture.coding == .jpeg { colour.isFull = true }
        return colour
    }
}

/// The coded bytes of a tile, put together, with the zeros behind them that libavcodec may read.
final class CodedTile {
    private var room: UnsafeMutablePointer<UInt8>?
    private var size = 0

    deinit { room?.deallocate() }

    /// The bytes, until the next call.
    func gather(_ tile: HEIFPicture.Tile, _ main: borrowing MainFile) -> UnsafeBufferPointer<UInt8> {
        if tile.parts.count == 1, let part = tile.parts.first {
            // What stands behind it in the file is no harm: the decoder reads it over the end, and does not use it.
            return UnsafeBufferPointer(rebasing: main.bytes[part])
        }
        let count = tile.parts.reduce(0) { $0 + $1.count }
        let needed = count + Int(MAINSTAY_AV_PADDING)
        if needed > size {
            room?.deallocate()
            room = UnsafeMutablePointer<UInt8>.allocate(capacity: needed)
            size = needed
        }
        guard let room else { return UnsafeBufferPointer(start: nil, count: 0) }
        var place = room
        for part in tile.parts {
            guard let from = UnsafeBufferPointer(rebasing: main.bytes[part]).baseAddress else { continue }
            place.update(from: from, count: part.count)
            place += part.count
        }
        place.update(repeating: 0, count: Int(MAINSTAY_AV_PADDING))
        return UnsafeBufferPointer(start: room, count: count)
    }
}
