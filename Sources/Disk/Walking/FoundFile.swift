public import Model

/// A file that a walk found in the library, not yet read.
public struct FoundFile: Hashable, Sendable {
    /// Where the file stands.
    public var path: RelativePath
    /// Its state.
    public var identity: FileIdentity
    /// Time of the last change of content, name or rights, in nanoseconds since 1970. Unlike mtime, no program can
    /// set it: a copy that keeps the old mtime still shows here that it is being written.
    public var ctime: Int64

    public init(path: RelativePath, identity: FileIdentity, ctime: Int64) {
        self.path = path
        self.identity = identity
        self.ctime = ctime
        self.identity.ctime = ctime
    }
}
