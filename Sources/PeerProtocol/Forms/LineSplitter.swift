import Crypto
import Glibc
import Model

/// Cuts a body into the lines of records. Pure. A line too long to be a record is hashed as it passes by and never
/// held, so that a megabyte costs no memory and the records behind it are still read.
struct LineSplitter {
    enum Line: Equatable {
        case whole([UInt8])
        /// A line longer than ``Record/longestLine``: its fingerprint, and the number that it begins with.
        case tooLong(Fingerprint, Record.Sequence?)
    }

    private var held: [UInt8] = []
    private var hash: SHA256?

    /// The lines that end in `bytes`, handed out one by one.
    mutating func take(_ bytes: some Collection<UInt8>, _ line: (Line) throws -> Void) rethrows {
        try Array(bytes).withUnsafeBufferPointer { bytes in
            var start = 0
            while let end = Self.lineEnd(in: bytes, from: start) {
                add(UnsafeBufferPointer(rebasing: bytes[start..<end]))
                if let ended = finish() { try line(ended) }
                start = end + 1
            }
            add(UnsafeBufferPointer(rebasing: bytes[start...]))
        }
    }

    private static func lineEnd(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress,
            let found = memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// The last line, where the body did not end with a line's end. Empty lines are passed over.
    mutating func finish() -> Line? {
        defer {
            held.removeAll(keepingCapacity: true)
            hash = nil
        }
        guard let hash else { return held.isEmpty ? nil : .whole(held) }
        return .tooLong(Fingerprint(hash.finalize()), Self.sequence(of: held))
    }

    private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        if hash != nil {
            hash?.update(bufferPointer: UnsafeRawBufferPointer(bytes))
        } else if held.count + bytes.count <= Record.longestLine {
            held += bytes
        } else {
            var hash = SHA256()
            hash.update(data: held)
            hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
            self.hash = hash
            held = Array((held + bytes.prefix(64)).prefix(64))
        }
    }

    /// The number at the beginning of a record's line that cannot be read as a whole: `{"seq":N,`.
    static func sequence(of head: some Collection<UInt8>) -> Record.Sequence? {
        let head = Array(head.prefix(64))
        let opening = Array("{\"seq\":".utf8)
        guard head.starts(with: opening) else { return nil }
        let digits = head.dropFirst(opening.count).prefix { (48...57).contains($0) }
        guard (1...16).contains(digits.count), head.dropFirst(opening.count + digits.count).first == UInt8(ascii: ",")
        else { return nil }
        let number = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 48) }
        return (1...Record.highestSequence).contains(number) ? number : nil
    }
}
