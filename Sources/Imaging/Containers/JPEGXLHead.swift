import Model

/// The first fields of a JPEG XL codestream (ISO/IEC 18181-1, annexes C and D): size and orientation.
struct JPEGXLHead {
    /// Bytes that hold all of it.
    static let length = 16

    /// As stored.
    let width: Int
    let height: Int
    /// EXIF's number. What EXIF itself says does not count in these files.
    let orientation: Int

    init?(_ codestream: [UInt8]) {
        guard codestream.starts(with: [0xFF, 0x0A]) else { return nil }
        var bits = Bits(bytes: Array(codestream.dropFirst(2).prefix(Self.length)))
        let isSmall = bits.next(1) == 1
        func side(_ bits: inout Bits) -> Int {
            if isSmall { return 8 * (bits.next(5) + 1) }
            return bits.next([9, 13, 18, 30][bits.next(2)]) + 1
        }
        height = side(&bits)
        let ratios = [(0, 1), (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1)]
        let ratio = ratios[bits.next(3)]
        width = ratio.0 == 0 ? side(&bits) : height * ratio.0 / ratio.1
        // Whether all else is as usual; whether there are further fields, of which the orientation is the first.
        let isPlain = bits.next(1) == 1
        orientation = !isPlain && bits.next(1) == 1 ? bits.next(3) + 1 : 1
        guard bits.place <= 8 * bits.bytes.count else { return nil }
    }

    /// The lowest bit of a byte comes first.
    private struct Bits {
        let bytes: [UInt8]
        var place = 0

        mutating func next(_ count: Int) -> Int {
            defer { place += count }
            return (0..<count).reduce(0) { sum, index in
                let bit = place + index
                return bit / 8 < bytes.count ? sum | Int(bytes[bit / 8] >> (bit % 8) & 1) << index : sum
            }
        }
    }
}
