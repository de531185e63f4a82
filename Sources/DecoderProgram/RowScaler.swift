import CFFmpeg
import Decoding

/// Brings the rows of a picture to another size and form, as they come.
final class RowScaler {
    private let context: OpaquePointer

    /// One side of a conversion.
    struct Side {
        var format: AVPixelFormat
        var width: Int
        var height: Int
        var isFull: Bool
        /// `SWS_CS_…`
        var matrix: Int32 = 5
    }

    init(from: Side, to: Side) throws(DecoderFault) {
        guard let context = sws_alloc_context() else { throw .noMemory }
        self.context = context
        let raw = UnsafeMutableRawPointer(context)
        let options: [(String, Int)] = [
            ("srcw", from.width), ("srch", from.height), ("src_format", Int(from.format.rawValue)),
            ("src_range", from.isFull ? 1 : 0), ("dstw", to.width), ("dsth", to.height),
            ("dst_format", Int(to.format.rawValue)), ("dst_range", to.isFull ? 1 : 0),
            ("sws_flags", Int(SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP)),
        ]
        for (name, value) in options { av_opt_set_int(raw, name, Int64(value), 0) }
        sws_setColorspaceDetails(
            context, sws_getCoefficients(from.matrix), from.isFull ? 1 : 0, sws_getCoefficients(to.matrix),
            to.isFull ? 1 : 0, 0, 1 << 16, 1 << 16)
        guard sws_init_context(context, nil, nil) >= 0 else {
            throw DecoderFault(.unsupported, "of colours that this version cannot convert")
        }
    }

    deinit { sws_freeContext(context) }

    /// Takes the rows from `row` on, and writes what can be written of the whole picture at `target`.
    ///
    /// - Returns: rows that were written.
    @discardableResult
    func scale(_ rows: PixelRows, at row: Int, to target: [UnsafeMutablePointer<UInt8>?], _ strides: [Int32]) -> Int {
        var sources = rows.planes
        var targets = target + [UnsafeMutablePointer<UInt8>?](repeating: nil, count: 4 - target.count)
        let targetStrides = strides + [Int32](repeating: 0, count: 4 - strides.count)
        return Int(
            sws_scale(
                context, &sources, rows.strides, Int32(row), Int32(rows.count), &targets, targetStrides))
    }
}
