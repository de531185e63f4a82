/// Why the node's own identity cannot be used.
public struct IdentityError: Error, CustomStringConvertible {
    /// The kinds of fault.
    public enum Code: Sendable, Equatable {
        /// Others than its owner can read or write the file, or another user owns it.
        case exposed
        /// The file is there, but is no whole identity.
        case damaged
        /// The operating system refused to read or write.
        case io
    }

    /// The kind of fault.
    public let code: Code
    /// One sentence: the fault and its remedy.
    public let message: String
    /// The file.
    public let path: String
    /// The error number of the operating system's call, where one failed.
    public let errno: Int32?

    /// A full disk or a passing fault of the disk may go away; the rest needs a person.
    public var isRetryable: Bool { code == .io }

    public var description: String { message }

    init(_ code: Code, _ message: String, path: String, errno: Int32? = nil) {
        self.code = code
        self.message = message
        self.path = path
        self.errno = errno
    }
}
