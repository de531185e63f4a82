import CFFmpeg
import Decoding

/// Puts rows with an alpha channel over white, a few at a time, before they are scaled: what is transparent has no
/// colour that could shine through at an edge.
final class Flattener {
    /// Of the rows that it gives.
    let format: AVPixelFormat
    private static let most = 64
    private let isDeep: Bool
    private let width: Int
    private let stride: Int
    private let converter: RowScaler
    private var from: RowScaler.Side, to: RowScaler.Side
    private var lastConverter: (count: Int, converter: RowScaler)?
    private let about: AVPixFmtDescriptor
    private let rows: UnsafeMutablePointer<UInt8>

    init(_ source: RowScaler.Side, isDeep: Bool) throws(DecoderFault) {
        self.isDeep = isDeep
        format = isDeep ? AV_PIX_FMT_RGBA64LE : AV_PIX_FMT_RGBA
        width = source.width
        stride = (source.width * (isDeep ? 8 : 4) + 63) & ~63
        guard let about = av_pix_fmt_desc_get(source.format)?.pointee else { throw DecoderFault(.unsupported) }
        self.about = about
        // Each group of rows is a picture by itself.
        var (from, to) = (source, source)
        from.height = Self.most
        (to.format, to.height, to.isFull) = (format, Self.most, true)
        self.from = from
        self.to = to
        converter = try RowScaler(from: from, to: to)
        guard let rows = av_mallocz(stride * Self.most + 64) else { throw .noMemory }
        self.rows = rows.assumingMemoryBound(to: UInt8.self)
    }

    deinit { av_free(rows) }

    /// A converter for a group of fewer rows, which ends with them; that of whole groups where there is no memory for it.
    private func last(of count: Int) -> RowScaler {
        if let last = lastConverter, last.count == count { return last.converter }
        (from.height, to.height) = (count, count)
        guard let made = try? RowScaler(from: from, to: to) else { return converter }
        lastConverter = (count, made)
        return made
    }

    /// Calls `body` with groups of rows and the number of the first of each.
    func flatten(_ source: PixelRows, at row: Int, _ body: (PixelRows, Int) -> Void) {
        var done = 0
        while done < source.count {
            let count = min(Self.most, source.count - done)
            var part = source
            part.count = count
            for plane in 0..<4 where !(plane == 1 && about.flags & UInt64(AV_PIX_FMT_FLAG_PAL) != 0) {
                let shift = plane == 1 || plane == 2 ? Int(about.log2_chroma_h) : 0
                part.planes[plane] = part.planes[plane].map { $0 + (done >> shift) * Int(part.strides[plane]) }
            }
            (count == Self.most ? converter : last(of: count)).scale(part, at: 0, to: [rows], [Int32(stride)])
            for index in 0..<count {
                let start = rows + index * stride
                if isDeep {
                    start.withMemoryRebound(to: UInt16.self, capacity: width * 4) {
                        mainstay_over_white_16($0, width)
                    }
                } else {
                    mainstay_over_white(start, width)
                }
            }
            body(
                PixelRows(
                    planes: [UnsafePointer(rows), nil, nil, nil], strides: [Int32(stride), 0, 0, 0], count: count),
                row + done)
            done += count
        }
    }
}
