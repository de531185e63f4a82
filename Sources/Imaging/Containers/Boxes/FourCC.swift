/// Four bytes that name a box, a chunk, a brand or a codec.
struct FourCC: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The bytes, the first in the highest place.
    let rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(stringLiteral text: StaticString) {
        precondition(text.utf8CodeUnitCount == 4)
        rawValue = text.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt32($1) } }
    }

    /// The four letters; a dot where a byte is none that can be printed.
    var description: String {
        String(
            (0..<4).map { place in
                let byte = UInt8(truncatingIfNeeded: rawValue >> (24 - 8 * place))
                return (0x20...0x7E).contains(byte) ? Character(Unicode.Scalar(byte)) : "."
            })
    }
}
