/// The part of a picture that remains, in millionths of its width and height as it is seen: upright, turned and
/// straightened.
public struct Crop: Hashable, Sendable {
    /// From the left edge to this one, in millionths of the width.
    public let left: Int
    /// From the top edge, in millionths of the height.
    public let top: Int
    /// In millionths of the width.
    public let width: Int
    /// In millionths of the height.
    public let height: Int

    /// The whole of a side.
    public static let whole = 1_000_000

    /// The least that may remain of a side: a thousandth.
    public static let least = 1000

    /// A part of a picture, in millionths.
    ///
    /// - Throws: a refusal where it leaves the picture, or leaves nothing of it.
    public init(left: Int, top: Int, width: Int, height: Int) throws(Recipe.Refusal) {
        guard width >= Self.least, height >= Self.least else {
            throw Recipe.Refusal("crop leaves less than a thousandth of a side")
        }
        guard left >= 0, top >= 0, width <= Self.whole, height <= Self.whole, left <= Self.whole - width,
            top <= Self.whole - height
        else { throw Recipe.Refusal("crop reaches outside of the picture") }
        self.left = left
        self.top = top
        self.width = width
        self.height = height
    }

    /// The largest part with these proportions, from the middle of a picture.
    ///
    /// - Parameters:
    ///   - ratio: width to height, such as 3 to 2; each 1 to 10,000.
    ///   - size: of the picture as it is seen, upright and turned. Straightening keeps the proportions.
    /// - Throws: a refusal for a ratio, or a size, that leaves less than a thousandth of a side.
    public init(ratio: (width: Int, height: Int), of size: PixelSize) throws(Recipe.Refusal) {
        let sides = 1...10_000
        guard sides.contains(ratio.width), sides.contains(ratio.height) else {
            throw Recipe.Refusal("crop has a ratio of \(ratio.width):\(ratio.height), which is not of 1 to 10000")
        }
        let pixels = 1...(1 << 24)
        guard pixels.contains(size.width), pixels.contains(size.height) else {
            throw Recipe.Refusal("crop is for a picture of \(size) pixels, which there is none of")
        }
        // At most 10^6 · 2^24 · 10^4, which is below 2^63.
        let across = size.height * ratio.width
        let down = size.width * ratio.height
        let width = across >= down ? Self.whole : (Self.whole * across + down / 2) / down
        let height = down >= across ? Self.whole : (Self.whole * down + across / 2) / across
        try self.init(
            left: (Self.whole - width) / 2, top: (Self.whole - height) / 2, width: width, height: height)
    }

    /// The part that has exactly these pixels of a picture of this size.
    ///
    /// With sides at multiples of 16 pixels, such a crop alone loses nothing: see the rendering.
    public init(left: Int, top: Int, width: Int, height: Int, of size: PixelSize) throws(Recipe.Refusal) {
        let pixels = 1...(1 << 24)
        guard pixels.contains(size.width), pixels.contains(size.height), pixels.contains(width),
            pixels.contains(height), left >= 0, top >= 0, left <= size.width - width, top <= size.height - height
        else { throw Recipe.Refusal("crop reaches outside of the picture") }
        func part(_ offset: Int, _ side: Int) -> Int { (Self.whole * offset + side / 2) / side }
        let (x, y) = (part(left, size.width), part(top, size.height))
        try self.init(
            left: x, top: y, width: part(left + width, size.width) - x, height: part(top + height, size.height) - y)
    }

    /// Nil for what leaves the whole picture: that is no crop.
    var unlessWhole: Crop? { width == Self.whole && height == Self.whole ? nil : self }
}
