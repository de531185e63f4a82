import Model
import Planning
import TestSupport
import Testing

@Suite("The planner, and what belongs to a main beside its bytes")
struct PlannerAttributesTests {
    private let a = Sample.node(1)
    private let b = Sample.node(2)
    private let planner = Planner(policy: Policy())

    private func situation(own: [Situation.Own] = [], claims: [(NodeID, FileInfo)] = []) -> Situation {
        Situation(image: Sample.image(1), own: own, claims: claims.map { .init(peer: $0.0, info: $0.1) })
    }

    private func own(_ info: FileInfo, origin: String? = nil) -> Situation.Own {
        .init(info: info, file: info.file, origin: origin.map(Sample.path))
    }

    private func with(_ info: FileInfo, _ changes: Int64?, mode: UInt16 = 0o644) -> FileInfo {
        var info = info
        info.attributes = changes.flatMap {
            FileAttributes(seconds: $0, nanoseconds: 0, mode: mode, changes: $0)
        }
        return info
    }

    @Test("What was changed most often beside the bytes of a main comes with it, and is set on what is here")
    func attributes() throws {
        let (main, copy) = (Sample.main("x.jpg", 1), Sample.reduced("x.jpg", 1))
        func changes(_ own: Situation.Own?, _ claims: Int64?...) -> Int64? {
            let claims = claims.map { (a, with(main, $0)) }
            switch planner.decide(situation(own: own.map { [$0] } ?? [], claims: claims)) {
            case .get(let wish): return wish.info.attributes?.changes ?? -1
            case .adopt(_, let info): return info.attributes?.changes ?? -1
            default: return nil
            }
        }
        #expect(changes(nil, 0, 2, 1) == 2)
        #expect(changes(nil, nil, nil) == -1)
        // A reduced copy here, whose main was evicted or is elsewhere.
        #expect(changes(own(with(copy, 1)), 0, 1) == nil)
        #expect(changes(own(with(copy, 1)), 0, 2) == 2)
        #expect(changes(own(with(copy, nil), origin: "x.jpg"), 0) == 0)
        let small = own(with(Sample.reduced("x.jpg", 1, edge: 100), 3))
        #expect(changes(small, 2) == 3)
        // A main here: one that this node placed, and one that a person put here.
        #expect(changes(own(with(main, 1), origin: "x.jpg"), 1, 0) == nil)
        #expect(changes(own(with(main, 1), origin: "x.jpg"), 2) == 2)
        #expect(changes(own(with(main, nil), origin: "x.jpg"), 0) == 0)
        #expect(changes(own(with(main, nil)), 5) == nil)
        #expect(changes(own(with(main, 0)), 0) == nil)
        #expect(changes(own(with(main, 0)), 1) == 1)
        let hidden = situation(own: [own(with(main, 0, mode: 0o600))], claims: [(a, with(main, 1))])
        guard case .adopt(_, let info) = planner.decide(hidden) else { Issue.record("nothing"); return }
        #expect(info.attributes?.mode == 0o600 && info.attributes?.seconds == 1)
        // Two changed it as often: one of them counts, on both sides; where nobody did, each keeps its own.
        func settled(_ own: FileInfo, _ claim: FileInfo, origin: String?) -> FileAttributes? {
            let decision = planner.decide(situation(own: [self.own(own, origin: origin)], claims: [(a, claim)]))
            guard case .adopt(_, let info) = decision else { return own.attributes }
            return info.attributes
        }
        for (changes, isSame) in [(Int64(1), true), (0, false)] {
            var (one, two) = (main, main)
            one.attributes = FileAttributes(seconds: 5, nanoseconds: 0, mode: 0o644, changes: changes)
            two.attributes = FileAttributes(seconds: 9, nanoseconds: 0, mode: 0o640, changes: changes)
            let (here, there) = (settled(one, two, origin: nil), settled(two, one, origin: "x.jpg"))
            #expect((here == there) == isSame)
            #expect(there?.seconds == 9 && there?.mode == 0o640)
            var again = one
            again.attributes = here
            var other = two
            other.attributes = there
            #expect(settled(again, other, origin: nil) == here && settled(other, again, origin: "x.jpg") == there)
        }
        // Of equal words, for those whom both let read it.
        let equal = [(a, with(main, 2)), (b, with(main, 2, mode: 0o600)), (b, with(main, 1, mode: 0o666))]
        guard case .get(let wish) = planner.decide(situation(claims: equal)) else { Issue.record("nothing"); return }
        #expect(wish.info.attributes?.mode == 0o600)
    }

    @Test("Of an image at several paths what is said is meant for the same path, also where one is here no more")
    func severalPaths() throws {
        let (x, y) = (Sample.main("x.jpg", 1), Sample.main("y.jpg", 1))
        let twice = [own(with(y, 0)), own(with(x, 0))]
        guard case .adopt(let file, _) = planner.decide(situation(own: twice, claims: [(a, with(x, 1))])) else {
            Issue.record("nothing is set")
            return
        }
        #expect(file == x.path)
        // The person has edited `y.jpg` here, which the peer has not heard of yet.
        var edited = situation(own: [own(with(x, 0))], claims: [(a, with(x, 0)), (a, with(y, 1))])
        edited.claims[1].isEdited = true
        #expect(planner.decide(edited) == .nothing(.holdsMain))
        // Nor is that said of a reduced copy, from where others would take it.
        edited.own = [own(with(Sample.reduced("x.jpg", 1), 0), origin: "x.jpg")]
        if case .adopt = planner.decide(edited) { Issue.record("it is taken for the other's") }
    }
}
