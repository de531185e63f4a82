/// Whether the library is there.
public enum LibraryState: Sendable, Equatable {
    case ok
    /// It is not, and everything waits. The reason is a sentence with its remedy.
    case missing(reason: String)
}
