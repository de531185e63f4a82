import Glibc
public import Model
import SystemPackage

/// A walk through the library, or through one folder of it, that looks at every file and reads none.
///
/// What it leaves alone it counts: hidden names (`.mainstay` itself apart), what the library's ``IgnoreRules`` name, what is
/// neither a file nor a folder. Symbolic links and folders of other file systems are not entered, and are reported as not
/// looked into, too: what was known below them is unknown, not gone (S6).
public struct LibraryWalk: Sendable {
    /// What a walk reports besides the files.
    public struct Result: Sendable, Equatable {
        /// How many files were found.
        public var files = 0
        /// Folders and files that could not be looked at. What is below is unknown.
        public var unread: [Unread] = []
        /// Names that no catalogue can hold; the files were left alone.
        public var unnameable: [Unnameable] = []
        /// How many were left alone, by why. Empty files are not among them: the walk gives those.
        public var leftAlone = LeftAlone()
        /// The one with an unfinished name that was not touched for the longest time.
        public var oldestUnfinished: FoundFile?
        /// Whether the walk was stopped; then nothing may be concluded from what was not found.
        public var isStopped = false

        public init() {}
    }

    /// A folder or file that could not be looked at.
    public struct Unread: Sendable, Equatable {
        /// Why.
        public enum Reason: Sendable, Equatable {
            /// The disk or the rights are at fault: to be shown to the person. The text is a sentence.
            case fault(String)
            /// It is a symbolic link. Nothing to show: links are left alone.
            case symbolicLink
            /// It is on another file system. Nothing to show.
            case otherFileSystem
        }
        /// The path below the library; empty for the library itself.
        public var path: String
        public var reason: Reason

        public init(path: String, reason: Reason) {
            self.path = path
            self.reason = reason
        }
    }

    /// A file or folder whose name is none that a catalogue can hold.
    public struct Unnameable: Hashable, Sendable {
        /// The path with everything unprintable escaped: for people, not for opening.
        public var text: String
        /// A clause that fits behind it: `has a name that is not UTF-8`.
        public var reason: String

        public init(text: String, reason: String) {
            self.text = text
            self.reason = reason
        }
    }

    /// How many files a batch has: few enough to hand over often, many enough to be one transaction of a catalogue.
    public static let batch = 512

    private let library: LibraryFolder

    public init(library: LibraryFolder) { self.library = library }

    /// Walks, giving the files in batches of at most ``batch``, in no order. Blocks.
    ///
    /// - Parameters:
    ///   - folder: where to begin, a path below the library; the empty text is all of it. When it is not there,
    ///     nothing is found.
    ///   - isStopped: asked before each folder.
    ///   - found: called on this thread.
    /// - Throws: when the library itself cannot be looked at, and what `found` throws.
    public func walk(
        _ folder: String = "", isStopped: @Sendable () -> Bool = { false }, found: ([FoundFile]) throws -> Void
    ) throws -> Result {
        var result = Result()
        var batch: [FoundFile] = []
        var pending = [folder]
        let device = try library.folders.status(library.root.number, "").identity.device
        // One folder is open at a time, however deep the tree; reopening from the top costs a few microseconds.
        while let folder = pending.popLast() {
            if isStopped() {
                result.isStopped = true
                break
            }
            do {
                let opened = try library.folders.open(folder)
                guard try library.folders.status(opened.number, folder).identity.device == device else {
                    result.unread.append(Unread(path: folder, reason: .otherFileSystem))
                    result.leftAlone.special += 1
                    continue
                }
                for entry in try FolderEntries.read(opened.number, folder, library.calls) {
                    guard let kind = look(at: entry, in: opened.number, folder, &result) else { continue }
                    switch kind {
                    case .folder(let path): pending.append(path)
                    case .file(let file): batch.append(file)
                    }
                    if batch.count == Self.batch {
                        result.files += batch.count
                        try found(batch)
                        batch.removeAll(keepingCapacity: true)
                    }
                }
            } catch let error as DiskError {
                switch error.code {
                case .notFound: continue
                case .notAFolder: result.unread.append(Unread(path: folder, reason: .symbolicLink))
                default: result.unread.append(Unread(path: folder, reason: .fault(error.message)))
                }
            }
        }
        result.files += batch.count
        if !batch.isEmpty { try found(batch) }
        return result
    }

    private enum Kind {
        case folder(String)
        case file(FoundFile)
    }

    private func look(
        at entry: FolderEntries.Entry, in folder: Int32, _ folderPath: String, _ result: inout Result
    ) -> Kind? {
        if entry.name.first == UInt8(ascii: ".") {
            if !folderPath.isEmpty || !entry.name.elementsEqual(LibraryMarker.store.utf8) {
                result.leftAlone.hidden += 1
            }
            return nil
        }
        if entry.kind == .other {
            result.leftAlone.special += 1
            return nil
        }
        let (name, path): (String, RelativePath)
        do {
            guard let text = String(validating: entry.name, as: UTF8.self) else { throw RelativePath.Refusal.notUTF8 }
            (name, path) = (text, try RelativePath(folderPath.isEmpty ? text : "\(folderPath)/\(text)"))
        } catch {
            guard entry.kind != .symbolicLink else {
                result.leftAlone.links += 1
                return nil
            }
            result.leftAlone.unnameable += 1
            let text = (folderPath.isEmpty ? "" : folderPath + "/") + EscapedName.text(entry.name)
            result.unnameable.append(Unnameable(text: text, reason: "\(error)"))
            return nil
        }
        if entry.kind == .folder { return enter(path, entry.name, &result) }
        do {
            let status = try library.folders.status(folder, name, path.description)
            switch status.kind {
            case .regular:
                let file = FoundFile(path: path, identity: status.identity, ctime: status.ctime)
                switch library.rules.reason(file: entry.name, at: path.description.utf8) {
                case nil: return .file(file)
                case .ignored: result.leftAlone.ignored += 1
                case .runnable: result.leftAlone.runnable += 1
                case .unfinished:
                    result.leftAlone.unfinished += 1
                    if result.oldestUnfinished.map({ file.ctime < $0.ctime }) ?? true { result.oldestUnfinished = file }
                }
            case .folder: return enter(path, entry.name, &result)
            case .symbolicLink:
                result.unread.append(Unread(path: path.description, reason: .symbolicLink))
                result.leftAlone.links += 1
            case .other: result.leftAlone.special += 1
            }
        } catch  where error.code == .notFound {
        } catch {
            result.unread.append(Unread(path: path.description, reason: .fault(error.message)))
        }
        return nil
    }

    private func enter(_ path: RelativePath, _ name: [UInt8], _ result: inout Result) -> Kind? {
        guard library.rules.isIgnored(name, at: path.description.utf8) else { return .folder(path.description) }
        result.leftAlone.ignored += 1
        return nil
    }
}
