public import Identity
public import Model
import NIOCore

/// The calls to other machines, and invitations.
extension PairingDesk {
    /// How long to leave another machine alone that nobody sits at.
    private static let pause = Duration.seconds(2)

    /// `syncctl pair NAME`: calls another machine at the first address that answers, and tells the person here what
    /// happens.
    ///
    /// While nobody sits at the other machine it reports ``PairingEvent/waiting`` and calls again for two minutes; in
    /// between the other machine may call this one, so it does not matter who began, or whether both named the other.
    ///
    /// - Parameter standing: what the person says that the other machine may; nil where nobody says anything.
    /// - Throws: ``PairingError``, after it was reported; what `report` throws; `CancellationError`.
    public func pair(
        with addresses: [PeerAddress], as standing: PeerStanding? = nil,
        report: @Sendable (PairingEvent) async throws -> Void
    ) async throws -> PairedPeer {
        let seat = try sit(accepts: false, as: standing)
        defer { leave(seat) }
        let end = now() + Self.patience
        var isWaiting = false
        while true {
            do {
                return try await call(addresses, report)
            } catch let error as PairingError where error.isPatient && now() < end {
                if !isWaiting { try await report(.waiting) }
                isWaiting = true
                self.seat?.accepts = true
                // Two that call each other at once must not go on doing so.
                let jitter = Duration.milliseconds(Int.random(in: 0...1000))
                let timer = later(Self.pause + jitter, .tick, to: seat)
                defer { timer?.cancel() }
                if let peer = try await attend(seat, report) { return peer }
                self.seat?.accepts = false
            } catch let error as PairingError {
                try await report(.failed(error))
                throw error
            }
        }
    }

    /// `syncctl invite`: a line for one other machine, good for ten minutes.
    ///
    /// - Parameters:
    ///   - addresses: where this machine can be reached, best first.
    ///   - standing: what the person says that the machine which comes may; nil where nobody says anything.
    /// - Throws: ``PairingError`` when there is no address.
    public func invite(
        addresses: [PeerAddress], as standing: PeerStanding? = nil
    ) throws(PairingError) -> Invitation {
        guard
            let invitation = Invitation(
                addresses: addresses.filter { !$0.isLinkLocal }, node: identity.id,
                secret: book.open(at: now(), as: standing))
        else {
            throw PairingError(
                .unreachable, "this machine has no address that others could reach: connect it to the network")
        }
        return invitation
    }

    /// `syncctl join LINE`: pairs with the machine that made the line. May be run again with the same line when it
    /// failed in the middle.
    ///
    /// - Throws: ``PairingError``; `CancellationError`.
    public func join(_ invitation: Invitation, as standing: PeerStanding? = nil) async throws -> PairedPeer {
        guard invitation.node != identity.id else { throw PairingError(.ownCertificate) }
        var last = PairingError(.unreachable)
        for address in invitation.addresses {
            do {
                let certificate = try await PairingCall.certificate(at: address, limits: limits)
                guard certificate.id == invitation.node else { throw PairingError(.wrongMachine) }
                let message = Wire.Join(
                    secret: invitation.secret.text, certificate: Wire.base64(identity.certificate), name: name(),
                    port: port)
                let answer = try await PairingCall.with(certificate, at: address, as: identity, limits: limits) {
                    try await $0.post(.join, message, answer: Wire.Joined.self)
                }
                let peer = PairedPeer(
                    certificate: certificate, name: answer.name, addresses: [address], standing: standing)
                try await store(peer)
                return peer
            } catch let error as PairingError where error.code == .unreachable || error.code == .wrongMachine {
                if last.code != .wrongMachine { last = error }
            }
        }
        throw last
    }

    private static let patience = Duration.seconds(120)

    /// A node is trusted no more: the invitations that it came by are closed, and an attempt of it that runs is over.
    public func forget(_ node: NodeID) {
        book.close(for: node)
        if let attempt, attempt.machine.peer.certificate.id == node { finish(.failure(PairingError(.refusedHere))) }
    }

    private func call(
        _ addresses: [PeerAddress], _ report: @Sendable (PairingEvent) async throws -> Void
    ) async throws -> PairedPeer {
        var last = PairingError(.unreachable)
        for address in addresses {
            do {
                return try await PairingCall.with(nil, at: address, as: identity, limits: limits) {
                    try await self.call(through: $0, report)
                }
            } catch let error as PairingError where error.code == .unreachable {
                last = error
            }
        }
        throw last
    }

    private func call(
        through call: PairingCall, _ report: @Sendable (PairingEvent) async throws -> Void
    ) async throws -> PairedPeer {
        var machine = PairingInitiator(own: own, at: now())
        let reply = try await call.post(.hello, Wire.Hello(machine.hello, port: port), answer: Wire.Reply.self)
        let reveal = try machine.receive(try reply.reply(), at: now())
        guard let digits = machine.digits, let peer = machine.peer else { throw PairingError(.outOfOrder) }
        let message = Wire.Reveal(attempt: reply.attempt, nonce: Hex.encode(reveal.nonce.bytes))
        _ = try await call.post(.reveal, message, answer: Wire.Done.self)
        let (answers, source) = AsyncStream.makeStream(of: Bool.self)
        self.answers = source
        try await report(.digits(digits, peerName: peer.name, id: peer.id))
        let deadline = ContinuousClock.now + now().duration(to: machine.deadline)
        let answer = await Deadline.first(of: answers, source: source, by: deadline)
        self.answers = nil
        try Task.checkCancellation()
        guard let answer else { throw PairingError(.expired) }
        let confirm = Wire.Confirm(attempt: reply.attempt, yes: answer)
        guard answer else {
            // Told so that the other person need not wait; this side is done either way.
            _ = try? await call.post(.confirm, confirm, answer: Wire.Done.self)
            throw PairingError(.refusedHere)
        }
        _ = try machine.confirmHere(true, at: now())
        try await report(.waitingForOther)
        _ = try await call.again { try await $0.post(.confirm, confirm, answer: Wire.Done.self) }
        guard let party = try machine.confirmThere(true, at: now()) else { throw PairingError(.outOfOrder) }
        let paired = PairedPeer(
            certificate: party.certificate, name: party.name, addresses: [call.address], standing: seat?.standing)
        try await store(paired)
        try await report(.paired(paired))
        return paired
    }
}

extension PairingError {
    /// Whether a person may still come to the other machine, or the one before leave it.
    fileprivate var isPatient: Bool { code == .nobodyWaiting || code == .busy || code == .tooSoon }
}
