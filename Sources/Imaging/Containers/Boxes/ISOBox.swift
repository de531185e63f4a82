/// A box of the ISO base media file format (ISO/IEC 14496-12, section 4.2), which is an atom of QuickTime.
struct ISOBox: Sendable {
    /// Boxes of one parent that are looked at. Real files have some dozens, and one for each item of a picture.
    static let mostSiblings = 20_000

    var type: FourCC
    /// Where its content lies, never outside of its parent.
    var payload: Range<Int>
    /// Whether its length says more than its parent has.
    var isCut = false
}

/// The length and the name at the beginning of a box.
struct ISOBoxHeader: Sendable, Equatable {
    /// Bytes that tell every header: length, name, long length.
    static let longest = 16

    var type: FourCC
    /// Bytes of the header itself.
    var length: Int
    /// Bytes of the content; nil where it goes on to the end of the file.
    var content: Int?

    /// The header at `offset`; nil where there are too few bytes for it, or where its length is too small for itself.
    init?(_ bytes: Span<UInt8>, at offset: Int) {
        guard let short = bytes.big(at: offset, size: 4), let name = bytes.big(at: offset + 4, size: 4) else {
            return nil
        }
        type = FourCC(rawValue: UInt32(name))
        switch short {
        case 0: (length, content) = (8, nil)
        case 1:
            guard let long = bytes.big(at: offset + 8, size: 8), long >= 16 else { return nil }
            (length, content) = (16, long - 16)
        default:
            guard short >= 8 else { return nil }
            (length, content) = (8, short - 8)
        }
    }
}

extension Span where Element == UInt8 {
    /// A whole number of 0 to 8 bytes, the highest first; nil where the bytes end before, or where it is above 2^63.
    func big(at offset: Int, size: Int) -> Int? {
        guard offset >= 0, size <= count, offset <= count - size else { return nil }
        var value: UInt64 = 0
        for index in 0..<size { value = value << 8 | UInt64(self[offset + index]) }
        return Int(exactly: value)
    }

    /// The boxes that lie one after the other in a part of the bytes. Reading stops at what can be no box.
    func boxes(in range: Range<Int>) -> [ISOBox] {
        let range = range.clamped(to: 0..<count)
        var found: [ISOBox] = []
        var offset = range.lowerBound
        while found.count < ISOBox.mostSiblings, offset < range.upperBound,
            let header = ISOBoxHeader(extracting(0..<range.upperBound), at: offset)
        {
            let start = offset + header.length
            let left = range.upperBound - start
            let content = header.content ?? left
            offset = start + Swift.min(content, left)
            found.append(ISOBox(type: header.type, payload: start..<offset, isCut: content > left))
        }
        return found
    }
}
