public import Model

/// A file of the library as it was when its content was last read or written by this node.
///
/// The path is that of the file itself: of a reduced copy `NAME.reduced.jpg`, not its main's.
public struct KnownFile: Hashable, Sendable {
    /// Where the file stands.
    public var path: RelativePath
    /// Its state then.
    public var identity: FileIdentity

    public init(path: RelativePath, identity: FileIdentity) {
        self.path = path
        self.identity = identity
    }
}
