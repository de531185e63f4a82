public import Model
public import Planning

/// What a comparison found.
public struct LibraryChanges: Sendable, Equatable {
    /// A file that has another name, and is otherwise the same.
    public struct Move: Sendable, Equatable {
        /// Where it was known.
        public var from: RelativePath
        /// Where it is now.
        public var to: KnownFile

        public init(from: RelativePath, to: KnownFile) {
            self.from = from
            self.to = to
        }
    }

    /// How many files are as they were.
    public var unchanged = 0
    /// How many known files have other bytes or are other files under their names.
    public var changed = 0
    /// Files to read: new, or changed where a known one was.
    public var toHash: [FoundFile] = []
    /// Files that have another name and need no reading.
    public var moved: [Move] = []
    /// Known files that are not there any more, by path.
    public var vanished: [KnownFile] = []
    /// Known files that are left alone by their names now: not listed any more, and removed by nobody.
    public var leftAlone: [RelativePath] = []
    /// How many known files could not be looked for: they stay as they are known (S6).
    public var unknown = 0
    /// Files that may still be written: look at them again when they say.
    public var unsettled: [UnsettledFile] = []
    /// When it is not nil, pause: nothing of ``vanished`` may be taken for a removal until a person says so. The rest
    /// may be acted on.
    public var massDisappearance: MassDisappearance?

    /// Whether the files were put back from a backup, as far as can be told: most of those that are known are other
    /// files under their names. Then what is missing was removed by nobody.
    public var isPutBack: Bool { changed >= MassDisappearance.least && changed >= unchanged }

    public init() {}
}
