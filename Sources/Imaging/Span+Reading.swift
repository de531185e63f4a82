import Glibc

/// Reading of big-endian numbers and searching, each bounds-checked.
extension Span where Element == UInt8 {
    /// The 16 bits at `offset`, or nil where the bytes end before.
    func short(at offset: Int) -> Int? {
        guard offset >= 0, offset <= count - 2 else { return nil }
        return Int(self[offset]) << 8 | Int(self[offset + 1])
    }

    /// Whether the bytes from the first on are those of `prefix`.
    func begins(with prefix: StaticString) -> Bool {
        guard prefix.utf8CodeUnitCount <= count else { return false }
        return prefix.withUTF8Buffer { wanted in wanted.indices.allSatisfy { wanted[$0] == self[$0] } }
    }

    /// Where `byte` stands next, from `offset` on.
    func firstOffset(of byte: UInt8, from offset: Int) -> Int? {
        guard offset >= 0, offset < count else { return nil }
        return withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let found = memchr(base + offset, Int32(byte), bytes.count - offset)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// Where these bytes stand first.
    func firstOffset(of needle: [UInt8]) -> Int? {
        guard let first = needle.first else { return nil }
        var offset = 0
        while let place = firstOffset(of: first, from: offset), place <= count - needle.count {
            if needle.indices.allSatisfy({ self[place + $0] == needle[$0] }) { return place }
            offset = place + 1
        }
        return nil
    }

    /// A copy of some of the bytes.
    func copy(_ range: Range<Int>) -> [UInt8] {
        extracting(range).withUnsafeBytes { [UInt8]($0) }
    }
}
