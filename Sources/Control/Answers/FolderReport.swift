public import Foundation
public import Model

/// The answer to `why FOLDER`: what is held of the images at or below it and where, what happens next, and why.
public struct FolderReport: Hashable, Sendable, Codable {
    /// The folder below the library; the empty text for the library itself.
    public var path: String
    /// Distinct images known there, here and at peers.
    public var images = 0
    /// Bytes of their mains, wherever these are.
    public var mainBytes: Int64 = 0
    /// Images of which the main is here, and the bytes of those files.
    public var mains = Held()
    /// Images of which a reduced copy is here and no main, and the bytes of those files.
    public var reduced = Held()
    /// Images of which nothing is here.
    public var missing = 0
    /// Images of which fewer than `target` mains exist, here and elsewhere together, as last seen.
    public var atRisk = 0
    /// Mains that the household should have of each image.
    public var target: Int
    /// What each peer holds of them, by name; without those that hold nothing.
    public var holders: [Holder] = []
    /// What this node does next and the reason, each with the number of images; the most first.
    public var next: [Step] = []
    /// What is in the way there at present, by its reason; the most first.
    public var obstacles: [Obstacle] = []

    /// One of a folder that nothing is counted of yet.
    public init(path: String, target: Int) {
        self.path = path
        self.target = target
    }

    /// Files of one form.
    public struct Held: Hashable, Sendable, Codable {
        public var images = 0
        public var bytes: Int64 = 0

        /// None.
        public init() {}
    }

    /// What a peer holds.
    public struct Holder: Hashable, Sendable, Codable {
        public var id: NodeID
        public var name: String
        /// Whether requests to it go through at present.
        public var connected: Bool
        /// When the peer last answered; nil when it never did.
        public var lastSeen: Date?
        public var mains: Int
        public var reduced: Int

        /// One with these values.
        public init(id: NodeID, name: String, connected: Bool, lastSeen: Date?, mains: Int, reduced: Int) {
            self.id = id
            self.name = name
            self.connected = connected
            self.lastSeen = lastSeen
            self.mains = mains
            self.reduced = reduced
        }
    }

    /// What happens next with some of the images.
    public struct Step: Hashable, Sendable, Codable {
        /// A clause: "get the main from desktop", "nothing".
        public var what: String
        /// The reason, as the planner gives it.
        public var reason: String
        public var images: Int

        /// One with these values.
        public init(what: String, reason: String, images: Int) {
            self.what = what
            self.reason = reason
            self.images = images
        }
    }

    /// What is in the way of some of the images.
    public struct Obstacle: Hashable, Sendable, Codable {
        /// One sentence: what is wrong, and what to do about it.
        public var reason: String
        /// Files that it concerns.
        public var files: Int
        /// The first of them, by path.
        public var example: String

        /// One with these values.
        public init(reason: String, files: Int, example: String) {
            self.reason = reason
            self.files = files
            self.example = example
        }
    }
}
