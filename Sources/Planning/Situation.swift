public import Model

/// All that one node knows of one image: the facts from which ``Planner`` decides.
public struct Situation: Sendable, Hashable {
    /// A file of this node's own library that holds the image.
    public struct Own: Sendable, Hashable {
        /// What is published of it.
        public var info: FileInfo
        /// The file itself. Differs from `info.file` only where a person renamed a reduced copy.
        public var file: RelativePath
        /// The holder's path that the file was placed after; nil for what a person put here.
        public var origin: RelativePath?

        public init(info: FileInfo, file: RelativePath, origin: RelativePath? = nil) {
            self.info = info
            self.file = file
            self.origin = origin
        }

        /// Whether it is a person's edit of what stood there before.
        public var isEdit: Bool { info.form == .main && origin == nil && !info.replaces.isEmpty }

        /// Whether it is a reduced copy that stands where this node placed it.
        public var isCopy: Bool {
            guard let origin, info.form == .reduced, file == info.file else { return false }
            return origin == info.path || info.path.isDisambiguation(of: origin)
        }
    }

    /// What a peer's mirror says of the image.
    public struct Claim: Sendable, Hashable {
        public var peer: NodeID
        public var info: FileInfo
        /// Whether a peer has an edit of the image at this path: the image has other names, if any.
        public var isEdited: Bool
        /// Whether a person here said that the peer's copies count (``PeerRights/keeps``).
        public var isKeeper: Bool

        public init(peer: NodeID, info: FileInfo, isEdited: Bool = false, isKeeper: Bool = false) {
            self.peer = peer
            self.info = info
            self.isEdited = isEdited
            self.isKeeper = isKeeper
        }
    }

    /// A file of the image that lies in this node's trash.
    public struct Trashed: Sendable, Hashable {
        /// Its name in the trash.
        public var name: String
        /// What was published of it.
        public var info: FileInfo

        public init(name: String, info: FileInfo) {
            self.name = name
            self.info = info
        }
    }

    public var image: ImageID
    /// This node's own files of the image.
    public var own: [Own]
    /// Every peer's records of the image, as last seen.
    public var claims: [Claim]
    /// A person removed the image here: it is not wanted here any more.
    public var isDismissed: Bool
    /// Paths at which a person here does not want it, while it stands at others: it was removed or renamed there. Each with
    /// the latest word on its name at that time; a later one counts.
    public var refused: [RelativePath: Int64]
    /// Own files of other images that this one took the place of, as a peer says: a person edited them there.
    public var replaced: [Own]
    /// Images that were here and are not any more: they lie in the versions, or a person does not want them here; and a peer
    /// says that this one replaced them.
    public var gaveWay: Set<ImageID> = []
    /// The own main that is an edit, where another edit of the same picture, made apart, keeps the name that both have.
    public var yielding: RelativePath?
    /// Whether all that is known of it, every peer's record and every file that this node placed, is at a path where a
    /// peer says that another image replaced it; copies also beside such a path, under the name of a node.
    public var isReplaced: Bool
    /// Whether none of the edits that replaced it is here, and one is to come: until then a copy of what was is better than
    /// none.
    public var isEditComing: Bool
    /// What a person asked of this node about it, against the policy: `fetch` asks for the main, `evict` for a reduced
    /// copy; nil where nobody did.
    public var asked: Form?
    /// Whether this node is evicting its main of it just now.
    public var isEvicting: Bool
    /// The latest word on deleting it everywhere; nil when there is none.
    public var deletion: Deletion?
    /// Its files in this node's trash that a deletion has put there.
    public var trash: [Trashed]

    public init(
        image: ImageID, own: [Own] = [], claims: [Claim] = [], isDismissed: Bool = false,
        refused: [RelativePath: Int64] = [:], replaced: [Own] = [], yielding: RelativePath? = nil,
        isReplaced: Bool = false, isEditComing: Bool = false,
        asked: Form? = nil, isEvicting: Bool = false, deletion: Deletion? = nil,
        trash: [Trashed] = []
    ) {
        self.image = image
        self.own = own
        self.claims = claims
        self.isDismissed = isDismissed
        self.refused = refused
        self.replaced = replaced
        self.yielding = yielding
        self.isReplaced = isReplaced
        self.isEditComing = isEditComing
        self.asked = asked
        self.isEvicting = isEvicting
        self.deletion = deletion
        self.trash = trash
    }

    /// Whether two edits were made apart: both of one picture, and neither of the other.
    ///
    /// - Parameter records: all others that are known of the two images.
    public static func areApart(_ one: FileInfo, _ other: FileInfo, among records: [FileInfo] = []) -> Bool {
        let all = records + [one, other]
        func rank(_ image: ImageID) -> Int64 { all.lazy.filter { $0.image == image }.map(\.rank).max() ?? 0 }
        func replaces(_ new: ImageID, _ old: ImageID) -> Bool {
            all.contains { $0.image == new && $0.supersedes(old, of: rank(old)) }
        }
        if one.image == other.image || replaces(one.image, other.image) || replaces(other.image, one.image) {
            return false
        }
        return one.replaces.contains { $0 == other.image || other.replaces.contains($0) }
            || other.replaces.contains(one.image)
    }

    /// Whether an image has the name that a peer's record says, by all the records that are known of it: nobody has said a
    /// later word on its name, as may have been done where that peer has not heard of it yet.
    ///
    /// - Parameter words: the records of each node.
    public static func isName(_ path: RelativePath, by words: [[FileInfo]]) -> Bool {
        let latest = words.joined().compactMap(\.generation).max()
        guard let latest else { return true }
        let names = words.filter { $0.contains { $0.generation == latest } }.map { Set($0.map(\.path)) }
        // Where nobody has it at several paths, one of them counts.
        if names.allSatisfy({ $0.count == 1 }) { return names.joined().min() == path }
        return names.contains { $0.contains(path) }
    }

    /// Whether a copy of it that is here goes to the versions.
    public var isOver: Bool { isReplaced && !isEditComing }

    /// Whether it is deleted on every node.
    public var isDeleted: Bool { deletion?.isDeleted ?? false }

    /// This node's own main of it.
    public var main: Own? { own.first { $0.info.form == .main } }

    /// Mains of the image that are known, here and elsewhere, one a node.
    ///
    /// - Parameter silent: peers whose mains do not count.
    public func mains(besides silent: Set<NodeID> = []) -> Int {
        let elsewhere = Set(claims.filter { $0.info.form == .main }.map(\.peer)).subtracting(silent).count
        return elsewhere + (own.contains { $0.info.form == .main } ? 1 : 0)
    }
}
