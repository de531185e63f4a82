import Identity
import Model
import NIOCore

/// The messages of other machines.
extension PairingDesk {
    /// Answers one message; the bytes are JSON.
    ///
    /// - Parameters:
    ///   - asking: whose certificate TLS proved at the other end.
    ///   - remote: the IP address that it came from.
    func handle(
        _ step: PairingStep, body: [UInt8], asking: PeerCertificate, remote: String?
    ) async throws -> [UInt8] {
        switch step {
        case .hello: Wire.encode(try hello(try message(Wire.Hello.self, body), remote: remote))
        case .reveal: Wire.encode(try reveal(try message(Wire.Reveal.self, body)))
        case .confirm: Wire.encode(try await confirm(try message(Wire.Confirm.self, body)))
        case .join: Wire.encode(try await join(try message(Wire.Join.self, body), asking: asking, remote: remote))
        }
    }

    private func message<Message: Decodable>(_ type: Message.Type, _ body: [UInt8]) throws(PairingError) -> Message {
        do { return try Wire.decode(type, from: body) } catch { throw PairingError(.malformed) }
    }

    private func hello(_ message: Wire.Hello, remote: String?) throws -> Wire.Reply {
        let hello = try message.hello()
        guard let seat, seat.accepts else { throw PairingError(.nobodyWaiting) }
        let time = now()
        if let attempt, time >= attempt.machine.deadline, !attempt.isStoring {
            finish(.failure(PairingError(.expired)))
        }
        do {
            try calls.begin(from: remote ?? "", at: time, until: time + PairingResponder.revealTime)
        } catch {
            throw PairingError(error.code, retryAfter: error.wait)
        }
        let machine: PairingResponder
        do {
            machine = try PairingResponder(own: own, hello: hello, at: time)
        } catch {
            calls.fail(at: time)
            throw error
        }
        var attempt = Attempt(id: .random(), machine: machine, addresses: Self.addresses(remote, message.port))
        attempt.timer = later(PairingResponder.revealTime, .expired(attempt.id), to: seat)
        self.attempt = attempt
        return Wire.Reply(attempt: attempt.id, reply: machine.reply)
    }

    private func reveal(_ message: Wire.Reveal) throws -> Wire.Done {
        var attempt = try current(message.attempt)
        let nonce = try Wire.bytes32(message.nonce)
        let digits: String
        do {
            digits = try attempt.machine.receive(PairingReveal(nonce: nonce), at: now())
        } catch {
            finish(.failure(error))
            throw error
        }
        attempt.timer?.cancel()
        let left = now().duration(to: attempt.machine.deadline)
        attempt.timer = later(left, .expired(attempt.id), to: seat)
        attempt.isShown = true
        self.attempt = attempt
        calls.extend(until: attempt.machine.deadline)
        seat?.source.yield(.digits(digits, attempt.machine.peer))
        return Wire.Done()
    }

    /// Held until the person here has answered too.
    private func confirm(_ message: Wire.Confirm) async throws -> Wire.Done {
        let id = try Wire.bytes32(message.attempt)
        if let outcome = outcomes[id] {
            try outcome.result.get()
            return Wire.Done()
        }
        var attempt = try current(message.attempt)
        let (results, source) = AsyncStream.makeStream(of: Result<Void, PairingError>.self)
        attempt.waiters.append(source)
        self.attempt = attempt
        if !attempt.isStoring {
            do {
                let confirmed = try attempt.machine.confirmThere(message.yes, at: now())
                self.attempt = attempt
                if confirmed != nil { await complete() }
            } catch {
                finish(.failure(error))
            }
        }
        // The person's loop, or this node's end, sees to it that there is a result; the deadline is for neither.
        let deadline = attempt.machine.deadline + PairingResponder.revealTime
        guard let result = await Deadline.first(of: results, source: source, by: deadline) else {
            throw PairingError(.expired)
        }
        try result.get()
        return Wire.Done()
    }

    private func join(_ message: Wire.Join, asking: PeerCertificate, remote: String?) async throws -> Wire.Joined {
        let (time, source) = (now(), remote ?? "")
        // The certificate in the message is the one that TLS saw, so the guest has shown that it has the key.
        guard let secret = InvitationSecret(message.secret), try Wire.certificate(message.certificate).id == asking.id,
            asking.id != identity.id
        else { throw PairingError(.malformed) }
        let standing: PeerStanding?
        do {
            // The right secret is never turned away: with 128 bits, guessing needs no slowing down to be hopeless.
            standing = try book.accept(secret, from: asking.id, at: time)
        } catch {
            if let wait = guesses.wait(from: source, at: time) { throw PairingError(.tooSoon, retryAfter: wait) }
            guesses.fail(from: source, at: time)
            throw error
        }
        let peer = PairedPeer(
            certificate: asking, name: message.name, addresses: Self.addresses(remote, message.port),
            standing: standing)
        try await store(peer)
        guesses.succeed(from: source)
        return Wire.Joined(name: name())
    }

    private func current(_ text: String) throws(PairingError) -> Attempt {
        let id = try Wire.bytes32(text)
        guard let attempt, attempt.id == id else { throw PairingError(.expired) }
        return attempt
    }

    /// Where a machine that called from `remote` says that it listens.
    private static func addresses(_ remote: String?, _ port: Int) -> [PeerAddress] {
        guard let host = remote, let address = PeerAddress(host: host, port: port), !address.isLinkLocal else {
            return []
        }
        return [address]
    }
}
