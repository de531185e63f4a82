import CZlib

/// The content coding `deflate` (RFC 9110, section 8.4.1.2): zlib's format (RFC 1950).
enum Deflate {
    /// The name in `Accept-Encoding` and `Content-Encoding`.
    static let name = "deflate"

    /// zlib's quickest: lists of records shrink to a third by it, and little more by any other.
    private static let level: Int32 = 1

    /// Whether a request's `Accept-Encoding` names this coding, without a weight that could forbid it.
    static func isAccepted(by field: String?) -> Bool {
        (field ?? "").split(separator: ",").contains { $0.trimming { $0 == " " } == name[...] }
    }

    /// The coded bytes; nil when there is no memory for it.
    static func encode(_ bytes: [UInt8]) -> [UInt8]? {
        var length = compressBound(uLong(bytes.count))
        var result: Int32 = Z_OK
        let coded = [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
            result = compress2(buffer.baseAddress, &length, bytes, uLong(bytes.count), level)
            count = result == Z_OK ? Int(length) : 0
        }
        return result == Z_OK ? coded : nil
    }

    /// Decodes a body piece by piece.
    final class Decoder {
        /// What is wrong with the body.
        struct Fault: Error {}

        private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        private var piece = [UInt8](repeating: 0, count: 64 * 1024)
        private(set) var isAtEnd = false

        init() {
            stream.initialize(to: z_stream())
            // Where there is no memory for it, the first piece finds the fault.
            _ = inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        }

        deinit {
            inflateEnd(stream)
            stream.deallocate()
        }

        /// Hands out what `bytes` say, in pieces of at most 64 KiB: whoever counts them can end it at any of them.
        func take(_ bytes: [UInt8], _ body: (ArraySlice<UInt8>) throws -> Void) throws {
            var bytes = bytes
            try bytes.withUnsafeMutableBufferPointer { input in
                stream.pointee.next_in = input.baseAddress
                stream.pointee.avail_in = uInt(input.count)
                while !isAtEnd {
                    let count = try step()
                    try body(piece[..<count])
                    if stream.pointee.avail_in == 0, count < piece.count { return }
                }
                // Something follows the end.
                if stream.pointee.avail_in > 0 { throw Fault() }
            }
        }

        /// - Returns: bytes that now stand in `piece`.
        private func step() throws -> Int {
            try piece.withUnsafeMutableBufferPointer { output in
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = uInt(output.count)
                switch inflate(stream, Z_NO_FLUSH) {
                case Z_STREAM_END: isAtEnd = true
                // Z_BUF_ERROR: the input ended where a piece did.
                case Z_OK, Z_BUF_ERROR: break
                default: throw Fault()
                }
                return output.count - Int(stream.pointee.avail_out)
            }
        }
    }
}

extension Substring {
    fileprivate func trimming(_ isSpace: (Character) -> Bool) -> Substring {
        var text = drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }
}
