/// Why the catalogue could not do what it was asked.
public struct CatalogueError: Error, CustomStringConvertible {
    /// What kind of fault it is.
    public enum Code: String, Sendable {
        /// The disk that the state folder lies on is full, or refuses.
        case disk
        /// The database file is not one, or is damaged.
        case damaged
        /// Written by a later version of Mainstay.
        case tooNew
        /// A peer's list is longer, or an image has more edits, than this node takes.
        case tooMany
        /// Anything else that SQLite says.
        case other
    }

    public var code: Code
    /// The fault and its remedy, in one sentence.
    public var message: String
    /// The database file.
    public var path: String
    /// What SQLite said.
    public var cause: (any Error)?

    init(code: Code, message: String, path: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.path = path
        self.cause = cause
    }

    /// Whether the same call may succeed later without anybody doing anything.
    public var isRetryable: Bool { code == .disk }

    public var description: String { message }
}
