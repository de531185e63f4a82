public import Model

/// Which images to delete everywhere. Body of `POST /v1/delete`.
public struct DeleteRequest: Hashable, Sendable, Codable {
    /// Images, and folders with all below them; never none.
    public var paths: [RelativePath]
    /// Only say what would happen; nil for no.
    public var dryRun: Bool?
    /// Whether only what is named is meant, and not what belongs to it by its name.
    public var alone: Bool?
    /// What a person agreed to: the ``WorkSummary/agreed`` of a request with `dryRun`. Where the paths mean something else
    /// by now, nothing is deleted. Nil where nobody was asked.
    public var agreed: Digest?

    /// One with these values.
    public init(paths: [RelativePath], dryRun: Bool? = nil, alone: Bool? = nil, agreed: Digest? = nil) {
        self.paths = paths
        self.dryRun = dryRun
        self.alone = alone
        self.agreed = agreed
    }
}
