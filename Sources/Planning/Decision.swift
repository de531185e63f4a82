public import Model

/// What a node does next about one image, and why.
public enum Decision: Sendable, Hashable {
    /// Nothing is to be done.
    case nothing(Reason)
    /// Get a file from the first of `sources` that gives it.
    case get(Wish)
    /// Give the own file at `from` (a file's path, not its main's), which this node placed, the place that the holder's
    /// main has now.
    case move(from: RelativePath, to: FileInfo)
    /// Have the image at more paths: a peer has it at several. Each of the records is what is to stand at its path, a copy of
    /// the own file at `from`; one that stands there already is a smaller reduced copy of the same image.
    case copy(from: RelativePath, to: [FileInfo])
    /// Record `info` for the own file that stands at `file`: of a reduced copy the holder's record says what its marker
    /// cannot; of a main, what a person changed elsewhere beside its bytes.
    case adopt(file: RelativePath, info: FileInfo)
    /// Remove the reduced copy at `file`: the main itself is here, or a person dismissed the image.
    case dropReduced(file: RelativePath)
    /// Remove the own file at `file`, which this node placed: the image stands here at another path, and at this one nobody
    /// wants it any more.
    case dropCopy(file: RelativePath)
    /// Move the own file at `file` to the versions: a person edited the picture at another node, and the edit is here, or
    /// nobody has a main of what it was any more.
    case retire(file: RelativePath)
    /// Give the own main at `file`, a person's edit, a name of its own: another edit of the same picture, made apart, keeps
    /// the one that both have.
    case stepAside(file: RelativePath)
    /// Move the own file at `file` to the trash: a person deleted the image. Not before the holds on it have ended.
    case trash(file: RelativePath)
    /// Put the file with this name in the trash back: the image is not deleted any more.
    case putBack(Situation.Trashed)

    /// A file to get.
    public struct Wish: Sendable, Hashable {
        /// The record that there will be here once it is placed; `bytes` of a reduced copy are not known before.
        public var info: FileInfo
        /// JPEG quality to ask for; no meaning for a main.
        public var quality: Int
        /// Whom to ask, best first. Never empty.
        public var sources: [NodeID]
        /// What the file is wanted for.
        public var cause: Cause
        /// The own file that the new one takes the place of: a smaller reduced copy, or that of an image which is no
        /// longer at this path anywhere. Never a main.
        public var replaces: RelativePath?
        /// The own main that goes to the versions: a person edited it at another node.
        public var supersedes: RelativePath?
        /// Whether a peer has the image at several paths: when it is here, it is copied to the others.
        public var isOneOfSeveral = false

        public init(
            info: FileInfo, quality: Int, sources: [NodeID], cause: Cause, replaces: RelativePath? = nil,
            supersedes: RelativePath? = nil
        ) {
            self.info = info
            self.quality = quality
            self.sources = sources
            self.cause = cause
            self.replaces = replaces
            self.supersedes = supersedes
        }

        /// Whether an own file of the image is as good as what is wished for.
        public func isMet(by own: FileInfo) -> Bool {
            own.form == .main || (info.form == .reduced && (own.edge ?? 0) >= (info.edge ?? 0))
        }
    }

    /// What a file is wanted for. The description is a clause that fits behind "because".
    public enum Cause: String, Sendable, Hashable, CustomStringConvertible {
        case missing, keepsMains, asked, full, smallMain, smallerHere, changedThere

        public var description: String {
            switch self {
            case .missing: "the main lies elsewhere and nothing of it is here"
            case .keepsMains: "this node keeps mains"
            case .asked: "a person asked for it here"
            case .full: "the library's limit leaves no room for the main"
            case .smallMain: "it is so small that a reduced copy would save nothing"
            case .smallerHere: "the reduced copy here is smaller than the one wanted"
            case .changedThere: "its holder changed the picture"
            }
        }
    }

    /// Why nothing is to be done.
    public enum Reason: Sendable, Hashable {
        case holdsMain
        case holdsReduced(edge: Int)
        /// A reduced copy is here; the main is wanted, and the library's limit leaves no room for it.
        case noRoom
        case dismissed
        case evicting
        case deleted
        /// A person changed the picture where it came from; only copies of what it was before are left.
        case replaced
        /// No node that is known holds the main, nor a reduced copy as large as the one wanted.
        case noSource
        /// Nobody of these, its holders, makes a reduced copy of that type; where there are none, this node does not.
        case notReduced(ImageType, by: [NodeID])
        /// Its name is one that this node leaves alone.
        case ignored
        /// Nobody, this node included, knows the image.
        case unknown
    }
}

/// The two halves of what `syncctl why` prints.
extension Decision {
    /// What happens next, as a clause.
    public var what: String {
        switch self {
        case .nothing: "nothing"
        case .get(let wish) where wish.info.form == .main: "get the main"
        case .get(let wish): "get a reduced copy of \(wish.info.edge ?? 0) px"
        case .move(_, let to): "move the file to \(to.path)"
        case .copy(_, let to): "copy the file to \(to.map(\.path.description).joined(separator: ", "))"
        case .adopt(_, let info) where info.form == .main: "set the file's time, rights and attributes"
        case .adopt: "record what the holder says of the reduced copy here"
        case .dropReduced: "remove the reduced copy"
        case .dropCopy(let file): "remove the copy at \(file)"
        case .retire: "move what it was before to the versions"
        case .stepAside: "give it a name of its own"
        case .trash: "move the file to the trash"
        case .putBack(let trashed): "put \(trashed.info.path) back from the trash"
        }
    }

    /// The reason, as a clause that fits behind "because".
    public var why: String {
        switch self {
        case .nothing(let reason): "\(reason)"
        case .get(let wish): "\(wish.cause)"
        case .move: "its holder moved the main there"
        case .copy: "it stands there, too, where it comes from"
        case .adopt(_, let info) where info.form == .main: "a person changed them on another machine"
        case .adopt: "the copy's own marker does not tell all of it"
        case .dropReduced: "the main is here, or the image is not wanted here"
        case .dropCopy: "it was removed or renamed where it comes from, and stands here at another path"
        case .retire: "\(Reason.replaced)"
        case .stepAside: "the picture was edited on another machine too, and that edit keeps the name"
        case .trash: "it was deleted; `syncctl restore` takes that back"
        case .putBack: "it is not deleted any more"
        }
    }
}

extension Decision.Reason: CustomStringConvertible {
    /// A clause that fits behind "because".
    public var description: String {
        switch self {
        case .holdsMain: "the main is here"
        case .holdsReduced(let edge): "a reduced copy of \(edge) px is here"
        case .noRoom: "a reduced copy is here, and the library's limit leaves no room for the main"
        case .evicting: "its main is being evicted here"
        case .deleted: "it was deleted; `syncctl restore` takes that back"
        case .replaced: "its holder changed the picture, and the changed one is another image"
        case .dismissed: "it is not wanted here: a person removed or dismissed it; `syncctl restore` brings it back"
        case .noSource: "no known node holds the main, or a reduced copy as large as the one wanted"
        case .notReduced(let type, _) where !ImageType.withPicture.contains(type): "\(type.noun) has no picture"
        case .notReduced(let type, let holders) where holders.isEmpty:
            "this machine makes no reduced copy of \(type.noun)"
        case .notReduced(let type, _): "no machine that has the main makes a reduced copy of \(type.noun)"
        case .ignored: "files of its name are left alone here, by `ignore:` in the settings or as every machine does"
        case .unknown: "no node knows this image"
        }
    }
}
