public import Model

/// What tells, without reading it, that a file is the one that was read before.
public struct FileStamp: Sendable, Hashable {
    public var bytes: Int64
    /// Time of the last change of its content, in nanoseconds since 1970.
    public var modified: Int64
    public var inode: UInt64
    /// Time of the last change of content, name or rights (ctime), in nanoseconds since 1970; nil of a file that an earlier
    /// version has read.
    public var changed: Int64?

    public init(bytes: Int64, modified: Int64, inode: UInt64, changed: Int64? = nil) {
        self.bytes = bytes
        self.modified = modified
        self.inode = inode
        self.changed = changed
    }
}

/// An image file of this node's library.
public struct OwnFile: Sendable, Hashable {
    /// What is published of it.
    public var info: FileInfo
    /// The file itself, as it is named on the disk.
    public var file: RelativePath
    public var stamp: FileStamp
    /// The holder's path that it was placed after; nil for what a person put here.
    public var origin: RelativePath?
    /// What the file of a main shows of its attributes, where that is not all of them: file systems know coarser times, or
    /// no extended attributes, and users may not set them all. By it a person's change is told.
    public var shown: FileAttributes?

    public init(
        info: FileInfo, file: RelativePath, stamp: FileStamp, origin: RelativePath? = nil, shown: FileAttributes? = nil
    ) {
        self.info = info
        self.file = file
        self.stamp = stamp
        self.origin = origin
        self.shown = shown.flatMap { info.attributes?.looks(like: $0) == true ? nil : $0 }
    }
}

/// A file of the library that is no image, or that could not be read as one.
public struct OtherFile: Sendable, Hashable {
    public var file: RelativePath
    public var stamp: FileStamp
    /// The fault that a person should know of; nil for an ordinary file of another kind.
    public var reason: String?

    public init(file: RelativePath, stamp: FileStamp, reason: String?) {
        self.file = file
        self.stamp = stamp
        self.reason = reason
    }
}

/// Another name of a file.
public struct OwnRename: Sendable, Hashable {
    public var from: RelativePath
    public var to: RelativePath
    /// What the record says from now on, where the agent gave the name; nil where a person did.
    public var info: FileInfo?
    /// The holder's path that it was placed after, where the agent gave the name.
    public var origin: RelativePath?
    /// What tells the file from now on, where it was read or renamed by the agent; nil where that is to be looked at yet.
    public var stamp: FileStamp?

    public init(
        from: RelativePath, to: RelativePath, info: FileInfo? = nil, origin: RelativePath? = nil,
        stamp: FileStamp? = nil
    ) {
        self.from = from
        self.to = to
        self.info = info
        self.origin = origin
        self.stamp = stamp
    }
}

/// One thing that happened to this node's library.
public enum OwnChange: Sendable, Hashable {
    /// The file holds this image now: the agent placed it, or knows it.
    case image(OwnFile)
    /// A scan or the watch found that the file holds this image now.
    case found(OwnFile)
    /// The file holds no image now.
    case other(OtherFile)
    /// A known file, image or not, has another name now.
    case moved(from: RelativePath, to: RelativePath)
    /// Known files, images or not, have other names now, all at one moment.
    case renamed([OwnRename])
    /// The known file at this name, image or not, looks like this now, and is the same: it was read, or this node itself
    /// has renamed it.
    case stamped(RelativePath, FileStamp)
    /// The record of the own file at `file` is to say this; the file is the same.
    case corrected(file: RelativePath, info: FileInfo, origin: RelativePath?)
    /// The file is gone. `byPerson`: someone removed it, so its image is dismissed; where that is here elsewhere, or wanted
    /// all the same, it is not to be at this path.
    case gone(RelativePath, byPerson: Bool, isWanted: Bool = false)
}
