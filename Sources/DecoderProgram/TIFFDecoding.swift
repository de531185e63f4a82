import CFFmpeg
import CTIFF
import Decoding
import Imaging

/// Decodes the most usual TIFFs some rows at a time, by libtiff. All others are libavcodec's.
final class TIFFDecoding {
    private let reader: UnsafeMutablePointer<mainstay_tiff>
    private let rows: RowGroups

    /// Nil for one that has no rows of grey or RGB in one piece.
    init?(_ main: borrowing MainFile) {
        guard let base = main.bytes.baseAddress, let reader = mainstay_tiff_make(base, main.count) else { return nil }
        var about = mainstay_tiff_about()
        guard mainstay_tiff_has_rows(reader, &about) != 0 else {
            mainstay_tiff_free(reader)
            return nil
        }
        let formats =
            about.channels == 1
            ? [AV_PIX_FMT_GRAY8, AV_PIX_FMT_GRAY16LE] : [AV_PIX_FMT_RGB24, AV_PIX_FMT_RGB48LE]
        self.reader = reader
        rows = RowGroups(
            format: formats[Int(about.bits) / 8 - 1], width: Int(about.width), height: Int(about.height), row: about.row
        )
    }

    deinit { mainstay_tiff_free(reader) }

    func decode(
        _ main: borrowing MainFile, _ order: DecoderOrder, _ carried: Carried, _ memory: inout PictureMemory
    ) throws(DecoderFault) {
        try order.check(rows.width, rows.height)
        try rows.build(order, &memory) { target, stride, first, count throws(DecoderFault) in
            guard mainstay_tiff_rows(reader, target, stride, UInt32(first), Int32(count)) == 0 else {
                throw DecoderFault(.damaged)
            }
            main.release(before: Int(clamping: mainstay_tiff_place(reader, UInt32(first))))
        }
        memory.finish(orientation: carried.orientation, exif: carried.exif, xmp: carried.xmp, profile: profile)
    }

    private var profile: [UInt8]? {
        var count: UInt32 = 0
        guard let bytes = mainstay_tiff_profile(reader, &count) else { return nil }
        return [UInt8](UnsafeBufferPointer(start: bytes, count: Int(count)))
    }
}
