import Crypto
import Foundation
import Identity
import Model
import Testing

@Suite struct PairingTests {
    let now = ContinuousClock.now
    let laptop: PairingParty
    let studio: PairingParty

    init() throws {
        laptop = PairingParty(certificate: try NodeIdentity.make().certificate, name: try NodeName("laptop"))
        studio = PairingParty(certificate: try NodeIdentity.make().certificate, name: try NodeName("studio"))
    }

    /// Both machines, at the point where the digits are shown.
    func shown(at time: ContinuousClock.Instant? = nil) throws -> (PairingInitiator, PairingResponder, String) {
        let time = time ?? now
        var initiator = PairingInitiator(own: laptop, at: time)
        var responder = try PairingResponder(own: studio, hello: initiator.hello, at: time)
        let digits = try responder.receive(try initiator.receive(responder.reply, at: time), at: time)
        return (initiator, responder, digits)
    }

    @Test("both machines show the same six digits, and are paired when both people have said yes")
    func pairs() throws {
        var (initiator, responder, digits) = try shown()
        #expect(initiator.digits == digits)
        #expect(digits.count == 6 && digits.allSatisfy(\.isNumber))
        #expect(try initiator.confirmHere(true, at: now) == nil)
        #expect(try responder.confirmThere(true, at: now) == nil)
        #expect(try responder.confirmHere(true, at: now) == laptop)
        #expect(try initiator.confirmThere(true, at: now) == studio)
    }

    @Test("the digits are those of the protocol page, byte by byte")
    func digits() throws {
        let (a, b) = (Bytes32.random(), Bytes32.random())
        var initiator = PairingInitiator(own: laptop, nonce: a, at: now)
        var responder = try PairingResponder(own: studio, hello: initiator.hello, nonce: b, at: now)
        let digits = try responder.receive(try initiator.receive(responder.reply, at: now), at: now)
        func framed(_ parts: [[UInt8]]) -> [UInt8] {
            parts.flatMap { part in [0, 0, UInt8(part.count >> 8), UInt8(part.count & 255)] as [UInt8] + part }
        }
        let commitment = SHA256.hash(data: framed([Array("mainstay pairing v1 commitment".utf8), a.bytes]))
        #expect(initiator.hello.commitment == Bytes32(Array(commitment)))
        let hash = SHA256.hash(
            data: framed([
                Array("mainstay pairing v1 digits".utf8), laptop.certificate.der, studio.certificate.der,
                Array("laptop".utf8), Array("studio".utf8), a.bytes, b.bytes,
            ]))
        let number = hash.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % 1_000_000
        #expect(digits == String(format: "%06d", Int(number)))
    }

