/// How far one running activity of the node is.
public struct ActivityProgress: Hashable, Sendable, Codable {
    /// What is being done.
    public enum Phase: String, Sendable, Codable, CaseIterable {
        /// Looking at the library's folders; the total is not known.
        case scanning
        /// Reading mains for their hash and pixel size.
        case reading
        /// Comparing file info with a peer.
        case comparing
        /// Getting reduced copies (or small mains) from peers.
        case getting
        /// Making reduced copies for peers.
        case making
        /// Replacing mains by reduced copies, against holds elsewhere.
        case evicting
        /// Re-reading mains.
        case verifying
        /// Getting mains that a person asked for.
        case fetching
        /// Moving deleted images to the trash.
        case deleting
        /// Making previews of edits, from reduced copies.
        case previewing
        /// Running recipes on mains, here or elsewhere.
        case rendering
        /// Writing a full-quality picture to a person's file.
        case exporting
    }

    /// What is being done.
    public var phase: Phase
    /// Name of the peer that it is done with; nil for work of this node alone.
    public var peer: String?
    /// Images (files, records) done so far.
    public var done: Int
    /// Images there are to do, those done included; nil while it is not known.
    public var total: Int?
    /// Bytes done so far.
    public var bytesDone: Int64
    /// Bytes there are to do, those done included; nil while it is not known.
    public var bytesTotal: Int64?
    /// Present rate; nil while there is too little to tell.
    public var bytesPerSecond: Double?
    /// Present rate in images (files, records); nil while there is too little to tell.
    public var perSecond: Double?
    /// Seconds until it is done, estimated; nil while there is too little to tell.
    public var secondsLeft: Double?

    /// One with these values.
    public init(
        phase: Phase, peer: String? = nil, done: Int, total: Int? = nil, bytesDone: Int64 = 0,
        bytesTotal: Int64? = nil, bytesPerSecond: Double? = nil, perSecond: Double? = nil,
        secondsLeft: Double? = nil
    ) {
        self.phase = phase
        self.peer = peer
        self.done = done
        self.total = total
        self.bytesDone = bytesDone
        self.bytesTotal = bytesTotal
        self.bytesPerSecond = bytesPerSecond
        self.perSecond = perSecond
        self.secondsLeft = secondsLeft
    }
}
