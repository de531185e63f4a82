import CTurboJPEG

/// The owner of a libjpeg compressor that takes a picture row by row.
final class BandWriter: RowWriter {
    private let writer: UnsafeMutablePointer<mainstay_writer>

    /// A writer of nothing yet.
    init() throws(ImagingError) {
        guard let writer = mainstay_writer_make() else { throw .turboHasNoMemory }
        self.writer = writer
    }

    deinit { mainstay_writer_free(writer) }

    /// Begins a file, with these segments behind JFIF's.
    func start(_ what: mainstay_writing, segments: [(code: UInt8, payload: [UInt8])]) throws(ImagingError) {
        var what = what
        try judge(mainstay_writer_start(writer, &what))
        for segment in segments {
            try judge(
                mainstay_writer_marker(writer, Int32(segment.code), segment.payload, UInt32(segment.payload.count)))
        }
    }

    func write(_ rows: UnsafePointer<UInt8>, stride: Int, count: Int) throws(ImagingError) {
        try judge(mainstay_writer_rows(writer, rows, stride, Int32(count)))
    }

    func finish() throws(ImagingError) { try judge(mainstay_writer_finish(writer)) }

    func take() -> [UInt8]? {
        guard let block = mainstay_writer_take(writer) else { return nil }
        defer { free(block) }
        return Array(UnsafeBufferPointer(start: mainstay_block_bytes(block), count: block.pointee.count))
    }

    private func judge(_ status: Int32) throws(ImagingError) {
        guard status != 0 else { return }
        try ImagingError.judge(String(cString: mainstay_writer_fault(writer)), isFault: true)
    }
}
