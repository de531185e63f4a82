/// Thirty-two bytes held inline: the storage of every SHA-256 name in Mainstay.
///
/// Four machine words instead of an array, so that a million identifiers need no allocation of their own.
/// Ordered as the bytes are.
public struct Bytes32: Hashable, Sendable, Comparable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The first 32 bytes of `bytes`, or nil when there are not exactly 32.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var iterator = bytes.makeIterator()
        func word() -> UInt64 {
            (0..<8).reduce(0) { sum, _ in sum << 8 | UInt64(iterator.next() ?? 0) }
        }
        words = (word(), word(), word(), word())
    }

    /// The bytes, first to last.
    public var bytes: [UInt8] {
        var result = [UInt8]()
        result.reserveCapacity(32)
        for word in [words.0, words.1, words.2, words.3] {
            for shift in stride(from: 56, through: 0, by: -8) {
                result.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return result
    }

    public static func == (a: Self, b: Self) -> Bool { a.words == b.words }
    public static func < (a: Self, b: Self) -> Bool { a.words < b.words }

    public func hash(into hasher: inout Hasher) {
        // The content is already a hash; one word of it tells any two apart.
        hasher.combine(words.0)
    }
}
