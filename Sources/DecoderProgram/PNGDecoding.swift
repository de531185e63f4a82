import CFFmpeg
import CPNG
import Decoding
import Imaging

/// Decodes a PNG some rows at a time, by libpng. One that is interlaced has no rows before its end, and is libavcodec's.
final class PNGDecoding {
    private let reader: UnsafeMutablePointer<mainstay_png>
    private let rows: RowGroups

    /// Bytes that libpng may take for one chunk.
    private static let chunk = 16_000_000

    /// Nil for an interlaced one.
    init?(_ main: borrowing MainFile, _ order: DecoderOrder) throws(DecoderFault) {
        guard let base = main.bytes.baseAddress, let reader = mainstay_png_make(base, main.count) else {
            throw .noMemory
        }
        do throws(DecoderFault) {
            guard mainstay_png_head(reader, Self.chunk) == 0 else { throw Self.fault(reader) }
            // Before there is memory for a row.
            try order.check(Int(mainstay_png_width(reader)), Int(mainstay_png_height(reader)))
            if mainstay_png_is_interlaced(reader) != 0 {
                mainstay_png_free(reader)
                return nil
            }
            guard mainstay_png_start(reader) == 0 else { throw Self.fault(reader) }
        } catch {
            mainstay_png_free(reader)
            throw error
        }
        let channels = Int(mainstay_png_channels(reader))
        guard (1...4).contains(channels) else {
            mainstay_png_free(reader)
            return nil
        }
        let formats =
            mainstay_png_bits(reader) == 16
            ? [AV_PIX_FMT_GRAY16BE, AV_PIX_FMT_YA16BE, AV_PIX_FMT_RGB48BE, AV_PIX_FMT_RGBA64BE]
            : [AV_PIX_FMT_GRAY8, AV_PIX_FMT_YA8, AV_PIX_FMT_RGB24, AV_PIX_FMT_RGBA]
        self.reader = reader
        rows = RowGroups(
            format: formats[channels - 1], width: Int(mainstay_png_width(reader)),
            height: Int(mainstay_png_height(reader)), row: mainstay_png_row(reader))
    }

    deinit { mainstay_png_free(reader) }

    func decode(
        _ main: borrowing MainFile, _ order: DecoderOrder, _ carried: Carried, _ memory: inout PictureMemory
    ) throws(DecoderFault) {
        try rows.build(order, &memory) { target, stride, _, count throws(DecoderFault) in
            guard mainstay_png_rows(reader, target, stride, Int32(count)) == 0 else { throw Self.fault(reader) }
            main.release(before: reader.pointee.place)
        }
        let isWhole = mainstay_png_end(reader) == 0
        let isCut = reader.pointee.isCut != 0
        guard isWhole || isCut else { throw Self.fault(reader) }
        memory.finish(
            orientation: carried.orientation, exif: carried.exif, xmp: carried.xmp, profile: profile, isCut: isCut)
    }

    private var profile: [UInt8]? {
        var count: UInt32 = 0
        guard let bytes = mainstay_png_profile(reader, &count) else { return nil }
        return [UInt8](UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    private static func fault(_ reader: UnsafeMutablePointer<mainstay_png>) -> DecoderFault {
        DecoderFault(reader.pointee.isCut != 0 ? .endsEarly : .damaged)
    }
}
