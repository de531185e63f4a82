/// The TIFF structure (TIFF 6.0; EXIF 2.3, section 4.6) in a block of bytes, read without trusting it.
///
/// Directories are asked for by offset and never followed, so no chain of them can loop. What lies outside of the block
/// does not exist.
struct TIFFBlock: Sendable {
    /// A directory's entry whose value lies in the block.
    struct Entry {
        var tag: UInt16
        var type: UInt16
        var count: Int
        /// Where the value's bytes are.
        var value: Range<Int>
    }

    let bytes: [UInt8]
    let isLittleEndian: Bool
    /// Offset of the first directory.
    let main: Int

    /// Bytes of one value of the types 1 to 13: BYTE, ASCII, SHORT, LONG, RATIONAL, …, DOUBLE, IFD.
    static let sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]

    /// Entries of one directory that are looked at. Real ones have fewer than a hundred.
    private static let mostEntries = 1_000

    /// Nil when the header is not TIFF's.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 8 else { return nil }
        switch (bytes[0], bytes[1]) {
        case (0x49, 0x49): isLittleEndian = true
        case (0x4D, 0x4D): isLittleEndian = false
        default: return nil
        }
        self.bytes = bytes
        let (low, high) = (Int(bytes[2]), Int(bytes[3]))
        guard (isLittleEndian ? low | high << 8 : low << 8 | high) == 42 else { return nil }
        main = bytes[4..<8].enumerated().reduce(0) { sum, byte in
            sum | Int(byte.element) << (8 * (bytes[0] == 0x49 ? byte.offset : 3 - byte.offset))
        }
    }

    /// The entries of the directory at `offset`. Those with a value outside of the block, or of an unknown type, are
    /// left out.
    func entries(at offset: Int) -> [Entry] {
        guard offset >= 8, let count = number(at: offset, size: 2) else { return [] }
        return (0..<min(count, Self.mostEntries)).compactMap { index in
            let start = offset + 2 + 12 * index
            guard let tag = number(at: start, size: 2), let type = number(at: start + 2, size: 2),
                let count = number(at: start + 4, size: 4), let place = number(at: start + 8, size: 4),
                type > 0, type < Self.sizes.count
            else { return nil }
            // Up to 2^32 values of 8 bytes: no overflow in 64 bits.
            let length = count * Self.sizes[type]
            let from = length <= 4 ? start + 8 : place
            guard length > 0, length <= bytes.count, from <= bytes.count - length else { return nil }
            return Entry(tag: UInt16(tag), type: UInt16(type), count: count, value: from..<from + length)
        }
    }

    /// The first value of an entry of a whole, unsigned type.
    func integer(_ entry: Entry) -> Int? {
        switch entry.type {
        case 1: number(at: entry.value.lowerBound, size: 1)
        case 3: number(at: entry.value.lowerBound, size: 2)
        case 4, 13: number(at: entry.value.lowerBound, size: 4)
        default: nil
        }
    }

    /// The bytes of an ASCII entry, up to its NUL.
    func text(_ entry: Entry) -> ArraySlice<UInt8>? {
        entry.type == 2 ? bytes[entry.value].prefix { $0 != 0 } : nil
    }

    /// The numbers of an entry of fractions; nil where there are more than a few, or one that is divided by nothing.
    func fractions(_ entry: Entry) -> [Double]? {
        entry.type == 5 ? TIFFBlock.fractions(bytes[entry.value], isLittleEndian: isLittleEndian) : nil
    }

    /// Those that stand in these bytes.
    static func fractions(_ bytes: ArraySlice<UInt8>, isLittleEndian: Bool) -> [Double]? {
        guard bytes.count % 8 == 0, bytes.count <= 32 else { return nil }
        let numbers = stride(from: bytes.startIndex, to: bytes.endIndex, by: 4).map { place in
            (0..<4).reduce(0.0) { $0 * 256 + Double(bytes[place + (isLittleEndian ? 3 - $1 : $1)]) }
        }
        let pairs = stride(from: 0, to: numbers.count, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
        return pairs.allSatisfy { $0.1 != 0 } ? pairs.map { $0.0 / $0.1 } : nil
    }

    private func number(at offset: Int, size: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count - size else { return nil }
        return (0..<size).reduce(0) { sum, index in
            sum << 8 | Int(bytes[offset + (isLittleEndian ? size - 1 - index : index)])
        }
    }
}
