/// What a node durably knows that bears on whether its main of an image may leave, or be promised to a peer.
///
/// Asked and acted on in one transaction of the catalogue, so that a promise and a leaving never pass each other (S3).
public struct Custody: Sendable, Hashable {
    /// Whether the node's own list has a main of it.
    public var holdsMain: Bool
    /// Whether the node is evicting it.
    public var isEvicting: Bool
    /// Whether it is deleted on every node.
    public var isDeleted: Bool
    /// The latest end of the holds that were granted to peers, by the node's monotonic time; nil without any.
    public var heldUntil: Duration?

    public init(holdsMain: Bool, isEvicting: Bool = false, isDeleted: Bool = false, heldUntil: Duration? = nil) {
        self.holdsMain = holdsMain
        self.isEvicting = isEvicting
        self.isDeleted = isDeleted
        self.heldUntil = heldUntil
    }

    /// Why something is not done.
    public enum Refusal: Error, Sendable, Hashable, CustomStringConvertible {
        case noMain, evicting, deleted
        /// A peer relies on this node's main until then.
        case held(until: Duration)

        /// A clause that fits behind "because".
        public var description: String {
            switch self {
            case .noMain: "no main of it is here"
            case .evicting: "it is being evicted here"
            case .deleted: "it was deleted"
            case .held: "a peer that is evicting its own main relies on this one for some minutes"
            }
        }
    }

    /// Why the main is not promised to a peer; nil when it is.
    public var refusalToHold: Refusal? {
        if !holdsMain { return .noMain }
        if isEvicting { return .evicting }
        return isDeleted ? .deleted : nil
    }

    /// Why the node does not begin to evict its main; nil when it does.
    public func refusalToEvict(at now: Duration) -> Refusal? {
        if !holdsMain { return .noMain }
        if isEvicting { return .evicting }
        if isDeleted { return .deleted }
        return held(at: now)
    }

    /// Why the main stays in its place although it was deleted or replaced; nil when it may go into one of the agent's
    /// own folders.
    ///
    /// - Parameter isDamaged: whether its bytes are no longer the image's: then no promise is kept by leaving it.
    public func refusalToSetAside(at now: Duration, isDamaged: Bool = false) -> Refusal? {
        if isEvicting { return .evicting }
        return isDamaged ? nil : held(at: now)
    }

    private func held(at now: Duration) -> Refusal? {
        guard let heldUntil, heldUntil > now else { return nil }
        return .held(until: heldUntil)
    }
}
