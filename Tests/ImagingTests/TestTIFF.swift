/// Makes files of TIFF's structure, with directories in any order and place.
struct TestTIFF {
    enum Value {
        case short(Int)
        case long(Int)
        case longs([Int])
        case text(String)
        case fractions([(Int, Int)])
        case bytes([UInt8])
        /// Bytes of which the place and the number are told.
        case placed(at: Int, count: Int)
    }

    private(set) var bytes: [UInt8]
    private let isLittleEndian: Bool

    /// A header that points nowhere yet.
    init(magic: Int = 42, isLittleEndian: Bool = true) {
        self.isLittleEndian = isLittleEndian
        bytes = isLittleEndian ? [0x49, 0x49] : [0x4D, 0x4D]
        bytes += number(magic, 2) + [0, 0, 0, 0]
    }

    /// Where the bytes come to lie.
    mutating func add(_ content: [UInt8]) -> Int {
        if bytes.count % 2 == 1 { bytes.append(0) }
        defer { bytes += content }
        return bytes.count
    }

    /// Where the directory comes to lie.
    ///
    /// - Parameter base: what its offsets count from.
    mutating func directory(_ fields: [(Int, Value)], next: Int = 0, base: Int = 0) -> Int {
        let entries = fields.sorted { $0.0 < $1.0 }.map { tag, value -> [UInt8] in
            let (type, count, content) = coded(value)
            let place: [UInt8]
            if case .placed(let at, _) = value {
                place = number(at - base, 4)
            } else if content.count <= 4 {
                place = content + [UInt8](repeating: 0, count: 4 - content.count)
            } else {
                place = number(add(content) - base, 4)
            }
            return number(tag, 2) + number(type, 2) + number(count, 4) + place
        }
        return add(number(entries.count, 2) + entries.joined() + number(next, 4))
    }

    /// The whole, with its first directory at the end.
    mutating func file(_ fields: [(Int, Value)], next: Int = 0) -> [UInt8] {
        let first = directory(fields, next: next)
        return file(first: first)
    }

    /// The whole, whose first directory lies at `offset`.
    func file(first offset: Int) -> [UInt8] { Array(bytes[..<4]) + number(offset, 4) + bytes[8...] }

    func number(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * (isLittleEndian ? $0 : size - 1 - $0))) }
    }

    private func coded(_ value: Value) -> (type: Int, count: Int, [UInt8]) {
        switch value {
        case .short(let value): (3, 1, number(value, 2))
        case .long(let value): (4, 1, number(value, 4))
        case .longs(let values): (4, values.count, values.flatMap { number($0, 4) })
        case .text(let text): (2, text.utf8.count + 1, Array(text.utf8) + [0])
        case .fractions(let pairs): (5, pairs.count, pairs.flatMap { number($0.0, 4) + number($0.1, 4) })
        case .bytes(let bytes): (7, bytes.count, bytes)
        case .placed(_, let count): (7, count, [])
        }
    }
}
