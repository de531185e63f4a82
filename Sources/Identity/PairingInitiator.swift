public import Model

/// The side of a pairing that calls: pure, one value an attempt.
///
/// ``hello`` goes out; ``receive(_:at:)`` takes the reply and gives what to send next; the digits are then in
/// ``digits``; both people's answers go in through ``confirmHere(_:at:)`` and ``confirmThere(_:at:)``, and whichever is
/// the second gives the peer. Whatever throws ends the attempt.
public struct PairingInitiator: Sendable {
    private enum State: Sendable {
        case greeted
        case comparing(PairingComparison)
        case ended
    }

    private let own: PairingParty
    private let nonce: Bytes32
    private let began: ContinuousClock.Instant
    private var state = State.greeted

    /// A new attempt.
    ///
    /// - Parameter nonce: random; given only by tests.
    public init(own: PairingParty, nonce: Bytes32 = .random(), at now: ContinuousClock.Instant) {
        self.own = own
        self.nonce = nonce
        began = now
    }

    /// The message that begins it.
    public var hello: PairingHello { PairingHello(commitment: PairingHash.commitment(to: nonce), party: own) }

    /// The six digits to show, once the other side has answered.
    public var digits: String? { if case .comparing(let comparison) = state { comparison.digits } else { nil } }

    /// The other side, once it has answered. Not to be trusted before both people said yes.
    public var peer: PairingParty? { if case .comparing(let comparison) = state { comparison.peer } else { nil } }

    /// When the attempt is over at the latest.
    public var deadline: ContinuousClock.Instant { began + PairingHash.lifetime }

    /// Takes the other side's answer; gives the last message.
    public mutating func receive(
        _ reply: PairingReply, at now: ContinuousClock.Instant
    ) throws(PairingError) -> PairingReveal {
        guard now < deadline else { throw end(.expired) }
        guard case .greeted = state else { throw end(.outOfOrder) }
        guard reply.party.id != own.id, reply.nonce != nonce else { throw end(.ownCertificate) }
        let digits = PairingHash.digits(
            initiator: own, responder: reply.party, initiatorNonce: nonce, responderNonce: reply.nonce)
        state = .comparing(PairingComparison(peer: reply.party, digits: digits))
        return PairingReveal(nonce: nonce)
    }

    /// Takes the answer of the person here. Gives the peer when the other one has already said yes.
    public mutating func confirmHere(
        _ yes: Bool, at now: ContinuousClock.Instant
    ) throws(PairingError) -> PairingParty? {
        try confirm(yes, at: now, refusal: .refusedHere) { $0.confirmHere() }
    }

    /// Takes the answer of the person at the other machine. Gives the peer when the one here has already said yes.
    ///
    /// Once the person here has said yes there is no deadline for it: the responder keeps the time, and what it has
    /// stored must not be lost because its answer was slow.
    public mutating func confirmThere(
        _ yes: Bool, at now: ContinuousClock.Instant
    ) throws(PairingError) -> PairingParty? {
        try confirm(yes, at: now, refusal: .refusedThere) { $0.confirmThere() }
    }

    private mutating func confirm(
        _ yes: Bool, at now: ContinuousClock.Instant, refusal: PairingError.Code,
        _ note: (inout PairingComparison) -> Void
    ) throws(PairingError) -> PairingParty? {
        guard case .comparing(var comparison) = state else { throw end(now < deadline ? .outOfOrder : .expired) }
        guard comparison.here || now < deadline else { throw end(.expired) }
        guard yes else { throw end(refusal) }
        note(&comparison)
        state = comparison.paired == nil ? .comparing(comparison) : .ended
        return comparison.paired
    }

    private mutating func end(_ code: PairingError.Code) -> PairingError {
        state = .ended
        return PairingError(code)
    }
}
