public import Model

/// One eviction, from the mark to the record: a state machine that returns what to do next.
///
/// The order is the safety (S2-S4): the mark is durable before anybody is asked, the reduced copy is synced before the
/// main goes, and the main goes against a proof whose holds still stand at that moment. Whoever drives it does each
/// step to its end, says what came of it, and never skips one; after a crash it is not gone on with.
public struct Eviction: Sendable {
    /// What is asked of a peer.
    public struct Question: Sendable, Hashable {
        public var peer: NodeID
        public var nonce: Bytes32
        public var seconds: Int
    }

    /// What to do next.
    public enum Step: Sendable {
        /// Mark the image as being evicted, durably, unless its ``Custody`` refuses: ``marked(_:)``.
        case mark
        /// Place its reduced copy, synced, unless one as large as the policy's is there and synced: ``placed(_:)``.
        case placeReduced
        /// Read the own main from the disk with these nonces: ``read(_:answers:)``.
        case read([Question])
        /// Ask these peers, all at once: ``asking(at:)`` before the first is sent, and then one
        /// ``answered(_:proof:seconds:at:)`` or ``refused(_:_:)`` for each.
        case ask([Question])
        /// Take the main out of the library against the proof: ``removed(_:)``.
        case remove(EvictionProof)
        /// Record, durably and at once, that the reduced copy stands for the main now, and take back the mark.
        case record
        /// Take back the mark, durably.
        case unmark
        /// Nothing more.
        case over(Outcome)
    }

    /// What came of it.
    public enum Outcome: Sendable, Hashable {
        case evicted(against: Set<NodeID>)
        case kept(Obstacle)
    }

    /// Why a main stays.
    public struct Obstacle: Error, Sendable, Hashable, CustomStringConvertible {
        /// A sentence for people.
        public var description: String
        /// Whether it may be otherwise in a while, without anyone doing anything.
        public var isPassing: Bool
        /// Whether the own main turned out to be damaged.
        public var isDamage: Bool

        public init(_ description: String, isPassing: Bool, isDamage: Bool = false) {
            self.description = description
            self.isPassing = isPassing
            self.isDamage = isDamage
        }
    }

    /// How long a peer is asked to hold: enough to be asked, to read a large main from a slow disk, and to unlink.
    public static let holdSeconds = 300

    /// The image.
    public let image: ImageID
    private var check: HoldCheck
    private var waiting: [Question]
    private var asked: [NodeID: Question] = [:]
    private var expected: [NodeID: Bytes32] = [:]
    private var refusals: [(peer: NodeID, reason: String, isPassing: Bool)] = []
    private var proof: EvictionProof?
    private var state: State = .begins

    private enum State {
        case begins, isMarked, hasReduced, hasRead, isAsking, isProven, isRemoved
        case fails(Obstacle, isMarked: Bool)
        case isOver(Outcome)
    }

    /// - Parameters:
    ///   - minimum: mains that must be proven elsewhere; at least one, whatever is given.
    ///   - candidates: the peers to ask, best first, each with a random nonce that was never used before.
    public init(image: ImageID, minimum: Int, candidates: [(peer: NodeID, nonce: Bytes32)]) {
        self.image = image
        check = HoldCheck(image: image, minimum: minimum)
        waiting = candidates.map { Question(peer: $0.peer, nonce: $0.nonce, seconds: Self.holdSeconds) }
    }

    /// The next step.
    ///
    /// - Parameter now: monotonic time, from any one moment.
    public mutating func next(at now: Duration) -> Step {
        switch state {
        case .begins: return .mark
        case .isMarked: return .placeReduced
        case .hasReduced: return .read(waiting)
        case .hasRead: return askMore(at: now)
        case .isAsking: return .ask(Array(asked.values))
        case .isProven:
            guard let proof else { return .unmark }
            return .remove(proof)
        case .isRemoved:
            state = .isOver(.evicted(against: proof?.holders ?? []))
            return .record
        case .fails(let obstacle, let isMarked):
            state = .isOver(.kept(obstacle))
            return isMarked ? .unmark : .over(.kept(obstacle))
        case .isOver(let outcome): return .over(outcome)
        }
    }

