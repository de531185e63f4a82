/// Width and height of a picture as it is to be seen, that is after its EXIF orientation is applied. In pixels.
public struct PixelSize: Hashable, Sendable, Codable, CustomStringConvertible {
    public var width: Int
    public var height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The longer side.
    public var longEdge: Int { max(width, height) }

    public var description: String { "\(width)×\(height)" }
}
