public import Model

/// A file that belongs to another one by its name.
public struct GroupPart: Hashable, Sendable, Codable {
    /// The main's path.
    public var path: RelativePath
    /// What it is to the group.
    public var kind: FileGroup.Kind
    /// The form held here.
    public var form: HeldForm
    /// Size of the file held here; 0 for none.
    public var bytes: Int64
    /// Size of the main.
    public var mainBytes: Int64
    /// Names of the nodes that hold the main, this one included, as last seen.
    public var holders: [String]

    /// One with these values.
    public init(
        path: RelativePath, kind: FileGroup.Kind, form: HeldForm, bytes: Int64, mainBytes: Int64, holders: [String]
    ) {
        self.path = path
        self.kind = kind
        self.form = form
        self.bytes = bytes
        self.mainBytes = mainBytes
        self.holders = holders
    }
}
