/// Reads the fields of a box one after the other.
struct BoxFields {
    private(set) var offset: Int
    private let end: Int
    private let box: FourCC

    init(_ box: ISOBox) { (offset, end, self.box) = (box.payload.lowerBound, box.payload.upperBound, box.type) }

    /// Bytes that are left.
    var left: Int { end - offset }

    /// A whole number of `size` bytes, the highest first.
    mutating func number(_ size: Int, _ bytes: Span<UInt8>) throws(ImagingError) -> Int {
        guard size <= left, let value = bytes.big(at: offset, size: size) else {
            throw .damaged("its box '\(box)' ends within a field")
        }
        offset += size
        return value
    }

    /// Four letters.
    mutating func name(_ bytes: Span<UInt8>) throws(ImagingError) -> FourCC {
        let value = try number(4, bytes)
        return FourCC(rawValue: UInt32(value))
    }

    /// Version and flags of a full box.
    mutating func versionAndFlags(_ bytes: Span<UInt8>) throws(ImagingError) -> (version: Int, flags: Int) {
        let both = try number(4, bytes)
        return (both >> 24, both & 0xFF_FFFF)
    }

    /// The bytes up to a zero, which is passed over, or to the end of the box.
    mutating func text(_ bytes: Span<UInt8>) -> [UInt8] {
        let zero = bytes.extracting(0..<end).firstOffset(of: 0, from: offset) ?? end
        defer { offset = min(zero + 1, end) }
        return bytes.copy(offset..<zero)
    }

    /// What is left, as a box without a header.
    var rest: Range<Int> { offset..<end }
}
