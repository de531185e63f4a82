public import Model
import Synchronization

/// Proof that enough other nodes hold an image's main for one's own to go (safety rule S2).
///
/// Only ``HoldCheck`` makes one. It serves one eviction of one image, once, and only until the earliest of its holds
/// ends; it lives in memory alone, so it is gone after a restart.
public final class EvictionProof: Sendable {
    /// The image that may be evicted.
    public let image: ImageID
    /// The nodes that hold its main, each of which has just read it.
    public let holders: Set<NodeID>
    /// When the first of the holds ends, by the evictor's monotonic time.
    public let validUntil: Duration
    private let isSpent = Mutex(false)

    fileprivate init(image: ImageID, holders: Set<NodeID>, validUntil: Duration) {
        self.image = image
        self.holders = holders
        self.validUntil = validUntil
    }

    /// Uses the proof up, at the last moment before the main is unlinked.
    ///
    /// - Parameter now: the evictor's monotonic time, counted from the same moment as that of the questions.
    /// - Returns: whether the main may go. False, for ever, after the first call.
    public func spend(on image: ImageID, at now: Duration) -> Bool {
        let isFirst = isSpent.withLock { isSpent in
            defer { isSpent = true }
            return !isSpent
        }
        return isFirst && image == self.image && now < validUntil
    }
}

/// Checks the holds that peers answer for one eviction.
///
/// A hold counts when it was asked for with a nonce of its own, when the answer is the hash of that nonce and the
/// main's bytes, and for as long as the peer promised: counted here from before the question was sent, so that the
/// peer's own count, which begins later, never ends sooner.
public struct HoldCheck: Sendable {
    /// Part of a hold's time that is counted on: the rest is for clocks that do not run equally fast.
    static let countedOn = 0.9

    /// The image to be evicted.
    public let image: ImageID
    /// How many distinct peers must hold it.
    public let minimum: Int

    private struct Question {
        var expected: Bytes32
        var seconds: Int
        var sentAt: Duration
    }

    private var open: [NodeID: Question] = [:]
    private var granted: [NodeID: Duration] = [:]

    public init(image: ImageID, minimum: Int) {
        self.image = image
        // No policy makes a main go that nobody else holds.
        self.minimum = max(minimum, 1)
    }

    /// Notes a question, before it is sent.
    ///
    /// - Parameter expected: SHA-256(nonce ‖ bytes) of this node's own main, read for this.
    public mutating func asks(_ peer: NodeID, expecting expected: Bytes32, seconds: Int, at now: Duration) {
        granted[peer] = nil
        open[peer] = Question(expected: expected, seconds: seconds, sentAt: now)
    }

    /// Takes in an answer.
    ///
    /// - Returns: whether the hold counts. It does not when nothing was asked, when it is wrong, and when its time was
    ///   over before it came.
    public mutating func answered(_ peer: NodeID, proof: Bytes32, seconds: Int, at now: Duration) -> Bool {
        guard let question = open.removeValue(forKey: peer), proof == question.expected else { return false }
        let until = question.sentAt + .seconds(min(seconds, question.seconds)) * Self.countedOn
        guard now < until else { return false }
        granted[peer] = until
        return true
    }

    /// The peer refused, or did not answer.
    public mutating func refused(_ peer: NodeID) { open[peer] = nil }

    /// How many more peers must answer.
    public var missing: Int { max(0, minimum - granted.count) }

    /// The proof, when there are enough holds that still count; the check begins anew then, as every hold serves once.
    public mutating func proof(at now: Duration) -> EvictionProof? {
        granted = granted.filter { now < $0.value }
        guard granted.count >= minimum, let validUntil = granted.values.min() else { return nil }
        defer { granted = [:] }
        return EvictionProof(image: image, holders: Set(granted.keys), validUntil: validUntil)
    }
}
