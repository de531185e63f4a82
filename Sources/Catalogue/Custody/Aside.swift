import Model

/// A file that goes, or has gone, from the library into one of the agent's own folders.
public struct Aside: Sendable, Hashable {
    /// Where, and thereby why.
    public enum Folder: String, Sendable, CaseIterable {
        /// Deleted by a person.
        case trash
        /// A person changed it in place where it came from.
        case versions
        /// Its content is no longer what it was.
        case damaged
    }

    /// Its name there.
    public var name: String
    public var folder: Folder
    /// Since when it lies there, in seconds of node time.
    public var since: Int64
    /// The own file that it was.
    public var own: OwnFile

    public init(name: String, folder: Folder, since: Int64, own: OwnFile) {
        self.name = name
        self.folder = folder
        self.since = since
        self.own = own
    }
}
