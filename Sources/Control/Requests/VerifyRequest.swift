public import Model

/// Which mains to re-read. Body of `POST /v1/verify`.
public struct VerifyRequest: Hashable, Sendable, Codable {
    /// Images, and folders with all below them; none stands for those that are due, or all of them with ``all``.
    public var paths: [RelativePath]
    /// Every main of the library, due or not.
    public var all: Bool

    /// One with these values.
    public init(paths: [RelativePath] = [], all: Bool = false) {
        self.paths = paths
        self.all = all
    }
}
