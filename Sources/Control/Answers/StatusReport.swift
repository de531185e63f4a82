public import Foundation
public import Model

/// All that `status` shows: the node, its library, its peers, the work, what is at risk, and what is in the way.
public struct StatusReport: Hashable, Sendable, Codable {
    /// The node itself.
    public var node: Node
    /// Its library.
    public var library: Library
    /// Its paired peers, by name.
    public var peers: [PeerLine]
    /// What there is to do and what is being done.
    public var work: Work
    /// What is at risk.
    public var safety: Safety
    /// What is in the way of single items, the newest first; cut to the first few hundred.
    public var problems: [ProblemLine]

    /// One with these values.
    public init(
        node: Node, library: Library, peers: [PeerLine], work: Work, safety: Safety, problems: [ProblemLine] = []
    ) {
        self.node = node
        self.library = library
        self.peers = peers
        self.work = work
        self.safety = safety
        self.problems = problems
    }

    /// The running node.
    public struct Node: Hashable, Sendable, Codable {
        /// Whether the node finds others, and is found, by DNS-SD.
        public enum Discovery: String, Sendable, Codable {
            /// Announced and looking.
            case on
            /// Wanted, but Avahi does not answer; it is tried again.
            case waiting
            /// Turned off by a person.
            case off
        }

        /// Its id.
        public var id: NodeID
        /// Its name.
        public var name: String
        /// Its version.
        public var version: String
        /// What it keeps.
        public var keep: Policy.Keep
        /// Seconds since it started.
        public var uptimeSeconds: Int
        /// TCP port that peers are served on; 0 while it is not bound.
        public var port: Int
        /// Whether it finds others by itself.
        public var discovery: Discovery

        /// One with these values.
        public init(
            id: NodeID, name: String, version: String = MainstayVersion.current, keep: Policy.Keep, uptimeSeconds: Int,
            port: Int, discovery: Discovery
        ) {
            self.id = id
            self.name = name
            self.version = version
            self.keep = keep
            self.uptimeSeconds = uptimeSeconds
            self.port = port
            self.discovery = discovery
        }
    }

    /// The library, counted by distinct images unless it says bytes.
    public struct Library: Hashable, Sendable, Codable {
        /// Whether the library can be worked on.
        public enum State: String, Sendable, Codable { case ok, paused, missing }

        /// Absolute path of the folder.
        public var path: String
        /// How it stands.
        public var state: State
        /// Known here: own and peers'.
        public var images: Int
        /// Held here as mains.
        public var mains: Int
        /// Held here as reduced copies.
        public var reduced: Int
        /// Known, but held here in no form.
        public var missing: Int
        /// Bytes of the mains held here.
        public var mainBytes: Int64
        /// Bytes of the reduced copies held here.
        public var reducedBytes: Int64
        /// Bytes of the mains that reduced copies stand for here.
        public var elsewhereBytes: Int64
        /// Bytes that the library may use; nil for no limit.
        public var limit: Int64?
        /// Deleted images in this node's trash.
        public var trashImages: Int
        /// Bytes of the trash.
        public var trashBytes: Int64
        /// Days that the trash of this node keeps what was deleted.
        public var trashDays: Int
        /// Bytes of earlier versions of mains that were changed in place.
        public var versionsBytes: Int64
        /// What the last look at the whole library passed over, by why; nil before the first.
        public var leftAlone: LeftAlone?

        /// What of ``limit`` is used: the images of the library; neither the trash nor earlier versions.
        public var usedBytes: Int64 { mainBytes + reducedBytes }

