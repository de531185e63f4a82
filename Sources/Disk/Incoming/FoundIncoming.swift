public import Model

/// What an earlier run has left in `incoming`, and what is of use there.
public struct FoundIncoming: Sendable, Hashable {
    /// Mains received in part.
    public var parts: [PartialMain] = []
    /// Images whose main was taken out of the library to be evicted, and lies here still.
    public var evicting: [ImageID] = []
    /// Names of files that stepped aside for others, and lie here still.
    public var moving: [String] = []

    public init() {}
}
