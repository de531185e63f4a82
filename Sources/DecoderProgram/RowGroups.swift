import CFFmpeg
import Decoding
import Imaging

/// A picture whose rows a library reads one after the other: some are read and scaled at a time, and the whole picture is
/// at no moment in memory.
struct RowGroups {
    let format: AVPixelFormat
    let width: Int
    let height: Int
    /// Bytes of a row.
    let row: Int

    /// Rows that are scaled at a time.
    private static let most = 64

    /// - Parameter read: writes so many rows from one on, each so many bytes behind the one before.
    func build(
        _ order: DecoderOrder, _ memory: inout PictureMemory,
        _ read: (
            _ target: UnsafeMutablePointer<UInt8>, _ stride: Int, _ first: Int, _ count: Int
        ) throws(DecoderFault) -> Void
    ) throws(DecoderFault) {
        let builder = try PictureBuilder(
            format: format, width: width, height: height, colour: CodedColour(isFull: true),
            size: JPEGMainDecoder.scaledSize(width: width, height: height, edge: order.edge)
        ) { layout throws(DecoderFault) in try memory.begin(layout) }
        let stride = (row + 63) & ~63
        // What reads whole vectors may read a little behind the last row.
        guard let room = av_malloc(stride * Self.most + 64) else { throw .noMemory }
        defer { av_free(room) }
        let rows = room.assumingMemoryBound(to: UInt8.self)
        for first in Swift.stride(from: 0, to: height, by: Self.most) {
            let count = min(Self.most, height - first)
            try read(rows, stride, first, count)
            builder.add(
                PixelRows(
                    planes: [UnsafePointer(rows), nil, nil, nil], strides: [Int32(stride), 0, 0, 0], count: count),
                at: first)
        }
        builder.finish()
    }
}
