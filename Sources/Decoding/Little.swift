/// Whole numbers in a message, the lowest byte first.
extension Array where Element == UInt8 {
    mutating func append(_ value: Int, size: Int) {
        for index in 0..<size { append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }

    /// The number of `size` bytes at `offset`, at most 7 of them; 0 where the message ends before.
    func number(at offset: Int, size: Int) -> Int {
        guard offset + size <= count else { return 0 }
        return (0..<size).reduce(0) { $0 | Int(self[offset + $1]) << (8 * $1) }
    }
}
