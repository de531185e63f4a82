/// What the properties `clap`, `irot` and `imir` do to a picture, one after the other (ISO/IEC 23008-12, section 6.5;
/// ISO/IEC 14496-12, section 12.1.4).
struct HEIFGeometry: Sendable {
    /// A part of the picture as it is coded: left, top, width, height.
    private(set) var crop: HEIFPicture.Crop?
    private(set) var orientation: Orientation
    private let width: Int
    private let height: Int

    /// Begins with what was done before.
    init(width: Int, height: Int, crop: HEIFPicture.Crop? = nil, orientation: Orientation = .upright) {
        (self.width, self.height, self.crop, self.orientation) = (width, height, crop, orientation)
    }

    mutating func apply(_ type: FourCC, _ content: [UInt8]) {
        switch type {
        case "irot":
            // Quarter turns against the clock.
            let turns = Int(content.first ?? 0) & 3
            for _ in 0..<(4 - turns) % 4 { orientation = Orientation.turnedOnce.after(orientation) }
        case "imir":
            // 0: top and bottom change places; 1: left and right.
            orientation = Orientation(exif: (content.first ?? 0) & 1 == 0 ? 4 : 2).after(orientation)
        case "clap": cut(content.span)
        default: break
        }
    }

    /// Cuts the picture as it is seen by now. A part that is empty or cannot be is passed over.
    private mutating func cut(_ content: Span<UInt8>) {
        func fraction(_ index: Int) -> Double? {
            guard let numerator = content.big(at: 8 * index, size: 4),
                let denominator = content.big(at: 8 * index + 4, size: 4), denominator > 0
            else { return nil }
            return Double(Int32(truncatingIfNeeded: numerator)) / Double(denominator)
        }
        guard let seenWidth = fraction(0), let seenHeight = fraction(1), seenWidth >= 1, seenHeight >= 1,
            let right = fraction(2), let down = fraction(3)
        else { return }
        // The offsets are those of the middle; so they turn like a vector, whatever the sides are.
        let (x, y) = orientation.inverse.apply(right, down)
        let (cutWidth, cutHeight) = orientation.sides(seenWidth, seenHeight)
        let now = crop ?? HEIFPicture.Crop(x: 0, y: 0, width: width, height: height)
        guard let horizontal = Self.part(of: now.x..<now.x + now.width, length: cutWidth, offset: x),
            let vertical = Self.part(of: now.y..<now.y + now.height, length: cutHeight, offset: y)
        else { return }
        crop = HEIFPicture.Crop(
            x: horizontal.lowerBound, y: vertical.lowerBound, width: horizontal.count, height: vertical.count)
    }

    private static func part(of side: Range<Int>, length: Double, offset: Double) -> Range<Int>? {
        let length = length.rounded(.down)
        // Of two pixels that are as near the later one, so that a part of an odd length does not begin before the side.
        let start = (Double(side.lowerBound) + (Double(side.count) - length + 1) / 2 + offset).rounded(.down)
        // Sides are below 2^24 and fractions below 2^32, so that both are whole numbers far below 2^53.
        let part = (Int(start)..<Int(start) + Int(length)).clamped(to: side)
        return part.isEmpty ? nil : part
    }
}
