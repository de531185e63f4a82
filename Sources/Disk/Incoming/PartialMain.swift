public import Model

/// A main of which a part was received before the agent ended.
public struct PartialMain: Sendable, Hashable {
    /// The image.
    public var image: ImageID
    /// How many bytes are there.
    public var bytes: Int64

    public init(image: ImageID, bytes: Int64) {
        self.image = image
        self.bytes = bytes
    }
}
