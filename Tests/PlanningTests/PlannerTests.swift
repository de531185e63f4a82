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
        replaced: [Situation.Own] = []
    ) -> Situation {
        Situation(
            image: Sample.image(1), own: own, claims: claims.map { .init(peer: $0.0, info: $0.1) },
            isDismissed: dismissed, replaced: replaced)
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
        #expect(planner.decide(situation()) == .nothing(.unknown))
    }

    @Test("A reduced copy is asked for at those who say that they make one of its type, or have one")
    func reducible() throws {
        var planner = Planner(policy: Policy())
        let main = Sample.main("x.heic", 1, type: .heic)
        let both = situation(claims: [(a, main), (b, main)])
        func sources() throws -> [NodeID] {
            guard case .get(let wish) = planner.decide(both) else { return [] }
            return wish.sources
        }
        #expect(try sources() == [a, b].sorted(), "nobody was heard yet")
        planner.reducible.peers = [a: [.jpeg], b: [.jpeg, .heic]]
        #expect(try sources() == [b])
        planner.reducible.peers[b] = [.jpeg]
        #expect(planner.decide(both) == .nothing(.notReduced(.heic, by: [a, b].sorted())))
        let copied = situation(claims: [(a, main), (b, Sample.reduced("x.heic", 1, edge: 2048))])
        guard case .get(let wish) = planner.decide(copied) else { return #expect(Bool(false)) }
        #expect(wish.sources == [b], "a copy that stands at a peer needs no decoder")
        #expect(
            planner.decide(situation(claims: [(a, Sample.main("x.psd", 1, type: .other))]))
                == .nothing(.notReduced(.other, by: [a])))
    }

    @Test("A film is not taken as it is for the size of its picture")
    func film() {
        let size = PixelSize(width: 1920, height: 1080)
        var info = Sample.main("x.mp4", 1, type: .mp4)
        info.size = size
        #expect(!Policy().takesAsItIs(info))
        info.type = .png
        #expect(Policy().takesAsItIs(info))
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

    @Test("Another path of an image moves nothing that stands at one, and is copied to")
    func twoPaths() {
        let decision = planner.decide(
            situation(
                own: [own(Sample.reduced("b.jpg", 1), origin: "b.jpg")],
                claims: [(a, Sample.main("a.jpg", 1)), (a, Sample.main("b.jpg", 1))]))
        #expect(decision == .copy(from: Sample.path("b.jpg").reduced, to: [Sample.reduced("a.jpg", 1)]))
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

    @Test("An edit takes the place of the reduced copy of what it was, under the name that this has by the latest word")
    func changedInPlace() {
        var old = own(Sample.reduced("x.jpg", 2), origin: "x.jpg")
        let claims = [(a, Sample.main("x.jpg", 1))]
        guard case .get(let wish) = planner.decide(situation(claims: claims, replaced: [old])) else {
            Issue.record("it comes")
            return
        }
        #expect(wish.replaces == old.file && wish.info.path == Sample.path("x.jpg") && wish.cause == .changedThere)
        old.info.path = Sample.path("named.jpg")
        old.info.generation = 1
        guard case .get(let named) = planner.decide(situation(claims: claims, replaced: [old])) else {
            Issue.record("it comes")
            return
        }
        #expect(named.info.path == Sample.path("named.jpg") && named.info.generation == 1)
        let copy = own(Sample.reduced("y.jpg", 1), origin: "y.jpg")
        #expect(
            planner.decide(situation(own: [copy], claims: claims, replaced: [old])) == .retire(file: old.file),
            "it came under another name")
    }

    @Test("The name that was given to a main is that of its edit, also where a reduced copy of the edit waits beside")
    func changedBeside() {
        var old = own(Sample.main("named.jpg", 2))
        old.info.generation = 2
        let copy = own(Sample.reduced("x (desk).jpg", 1), origin: "x.jpg")
        var claim = Sample.main("x.jpg", 1)
        for (word, name) in [(nil, "named.jpg"), (1, "named.jpg"), (3, "x (desk).jpg")] as [(Int64?, String)] {
            claim.generation = word
            let decision = planner.decide(situation(own: [copy], claims: [(a, claim)], replaced: [old]))
            guard case .get(let wish) = decision else {
                Issue.record("\(decision)")
                continue
            }
            #expect(wish.info.form == .main && wish.supersedes == old.file && wish.replaces == copy.file)
            #expect(wish.info.path == Sample.path(name), "after a word of \(word ?? 0)")
        }
    }

    @Test("A person's main names what a peer says that it replaced, once that has given way here, and nothing else")
    func namesWhatGaveWay() {
        let (old, other) = (Sample.image(2), Sample.image(3))
        var claim = Sample.main("x.jpg", 1)
        (claim.replaces, claim.edition) = ([old, other], 4)
        func names(_ gaveWay: Set<ImageID>, _ own: FileInfo = Sample.main("x.jpg", 1)) -> FileInfo? {
            var here = situation(own: [self.own(own)], claims: [(a, claim)])
            here.gaveWay = gaveWay
            guard case .adopt(_, let info) = planner.decide(here) else { return nil }
            return info
        }
        #expect(names([]) == nil, "nothing was here")
        let told = names([old])
        #expect(told?.replaces == [old] && told?.edition == 4)
        #expect(told.flatMap { names([old], $0) } == nil, "it says so already")
        #expect(told.flatMap { names([old, other], $0) }?.replaces == [old, other])
        var mine = Sample.main("x.jpg", 1)
        mine.edition = 5
        #expect(names([old], mine) == nil, "a person has said something later here")
        (mine.replaces, mine.edition) = ((10..<18).map(Sample.image), 1)
        let full = names([old], mine)
        #expect(full?.replaces == [old] + mine.replaces.dropLast())
        #expect(full.flatMap { names([old], $0) } == nil)
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

    @Test("An edit of a main comes as a main, whatever the node keeps; where it is here already, what it was goes")
    func superseded() {
        let old = own(Sample.main("x.jpg", 2))
        let claims = [(a, Sample.main("x.jpg", 1))]
        guard case .get(let wish) = planner.decide(situation(claims: claims, replaced: [old])) else {
            Issue.record("it comes")
            return
        }
        #expect(wish.supersedes == old.file && wish.info.form == .main && wish.info.replaces == [])
        let here = own(Sample.main("y.jpg", 1))
        #expect(planner.decide(situation(own: [here], claims: claims, replaced: [old])) == .retire(file: old.file))
    }

    @Test("Two edits were made apart where both are of one picture and neither is of the other, or each is")
    func apart() {
        var (one, other) = (Sample.main("x.jpg", 1), Sample.main("x.jpg", 2))
        (one.replaces, other.replaces) = ([Sample.image(3)], [Sample.image(4), Sample.image(3)])
        #expect(Situation.areApart(one, other) && Situation.areApart(other, one))
        other.replaces = [one.image, Sample.image(3)]
        #expect(!Situation.areApart(one, other), "one after the other")
        (one.replaces, other.replaces) = ([other.image], [one.image])
        #expect(Situation.areApart(one, other), "back and forth, nobody knows in which order")
        one.edition = 2
        #expect(!Situation.areApart(one, other) && !Situation.areApart(other, one), "back and forth")
        one.edition = nil
        (one.replaces, other.replaces) = ([Sample.image(3)], [Sample.image(4)])
        #expect(!Situation.areApart(one, other), "of two pictures")
    }

    @Test("Whether two edits were made apart is told by all records that are known of them, not by two that are old")
    func apartByAll() {
        var (one, other) = (Sample.main("x.jpg", 1), Sample.main("x.jpg", 2))
        (one.replaces, other.replaces) = ([Sample.image(3)], [Sample.image(3)])
        var later = other
        (later.replaces, later.edition) = ([one.image, Sample.image(3)], 2)
        #expect(!Situation.areApart(one, other, among: [later]), "the other was put over the one since")
        (one.replaces, one.edition) = ([other.image], 2)
        #expect(!Situation.areApart(one, other))
        (later.replaces, later.edition) = ([], 2)
        #expect(Situation.areApart(one, other, among: [later]), "the other is wanted beside the one since")
    }

    @Test("A path is the name of an image where no later word on it is known, be it of a node that has it elsewhere")
    func nameByAll() {
        func file(_ path: String, _ generation: Int64?) -> FileInfo {
            var info = Sample.main(path, 1)
            info.generation = generation
            return info
        }
        func isName(_ words: [[FileInfo]]) -> Bool { Situation.isName(Sample.path("b.jpg"), by: words) }
        #expect(isName([[file("b.jpg", nil)], [file("a.jpg", nil)]]), "nobody has said anything")
        #expect(isName([[file("b.jpg", 2)], [file("a.jpg", 1)]]))
        #expect(!isName([[file("b.jpg", nil)], [file("a.jpg", 1)]]))
        #expect(!isName([[file("b.jpg", 1)], [file("a.jpg", 1)]]), "of two words at once")
        #expect(isName([[file("b.jpg", 1)], [file("c.jpg", 1)]]))
        #expect(isName([[file("b.jpg", nil), file("a.jpg", 2)], [file("c.jpg", 1)]]), "paths of one node")
        #expect(isName([[file("c.jpg", 2), file("b.jpg", 2)], [file("a.jpg", 2)]]))
    }

    @Test("Of two edits made apart the one that yields steps aside before anything else becomes of its name")
    func yields() {
        var edit = own(Sample.main("x.jpg", 1))
        edit.info.replaces = [Sample.image(2)]
        var here = situation(own: [edit])
        #expect(planner.decide(here) == .nothing(.holdsMain))
        here.yielding = edit.file
        #expect(planner.decide(here) == .stepAside(file: edit.file))
    }

    private var keepsMains: Policy {
        var policy = Policy()
        policy.keep = .mains
        return policy
    }
}
