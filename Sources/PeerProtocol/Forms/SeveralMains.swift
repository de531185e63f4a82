import NIOCore

/// The answer to a request for several mains: of each, in the order in which they were asked for, its size as a decimal
/// number, a line feed, and its bytes. A size of 0 is a main that is not given.
enum SeveralMains {
    /// Digits of a size: of a mebibyte, and as many more.
    private static let mostDigits = 14

    /// Writes the answer. What would make it longer than `limit` bytes of mains is left out.
    static func answer(_ mains: [[UInt8]?], upTo limit: Int) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(mains.reduce(0) { $0 + ($1?.count ?? 0) + 8 })
        var room = limit
        for main in mains {
            let bytes = main.flatMap { $0.count <= room ? $0 : nil } ?? []
            room -= bytes.count
            buffer.writeString("\(bytes.count)\n")
            buffer.writeBytes(bytes)
        }
        return buffer
    }

    /// Reads the answer as it comes. Pure; what is wrong with it is told as a clause.
    struct Reader {
        struct Fault: Error {
            var clause: String
        }

        /// The sizes that the mains have by their records.
        private let sizes: [Int64]
        /// What has come whole so far; nil for one that is not given.
        private(set) var mains: [MainPiece?] = []
        private var piece = MainPiece()
        /// Bytes that the one which is coming still lacks; nil while its size is coming.
        private var left: Int?
        private var size: Int64 = 0
        private var digits = 0

        init(sizes: [Int64]) { self.sizes = sizes }

        /// Whether all has come.
        var isOver: Bool { mains.count == sizes.count }

        mutating func take(_ chunk: ByteBuffer) throws(Fault) {
            var chunk = chunk
            while chunk.readableBytes > 0 {
                guard !isOver else { throw Fault(clause: "goes on behind the last main") }
                if let left {
                    let part = chunk.readSlice(length: min(left, chunk.readableBytes)) ?? ByteBuffer()
                    piece.append(part)
                    self.left = left - part.readableBytes
                    if self.left == 0 { end(piece) }
                } else if let byte = chunk.readInteger(as: UInt8.self) {
                    try take(byte)
                }
            }
        }

        private mutating func take(_ byte: UInt8) throws(Fault) {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9") where digits < SeveralMains.mostDigits:
                size = size * 10 + Int64(byte - UInt8(ascii: "0"))
                digits += 1
            case UInt8(ascii: "\n") where digits > 0 && size == 0: end(nil)
            case UInt8(ascii: "\n") where digits > 0 && size == sizes[mains.count]: left = Int(size)
            case UInt8(ascii: "\n") where digits > 0:
                throw Fault(clause: "has a main of another size than its record says")
            default: throw Fault(clause: "has no size before a main")
            }
        }

        private mutating func end(_ main: MainPiece?) {
            mains.append(main)
            (piece, left, size, digits) = (MainPiece(), nil, 0, 0)
        }
    }
}
