/// An ICC profile, and the chunks of a JPEG that it travels in (ICC.1:2010, annex B.4).
struct ICCProfile {
    private static let signature = Array("ICC_PROFILE\0".utf8)
    /// Bytes of profile that fit a segment beside the signature, the number and the count.
    private static let chunkSize = 65_533 - 14

    /// The whole profile.
    let bytes: [UInt8]

    /// Puts the chunks at `ranges` of `file`, which begin with the signature, together; nil when one is missing, or the whole is larger than `limit`.
    init?(_ file: Span<UInt8>, chunks ranges: [Range<Int>], limit: Int) {
        var chunks: [Int: Range<Int>] = [:]
        var count = 0
        for range in ranges where range.count > 14 {
            chunks[Int(file[range.lowerBound + 12])] = range.lowerBound + 14..<range.upperBound
            count = Int(file[range.lowerBound + 13])
        }
        guard count > 0, chunks.count == count, chunks.values.reduce(0, { $0 + $1.count }) <= limit else { return nil }
        var bytes: [UInt8] = []
        for number in 1...count {
            guard let range = chunks[number] else { return nil }
            bytes += file.copy(range)
        }
        // The header is 128 bytes.
        guard bytes.count >= 128 else { return nil }
        self.bytes = bytes
    }

    /// The profile as other formats carry it, in one piece.
    init?(_ bytes: [UInt8], limit: Int) {
        // A segment's number and count are one byte each.
        guard (128...min(limit, 255 * Self.chunkSize)).contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    /// Whether it describes colours of this many components.
    func describes(grey: Bool) -> Bool { bytes[16..<20].elementsEqual((grey ? "GRAY" : "RGB ").utf8) }

    /// The payloads of the segments that carry it.
    var payloads: [[UInt8]] {
        let count = (bytes.count + Self.chunkSize - 1) / Self.chunkSize
        return (0..<count).map { index in
            let part = bytes[index * Self.chunkSize..<min(bytes.count, (index + 1) * Self.chunkSize)]
            return Self.signature + [UInt8(index + 1), UInt8(count)] + part
        }
    }

    /// The segments that carry it.
    var segments: [UInt8] { payloads.flatMap { JPEGMarker.segment(JPEGMarker.app2, $0) } }
}
