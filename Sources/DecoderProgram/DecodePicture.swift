import CFFmpeg
import Decoding
import Imaging
import Model

/// Decodes and reduces whatever the order names.
func decodePicture(
    _ main: borrowing MainFile, _ order: DecoderOrder, _ memory: inout PictureMemory
) throws(DecoderFault) {
    switch order.type {
    case .png: try decodePNG(main, order, &memory)
    case .webp: try decodeWebP(main, order, &memory)
    case .tiff: try decodeTIFF(main, order, &memory)
    case .gif: try decodeWhole(main, order, ["gif"], nil, &memory)
    case .bmp: try decodeBMP(main, order, &memory)
    case .jpegXL: try decodeWhole(main, order, ["libjxl"], nil, &memory)
    case .heic, .avif: try HEIFDecoding(main, order).decode(main, &memory)
    case .mp4, .mov, .threeGP, .matroska, .avi, .mpeg, .wmv: try FilmDecoding(main, order).decode(&memory)
    default: throw DecoderFault(.unsupported, "of a type that this decoder does not know")
    }
}

/// By rows where it has rows.
private func decodePNG(
    _ main: borrowing MainFile, _ order: DecoderOrder, _ memory: inout PictureMemory
) throws(DecoderFault) {
    let carried = try readCarried(main, order)
    main.release(before: main.count)
    guard let rows = try PNGDecoding(main, order) else {
        return try decodeWhole(main, order, ["png"], carried, &memory)
    }
    try rows.decode(main, order, carried, &memory)
}

private func decodeBMP(
    _ main: borrowing MainFile, _ order: DecoderOrder, _ memory: inout PictureMemory
) throws(DecoderFault) {
    guard let rows = BMPDecoding(main.bytes) else { return try decodeWhole(main, order, ["bmp"], nil, &memory) }
    try rows.decode(main, order, &memory)
}

private func decodeTIFF(
    _ main: borrowing MainFile, _ order: DecoderOrder, _ memory: inout PictureMemory
) throws(DecoderFault) {
    let carried = try readCarried(main, order)
    main.release(before: main.count)
    guard let rows = TIFFDecoding(main) else { return try decodeWhole(main, order, ["tiff"], carried, &memory) }
    try rows.decode(main, order, carried, &memory)
}

/// Scaled while it is decoded. Of several pictures it is the first.
private func decodeWebP(
    _ main: borrowing MainFile, _ order: DecoderOrder, _ memory: inout PictureMemory
) throws(DecoderFault) {
    let carried = try readCarried(main, order)
    guard let still = carried.still else { return try WebPDecoding(main.bytes).decode(order, carried, &memory) }
    try still.withUnsafeBufferPointer { still throws(DecoderFault) in
        try WebPDecoding(still).decode(order, carried, &memory)
    }
}

/// What stands beside the picture, once its head says that it has not too many pixels.
private func readCarried(_ main: borrowing MainFile, _ order: DecoderOrder) throws(DecoderFault) -> Carried {
    let head = main.withBytes { bytes in (0..<min(bytes.count, 32)).map { bytes[$0] } }
    if let pixels = DeclaredSize.pixels(order.type, head: head), pixels > order.limits.pixels {
        throw DecoderFault(.overLimit, "\(pixels / 1_000_000) million pixels, more than may be decoded")
    }
    return try main.withBytes { bytes throws(DecoderFault) in
        try Carried(bytes, order.type, order.limits) { main.release(before: $0) }
    }
}

/// Decodes a picture that libavcodec takes as a whole file.
private func decodeWhole(
    _ main: borrowing MainFile, _ order: DecoderOrder, _ decoders: [String], _ known: Carried?,
    _ memory: inout PictureMemory
) throws(DecoderFault) {
    let carried: Carried
    if let known { carried = known } else { carried = try readCarried(main, order) }
    let codec = try CodecOwner(decoders, pixels: order.limits.pixels)
    let frame = try Frame()
    if let still = carried.still {
        try still.withUnsafeBufferPointer { still throws(DecoderFault) in try codec.decode(still, into: frame) }
    } else {
        try codec.decode(main.bytes, into: frame)
    }
    try order.check(frame.width, frame.height)
    let builder = try PictureBuilder(
        format: frame.format, width: frame.width, height: frame.height, colour: frame.colour,
        size: JPEGMainDecoder.scaledSize(width: frame.width, height: frame.height, edge: order.edge)
    ) { layout throws(DecoderFault) in try memory.begin(layout) }
    builder.add(frame.rows, at: 0)
    builder.finish()
    let gamut = Gamut(frame.colour)
    memory.finish(
        orientation: carried.orientation, exif: carried.exif, xmp: carried.xmp,
        profile: frame.colour.isHighRange ? gamut.profile : frame.profile ?? gamut.profile)
}

extension DecoderOrder {
    /// Throws where a picture has no pixels, or too many.
    func check(_ width: Int, _ height: Int) throws(DecoderFault) {
        guard (1...65_535).contains(width), (1...65_535).contains(height) else {
            throw DecoderFault(.overLimit, "sides that no JPEG can have")
        }
        guard width * height <= limits.pixels else {
            throw DecoderFault(.overLimit, "\(width * height / 1_000_000) million pixels, more than may be decoded")
        }
    }
}
