import SystemPackage

/// The calls that may do a part, repeated until the whole is done.
extension SystemCalls {
    /// Writes all of `bytes`.
    func writeAll(_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = try write(file, UnsafeRawBufferPointer(rebasing: rest))
            // POSIX lets write(2) of more than nothing return 0 only for odd devices; it must not become a loop.
            if written == 0 { throw .ioError }
            rest = rest.dropFirst(written)
        }
    }

    /// Writes all of `bytes`.
    func writeAll(_ file: Int32, _ bytes: [UInt8]) throws(Errno) {
        try bytes.span.bytes.withUnsafeBytes { buffer throws(Errno) in try writeAll(file, buffer) }
    }

    /// Reads until the end, or until `buffer` is full. Returns how many bytes were read.
    func readFully(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        var count = 0
        while count < buffer.count {
            let read = try read(file, into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            if read == 0 { break }
            count += read
        }
        return count
    }

    /// The first bytes of a small file, at most `limit`.
    func readText(_ file: Int32, limit: Int) throws(Errno) -> String {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: limit, alignment: 1)
        defer { buffer.deallocate() }
        let count = try readFully(file, into: buffer)
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}