        /// One with these values.
        public init(
            path: String, state: State, images: Int, mains: Int, reduced: Int, missing: Int, mainBytes: Int64,
            reducedBytes: Int64, elsewhereBytes: Int64, limit: Int64? = nil, trashImages: Int = 0,
            trashBytes: Int64 = 0, trashDays: Int = 30, versionsBytes: Int64 = 0, leftAlone: LeftAlone? = nil
        ) {
            self.path = path
            self.state = state
            self.images = images
            self.mains = mains
            self.reduced = reduced
            self.missing = missing
            self.mainBytes = mainBytes
            self.reducedBytes = reducedBytes
            self.elsewhereBytes = elsewhereBytes
            self.limit = limit
            self.trashImages = trashImages
            self.trashBytes = trashBytes
            self.trashDays = trashDays
            self.versionsBytes = versionsBytes
            self.leftAlone = leftAlone
        }

        enum CodingKeys: CodingKey {
            case path, state, images, mains, reduced, missing, mainBytes, reducedBytes, elsewhereBytes
            case limit, trashImages, trashBytes, trashDays, versionsBytes, leftAlone
        }

        /// Writes it as JSON. `limit` is always there, as null where there is none.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(path, forKey: .path)
            try container.encode(state, forKey: .state)
            try container.encode(images, forKey: .images)
            try container.encode(mains, forKey: .mains)
            try container.encode(reduced, forKey: .reduced)
            try container.encode(missing, forKey: .missing)
            try container.encode(mainBytes, forKey: .mainBytes)
            try container.encode(reducedBytes, forKey: .reducedBytes)
            try container.encode(elsewhereBytes, forKey: .elsewhereBytes)
            try container.encode(limit, forKey: .limit)
            try container.encode(trashImages, forKey: .trashImages)
            try container.encode(trashBytes, forKey: .trashBytes)
            try container.encode(trashDays, forKey: .trashDays)
            try container.encode(versionsBytes, forKey: .versionsBytes)
            try container.encodeIfPresent(leftAlone, forKey: .leftAlone)
        }
    }

    /// The work, counted by images.
    public struct Work: Hashable, Sendable, Codable {
        /// Wanted, and waiting for its turn or for a peer.
        public var pending: Int
        /// Being got, read or made just now.
        public var running: Int
        /// Failed, and to be tried again.
        public var failed: Int
        /// Edits that a holder of their mains is to run, here or elsewhere.
        public var edits: Int
        /// How far each running activity is.
        public var progress: [ActivityProgress]

        /// One with these values.
        public init(pending: Int, running: Int, failed: Int, edits: Int = 0, progress: [ActivityProgress] = []) {
            self.edits = edits
            self.pending = pending
            self.running = running
            self.failed = failed
            self.progress = progress
        }
    }

    /// What could be lost.
    public struct Safety: Hashable, Sendable, Codable {
        /// Images of which fewer than `copies.target` mains exist, here and elsewhere together, as last seen.
        public var atRisk: Int
        /// Mains set aside as damaged.
        public var damaged: Int
        /// Why the node has paused removing file info, in one sentence; nil when it has not.
        public var paused: String?
        /// When the last full round of re-reading every main here ended; nil when none did.
        public var lastVerified: Date?
        /// Mains that the running round has re-read; nil when none is running.
        public var verifyDone: Int?
        /// Mains of the running round, those re-read included; nil when none is running.
        public var verifyTotal: Int?

        /// One with these values.
        public init(
            atRisk: Int, damaged: Int, paused: String?, lastVerified: Date? = nil, verifyDone: Int? = nil,
            verifyTotal: Int? = nil
        ) {
            self.atRisk = atRisk
            self.damaged = damaged
            self.paused = paused
            self.lastVerified = lastVerified
            self.verifyDone = verifyDone
            self.verifyTotal = verifyTotal
        }

        enum CodingKeys: CodingKey { case atRisk, damaged, paused, lastVerified, verifyDone, verifyTotal }

        /// Writes it as JSON. All keys are always there, as null where there is no value.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(atRisk, forKey: .atRisk)
            try container.encode(damaged, forKey: .damaged)
            try container.encode(paused, forKey: .paused)
            try container.encode(lastVerified, forKey: .lastVerified)
            try container.encode(verifyDone, forKey: .verifyDone)
            try container.encode(verifyTotal, forKey: .verifyTotal)
        }
    }
}
