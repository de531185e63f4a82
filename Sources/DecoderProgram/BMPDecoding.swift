import CFFmpeg
import Decoding

/// Decodes a BMP of 24 bits a pixel that is not compressed some rows at a time: they lie in the file as they are
/// (Microsoft, BITMAPINFOHEADER). All others are libavcodec's.
struct BMPDecoding {
    private let width: Int, height: Int
    /// Where the rows begin, and bytes from one to the next.
    private let start: Int, stride: Int
    /// Whether the first row comes first. Most have the last one first.
    private let isTopDown: Bool

    /// Nil for any other.
    init?(_ file: UnsafeBufferPointer<UInt8>) {
        func little(_ place: Int, _ size: Int) -> Int {
            (0..<size).reduce(0) { $0 | Int(file[place + $1]) << (8 * $1) }
        }
        guard file.count >= 54, little(0, 2) == 0x4D42, little(14, 4) >= 40, little(26, 2) == 1, little(28, 2) == 24,
            little(30, 4) == 0
        else { return nil }
        // Of 32 bits, with a sign.
        let (width, height) = (little(18, 4), Int(Int32(truncatingIfNeeded: little(22, 4))))
        let start = little(10, 4)
        guard width > 0, width < 1 << 31, height != 0, start >= 54 else { return nil }
        (self.width, self.height, self.start) = (width, abs(height), start)
        isTopDown = height < 0
        stride = (width * 3 + 3) & ~3
    }

    func decode(
        _ main: borrowing MainFile, _ order: DecoderOrder, _ memory: inout PictureMemory
    ) throws(DecoderFault) {
        try order.check(width, height)
        let file = main.bytes
        guard let base = file.baseAddress, start <= file.count, stride * height <= file.count - start else {
            throw DecoderFault(.endsEarly)
        }
        let rows = RowGroups(format: AV_PIX_FMT_BGR24, width: width, height: height, row: width * 3)
        try rows.build(order, &memory) { target, step, first, count throws(DecoderFault) in
            for row in first..<first + count {
                let place = start + (isTopDown ? row : height - 1 - row) * stride
                (target + (row - first) * step).update(from: base + place, count: width * 3)
            }
            if isTopDown {
                main.release(before: start + (first + count) * stride)
            } else {
                main.release(from: start + (height - first - count) * stride)
            }
        }
        memory.finish(orientation: 1)
    }
}
