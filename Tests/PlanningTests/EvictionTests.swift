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

        func next(at now: Duration) throws -> Eviction.Step { try eviction.next(at: now) }
        func marked(_ refusal: Custody.Refusal?) throws { try eviction.marked(refusal) }
        func placed(_ obstacle: Eviction.Obstacle?) throws { try eviction.placed(obstacle) }
        func read(_ image: ImageID?, answers: [Bytes32]) throws { try eviction.read(image, answers: answers) }
        func asking(at now: Duration) { eviction.asking(at: now) }
        @discardableResult
        func answered(_ peer: NodeID, proof: Bytes32, seconds: Int, at now: Duration) throws -> Bool {
            try eviction.answered(peer, proof: proof, seconds: seconds, at: now)
        }
        func refused(_ peer: NodeID, _ reason: String, isPassing: Bool) throws {
            try eviction.refused(peer, reason, isPassing: isPassing)
        }
        func removed(_ obstacle: Eviction.Obstacle?) throws { try eviction.removed(obstacle) }
        /// The names of the steps that are left when nothing is asked any more, and the questions whose holds go back.
        func rest(at now: Duration) throws -> (names: [String], released: [Eviction.Question]) {
            var (names, released): ([String], [Eviction.Question]) = ([], [])
            while names.last != "over", names.count < 9 {
                let step = try eviction.next(at: now)
                if case .release(let questions) = step { released += questions }
                names.append(step.name)
            }
            return (names, released)
        }
    }

    private func eviction(minimum: Int = 1, candidates: Int = 3) -> Driven {
        Driven(
            Eviction(
                image: image, minimum: minimum,
                candidates: (0..<candidates).map { (peers[$0], Sample.image(100 + $0).bytes) }))
    }

    private func answer(_ peer: NodeID) -> Bytes32 { Sample.image(200 + (peers.firstIndex(of: peer) ?? 9)).bytes }

    /// The eviction when the main was read and the first peers are to be asked.
    private func read(minimum: Int = 1, candidates: Int = 3) throws -> (Driven, [Eviction.Question]) {
        let eviction = eviction(minimum: minimum, candidates: candidates)
        #expect(try eviction.next(at: .zero).name == "mark")
        try eviction.marked(nil)
        #expect(try eviction.next(at: .zero).name == "placeReduced")
        try eviction.placed(nil)
        guard case .read(let questions) = try eviction.next(at: .zero) else {
            Issue.record("does not read the main")
            return (eviction, [])
        }
        try eviction.read(image, answers: questions.map { answer($0.peer) })
        return (eviction, questions)
    }

    private func ask(_ eviction: Driven, at now: Duration) throws -> [NodeID] {
        guard case .ask(let questions) = try eviction.next(at: now) else { return [] }
        eviction.asking(at: now)
        return questions.map(\.peer)
    }

    @Test("The mark, the reduced copy, the reading, the questions, the removal, the record: in this order")
    func wholly() throws {
        let (eviction, questions) = try read()
        #expect(questions.map(\.peer) == peers)
        #expect(questions.allSatisfy { $0.seconds == Eviction.holdSeconds })
        #expect(Set(questions.map(\.nonce)).count == 3)
        #expect(try ask(eviction, at: .seconds(10)) == [peers[0]])
        #expect(try eviction.answered(peers[0], proof: answer(peers[0]), seconds: 300, at: .seconds(20)))
        guard case .remove(let proof) = try eviction.next(at: .seconds(20)) else {
            Issue.record("does not remove")
            return
        }
        #expect(proof.holders == [peers[0]])
        #expect(proof.validUntil == .seconds(10 + 270))
        try eviction.removed(nil)
        #expect(try eviction.next(at: .seconds(21)).name == "record")
        // Only now: what was promised is relied on until the record stands.
        let rest = try eviction.rest(at: .seconds(22))
        #expect(rest.names == ["release", "over"])
        #expect(rest.released == [questions[0]])
        #expect(try eviction.next(at: .seconds(22)).outcome == .evicted(against: [peers[0]]))
        #expect(try eviction.next(at: .seconds(22)).outcome == .evicted(against: [peers[0]]))
    }

    @Test("A refused mark ends it with nothing to take back", arguments: [true, false])
    func notMarked(isPassing: Bool) throws {
        let eviction = eviction()
        _ = try eviction.next(at: .zero)
        try eviction.marked(isPassing ? .held(until: .seconds(9)) : .noMain)
        guard case .kept(let obstacle)? = try eviction.next(at: .zero).outcome else {
            Issue.record("goes on")
            return
        }
        #expect(obstacle.isPassing == isPassing)
    }

    @Test("Whatever fails after the mark takes the mark back, and the main stays", arguments: Fault.allCases)
    func fails(fault: Fault) throws {
        let eviction = eviction()
        func step() throws { _ = try eviction.next(at: .zero) }
        let obstacle = Eviction.Obstacle("because", isPassing: true)
        try step()
        try eviction.marked(nil)
        try step()
        try eviction.placed(fault == .placing ? obstacle : nil)
        if fault != .placing {
            try step()
            let image: ImageID? = fault == .reading ? nil : fault == .damage ? Sample.image(2) : image
            try eviction.read(image, answers: peers.map(answer))
        }
        switch fault {
        case .placing, .reading, .damage: break
        case .removing:
            _ = try ask(eviction, at: .zero)
            try eviction.answered(peers[0], proof: answer(peers[0]), seconds: 300, at: .zero)
            guard case .remove = try eviction.next(at: .zero) else {
                Issue.record("does not remove")
                return
            }
            try eviction.removed(obstacle)
        case .refusals:
            for peer in peers {
                #expect(try ask(eviction, at: .zero) == [peer])
                try eviction.refused(peer, "no", isPassing: false)
            }
        }
        let rest = try eviction.rest(at: .zero)
        let hasAsked = fault == .removing || fault == .refusals
        #expect(rest.names == ["takeBackReduced", "unmark"] + (hasAsked ? ["release"] : []) + ["over"])
        #expect(rest.released.map(\.peer) == (fault == .refusals ? peers : hasAsked ? [peers[0]] : []))
        guard case .kept(let obstacle)? = try eviction.next(at: .zero).outcome else {
            Issue.record("goes on")
            return
        }
        #expect(obstacle.isDamage == (fault == .damage))
        #expect(obstacle.isPassing == (fault != .refusals))
    }

    enum Fault: CaseIterable { case placing, reading, damage, removing, refusals }

    @Test("As many are asked at once as are missing, and the next ones only when those do not do")
    func rounds() throws {
        let (eviction, _) = try read(minimum: 2)
        #expect(try ask(eviction, at: .zero) == [peers[0], peers[1]])
        try eviction.refused(peers[0], "ada is evicting it too", isPassing: true)
        #expect(try eviction.answered(peers[1], proof: answer(peers[1]), seconds: 300, at: .seconds(1)))
        #expect(try ask(eviction, at: .seconds(2)) == [peers[2]])
        #expect(try eviction.answered(peers[2], proof: answer(peers[2]), seconds: 300, at: .seconds(3)))
        guard case .remove(let proof) = try eviction.next(at: .seconds(4)) else {
            Issue.record("does not remove")
            return
        }
        #expect(proof.holders == [peers[1], peers[2]])
        #expect(proof.validUntil == .seconds(270))
    }

    @Test("Too few candidates end it before anybody is asked")
    func tooFew() throws {
        let (eviction, _) = try read(minimum: 3, candidates: 2)
        #expect(try eviction.rest(at: .zero).names == ["takeBackReduced", "unmark", "over"])
    }

    @Test("An answer that is wrong, that comes twice, or that nobody waits for, proves nothing")
    func wrong() throws {
        let (eviction, _) = try read(candidates: 2)
        func answered(_ peer: NodeID) throws -> Bool {
            try eviction.answered(peer, proof: answer(peer), seconds: 300, at: .zero)
        }
        #expect(throws: Astray.self) { try answered(peers[0]) }
        _ = try ask(eviction, at: .zero)
        #expect(throws: Astray.self) { try answered(peers[1]) }
        #expect(try !eviction.answered(peers[0], proof: answer(peers[1]), seconds: 300, at: .zero))
        #expect(throws: Astray.self) { try answered(peers[0]) }
        #expect(try ask(eviction, at: .zero) == [peers[1]])
        try eviction.refused(peers[1], "bob does not answer", isPassing: true)
        #expect(throws: Astray.self) { try answered(peers[1]) }
        #expect(try eviction.rest(at: .zero).names == ["takeBackReduced", "unmark", "release", "over"])
    }

    @Test("Whatever the answer names, an eviction whose answers belong to no question ends, and asks nothing twice")
    func astray() throws {
        for step in 0..<5 {
            let eviction = eviction()
            var steps = 0
            #expect(throws: Astray.self) {
                while steps < 100 {
                    // The driver answers the first few steps, and loses the thread then.
                    let next = try eviction.next(at: .zero)
                    let isLost = steps >= step
                    steps += 1
                    if case .over = next { return }
                    guard !isLost else { continue }
                    switch next {
                    case .mark: try eviction.marked(nil)
                    case .placeReduced: try eviction.placed(nil)
                    case .read(let questions):
                        try eviction.read(image, answers: questions.map { answer($0.peer) })
                    case .ask(let questions):
                        eviction.asking(at: .zero)
                        try eviction.answered(
                            questions[0].peer, proof: answer(questions[0].peer), seconds: 300, at: .zero)
                    default: break
                    }
                }
            }
            #expect(steps == step + 1)
        }
        // A peer's answer under another name, as one was lost once.
        let (eviction, _) = try read()
        _ = try ask(eviction, at: .zero)
        #expect(throws: Astray.self) { try eviction.refused(peers[2], "no", isPassing: true) }
        #expect(throws: Astray.self) { try eviction.removed(nil) }
        #expect(throws: Astray.self) { try eviction.next(at: .zero) }
    }

    @Test("A hold whose time is over before it is needed is asked for anew, of another")
    func late() throws {
        let (eviction, _) = try read(minimum: 2)
        _ = try ask(eviction, at: .zero)
        #expect(try eviction.answered(peers[0], proof: answer(peers[0]), seconds: 300, at: .seconds(1)))
        try eviction.refused(peers[1], "bob does not answer", isPassing: true)
        // One of two is there; by the time of the next look its time is over, and only one is left to ask.
        #expect(try eviction.next(at: .seconds(271)).name == "takeBackReduced")
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
        case .takeBackReduced: "takeBackReduced"
        case .release: "release"
        case .unmark: "unmark"
        case .over: "over"
        }
    }

    fileprivate var outcome: Eviction.Outcome? { if case .over(let outcome) = self { outcome } else { nil } }
}
