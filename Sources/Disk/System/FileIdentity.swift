/// What tells one state of one file from any other without reading it.
///
/// The device is carried along but is no part of equality: its number may change when the machine starts again, and
/// one library lies on one file system, whose marker says which it is. Neither is the ctime, which a rename, a link or a
/// chmod changes as well: ``isStill(_:)`` asks for it.
public struct FileIdentity: Hashable, Sendable, Codable {
    /// Size in bytes.
    public var bytes: Int64
    /// Time of the last change of the content, in nanoseconds since 1970, as exact as the file system keeps it.
    public var mtime: Int64
    /// The number of the file within its file system.
    public var inode: UInt64
    /// The number of the file system, as of this run of the machine.
    public var device: UInt64
    /// Time of the last change of content, name or rights, in nanoseconds since 1970. Unlike mtime, no program can set it,
    /// so it tells an edit whose times were put back from bytes that changed by themselves. nil where it is unknown: of a
    /// file that an earlier version has read.
    public var ctime: Int64?

    public init(bytes: Int64, mtime: Int64, inode: UInt64, device: UInt64, ctime: Int64? = nil) {
        self.bytes = bytes
        self.mtime = mtime
        self.inode = inode
        self.device = device
        self.ctime = ctime
    }

    /// Whether nobody has written to the file, or changed its name or rights, between one look and the other, as far as
    /// both tell.
    public func isStill(_ other: Self) -> Bool {
        guard self == other else { return false }
        guard let ctime, let theirs = other.ctime else { return true }
        return ctime == theirs
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.bytes == b.bytes && a.mtime == b.mtime && a.inode == b.inode
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(bytes)
        hasher.combine(mtime)
        hasher.combine(inode)
    }
}
