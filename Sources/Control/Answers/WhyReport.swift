public import Foundation
public import Model

/// The answer to `why PATH`: what is held of an image and where, what happens next, and what is in the way.
public struct WhyReport: Hashable, Sendable, Codable {
    /// The main's path.
    public var path: RelativePath
    /// The image.
    public var image: ImageID
    /// What the main's first bytes say that it is.
    public var type: ImageType
    /// Size of the main.
    public var mainBytes: Int64
    /// Upright pixel size of the main; nil when unknown.
    public var size: PixelSize?
    /// How long a film lasts, in seconds; nil of what is none, and where it is unknown.
    public var duration: Double?
    /// What this node holds.
    public var here: Here
    /// Who else holds it, in either form.
    public var elsewhere: [Copy]
    /// What this node will do next.
    public var next: Step
    /// What is in the way, such as a failure with its next try.
    public var obstacles: [ProblemLine]
    /// That it was deleted; nil when it was not.
    public var deleted: Deletion?
    /// Name of the damaged main that was set aside in `.mainstay/damaged`; nil when there is none.
    public var damaged: String?
    /// Who relies on the main here, so that it stays for now.
    public var holds: [Hold]

    /// True where the end of the picture is missing in the main, so that only a part of it is shown; nil where nothing
    /// is known of that.
    public var endIsMissing: Bool?

    /// When it was taken, by the camera's clock; nil when the picture does not say.
    public var captured: CameraTime?
    /// The zone of that clock; nil where it is not known.
    public var zone: ClockZone?
    /// With which camera, for people to read; nil where it is not known.
    public var camera: String?
    /// Where; nil where it is not known.
    public var place: Place?

    /// What belongs to it by its name, where it stands for a group; nil where nothing does.
    public var parts: [GroupPart]?
    /// The path of the image that stands for the group which this one is a part of; nil of any other.
    public var group: RelativePath?

    /// One with these values.
    public init(
        path: RelativePath, image: ImageID, type: ImageType, mainBytes: Int64, size: PixelSize?,
        duration: Double? = nil, here: Here, elsewhere: [Copy], next: Step, obstacles: [ProblemLine] = [],
        deleted: Deletion? = nil,
        damaged: String? = nil, holds: [Hold] = [], endIsMissing: Bool? = nil
    ) {
        self.path = path
        self.image = image
        self.type = type
        self.mainBytes = mainBytes
        self.size = size
        self.duration = duration
        self.here = here
        self.elsewhere = elsewhere
        self.next = next
        self.obstacles = obstacles
        self.deleted = deleted
        self.damaged = damaged
        self.holds = holds
        self.endIsMissing = endIsMissing
    }

    /// That a peer relies on the main here while it evicts its own.
    public struct Hold: Hashable, Sendable, Codable {
        /// The peer's name.
        public var by: String
        /// When that is over at the latest.
        public var until: Date

        /// One with these values.
        public init(by: String, until: Date) {
            self.by = by
            self.until = until
        }
    }

    /// What this node holds.
    public struct Here: Hashable, Sendable, Codable {
        /// The form held.
        public var form: HeldForm
        /// Path of the file itself, below the library; nil for none.
        public var file: RelativePath?
        /// Size of the file; 0 for none.
        public var bytes: Int64
        /// Long edge that a reduced copy was asked for; nil otherwise.
        public var edge: Int?
        /// Whether a person removed the file here, so that it does not come back by itself.
        public var dismissed: Bool

        /// One with these values.
        public init(form: HeldForm, file: RelativePath?, bytes: Int64, edge: Int?, dismissed: Bool = false) {
            self.form = form
            self.file = file
            self.bytes = bytes
            self.edge = edge
            self.dismissed = dismissed
        }
    }

    /// What one peer holds.
    public struct Copy: Hashable, Sendable, Codable {
        /// Its id.
        public var id: NodeID
        /// Its name.
        public var name: String
        /// The form held.
        public var form: Form
        /// Path at that peer.
        public var path: RelativePath
        /// Whether requests to it go through at present.
        public var connected: Bool
        /// When the peer last answered; nil when it never did.
        public var lastSeen: Date?
        /// When that peer last proved to this node that it holds the main, by re-reading it; nil when it never did.
        public var proved: Date?

        /// One with these values.
        public init(
            id: NodeID, name: String, form: Form, path: RelativePath, connected: Bool, lastSeen: Date?,
            proved: Date? = nil
        ) {
            self.id = id
            self.name = name
            self.form = form
            self.path = path
            self.connected = connected
            self.lastSeen = lastSeen
            self.proved = proved
        }
    }

    /// That an image was deleted everywhere.
    public struct Deletion: Hashable, Sendable, Codable {
        /// When.
        public var at: Date
        /// Name of the node that it was deleted on; nil when that is not known.
        public var by: String?
        /// Whether this node still has it in its trash.
        public var inTrashHere: Bool

        /// One with these values.
        public init(at: Date, by: String?, inTrashHere: Bool) {
            self.at = at
            self.by = by
            self.inTrashHere = inTrashHere
        }
    }

    /// What happens next.
    public struct Step: Hashable, Sendable, Codable {
        /// A clause: "get the reduced copy from desktop", "nothing".
        public var what: String
        /// The reason, as the planner gives it.
        public var reason: String

        /// One with these values.
        public init(what: String, reason: String) {
            self.what = what
            self.reason = reason
        }
    }
}
