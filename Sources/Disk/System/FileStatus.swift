/// What fstat(2) tells of a file, in Swift's types.
public struct FileStatus: Sendable, Equatable {
    /// The kinds of file that are told apart here.
    public enum Kind: Sendable, Equatable { case regular, folder, symbolicLink, other }

    public var kind: Kind
    public var identity: FileIdentity
    /// Time of the last change of content, name or rights, in nanoseconds since 1970.
    public var ctime: Int64
    /// How many names the file has.
    public var links: Int

    public init(kind: Kind, identity: FileIdentity, ctime: Int64, links: Int) {
        self.kind = kind
        self.identity = identity
        self.ctime = ctime
        self.identity.ctime = ctime
        self.links = links
    }
}
