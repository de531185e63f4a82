public import Model

/// What became of one path that `dismiss` was asked for.
public struct DismissLine: Hashable, Sendable, Codable {
    /// The path, as it was given.
    public var path: RelativePath
    /// Images at or below it; none where no image is known there.
    public var images: Int
    /// Those of them whose mains stand here, and stay until a person removes them.
    public var mains: Int
    /// Whether it was not named itself, and stays because another photo has the same file; nil for no.
    public var isShared: Bool?

    /// One with these values.
    public init(path: RelativePath, images: Int, mains: Int, isShared: Bool? = nil) {
        self.path = path
        self.images = images
        self.mains = mains
        self.isShared = isShared
    }
}
