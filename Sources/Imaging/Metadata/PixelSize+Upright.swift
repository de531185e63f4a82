import Model

extension PixelSize {
    /// The size of a picture of these stored sides as it is to be seen; nil for sides that file info does not take.
    static func upright(_ width: Int, _ height: Int, orientation: Int) -> PixelSize? {
        let sides = 1...(1 << 24)
        guard sides.contains(width), sides.contains(height) else { return nil }
        // Orientations 5 to 8 are those with a quarter turn.
        return orientation >= 5 ? PixelSize(width: height, height: width) : PixelSize(width: width, height: height)
    }
}
