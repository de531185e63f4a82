public import Model

/// What the watch saw. Every path is below the library; nothing hidden is reported.
public enum WatchEvent: Sendable, Equatable {
    /// The file was closed after writing, or came to its name by a rename or a link: it is whole, and needs no
    /// settling time. It is as this says; compare it with what is known before reading it (this node's own placements
    /// show up here too).
    case settled(FoundFile)
    /// The file's times, rights or links were changed, which does not say that it is whole. It is as this says; when
    /// that is not as it is known, look at it again once it has settled.
    case touched(FoundFile)
    /// A file has another name. Not known under the old one, or not the same any more: as ``settled(_:)``.
    case moved(from: RelativePath, to: FoundFile)
    /// A file has got another name, and has left that again before it was looked at: names are passed on. Where all files
    /// stand now, only a walk of the whole library tells.
    case passedOn(from: RelativePath)
    /// A folder has another name, and with it everything below.
    case movedFolder(from: RelativePath, to: RelativePath)
    /// A file is gone: deleted, moved out of the library, or hidden.
    case removed(RelativePath)
    /// A folder is gone with everything below.
    case removedFolder(RelativePath)
    /// A folder is new, and may have had files before it was watched: walk it.
    case rescan(RelativePath)
    /// Events were lost, or not every folder can be watched: walk the whole library.
    case rescanAll(RescanReason)
    /// A file or folder has a name that no catalogue can hold; it is left alone.
    case unnameable(LibraryWalk.Unnameable)
    /// The library's folder or its marker is gone, or its disk was unmounted. The last event; the reason is a sentence.
    case libraryGone(reason: String)

    /// Why a walk is needed. The description is a sentence.
    public enum RescanReason: Sendable, Equatable, CustomStringConvertible {
        /// The kernel's queue overflowed.
        case overflow
        /// More happened than the agent took up.
        case tooMuch
        /// The kernel's limit on watches is reached; said once. Walk more often from now on.
        case watchLimit
        /// The watch failed and has ended; begin another one. The text is a sentence.
        case fault(String)

        public var description: String {
            switch self {
            case .overflow: "So much happened at once that the kernel lost a part of it; the library is looked through."
            case .tooMuch: "More happened than was taken up in time; the library is looked through."
            case .watchLimit:
                "Not every folder can be watched, because the kernel's limit is reached; raise "
                    + "fs.inotify.max_user_watches (sysctl -w fs.inotify.max_user_watches=1048576) and start again. "
                    + "Until then new photos there are found by the regular scan."
            case .fault(let sentence): sentence
            }
        }
    }
}
