public import Model

/// One eviction, from the mark to the record: a state machine that returns what to do next.
///
/// The order is the safety (S2-S4): the mark is durable before anybody is asked, the reduced copy is synced before the
/// main goes, and the main goes against a proof whose holds still stand at that moment. Only when it is over, durably,
/// are the holds given back. Whoever drives it does each step to its end, says what came of it, and never skips one;
/// after a crash it is not gone on with.
///
/// It cannot spin: each step is handed out once, and an answer is taken once, to a question that is open. Anything else
/// is an ``Astray``; then it is ended as after a crash.
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
        /// Take away the reduced copy that was placed for it, if it is there: the main stays, and needs none.
        case takeBackReduced
        /// Take back the mark, durably.
        case unmark
        /// Give the holds of these questions back, as far as the peers can be reached: nothing relies on them any more.
        case release([Question])
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
        /// The same where it is said of many mains together: without the name of a file.
        public var summary: String

        public init(_ description: String, isPassing: Bool, isDamage: Bool = false, summary: String? = nil) {
            self.description = description
            self.isPassing = isPassing
            self.isDamage = isDamage
            self.summary = summary ?? description
        }
    }

    /// How long a peer is asked to hold: enough to be asked, to read a large main from a slow disk, and to unlink.
    public static let holdSeconds = 300

    /// The image.
    public let image: ImageID
    private var check: HoldCheck
    private var waiting: [Question]
    /// The questions of the latest round, and of all.
    private var round: [Question] = []
    private var sent: [Question] = []
    private var open = OpenQuestions<Asked>()
    private var expected: [NodeID: Bytes32] = [:]
    private var refusals: [(peer: NodeID, reason: String, isPassing: Bool)] = []
    private var proof: EvictionProof?
    private var state: State = .begins

    private enum State {
        case begins, isMarked, hasReduced, hasRead, isProven
        /// What is left to do, in this order.
        case ends(Outcome, [Step])
    }

    /// What is answered.
    private enum Asked: Hashable, Sendable {
        case mark, placeReduced, read, remove
        case hold(of: NodeID)
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
    public mutating func next(at now: Duration) throws(Astray) -> Step {
        switch state {
        case .begins:
            try open.ask([.mark])
            return .mark
        case .isMarked:
            try open.ask([.placeReduced])
            return .placeReduced
        case .hasReduced:
            try open.ask([.read])
            return .read(waiting)
        case .hasRead: return try askMore(at: now)
        case .isProven: throw Astray(.askedTwice, "to remove the main")
        case .ends(let outcome, let rest):
            guard let step = rest.first else { return .over(outcome) }
            state = .ends(outcome, Array(rest.dropFirst()))
            return step
        }
    }

    private mutating func askMore(at now: Duration) throws(Astray) -> Step {
        guard open.isEmpty else { throw Astray(.askedTwice, "peers that have not answered") }
        if let proof = check.proof(at: now) {
            self.proof = proof
            state = .isProven
            try open.ask([.remove])
            return .remove(proof)
        }
        guard waiting.count >= check.missing else {
            fail(tooFew)
            return try next(at: now)
        }
        round = Array(waiting.prefix(check.missing))
        waiting.removeFirst(round.count)
        sent += round
        try open.ask(round.map { .hold(of: $0.peer) })
        return .ask(round)
    }

    /// Ends it after the mark was set: the main stays.
    private mutating func fail(_ obstacle: Obstacle) {
        proof = nil
        state = .ends(.kept(obstacle), [.takeBackReduced, .unmark] + release)
    }

    private var release: [Step] { sent.isEmpty ? [] : [.release(sent)] }

    private var tooFew: Obstacle {
        let reasons = refusals.map(\.reason)
        let needed = check.minimum == 1 ? "no other node" : "fewer than \(check.minimum) other nodes"
        return Obstacle(
            "\(needed) proved just now to hold the main"
                + (reasons.isEmpty ? "" : ": \(reasons.joined(separator: "; "))"),
            isPassing: refusals.contains(where: \.isPassing))
    }

    /// The mark is durable, or was refused.
    public mutating func marked(_ refusal: Custody.Refusal?) throws(Astray) {
        try open.answer(.mark)
        if let refusal {
            var isPassing = refusal == .evicting
            if case .held = refusal { isPassing = true }
            state = .ends(.kept(Obstacle("\(refusal)", isPassing: isPassing)), [])
        } else {
            state = .isMarked
        }
    }

    /// The reduced copy stands on the disk, synced, or could not be placed.
    public mutating func placed(_ obstacle: Obstacle?) throws(Astray) {
        try open.answer(.placeReduced)
        if let obstacle { fail(obstacle) } else { state = .hasReduced }
    }

    /// The own main was read.
    ///
    /// - Parameters:
    ///   - image: the hash of what was read; nil when it could not be.
    ///   - answers: SHA-256(nonce ‖ bytes) for each question, in its order.
    public mutating func read(_ image: ImageID?, answers: [Bytes32]) throws(Astray) {
        try open.answer(.read)
        guard let image, answers.count == waiting.count else {
            return fail(Obstacle("the main here cannot be read", isPassing: true))
        }
        guard image == self.image else {
            return fail(
                Obstacle("the main here is damaged; it is repaired first", isPassing: true, isDamage: true))
        }
        for (question, answer) in zip(waiting, answers) { expected[question.peer] = answer }
        state = .hasRead
    }

    /// The questions of the latest ``Step/ask(_:)`` are about to be sent.
    public mutating func asking(at now: Duration) {
        for question in round {
            guard let expected = expected[question.peer] else { continue }
            check.asks(question.peer, expecting: expected, seconds: question.seconds, at: now)
        }
    }

    /// A peer promised to hold the main.
    ///
    /// - Returns: whether the hold counts.
    @discardableResult
    public mutating func answered(
        _ peer: NodeID, proof: Bytes32, seconds: Int, at now: Duration
    ) throws(Astray) -> Bool {
        try open.answer(.hold(of: peer))
        let counts = check.answered(peer, proof: proof, seconds: seconds, at: now)
        if !counts { refusals.append((peer, "one answered wrongly or too late", true)) }
        return counts
    }

    /// A peer refused, or did not answer.
    ///
    /// - Parameter reason: a clause with the peer's name in it.
    public mutating func refused(_ peer: NodeID, _ reason: String, isPassing: Bool) throws(Astray) {
        try open.answer(.hold(of: peer))
        check.refused(peer)
        refusals.append((peer, reason, isPassing))
    }

    /// The main is gone from the disk, or is not and stays.
    public mutating func removed(_ obstacle: Obstacle?) throws(Astray) {
        try open.answer(.remove)
        if let obstacle {
            fail(obstacle)
        } else {
            state = .ends(.evicted(against: proof?.holders ?? []), [.record] + release)
        }
    }
}
