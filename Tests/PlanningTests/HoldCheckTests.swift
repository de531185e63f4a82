import Model
import Planning
import TestSupport
import Testing

@Suite("Holds and their proof")
struct HoldCheckTests {
    private let image = Sample.image(1)
    private let a = Sample.node(1)
    private let b = Sample.node(2)
    private let right = Sample.image(7).bytes
    private let wrong = Sample.image(8).bytes

    /// A check that expectations may change.
    private final class Check {
        private var check: HoldCheck

        init(_ check: HoldCheck) { self.check = check }

        var minimum: Int { check.minimum }
        var missing: Int { check.missing }
        func asks(_ peer: NodeID, expecting expected: Bytes32, seconds: Int, at now: Duration) {
            check.asks(peer, expecting: expected, seconds: seconds, at: now)
        }
        @discardableResult
        func answered(_ peer: NodeID, proof: Bytes32, seconds: Int, at now: Duration) -> Bool {
            check.answered(peer, proof: proof, seconds: seconds, at: now)
        }
        func refused(_ peer: NodeID) { check.refused(peer) }
        func proof(at now: Duration) -> EvictionProof? { check.proof(at: now) }
    }

    /// A check that has asked `peers`, at second 100, to hold for 300 s.
    private func asked(_ peers: [NodeID], minimum: Int = 1) -> Check {
        let check = Check(HoldCheck(image: image, minimum: minimum))
        for peer in peers { check.asks(peer, expecting: right, seconds: 300, at: .seconds(100)) }
        return check
    }

    @Test("One right answer proves a minimum of one, from before the question and for nine tenths of the time")
    func proof() throws {
        let check = asked([a])
        #expect(check.missing == 1)
        #expect(check.proof(at: .seconds(100)) == nil)
        let counts = check.answered(a, proof: right, seconds: 300, at: .seconds(150))
        #expect(counts)
        #expect(check.missing == 0)
        let proof = try #require(check.proof(at: .seconds(150)))
        #expect(proof.image == image)
        #expect(proof.holders == [a])
        #expect(proof.validUntil == .seconds(370))
    }

    @Test("A proof is spent once, on its image, and in time")
    func spending() throws {
        func proof() throws -> EvictionProof {
            let check = asked([a])
            check.answered(a, proof: right, seconds: 300, at: .seconds(110))
            return try #require(check.proof(at: .seconds(110)))
        }
        let used = try proof()
        #expect(used.spend(on: image, at: .seconds(369)))
        #expect(!used.spend(on: image, at: .seconds(120)))
        #expect(try !proof().spend(on: image, at: .seconds(370)))
        let misused = try proof()
        #expect(!misused.spend(on: Sample.image(2), at: .seconds(120)))
        #expect(!misused.spend(on: image, at: .seconds(120)))
    }

    @Test("A proof is spent once by many at once")
    func spendingAtOnce() async throws {
        let check = asked([a])
        check.answered(a, proof: right, seconds: 300, at: .seconds(110))
        let (proof, image) = (try #require(check.proof(at: .seconds(110))), image)
        let spent = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { proof.spend(on: image, at: .seconds(120)) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(spent == 1)
    }

    @Test("Each hold serves one proof")
    func anew() throws {
        let check = asked([a])
        check.answered(a, proof: right, seconds: 300, at: .seconds(110))
        _ = try #require(check.proof(at: .seconds(110)))
        #expect(check.proof(at: .seconds(111)) == nil)
        #expect(check.missing == 1)
    }

    @Test("A wrong answer, a second one, a late one and one that nobody asked for do not count")
    func refused() {
        let check = asked([a])
        #expect(!check.answered(a, proof: wrong, seconds: 300, at: .seconds(110)))
        #expect(!check.answered(a, proof: right, seconds: 300, at: .seconds(110)))
        #expect(!check.answered(b, proof: right, seconds: 300, at: .seconds(110)))
        let late = asked([a])
        #expect(!late.answered(a, proof: right, seconds: 300, at: .seconds(370)))
        let given = asked([a])
        given.refused(a)
        #expect(!given.answered(a, proof: right, seconds: 300, at: .seconds(110)))
        for check in [check, late, given] { #expect(check.proof(at: .seconds(111)) == nil) }
    }

    @Test("A peer can promise less than it was asked for, not more")
    func promised() throws {
        let less = asked([a])
        less.answered(a, proof: right, seconds: 100, at: .seconds(110))
        #expect(try #require(less.proof(at: .seconds(110))).validUntil == .seconds(190))
        let more = asked([a])
        more.answered(a, proof: right, seconds: 30_000, at: .seconds(110))
        #expect(try #require(more.proof(at: .seconds(110))).validUntil == .seconds(370))
        let nothing = asked([a])
        #expect(!nothing.answered(a, proof: right, seconds: 0, at: .seconds(110)))
        let negative = asked([a])
        #expect(!negative.answered(a, proof: right, seconds: -300, at: .seconds(110)))
    }

    @Test("Two are two peers, and the proof lasts as long as the first of them holds")
    func two() throws {
        let check = asked([a], minimum: 2)
        check.answered(a, proof: right, seconds: 300, at: .seconds(110))
        check.asks(a, expecting: right, seconds: 300, at: .seconds(120))
        check.answered(a, proof: right, seconds: 300, at: .seconds(130))
        #expect(check.proof(at: .seconds(130)) == nil)
        check.asks(b, expecting: right, seconds: 300, at: .seconds(200))
        check.answered(b, proof: right, seconds: 300, at: .seconds(210))
        let proof = try #require(check.proof(at: .seconds(210)))
        #expect(proof.holders == [a, b])
        #expect(proof.validUntil == .seconds(390))
    }

    @Test("A hold that has ended while another was asked for counts no more")
    func ended() {
        let check = asked([a], minimum: 2)
        check.answered(a, proof: right, seconds: 300, at: .seconds(110))
        check.asks(b, expecting: right, seconds: 300, at: .seconds(300))
        check.answered(b, proof: right, seconds: 300, at: .seconds(370))
        #expect(check.proof(at: .seconds(370)) == nil)
        #expect(check.missing == 1)
    }

    @Test("Asking again takes an earlier hold back", arguments: [0, -3])
    func again(minimum: Int) {
        let check = asked([a], minimum: minimum)
        // No policy makes a main go that nobody else holds.
        #expect(check.minimum == 1)
        #expect(check.proof(at: .seconds(100)) == nil)
        check.answered(a, proof: right, seconds: 300, at: .seconds(110))
        check.asks(a, expecting: right, seconds: 300, at: .seconds(120))
        #expect(check.proof(at: .seconds(120)) == nil)
    }
}
