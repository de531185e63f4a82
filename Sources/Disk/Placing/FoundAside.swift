/// A file that was found in one of the folders for what was set aside.
public struct FoundAside: Sendable, Hashable {
    /// The file.
    public var file: SetAsideFile
    /// Time of the last change of content, name or rights, in nanoseconds since 1970: on the usual file systems the time
    /// when it was set aside.
    public var ctime: Int64

    /// Its name there.
    public var name: String { file.name }
    /// Its state.
    public var identity: FileIdentity { file.identity }

    public init(file: SetAsideFile, ctime: Int64) {
        self.file = file
        self.ctime = ctime
    }
}
