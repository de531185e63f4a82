public import Model

/// Which mains to evict. Body of `POST /v1/evict`.
public struct EvictRequest: Hashable, Sendable, Codable {
    /// Images, and folders with all below them; none stands for the whole library.
    public var paths: [RelativePath]
    /// Only pictures taken at least that many days ago; nil for all.
    public var olderThanDays: Int?
    /// Only say what would happen.
    public var dryRun: Bool
    /// Whether only what is named is meant, and not what belongs to it by its name.
    public var alone: Bool?

    /// One with these values.
    public init(paths: [RelativePath], olderThanDays: Int? = nil, dryRun: Bool = false, alone: Bool? = nil) {
        self.paths = paths
        self.olderThanDays = olderThanDays
        self.dryRun = dryRun
        self.alone = alone
    }
}
