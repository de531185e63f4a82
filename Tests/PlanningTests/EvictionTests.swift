import Model
import Planning
import TestSupport
import Testing

@Suite("An eviction, step by step")
struct EvictionTests {
    private let image = Sample.image(1)
    private let peers = [Sample.node(1), Sample.node(2), Sample.node(3)]

    /// An eviction that expectations may drive on.
    private final class Driven {
        private var eviction: Eviction

        init(_ eviction: Eviction) { self.eviction = eviction }

        func next(at now: Duration) -> Eviction.Step { eviction.next(at: now) }
        func marked(_ refusal: Custody.Refusal?) { eviction.marked(refusal) }
        func placed(_ obstacle: Eviction.Obstacle?) { eviction.placed(obstacle) }
        func read(_ image: ImageID?, answers: [Bytes32]) { eviction.read(image, answers: answers) }
        func asking(at now: Duration) { eviction.asking(at: now) }
        @discardableResult
        func answered(_ peer: NodeID, proof: Bytes32, seconds: Int, at now: Duration) -> Bool {
            eviction.answered(peer, proof: proof, seconds: seconds, at: now)
        }
        func refused(_ peer: NodeID, _ reason: String, isPassing: Bool) {
            eviction.refused(peer, reason, isPassing: isPassing)
        }
        func removed(_ obstacle: Eviction.Obstacle?) { eviction.removed(obstacle) }
    }

    private func eviction(minimum: Int = 1, candidates: Int = 3) -> Driven {
        Driven(
            Eviction(
                image: image, minimum: minimum,
                candidates: (0..<candidates).map { (peers[$0], Sample.image(100 + $0).bytes) }))
    }

    private func answer(_ peer: NodeID) -> Bytes32 { Sample.image(200 + (peers.firstIndex(of: peer) ?? 9)).bytes }

    /// The eviction when the main was read and the first peers are to be asked.
    private func read(minimum: Int = 1, candidates: Int = 3) -> (Driven, [Eviction.Question]) {
        let eviction = eviction(minimum: minimum, candidates: candidates)
        #expect(eviction.next(at: .zero).name == "mark")
        eviction.marked(nil)
        #expect(eviction.next(at: .zero).name == "placeReduced")
        eviction.placed(nil)
        guard case .read(let questions) = eviction.next(at: .zero) else {
            Issue.record("does not read the main")
            return (eviction, [])
        }
        eviction.read(image, answers: questions.map { answer($0.peer) })
        return (eviction, questions)
    }

    private func ask(_ eviction: Driven, at now: Duration) -> [NodeID] {
        guard case .ask(let questions) = eviction.next(at: now) else { return [] }
        eviction.asking(at: now)
        return questions.map(\.peer)
    }

    @Test("The mark, the reduced copy, the reading, the questions, the removal, the record: in this order")
    func wholly() {
        let (eviction, questions) = read()
        #expect(questions.map(\.peer) == peers)
        #expect(questions.allSatisfy { $0.seconds == Eviction.holdSeconds })
        #expect(Set(questions.map(\.nonce)).count == 3)
        #expect(ask(eviction, at: .seconds(10)) == [peers[0]])
        #expect(eviction.answered(peers[0], proof: answer(peers[0]), seconds: 300, at: .seconds(20)))
        guard case .remove(let proof) = eviction.next(at: .seconds(20)) else {
            Issue.record("does not remove")
            return
        }
        #expect(proof.holders == [peers[0]])
        #expect(proof.validUntil == .seconds(10 + 270))
        eviction.removed(nil)
        #expect(eviction.next(at: .seconds(21)).name == "record")
        #expect(eviction.next(at: .seconds(22)).outcome == .evicted(against: [peers[0]]))
        #expect(eviction.next(at: .seconds(22)).outcome == .evicted(against: [peers[0]]))
    }

    @Test("A refused mark ends it with nothing to take back", arguments: [true, false])
    func notMarked(isPassing: Bool) {
        let eviction = eviction()
        _ = eviction.next(at: .zero)
        eviction.marked(isPassing ? .held(until: .seconds(9)) : .noMain)
        guard case .kept(let obstacle)? = eviction.next(at: .zero).outcome else {
            Issue.record("goes on")
            return
        }
        #expect(obstacle.isPassing == isPassing)
    }