    @Test("a responder whose caller does not keep to its commitment shows no digits")
    func commitment() throws {
        let initiator = PairingInitiator(own: laptop, at: now)
        var responder = try PairingResponder(own: studio, hello: initiator.hello, at: now)
        let error = #expect(throws: PairingError.self) {
            try responder.receive(PairingReveal(nonce: .random()), at: now)
        }
        #expect(error?.code == .commitmentMismatch)
        #expect(throws: PairingError(.outOfOrder)) { try responder.confirmHere(true, at: now) }
    }

    enum Swap: CaseIterable { case certificate, name, nonce }

    @Test("whatever a man in the middle changes of the reply, the digits differ", arguments: Swap.allCases)
    func middle(_ swap: Swap) throws {
        var initiator = PairingInitiator(own: laptop, at: now)
        var responder = try PairingResponder(own: studio, hello: initiator.hello, at: now)
        let reply = responder.reply
        let mallory = try NodeIdentity.make().certificate
        let changed =
            switch swap {
            case .certificate:
                PairingReply(nonce: reply.nonce, party: PairingParty(certificate: mallory, name: reply.party.name))
            case .name:
                PairingReply(
                    nonce: reply.nonce,
                    party: PairingParty(certificate: reply.party.certificate, name: try NodeName("studi0")))
            case .nonce: PairingReply(nonce: .random(), party: reply.party)
            }
        let reveal = try initiator.receive(changed, at: now)
        let digits = try responder.receive(reveal, at: now)
        #expect(initiator.digits != digits)
    }

    @Test("a man in the middle who runs both halves shows two different sets of digits")
    func relay() throws {
        let mallory = PairingParty(certificate: try NodeIdentity.make().certificate, name: try NodeName("studio"))
        var initiator = PairingInitiator(own: laptop, at: now)
        var inner = PairingInitiator(own: mallory, at: now)
        var responder = try PairingResponder(own: studio, hello: inner.hello, at: now)
        let outer = try PairingResponder(own: mallory, hello: initiator.hello, at: now)
        _ = try initiator.receive(outer.reply, at: now)
        let digits = try responder.receive(try inner.receive(responder.reply, at: now), at: now)
        #expect(initiator.digits != digits)
    }

    @Test("names and certificates cannot flow into one another")
    func framing() throws {
        var seen: Set<String> = []
        for (a, b) in [("ab", "c"), ("a", "bc")] {
            let (one, two) = (
                PairingParty(certificate: laptop.certificate, name: try NodeName(a)),
                PairingParty(certificate: studio.certificate, name: try NodeName(b))
            )
            let nonces = (
                try #require(Bytes32([UInt8](repeating: 1, count: 32))),
                try #require(Bytes32([UInt8](repeating: 2, count: 32)))
            )
            var initiator = PairingInitiator(own: one, nonce: nonces.0, at: now)
            let responder = try PairingResponder(own: two, hello: initiator.hello, nonce: nonces.1, at: now)
            _ = try initiator.receive(responder.reply, at: now)
            seen.insert(try #require(initiator.digits))
        }
        #expect(seen.count == 2)
    }

    @Test("a message that comes twice, or too early, ends the attempt")
    func replays() throws {
        var (initiator, responder, _) = try shown()
        #expect(throws: PairingError(.outOfOrder)) { try initiator.receive(responder.reply, at: now) }
        #expect(throws: PairingError(.outOfOrder)) { try initiator.confirmHere(true, at: now) }
        #expect(throws: PairingError(.outOfOrder)) { try responder.receive(PairingReveal(nonce: .random()), at: now) }
        #expect(throws: PairingError(.outOfOrder)) { try responder.confirmHere(true, at: now) }
        var early = PairingInitiator(own: laptop, at: now)
        #expect(throws: PairingError(.outOfOrder)) { try early.confirmThere(true, at: now) }
        var soon = try PairingResponder(own: studio, hello: early.hello, at: now)
        #expect(throws: PairingError(.outOfOrder)) { try soon.confirmThere(true, at: now) }
    }

    @Test("one no is enough, whoever says it", arguments: [true, false], [true, false])
    func no(here: Bool, byInitiator: Bool) throws {
        var (initiator, responder, _) = try shown()
        let code: PairingError.Code = here ? .refusedHere : .refusedThere
        if byInitiator {
            #expect(throws: PairingError(code)) {
                here ? try initiator.confirmHere(false, at: now) : try initiator.confirmThere(false, at: now)
            }
            #expect(throws: PairingError(.outOfOrder)) { try initiator.confirmThere(true, at: now) }
        } else {
            #expect(throws: PairingError(code)) {
                here ? try responder.confirmHere(false, at: now) : try responder.confirmThere(false, at: now)
            }
            #expect(throws: PairingError(.outOfOrder)) { try responder.confirmHere(true, at: now) }
        }
    }

    @Test("after two minutes nothing is left of an attempt, and after ten seconds without a reveal neither")
    func expiry() throws {
        let late = now + .seconds(120)
        var (initiator, responder, _) = try shown()
        #expect(throws: PairingError(.expired)) { try initiator.confirmHere(true, at: late) }
        #expect(throws: PairingError(.expired)) { try responder.confirmHere(true, at: late) }
        var slow = PairingInitiator(own: laptop, at: now)
        var waiting = try PairingResponder(own: studio, hello: slow.hello, at: now)
        let reveal = try slow.receive(waiting.reply, at: now + .seconds(119))
        #expect(throws: PairingError(.expired)) { try waiting.receive(reveal, at: now + .seconds(10)) }
        var never = PairingInitiator(own: laptop, at: now)
        #expect(throws: PairingError(.expired)) { try never.receive(waiting.reply, at: late) }
    }

    @Test("the caller takes the other side's yes late, once its own person has said yes")
    func lateYes() throws {
        var (initiator, _, _) = try shown()
        _ = try initiator.confirmHere(true, at: now)
        #expect(try initiator.confirmThere(true, at: now + .seconds(121)) == studio)
    }

    @Test("a machine does not pair with itself, nor with a mirror")
    func itself() throws {
        var initiator = PairingInitiator(own: laptop, at: now)
        #expect(throws: PairingError(.ownCertificate)) {
            try PairingResponder(own: laptop, hello: initiator.hello, at: now)
        }
        let reply = PairingReply(nonce: .random(), party: laptop)
        #expect(throws: PairingError(.ownCertificate)) { try initiator.receive(reply, at: now) }
    }
}

