public import SystemPackage

/// What went wrong with a file, and what a person can do about it.
public struct DiskError: Error, Sendable, CustomStringConvertible {
    /// The kinds of fault that a caller may treat differently.
    public enum Code: String, Sendable, CaseIterable {
        /// The disk is full, or a quota is used up.
        case noSpace
        /// The file system is mounted for reading only.
        case readOnly
        /// The rights of the file or folder do not allow it.
        case notPermitted
        /// The disk failed to read or write, or is gone (EIO, ESTALE, ENODEV).
        case ioFailure
        /// The name is too long for the file system, or not one it can hold.
        case badName
        /// The file or folder is not there.
        case notFound
        /// Something already has that name. Never overwritten: take another name.
        case exists
        /// A folder on the way is a symbolic link or no folder, or the file is no regular one.
        case notAFolder
        /// The file's size or times changed while it was read: look again when it has settled.
        case changedWhileRead
        /// The file that stands there is not the one it was taken for; it was left alone.
        case changed
        /// The proof that others hold the image was not good at the last moment, and its main stays.
        case notProven
        /// More bytes than were announced, or than the caller allows.
        case tooLarge
        /// The bytes are complete and are not those of the image asked for.
        case wrongContent
        /// Fewer bytes than announced have come.
        case incomplete
        /// Another process, or another transfer, has it.
        case locked
        /// The library is not there: folder or marker missing, or another library in its place.
        case libraryMissing
        /// The kernel's limit on watches or on open files is used up.
        case limit
        /// The file system cannot do this.
        case unsupported
        /// Any other errno.
        case other
    }

    public var code: Code
    /// One sentence: the fault, and its remedy.
    public var message: String
    /// The path it happened at: relative to the library, or absolute for things outside it.
    public var path: String
    /// The errno behind it, where there is one.
    public var errno: Errno?
    /// Whether the same call may succeed later without anyone changing a name.
    public var isRetryable: Bool

    public init(code: Code, message: String, path: String, errno: Errno? = nil, isRetryable: Bool) {
        self.code = code
        self.message = message
        self.path = path
        self.errno = errno
        self.isRetryable = isRetryable
    }

    /// The message.
    public var description: String { message }
}
