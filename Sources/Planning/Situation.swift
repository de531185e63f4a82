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
    }

    /// What a peer's mirror says of the image.
    public struct Claim: Sendable, Hashable {
        public var peer: NodeID
        public var info: FileInfo

        public init(peer: NodeID, info: FileInfo) {
            self.peer = peer
            self.info = info
        }
    }

    /// Another image that stands here at a path at which a peer has this one.
    public struct Occupant: Sendable, Hashable {
        public var own: Own
        /// Whether any peer still has that other image at that path.
        public var isStillThere: Bool

        public init(own: Own, isStillThere: Bool) {
            self.own = own
            self.isStillThere = isStillThere
        }
    }

    public var image: ImageID
    /// This node's own files of the image.
    public var own: [Own]
    /// Every peer's records of the image, as last seen.
    public var claims: [Claim]
    /// A person removed the image here: it is not wanted here any more.
    public var isDismissed: Bool
    /// Own files of other images at the paths of `claims`.
    public var occupants: [RelativePath: Occupant]

    public init(
        image: ImageID, own: [Own] = [], claims: [Claim] = [], isDismissed: Bool = false,
        occupants: [RelativePath: Occupant] = [:]
    ) {
        self.image = image
        self.own = own
        self.claims = claims
        self.isDismissed = isDismissed
        self.occupants = occupants
    }

    /// Mains of the image that are known, here and elsewhere, one a node.
    public var mains: Int {
        let elsewhere = Set(claims.filter { $0.info.form == .main }.map(\.peer)).count
        return elsewhere + (own.contains { $0.info.form == .main } ? 1 : 0)
    }
}
