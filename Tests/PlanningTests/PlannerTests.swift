import Model
import Planning
import TestSupport
import Testing

@Suite("The planner")
struct PlannerTests {
    private let a = Sample.node(1)
    private let b = Sample.node(2)
    private let planner = Planner(policy: Policy())

    private func situation(
        own: [Situation.Own] = [], claims: [(NodeID, FileInfo)] = [], dismissed: Bool = false,
        occupants: [RelativePath: Situation.Own] = [:]
    ) -> Situation {
        Situation(
            image: Sample.image(1), own: own, claims: claims.map { .init(peer: $0.0, info: $0.1) },
            isDismissed: dismissed,
            occupants: occupants)
    }

    private func own(_ info: FileInfo, file: String? = nil, origin: String? = nil) -> Situation.Own {
        .init(info: info, file: file.map(Sample.path) ?? info.file, origin: origin.map(Sample.path))
    }

    @Test("A main that only a peer holds is wanted as a reduced copy")
    func missing() {
        let decision = planner.decide(situation(claims: [(a, Sample.main("x.jpg", 1))]))
        guard case .get(let wish) = decision else { Issue.record("\(decision)"); return }
        #expect(wish.info.form == .reduced)
        #expect(wish.info.path == Sample.path("x.jpg"))
        #expect(wish.info.edge == 2048)
        #expect(wish.quality == 85)
        #expect(wish.sources == [a])
        #expect(wish.replaces == nil)
    }

    @Test("Peers that answer are asked first, whoever holds the main before whoever holds a reduced copy")
    func sources() {
        let planner = Planner(policy: Policy(), reachable: [b])
        let c = Sample.node(3)
        let decision = planner.decide(
            situation(claims: [
                (a, Sample.main("x.jpg", 1)), (b, Sample.main("x.jpg", 1)), (c, Sample.reduced("x.jpg", 1)),
                (c, Sample.reduced("y.jpg", 1, edge: 4096)),
            ]))
        guard case .get(let wish) = decision else { Issue.record("\(decision)"); return }
        #expect(wish.sources == [b, a, c])
    }

    @Test(
        "A small main is taken as it is",
        arguments: [
            (100_000, 6000, true), (200_000, 6000, true), (200_001, 6000, false), (3_000_000, 2048, true),
            (3_000_000, 2049, false),
        ] as [(Int64, Int, Bool)])
    func small(bytes: Int64, width: Int, asItIs: Bool) {
        var info = Sample.main("x.jpg", 1, bytes: bytes)
        info.size = PixelSize(width: width, height: 10)
        guard case .get(let wish) = planner.decide(situation(claims: [(a, info)])) else {
            Issue.record("no wish"); return
        }
        #expect(wish.info.form == (asItIs ? .main : .reduced))
    }

    @Test("An archive wants the main")
    func archive() {
        var policy = Policy()
        policy.keep = .mains
        let planner = Planner(policy: policy)
        guard
            case .get(let wish) = planner.decide(
                situation(
                    own: [own(Sample.reduced("x.jpg", 1), origin: "x.jpg")], claims: [(a, Sample.main("x.jpg", 1))]))
        else { Issue.record("no wish"); return }
        #expect(wish.info == Sample.main("x.jpg", 1))
        #expect(wish.cause == .keepsMains)
        #expect(wish.replaces == Sample.path("x.jpg.reduced.jpg"))
    }

