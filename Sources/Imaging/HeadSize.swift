import Model

/// Pixel sizes that stand at a fixed place in a file's first bytes.
enum HeadSize {
    /// First bytes that tell all that is read here.
    static let length = 32

    /// The size in `head`, as stored; nil for types that do not have it there.
    static func size(of type: ImageType, head: [UInt8]) -> PixelSize? {
        func big(_ offset: Int, _ size: Int) -> Int? {
            guard offset + size <= head.count else { return nil }
            return head[offset..<offset + size].reduce(0) { $0 << 8 | Int($1) }
        }
        func little(_ offset: Int, _ size: Int) -> Int? {
            guard offset + size <= head.count else { return nil }
            return head[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        func at(_ offset: Int, _ text: String) -> Bool { head.dropFirst(offset).starts(with: text.utf8) }
        func pair(_ width: Int?, _ height: Int?) -> PixelSize? {
            guard let width, let height else { return nil }
            return .upright(width, height, orientation: 1)
        }

        switch type {
        case .png where at(12, "IHDR"): return pair(big(16, 4), big(20, 4))
        case .gif: return pair(little(6, 2), little(8, 2))
        case .bmp where little(14, 4) == 12: return pair(little(18, 2), little(20, 2))
        case .bmp:
            // A negative height is a picture that is stored from the top down.
            return pair(little(18, 4), little(22, 4).map { Int(Int32(truncatingIfNeeded: $0).magnitude) })
        case .webp where at(12, "VP8X"):
            return pair(little(24, 3).map { $0 + 1 }, little(27, 3).map { $0 + 1 })
        case .webp where at(12, "VP8L"):
            guard let bits = little(21, 4), head[20] == 0x2F else { return nil }
            return pair((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case .webp where at(12, "VP8 "):
            guard big(23, 3) == 0x9D_012A else { return nil }
            return pair(little(26, 2).map { $0 & 0x3FFF }, little(28, 2).map { $0 & 0x3FFF })
        case .jpegXL:
            // In its container the size comes later.
            guard let codestream = JPEGXLHead(head) else { return nil }
            return .upright(codestream.width, codestream.height, orientation: codestream.orientation)
        default: return nil
        }
    }
}