    private mutating func askMore(at now: Duration) -> Step {
        if let proof = check.proof(at: now) {
            self.proof = proof
            state = .isProven
            return .remove(proof)
        }
        guard waiting.count >= check.missing else {
            state = .fails(tooFew, isMarked: true)
            return next(at: now)
        }
        let round = waiting.prefix(check.missing)
        waiting.removeFirst(round.count)
        for question in round { asked[question.peer] = question }
        state = .isAsking
        return .ask(Array(round))
    }

    private var tooFew: Obstacle {
        let reasons = refusals.map(\.reason)
        let needed = check.minimum == 1 ? "no other node" : "fewer than \(check.minimum) other nodes"
        return Obstacle(
            "\(needed) proved just now to hold the main"
                + (reasons.isEmpty ? "" : ": \(reasons.joined(separator: "; "))"),
            isPassing: refusals.contains(where: \.isPassing))
    }

    /// The mark is durable, or was refused.
    public mutating func marked(_ refusal: Custody.Refusal?) {
        if let refusal {
            var isPassing = refusal == .evicting
            if case .held = refusal { isPassing = true }
            state = .fails(Obstacle("\(refusal)", isPassing: isPassing), isMarked: false)
        } else {
            state = .isMarked
        }
    }

    /// The reduced copy stands on the disk, synced, or could not be placed.
    public mutating func placed(_ obstacle: Obstacle?) {
        state = obstacle.map { .fails($0, isMarked: true) } ?? .hasReduced
    }

    /// The own main was read.
    ///
    /// - Parameters:
    ///   - image: the hash of what was read; nil when it could not be.
    ///   - answers: SHA-256(nonce ‖ bytes) for each question, in its order.
    public mutating func read(_ image: ImageID?, answers: [Bytes32]) {
        guard let image, answers.count == waiting.count else {
            state = .fails(Obstacle("the main here cannot be read", isPassing: true), isMarked: true)
            return
        }
        guard image == self.image else {
            state = .fails(
                Obstacle("the main here is damaged; it is repaired first", isPassing: true, isDamage: true),
                isMarked: true)
            return
        }
        for (question, answer) in zip(waiting, answers) { expected[question.peer] = answer }
        state = .hasRead
    }

    /// The questions of the latest ``Step/ask(_:)`` are about to be sent.
    public mutating func asking(at now: Duration) {
        for question in asked.values {
            guard let expected = expected[question.peer] else { continue }
            check.asks(question.peer, expecting: expected, seconds: question.seconds, at: now)
        }
    }

    /// A peer promised to hold the main.
    ///
    /// - Returns: whether the hold counts.
    @discardableResult
    public mutating func answered(_ peer: NodeID, proof: Bytes32, seconds: Int, at now: Duration) -> Bool {
        guard asked.removeValue(forKey: peer) != nil else { return false }
        let counts = check.answered(peer, proof: proof, seconds: seconds, at: now)
        if !counts { refusals.append((peer, "one answered wrongly or too late", true)) }
        if asked.isEmpty { state = .hasRead }
        return counts
    }

    /// A peer refused, or did not answer.
    ///
    /// - Parameter reason: a clause with the peer's name in it.
    public mutating func refused(_ peer: NodeID, _ reason: String, isPassing: Bool) {
        guard asked.removeValue(forKey: peer) != nil else { return }
        check.refused(peer)
        refusals.append((peer, reason, isPassing))
        if asked.isEmpty { state = .hasRead }
    }

    /// The main is gone from the disk, or is not and stays.
    public mutating func removed(_ obstacle: Obstacle?) {
        if let obstacle {
            proof = nil
            state = .fails(obstacle, isMarked: true)
        } else {
            state = .isRemoved
        }
    }
}
