/// How many files a look at the library passed over, by why. Of a folder that is left alone what lies in it is not counted.
public struct LeftAlone: Hashable, Sendable, Codable {
    /// Files and folders whose names begin with a dot; Mainstay's own folder is not counted.
    public var hidden = 0
    /// Files that are not done yet by their names.
    public var unfinished = 0
    /// Symbolic links.
    public var links = 0
    /// Files and folders that the patterns of the settings, or the standard ones, name.
    public var ignored = 0
    /// Programs, scripts and pages that a desktop would run.
    public var runnable = 0
    /// Files without a byte.
    public var empty = 0
    /// Names that no catalogue can hold.
    public var unnameable = 0
    /// Folders of other file systems, and what is neither file nor folder.
    public var special = 0

    public init() {}

    /// All of them.
    public var total: Int { hidden + unfinished + links + ignored + runnable + empty + unnameable + special }
}
