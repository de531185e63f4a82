import CFFmpeg
import CWebP
import Decoding
import Imaging

/// Decodes a WebP by libwebp, which scales it as its rows come. Of a lossy one without alpha the whole picture is at no
/// moment in memory.
struct WebPDecoding {
    private let file: UnsafeBufferPointer<UInt8>
    private let width: Int, height: Int
    private let hasAlpha: Bool
    private let isLossy: Bool

    /// Of all samples of brightness and of colour, the ones of full range.
    private static let bright = (0..<256).map { UInt8(clamping: (($0 - 16) * 510 + 219) / 438) }
    private static let colour = (0..<256).map { UInt8(clamping: (($0 - 128) * 510 + 57_568) / 448) }

    init(_ file: UnsafeBufferPointer<UInt8>) throws(DecoderFault) {
        var (width, height, alpha, format): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        let status = mainstay_webp_head(file.baseAddress, file.count, &width, &height, &alpha, &format)
        if status != 0 { throw Self.fault(status) }
        self.file = file
        (self.width, self.height, hasAlpha) = (Int(width), Int(height), alpha != 0)
        isLossy = format == MAINSTAY_WEBP_LOSSY
    }

    func decode(_ order: DecoderOrder, _ carried: Carried, _ memory: inout PictureMemory) throws(DecoderFault) {
        try order.check(width, height)
        let size = JPEGMainDecoder.scaledSize(width: width, height: height, edge: order.edge)
        switch (isLossy, hasAlpha) {
        case (true, false): try decodePlanes(size, &memory)
        case (true, true): try decodeFlat(size, &memory)
        case (false, _): try decodePixels(size, &memory)
        }
        memory.finish(
            orientation: carried.orientation, exif: carried.exif, xmp: carried.xmp, profile: carried.profile)
    }

    /// What is stored as planes stays that.
    private func decodePlanes(_ size: (width: Int, height: Int), _ memory: inout PictureMemory) throws(DecoderFault) {
        let layout = PixelLayout(.planes(.s420), width: size.width, height: size.height)
        let planes = try memory.begin(layout)
        let about = layout.planes
        try decode(
            size,
            mainstay_webp_target(
                y: planes[0], u: planes[1], v: planes[2], y_stride: Int32(about[0].stride),
                u_stride: Int32(about[1].stride), pixels: nil, stride: 0, hasAlpha: 0))
        for (plane, base) in zip(about, planes) {
            let table = base == planes[0] ? Self.bright : Self.colour
            for row in 0..<plane.rows { mainstay_webp_widen(base + row * plane.stride, plane.width, table) }
        }
        layout.completeEdges(planes)
    }

    /// Put over white before it is scaled: where a picture is lossy, libwebp scales its colours as if all were seen.
    private func decodeFlat(_ size: (width: Int, height: Int), _ memory: inout PictureMemory) throws(DecoderFault) {
        let builder = try PictureBuilder(
            format: AV_PIX_FMT_RGBA, width: width, height: height, colour: CodedColour(isFull: true), size: size
        ) { layout throws(DecoderFault) in try memory.begin(layout) }
        let stride = width * 4
        // What reads whole vectors may read a little behind the last row.
        guard let room = av_malloc(stride * height + 64) else { throw .noMemory }
        defer { av_free(room) }
        let pixels = room.assumingMemoryBound(to: UInt8.self)
        var target = mainstay_webp_target()
        (target.pixels, target.stride, target.hasAlpha) = (pixels, Int32(stride), 1)
        try decode((width, height), target)
        builder.add(
            PixelRows(
                planes: [UnsafePointer(pixels), nil, nil, nil], strides: [Int32(stride), 0, 0, 0], count: height),
            at: 0)
        builder.finish()
    }

    private func decodePixels(_ size: (width: Int, height: Int), _ memory: inout PictureMemory) throws(DecoderFault) {
        let layout = PixelLayout(.rgb(.s444), width: size.width, height: size.height)
        let pixels = try memory.begin(layout)[0]
        let stride = layout.planes[0].stride
        var target = mainstay_webp_target()
        (target.pixels, target.stride) = (pixels, Int32(stride))
        guard hasAlpha else { return try decode(size, target) }
        guard let room = av_malloc(size.width * 4 * size.height) else { throw .noMemory }
        defer { av_free(room) }
        let seen = room.assumingMemoryBound(to: UInt8.self)
        (target.pixels, target.stride, target.hasAlpha) = (seen, Int32(size.width * 4), 1)
        try decode(size, target)
        for row in 0..<size.height {
            let from = seen + row * size.width * 4
            mainstay_over_white(from, size.width)
            mainstay_webp_pack(from, size.width, pixels + row * stride)
        }
    }

    private func decode(_ size: (width: Int, height: Int), _ target: mainstay_webp_target) throws(DecoderFault) {
        let isScaled: Int32 = size == (width, height) ? 0 : 1
        let status = withUnsafePointer(to: target) { target in
            mainstay_webp_decode(
                file.baseAddress, file.count, Int32(size.width), Int32(size.height), isScaled, target)
        }
        if status != 0 { throw Self.fault(status) }
    }

    private static func fault(_ status: Int32) -> DecoderFault {
        switch VP8StatusCode(UInt32(status)) {
        case VP8_STATUS_OUT_OF_MEMORY: .noMemory
        case VP8_STATUS_UNSUPPORTED_FEATURE: DecoderFault(.unsupported)
        case VP8_STATUS_SUSPENDED, VP8_STATUS_NOT_ENOUGH_DATA: DecoderFault(.endsEarly)
        default: DecoderFault(.damaged)
        }
    }
}
