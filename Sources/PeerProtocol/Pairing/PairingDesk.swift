public import Identity
public import Logging
public import Model
import NIOCore
import NIOPosix

/// Where people and other machines meet to pair. One a node; the server brings it the strangers' messages, the agent
/// brings it the people.
///
/// One person at a time sits at it, and one attempt at a time runs. Both ends store the pairing after both people said
/// yes: the machine that was called first, then the one that called. When the answer in between is lost for good, the
/// machine that called is not paired; running it again mends that, as storing a peer twice is storing it once.
public actor PairingDesk {
    /// What the person who sits here is told, and what wakes the loop that tells it.
    enum Notice: Sendable {
        case digits(String, PairingParty)
        case confirmedHere
        case paired(PairedPeer)
        case failed(PairingError)
        case expired(Bytes32)
        case tick
    }

    /// A person who waits.
    struct Seat {
        let number: UInt64
        /// Whether another machine's call is taken now.
        var accepts: Bool
        /// What the person says that the other machine may.
        let standing: PeerStanding?
        let notices: AsyncStream<Notice>
        let source: AsyncStream<Notice>.Continuation
    }

    /// The one attempt in which this node was called.
    struct Attempt {
        let id: Bytes32
        var machine: PairingResponder
        let addresses: [PeerAddress]
        var isShown = false
        var isStoring = false
        var waiters: [AsyncStream<Result<Void, PairingError>>.Continuation] = []
        var timer: Scheduled<Void>?
    }

    let identity: NodeIdentity
    let name: @Sendable () -> NodeName
    let trust: any PeerTrusting
    let limits: ClientLimits
    let logger: Logger
    let now: @Sendable () -> ContinuousClock.Instant

    var port = 0
    var seat: Seat?
    var attempt: Attempt?
    var answers: AsyncStream<Bool>.Continuation?
    var outcomes: [Bytes32: (result: Result<Void, PairingError>, until: ContinuousClock.Instant)] = [:]
    var calls = AttemptLimits()
    var guesses = AttemptLimits()
    var book = InvitationBook()
    private var seats: UInt64 = 0

    /// The desk of a node.
    ///
    /// - Parameters:
    ///   - name: what it is called, asked each time: a person may change it.
    ///   - trust: stores whom was paired, durably, before the other side is told.
    ///   - now: the monotonic clock; another one in tests only.
    public init(
        identity: NodeIdentity, name: @autoclosure @escaping @Sendable () -> NodeName, trust: any PeerTrusting,
        limits: ClientLimits = ClientLimits(),
        logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.identity = identity
        self.name = name
        self.trust = trust
        self.limits = limits
        self.logger = logger
        self.now = now
    }

    /// This node, as the digits cover it.
    var own: PairingParty { PairingParty(certificate: identity.certificate, name: name()) }

    /// The port that this node can be called at; told to those who pair. The server calls it.
    public func listens(on port: Int) { self.port = port }

    /// `syncctl pair`: lets another machine call, and tells the person here what happens.
    ///
    /// Ends when paired, when the digits were not confirmed or were too slow, or when the task is cancelled. Calls that
    /// fail before digits are shown are not reported: anybody can make them.
    ///
    /// - Parameter standing: what the person says that the other machine may; nil where nobody says anything.
    /// - Throws: ``PairingError``, after it was reported; what `report` throws; `CancellationError`.
    public func wait(
        as standing: PeerStanding? = nil, report: @Sendable (PairingEvent) async throws -> Void
    ) async throws -> PairedPeer {
        let seat = try sit(accepts: true, as: standing)
        defer { leave(seat) }
        try await report(.waiting)
        guard let peer = try await attend(seat, report) else { throw CancellationError() }
        return peer
    }

    /// The answer of the person here to the digits that are shown.
    ///
    /// - Throws: ``PairingError`` `outOfOrder` when no digits are shown.
    public func answer(_ yes: Bool) async throws {
        if let answers {
            answers.yield(yes)
            return
        }
        guard var attempt, attempt.isShown, !attempt.isStoring else {
            throw PairingError(.outOfOrder, "there are no digits to confirm: run `syncctl pair` first")
        }
        let confirmed: PairingParty?
        do {
            confirmed = try attempt.machine.confirmHere(yes, at: now())
        } catch {
            finish(.failure(error))
            return
        }
        self.attempt = attempt
        seat?.source.yield(.confirmedHere)
        if confirmed != nil { await complete() }
    }

    /// Reports notices until there is a peer; nil at a tick without an attempt.
    func attend(
        _ seat: Seat, _ report: @Sendable (PairingEvent) async throws -> Void
    ) async throws -> PairedPeer? {
        var ticked = false
        for await notice in seat.notices {
            switch notice {
            case .digits(let digits, let peer):
                try await report(.digits(digits, peerName: peer.name, id: peer.id))
            case .confirmedHere: try await report(.waitingForOther)
            case .paired(let peer):
                try await report(.paired(peer))
                return peer
            case .failed(let error):
                try await report(.failed(error))
                throw error
            case .expired(let id):
                if let attempt, attempt.id == id, !attempt.isStoring { finish(.failure(PairingError(.expired))) }
            case .tick: ticked = true
            }
            if ticked, attempt == nil { return nil }
        }
        throw CancellationError()
    }

    /// Takes the one seat.
    func sit(accepts: Bool, as standing: PeerStanding?) throws(PairingError) -> Seat {
        guard seat == nil else {
            throw PairingError(.busy, "somebody is pairing at this machine already: end that `syncctl pair` first")
        }
        seats += 1
        let (notices, source) = AsyncStream.makeStream(of: Notice.self)
        let seat = Seat(number: seats, accepts: accepts, standing: standing, notices: notices, source: source)
        self.seat = seat
        return seat
    }

    /// The person left: an attempt that is not being stored is over.
    func leave(_ seat: Seat) {
        guard self.seat?.number == seat.number else { return }
        if let attempt, !attempt.isStoring { finish(.failure(PairingError(.refusedHere))) }
        answers = nil
        self.seat = nil
        seat.source.finish()
    }

    /// Both people said yes to the attempt: stores the peer, then tells both.
    func complete() async {
        guard
            let peer = attempt.map({
                PairedPeer(
                    certificate: $0.machine.peer.certificate, name: $0.machine.peer.name, addresses: $0.addresses,
                    standing: seat?.standing)
            })
        else { return }
        attempt?.isStoring = true
        do throws(PairingError) {
            try await store(peer)
            finish(.success(peer))
        } catch {
            finish(.failure(error))
        }
    }

    /// Stores a peer; what failed is for this node's log, not for the other machine.
    func store(_ peer: PairedPeer) async throws(PairingError) {
        do {
            try await trust.trust(peer)
        } catch {
            logger.error("A pairing could not be stored", metadata: ["peer": "\(peer.id.short)", "error": "\(error)"])
            throw PairingError(.notStored)
        }
    }

    /// The attempt is over: both sides are told, and its outcome is kept for a question that comes again.
    func finish(_ outcome: Result<PairedPeer, PairingError>) {
        guard let attempt else { return }
        self.attempt = nil
        attempt.timer?.cancel()
        let seenThere = outcome.map { _ in () }.mapError(\.fromTheOtherSide)
        let time = now()
        outcomes = outcomes.filter { $0.value.until > time }
        outcomes[attempt.id] = (seenThere, attempt.machine.deadline)
        for waiter in attempt.waiters {
            waiter.yield(seenThere)
            waiter.finish()
        }
        switch outcome {
        case .success(let peer):
            calls.succeed()
            seat?.source.yield(.paired(peer))
        case .failure(let error):
            calls.fail(at: time)
            if attempt.isShown { seat?.source.yield(.failed(error)) }
        }
    }

    /// Wakes the person's loop later.
    func later(_ time: Duration, _ notice: Notice, to seat: Seat?) -> Scheduled<Void>? {
        guard let source = seat?.source else { return nil }
        return MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: TimeAmount(time)) {
            _ = source.yield(notice)
        }
    }
}

extension PairingError {
    /// The same as the other machine's person sees it.
    var fromTheOtherSide: PairingError {
        switch code {
        case .refusedHere: PairingError(.refusedThere)
        case .refusedThere: PairingError(.refusedHere)
        default: self
        }
    }
}
