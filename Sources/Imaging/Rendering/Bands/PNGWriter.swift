import CTurboJPEG
import CZlib

/// Writes a PNG of eight bits a sample (W3C, Portable Network Graphics, third edition), through zlib. The owner of its
/// stream.
final class PNGWriter: RowWriter {
    /// Bytes of pixels in one chunk, but for the last.
    private static let pieceBytes = 1 << 20
    /// zlib's own choice between time and bytes.
    private static let level: Int32 = 6

    private let stream: UnsafeMutablePointer<z_stream>
    private let piece: UnsafeMutablePointer<UInt8>
    private let above: UnsafeMutablePointer<UInt8>
    private let room: UnsafeMutablePointer<UInt8>
    private let rowBytes: Int, components: Int
    private var ready: [[UInt8]] = []

    /// Begins a file, with these chunks before its pixels.
    ///
    /// - Parameter components: 1 for grey, 3 for red, green and blue.
    init(
        width: Int, height: Int, components: Int, chunks: [(name: String, content: [UInt8])]
    ) throws(ImagingError) {
        (rowBytes, self.components) = (width * components, components)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        piece = .allocate(capacity: Self.pieceBytes)
        above = .allocate(capacity: rowBytes)
        above.initialize(repeating: 0, count: rowBytes)
        room = .allocate(capacity: Int(MAINSTAY_FILTERS) * (rowBytes + 1))
        let status = deflateInit_(stream, Self.level, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw .turboHasNoMemory }
        startPiece()
        let size = [width, height].flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
        }
        let head = size + [8, components == 1 ? 0 : 2, 0, 0, 0]
        ready.append([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", head))
        for chunk in chunks { ready.append(Self.chunk(chunk.name, chunk.content)) }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        piece.deallocate()
        above.deallocate()
        room.deallocate()
    }

    func write(_ rows: UnsafePointer<UInt8>, stride: Int, count: Int) throws(ImagingError) {
        for index in 0..<count {
            let row = rows + index * stride
            let filtered = mainstay_filtered_row(row, above, rowBytes, Int32(components), room)
            above.update(from: row, count: rowBytes)
            try pack(filtered, rowBytes + 1)
        }
    }

    func finish() throws(ImagingError) {
        try pack(nil, 0)
        endPiece()
        ready.append(Self.chunk("IEND", []))
    }

    func take() -> [UInt8]? { ready.isEmpty ? nil : ready.removeFirst() }

    /// Deflates these bytes; without any, all that is left.
    private func pack(_ bytes: UnsafePointer<UInt8>?, _ count: Int) throws(ImagingError) {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes)
        stream.pointee.avail_in = UInt32(count)
        while true {
            let status = deflate(stream, bytes == nil ? Z_FINISH : Z_NO_FLUSH)
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { throw .turboHasNoMemory }
            if stream.pointee.avail_out == 0 {
                endPiece()
                startPiece()
            } else if bytes == nil ? status == Z_STREAM_END : stream.pointee.avail_in == 0 {
                return
            }
        }
    }

    private func startPiece() {
        stream.pointee.next_out = piece
        stream.pointee.avail_out = UInt32(Self.pieceBytes)
    }

    private func endPiece() {
        let count = Self.pieceBytes - Int(stream.pointee.avail_out)
        if count > 0 { ready.append(Self.chunk("IDAT", Array(UnsafeBufferPointer(start: piece, count: count)))) }
    }

    /// Length, name, content and sum.
    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        func big(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
        let body = Array(name.utf8) + content
        return big(UInt32(content.count)) + body + big(UInt32(truncatingIfNeeded: crc32(0, body, UInt32(body.count))))
    }

    /// Bytes in zlib's format, as a chunk has them that is compressed; nil without memory.
    static func packed(_ bytes: [UInt8]) -> [UInt8]? {
        var count = compressBound(UInt(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(count))
        guard compress2(&result, &count, bytes, UInt(bytes.count), level) == Z_OK else { return nil }
        return Array(result.prefix(Int(count)))
    }
}
