/// The agent's own folders, in the library's `.mainstay`.
public enum StoreFolder: String, Sendable, CaseIterable {
    /// What is being received.
    case incoming
    /// What was deleted everywhere, for 30 days.
    case trash
    /// What a person replaced by an edited file, on archives.
    case versions
    /// Files whose content is no longer what it was (S8).
    case damaged

    /// The folders for what is set aside.
    public static let asides: [StoreFolder] = [.trash, .versions, .damaged]

    /// The path below the library's folder.
    var path: String { "\(LibraryMarker.store)/\(rawValue)" }
}
