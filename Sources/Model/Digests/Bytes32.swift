/// Thirty-two bytes held inline: the storage of every SHA-256 name in Mainstay.
///
/// Four machine words instead of an array, so that a million identifiers need no allocation of their own.
/// Ordered as the bytes are.
public struct Bytes32: Hashable, Sendable, Comparable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The first 32 bytes of `bytes`, or nil when there are not exactly 32.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        if let words = bytes.withContiguousStorageIfAvailable({ Self.words(UnsafeRawBufferPointer($0)) }) {
            self.words = words
        } else {
            words = Array(bytes).withUnsafeBytes(Self.words)
        }
    }

    private static func words(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64, UInt64, UInt64) {
        func word(_ offset: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        return (word(0), word(8), word(16), word(24))
    }

    /// The bytes that 64 lower-case hexadecimal digits write, or nil when these are not such.
    init?(hexadecimal digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == 64 else { return nil }
        var isValid = true
        func word(_ start: Int) -> UInt64 {
            var word: UInt64 = 0
            for digit in digits[start..<start + 16] {
                let value: UInt8
                switch digit {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
                default: (value, isValid) = (0, false)
                }
                word = word << 4 | UInt64(value)
            }
            return word
        }
        words = (word(0), word(16), word(32), word(48))
        guard isValid else { return nil }
    }

    /// Calls `body` with the bytes.
    public func withUnsafeBytes<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        let bigEndian = (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
        return try Swift.withUnsafeBytes(of: bigEndian, body)
    }

    /// The bytes, first to last.
    public var bytes: [UInt8] {
        withUnsafeBytes { Array($0) }
    }

    public static func == (a: Self, b: Self) -> Bool { a.words == b.words }
    public static func < (a: Self, b: Self) -> Bool { a.words < b.words }

    public func hash(into hasher: inout Hasher) {
        // The content is already a hash; one word of it tells any two apart.
        hasher.combine(words.0)
    }
}
