public import Model

/// The side of a pairing that is called: pure, one value an attempt, made from the first message.
///
/// ``reply`` goes out; ``receive(_:at:)`` checks the reveal against the commitment and gives the digits; both people's
/// answers go in through ``confirmHere(_:at:)`` and ``confirmThere(_:at:)``, and whichever is the second gives the
/// peer. Whatever throws ends the attempt.
public struct PairingResponder: Sendable {
    private enum State: Sendable {
        case replied
        case comparing(PairingComparison)
        case ended
    }

    private let own: PairingParty
    private let hello: PairingHello
    private let nonce: Bytes32
    private let began: ContinuousClock.Instant
    private var state = State.replied

    /// How long the reveal may be in coming. It needs no person, so an attempt that hangs here is a stranger's.
    public static let revealTime = Duration.seconds(3)

    /// Takes the first message.
    ///
    /// - Parameter nonce: random; given only by tests.
    public init(
        own: PairingParty, hello: PairingHello, nonce: Bytes32 = .random(), at now: ContinuousClock.Instant
    ) throws(PairingError) {
        guard hello.party.id != own.id else { throw PairingError(.ownCertificate) }
        self.own = own
        self.hello = hello
        self.nonce = nonce
        began = now
    }

    /// The answer to the first message.
    public var reply: PairingReply { PairingReply(nonce: nonce, party: own) }

    /// The other side. Not to be trusted before both people said yes.
    public var peer: PairingParty { hello.party }

    /// When the attempt is over at the latest; before the reveal, much sooner.
    public var deadline: ContinuousClock.Instant {
        if case .replied = state { began + Self.revealTime } else { began + PairingHash.lifetime }
    }

    /// Takes the last message; gives the six digits to show.
    public mutating func receive(
        _ reveal: PairingReveal, at now: ContinuousClock.Instant
    ) throws(PairingError) -> String {
        guard now < deadline else { throw end(.expired) }
        guard case .replied = state else { throw end(.outOfOrder) }
        guard PairingHash.commitment(to: reveal.nonce) == hello.commitment else { throw end(.commitmentMismatch) }
        let digits = PairingHash.digits(
            initiator: hello.party, responder: own, initiatorNonce: reveal.nonce, responderNonce: nonce)
        state = .comparing(PairingComparison(peer: hello.party, digits: digits))
        return digits
    }

    /// Takes the answer of the person here. Gives the peer when the other one has already said yes.
    public mutating func confirmHere(
        _ yes: Bool, at now: ContinuousClock.Instant
    ) throws(PairingError) -> PairingParty? {
        try confirm(yes, at: now, refusal: .refusedHere) { $0.confirmHere() }
    }

    /// Takes the answer of the person at the other machine. Gives the peer when the one here has already said yes.
    public mutating func confirmThere(
        _ yes: Bool, at now: ContinuousClock.Instant
    ) throws(PairingError) -> PairingParty? {
        try confirm(yes, at: now, refusal: .refusedThere) { $0.confirmThere() }
    }

    private mutating func confirm(
        _ yes: Bool, at now: ContinuousClock.Instant, refusal: PairingError.Code,
        _ note: (inout PairingComparison) -> Void
    ) throws(PairingError) -> PairingParty? {
        guard now < deadline else { throw end(.expired) }
        guard case .comparing(var comparison) = state else { throw end(.outOfOrder) }
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