    @Test("Nothing is done, and the reason is given")
    func nothing() {
        let held = Sample.main("x.jpg", 1)
        #expect(planner.decide(situation(own: [own(held)])) == .nothing(.holdsMain))
        #expect(
            planner.decide(situation(own: [own(Sample.reduced("x.jpg", 1))], claims: [(a, held)]))
                == .nothing(.holdsReduced(edge: 2048)))
        #expect(planner.decide(situation(claims: [(a, held)], dismissed: true)) == .nothing(.dismissed))
        #expect(planner.decide(situation(claims: [(a, Sample.reduced("x.jpg", 1, edge: 500))])) == .nothing(.noSource))
        #expect(
            planner.decide(situation(claims: [(a, Sample.main("x.heic", 1, type: .heic))]))
                == .nothing(.notReducibleYet(.heic)))
        #expect(planner.decide(situation()) == .nothing(.unknown))
    }

    @Test("A reduced copy whose holders are gone stays: absence is never a deletion")
    func absence() {
        #expect(
            planner.decide(situation(own: [own(Sample.reduced("x.jpg", 1), origin: "x.jpg")]))
                == .nothing(.holdsReduced(edge: 2048)))
    }

    @Test("Without a holder, a reduced copy as large as the one wanted is taken from whoever has it")
    func secondHand() {
        guard case .get(let wish) = planner.decide(situation(claims: [(b, Sample.reduced("x.jpg", 1, edge: 4096))]))
        else { Issue.record("no wish"); return }
        #expect(wish.sources == [b])
        #expect(wish.info.form == .reduced)
        #expect(wish.info.edge == 2048)
    }

    @Test("A larger edge asked for replaces the reduced copy")
    func larger() {
        guard
            case .get(let wish) = planner.decide(
                situation(
                    own: [own(Sample.reduced("x.jpg", 1, edge: 1024), origin: "x.jpg")],
                    claims: [(a, Sample.main("x.jpg", 1))]))
        else { Issue.record("no wish"); return }
        #expect(wish.replaces == Sample.path("x.jpg.reduced.jpg"))
        #expect(wish.cause == .smallerHere)
    }

    @Test("A main moved by its holder takes the reduced copy with it")
    func moved() {
        let decision = planner.decide(
            situation(
                own: [own(Sample.reduced("old/x.jpg", 1), origin: "old/x.jpg")],
                claims: [(a, Sample.main("new/y.jpg", 1))]))
        #expect(decision == .move(from: Sample.path("old/x.jpg.reduced.jpg"), to: Sample.reduced("new/y.jpg", 1)))
    }

    @Test("A reduced copy that a person moved here stays where it was put")
    func personMoved() {
        let decision = planner.decide(
            situation(
                own: [own(Sample.reduced("mine/x.jpg", 1), origin: "old/x.jpg")],
                claims: [(a, Sample.main("new/x.jpg", 1))]))
        #expect(decision == .nothing(.holdsReduced(edge: 2048)))
        let renamed = planner.decide(
            situation(
                own: [own(Sample.reduced("best.jpg", 1), file: "best.jpg", origin: "x.jpg")],
                claims: [(a, Sample.main("x.jpg", 1))]))
        #expect(renamed == .nothing(.holdsReduced(edge: 2048)))
    }

    @Test("One of two paths of an image going away moves nothing that stands at the other")
    func twoPaths() {
        let decision = planner.decide(
            situation(
                own: [own(Sample.reduced("b.jpg", 1), origin: "b.jpg")],
                claims: [(a, Sample.main("a.jpg", 1)), (a, Sample.main("b.jpg", 1))]))
        #expect(decision == .nothing(.holdsReduced(edge: 2048)))
    }

    @Test("What a marker could not tell is taken over from the holder's record")
    func adopt() {
        var mine = Sample.reduced("x.jpg", 1)
        (mine.mainBytes, mine.size, mine.captured) = (400_000, nil, nil)
        let decision = planner.decide(situation(own: [own(mine)], claims: [(a, Sample.main("x.jpg", 1))]))
        #expect(decision == .adopt(file: Sample.path("x.jpg.reduced.jpg"), info: Sample.reduced("x.jpg", 1)))
    }

    @Test("A main beside its own reduced copy makes that superfluous")
    func drop() {
        let decision = planner.decide(situation(own: [own(Sample.main("x.jpg", 1)), own(Sample.reduced("x.jpg", 1))]))
        #expect(decision == .dropReduced(file: Sample.path("x.jpg.reduced.jpg")))
    }

    @Test("A picture changed in place replaces the old reduced copy, and nothing else", arguments: [false, true])
    func changedInPlace(isStillThere: Bool) {
        let old = own(Sample.reduced("x.jpg", 2), origin: "x.jpg")
        var changed = Sample.main("x.jpg", 1)
        if !isStillThere { changed.replaces = [Sample.image(2)] }
        let decision = planner.decide(
            situation(claims: [(a, changed)], occupants: [Sample.path("x.jpg"): old]))
        guard case .get(let wish) = decision else { Issue.record("\(decision)"); return }
        #expect(wish.replaces == (isStillThere ? nil : old.file))
    }

    @Test("A reduced copy that a changed picture did not replace, as its word came late, goes to the versions")
    func changedInPlaceLate() {
        let copy = own(Sample.reduced("x.jpg", 1), origin: "x.jpg")
        var situation = situation(own: [copy])
        #expect(planner.decide(situation) == .nothing(.holdsReduced(edge: 2048)))
        situation.isReplaced = true
        #expect(planner.decide(situation) == .retire(file: copy.file))
        situation.claims = [Situation.Claim(peer: a, info: Sample.main("elsewhere.jpg", 1))]
        #expect(planner.decide(situation) != .retire(file: copy.file))
    }

    @Test("A main that a person put here is never replaced, whatever a peer says that it replaces")
    func occupantMain() {
        var changed = Sample.main("x.jpg", 1)
        changed.replaces = [Sample.image(2)]
        let decision = Planner(policy: keepsMains).decide(
            situation(claims: [(a, changed)], occupants: [Sample.path("x.jpg"): own(Sample.main("x.jpg", 2))]))
        guard case .get(let wish) = decision else { Issue.record("\(decision)"); return }
        #expect(wish.replaces == nil)
        #expect(wish.supersedes == nil)
    }

    @Test("A main that was placed here after a peer's goes to the versions when a person changes it there")
    func superseded() {
        var changed = Sample.main("x.jpg", 1)
        changed.replaces = [Sample.image(2)]
        let old = own(Sample.main("x.jpg", 2), origin: "x.jpg")
        let decision = Planner(policy: keepsMains).decide(
            situation(claims: [(a, changed)], occupants: [Sample.path("x.jpg"): old]))
        guard case .get(let wish) = decision else { Issue.record("\(decision)"); return }
        #expect(wish.supersedes == old.file)
        #expect(wish.info.replaces == [])
    }

    private var keepsMains: Policy {
        var policy = Policy()
        policy.keep = .mains
        return policy
    }
}