    @Test("Whatever fails after the mark takes the mark back, and the main stays", arguments: Fault.allCases)
    func fails(fault: Fault) {
        let eviction = eviction()
        eviction.marked(nil)
        let obstacle = Eviction.Obstacle("because", isPassing: true)
        switch fault {
        case .placing: eviction.placed(obstacle)
        case .reading:
            eviction.placed(nil)
            eviction.read(nil, answers: peers.map(answer))
        case .damage:
            eviction.placed(nil)
            eviction.read(Sample.image(2), answers: peers.map(answer))
        case .removing:
            eviction.placed(nil)
            eviction.read(image, answers: peers.map(answer))
            _ = ask(eviction, at: .zero)
            eviction.answered(peers[0], proof: answer(peers[0]), seconds: 300, at: .zero)
            guard case .remove = eviction.next(at: .zero) else {
                Issue.record("does not remove")
                return
            }
            eviction.removed(obstacle)
        case .refusals:
            eviction.placed(nil)
            eviction.read(image, answers: peers.map(answer))
            for peer in peers {
                #expect(ask(eviction, at: .zero) == [peer])
                eviction.refused(peer, "no", isPassing: false)
            }
        }
        #expect(eviction.next(at: .zero).name == "unmark")
        guard case .kept(let obstacle)? = eviction.next(at: .zero).outcome else {
            Issue.record("goes on")
            return
        }
        #expect(obstacle.isDamage == (fault == .damage))
        #expect(obstacle.isPassing == (fault != .refusals))
    }

    enum Fault: CaseIterable { case placing, reading, damage, removing, refusals }

    @Test("As many are asked at once as are missing, and the next ones only when those do not do")
    func rounds() {
        let (eviction, _) = read(minimum: 2)
        #expect(ask(eviction, at: .zero) == [peers[0], peers[1]])
        eviction.refused(peers[0], "ada is evicting it too", isPassing: true)
        #expect(eviction.answered(peers[1], proof: answer(peers[1]), seconds: 300, at: .seconds(1)))
        #expect(ask(eviction, at: .seconds(2)) == [peers[2]])
        #expect(eviction.answered(peers[2], proof: answer(peers[2]), seconds: 300, at: .seconds(3)))
        guard case .remove(let proof) = eviction.next(at: .seconds(4)) else {
            Issue.record("does not remove")
            return
        }
        #expect(proof.holders == [peers[1], peers[2]])
        #expect(proof.validUntil == .seconds(270))
    }

    @Test("Too few candidates end it before anybody is asked")
    func tooFew() {
        let (eviction, _) = read(minimum: 3, candidates: 2)
        #expect(eviction.next(at: .zero).name == "unmark")
    }

    @Test("An answer that is wrong, that comes twice, or that nobody waits for, proves nothing")
    func wrong() {
        let (eviction, _) = read(candidates: 2)
        #expect(!eviction.answered(peers[0], proof: answer(peers[0]), seconds: 300, at: .zero))
        _ = ask(eviction, at: .zero)
        #expect(!eviction.answered(peers[1], proof: answer(peers[1]), seconds: 300, at: .zero))
        #expect(!eviction.answered(peers[0], proof: answer(peers[1]), seconds: 300, at: .zero))
        #expect(!eviction.answered(peers[0], proof: answer(peers[0]), seconds: 300, at: .zero))
        #expect(ask(eviction, at: .zero) == [peers[1]])
        eviction.refused(peers[1], "bob does not answer", isPassing: true)
        #expect(!eviction.answered(peers[1], proof: answer(peers[1]), seconds: 300, at: .zero))
        #expect(eviction.next(at: .zero).name == "unmark")
    }

    @Test("A hold whose time is over before it is needed is asked for anew, of another")
    func late() {
        let (eviction, _) = read(minimum: 2)
        _ = ask(eviction, at: .zero)
        #expect(eviction.answered(peers[0], proof: answer(peers[0]), seconds: 300, at: .seconds(1)))
        eviction.refused(peers[1], "bob does not answer", isPassing: true)
        // One of two is there; by the time of the next look its time is over, and only one is left to ask.
        #expect(eviction.next(at: .seconds(271)).name == "unmark")
    }
}

extension Eviction.Step {
    fileprivate var name: String {
        switch self {
        case .mark: "mark"
        case .placeReduced: "placeReduced"
        case .read: "read"
        case .ask: "ask"
        case .remove: "remove"
        case .record: "record"
        case .unmark: "unmark"
        case .over: "over"
        }
    }

    fileprivate var outcome: Eviction.Outcome? { if case .over(let outcome) = self { outcome } else { nil } }
}
