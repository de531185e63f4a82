import CFFmpeg
import Decoding

/// One row of tiles beside one another. Of a single tile it is the decoded picture itself.
final class TileStrip {
    private let format: AVPixelFormat
    private let about: AVPixFmtDescriptor
    private let columns: Int
    private let width: Int
    private let height: Int
    private var planes: [UnsafeMutablePointer<UInt8>?] = [nil, nil, nil, nil]
    private var strides: [Int32] = [0, 0, 0, 0]
    private var memory: UnsafeMutableRawPointer?

    init(_ frame: Frame, columns: Int, width: Int, height: Int) throws(DecoderFault) {
        format = frame.format
        guard let about = av_pix_fmt_desc_get(format)?.pointee, about.flags & UInt64(AV_PIX_FMT_FLAG_PAL) == 0 else {
            throw DecoderFault(.unsupported)
        }
        (self.about, self.columns, self.width, self.height) = (about, columns, width, height)
        if columns == 1 { return }
        let whole = Int32(columns * width)
        guard av_image_fill_linesizes(&strides, format, whole) >= 0 else { throw DecoderFault(.damaged) }
        strides = strides.map { ($0 + 63) & ~63 }
        let sizes = (0..<4).map { Int(strides[$0]) * rows($0, height) }
        guard let memory = av_malloc(sizes.reduce(64, +)) else { throw .noMemory }
        self.memory = memory
        var place = memory.assumingMemoryBound(to: UInt8.self)
        for plane in 0..<4 where sizes[plane] > 0 {
            planes[plane] = place
            place += sizes[plane]
        }
    }

    deinit { av_free(memory) }

    private func rows(_ plane: Int, _ rows: Int) -> Int {
        plane == 1 || plane == 2 ? (rows + (1 << about.log2_chroma_h) - 1) >> about.log2_chroma_h : rows
    }

    /// Puts a decoded tile at its place.
    func take(_ frame: Frame, at column: Int) throws(DecoderFault) {
        guard frame.format == format, frame.width >= width, frame.height >= height else {
            throw DecoderFault(.damaged, "its tiles do not fit together")
        }
        if columns == 1 {
            for plane in 0..<4 {
                planes[plane] = mainstay_plane(frame.pointer, Int32(plane))
                strides[plane] = mainstay_stride(frame.pointer, Int32(plane))
            }
            return
        }
        for plane in 0..<4 {
            guard let target = planes[plane] else { continue }
            let bytes = av_image_get_linesize(format, Int32(width), Int32(plane))
            av_image_copy_plane(
                target + column * Int(bytes), strides[plane], mainstay_plane(frame.pointer, Int32(plane)),
                mainstay_stride(frame.pointer, Int32(plane)), bytes, Int32(rows(plane, height)))
        }
    }

    /// Some of its rows, from this column on: even ones where colours are coarser than brightness.
    func rows(from first: Int, count: Int, x: Int) -> PixelRows {
        let step = av_image_get_linesize(format, 16, 0) / 16
        return PixelRows(
            planes: (0..<4).map { plane in
                guard let base = planes[plane] else { return nil }
                let isColour = plane == 1 || plane == 2
                let (across, down) = isColour ? (Int(about.log2_chroma_w), Int(about.log2_chroma_h)) : (0, 0)
                return UnsafePointer(
                    base + (first >> down) * Int(strides[plane]) + (x >> across) * Int(step))
            }, strides: strides, count: count)
    }
}