@Suite struct InvitationBookTests {
    let now = ContinuousClock.now
    let guest = NodeID(.random())
    let other = NodeID(.random())

    @Test("an invitation serves one node, which may show it again")
    func once() throws {
        var book = InvitationBook()
        let secret = book.open(at: now)
        try book.accept(secret, from: guest, at: now)
        try book.accept(secret, from: guest, at: now + .seconds(1))
        #expect(throws: PairingError(.unknownInvitation)) { try book.accept(secret, from: other, at: now) }
    }

    @Test("a wrong secret, or one ten minutes old, opens nothing and uses nothing up")
    func wrong() throws {
        var book = InvitationBook()
        let secret = book.open(at: now)
        #expect(throws: PairingError(.unknownInvitation)) { try book.accept(.random(), from: other, at: now) }
        try book.accept(secret, from: guest, at: now + .seconds(599))
        #expect(throws: PairingError(.unknownInvitation)) {
            try book.accept(secret, from: guest, at: now + .seconds(600))
        }
    }

    @Test("several can be open, and the oldest makes room")
    func several() throws {
        var book = InvitationBook()
        let secrets = (0...InvitationBook.most).map { _ in book.open(at: now) }
        #expect(throws: PairingError(.unknownInvitation)) { try book.accept(secrets[0], from: guest, at: now) }
        for secret in secrets.dropFirst() { try book.accept(secret, from: guest, at: now) }
    }
}

@Suite struct AttemptLimiterTests {
    let now = ContinuousClock.now

    @Test("one attempt at a time, until it ends by itself")
    func one() throws {
        var limiter = AttemptLimiter()
        try limiter.begin(at: now, until: now + .seconds(10))
        #expect(throws: AttemptLimiter.Refusal(code: .busy, wait: .seconds(6))) {
            try limiter.begin(at: now + .seconds(4), until: now + .seconds(20))
        }
        // Ended by itself, it counts as a failure.
        #expect(throws: AttemptLimiter.Refusal(code: .tooSoon, wait: .seconds(1))) {
            try limiter.begin(at: now + .seconds(10), until: now + .seconds(20))
        }
        try limiter.begin(at: now + .seconds(11), until: now + .seconds(20))
        limiter.succeed()
        try limiter.begin(at: now + .seconds(11), until: now + .seconds(20))
    }

    @Test("each failure doubles the wait, up to a minute, and ten quiet minutes forget them")
    func doubles() throws {
        var limiter = AttemptLimiter()
        var time = now
        for wait in [1, 2, 4, 8, 16, 32, 60, 60] {
            limiter.fail(at: time)
            #expect(limiter.wait(at: time) == .seconds(wait))
            #expect(limiter.wait(at: time + .seconds(wait)) == nil)
            time += .seconds(wait)
        }
        limiter.fail(at: time + .seconds(600))
        #expect(limiter.wait(at: time + .seconds(600)) == .seconds(1))
    }
}

@Suite struct AttemptLimitsTests {
    let now = ContinuousClock.now

    @Test("whoever begins and does not go on keeps others out for as long as that takes, and itself for longer")
    func sources() throws {
        var limits = AttemptLimits()
        try limits.begin(from: "a", at: now, until: now + .seconds(3))
        #expect(throws: AttemptLimiter.Refusal(code: .busy, wait: .seconds(2))) {
            try limits.begin(from: "b", at: now + .seconds(1), until: now + .seconds(4))
        }
        try limits.begin(from: "b", at: now + .seconds(3), until: now + .seconds(6))
        limits.succeed()
        // What ended by itself was a failure of the one who began it.
        #expect(limits.wait(from: "a", at: now + .seconds(3)) == .seconds(1))
        #expect(limits.wait(from: "b", at: now + .seconds(3)) == nil)
    }

    @Test("wrong secrets from one address make that one wait, and no other; few addresses are remembered")
    func guesses() {
        var limits = AttemptLimits()
        for _ in 1...4 { limits.fail(from: "a", at: now) }
        #expect(limits.wait(from: "a", at: now) == .seconds(8))
        #expect(limits.wait(from: "b", at: now) == nil)
        limits.succeed(from: "a")
        #expect(limits.wait(from: "a", at: now) == nil)
        for number in 0...AttemptLimits.most { limits.fail(from: "\(number)", at: now + .seconds(number)) }
        #expect(limits.wait(from: "0", at: now) == nil)
        #expect(limits.wait(from: "\(AttemptLimits.most)", at: now) != nil)
    }
}
