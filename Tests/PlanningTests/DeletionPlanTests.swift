import Model
import Planning
import TestSupport
import Testing

@Suite("The planner: deleting, evicting, and what a person asked for")
struct DeletionPlanTests {
    private let a = Sample.node(1)
    private let b = Sample.node(2)
    private let planner = Planner(policy: Policy())

    private func own(_ info: FileInfo, origin: String? = nil) -> Situation.Own {
        Situation.Own(info: info, file: info.file, origin: origin.map(Sample.path))
    }

    private func deletion(_ isDeleted: Bool) -> Deletion {
        Deletion(image: Sample.image(1), path: Sample.path("x.jpg"), generation: 1, isDeleted: isDeleted, at: 0, by: a)
    }

    private func situation(_ change: (inout Situation) -> Void) -> Situation {
        var situation = Situation(image: Sample.image(1))
        change(&situation)
        return situation
    }

    private func plan(_ planner: Planner? = nil, _ change: (inout Situation) -> Void) -> Decision {
        (planner ?? self.planner).decide(situation(change))
    }

    // MARK: Deleting

    @Test("A deleted image goes into the trash, its main before its reduced copy, and is not got again")
    func deleted() {
        let (main, reduced) = (Sample.main("x.jpg", 1), Sample.reduced("y.jpg", 1))
        let both = plan { ($0.deletion, $0.own) = (deletion(true), [own(reduced), own(main)]) }
        #expect(both == .trash(file: main.file))
        let one = plan { ($0.deletion, $0.own) = (deletion(true), [own(reduced)]) }
        #expect(one == .trash(file: reduced.file))
        let none = plan { ($0.deletion, $0.claims) = (deletion(true), [.init(peer: a, info: main)]) }
        #expect(none == .nothing(.deleted))
    }

    @Test("What is not deleted any more comes back from the trash, also where it was dismissed")
    func restored() {
        let trashed = Situation.Trashed(name: "t", info: Sample.main("x.jpg", 1))
        for isDismissed in [false, true] {
            let back = plan { ($0.deletion, $0.trash, $0.isDismissed) = (deletion(false), [trashed], isDismissed) }
            #expect(back == .putBack(trashed))
        }
        let still = plan { ($0.deletion, $0.trash) = (deletion(true), [trashed]) }
        #expect(still == .nothing(.deleted))
    }

    @Test("Of a reduced copy in the trash a new one is got, unless it is the last picture there is")
    func restoredCopy() {
        let trashed = Situation.Trashed(name: "t", info: Sample.reduced("x.jpg", 1))
        #expect(plan { ($0.deletion, $0.trash) = (deletion(false), [trashed]) } == .putBack(trashed))
        let main = Sample.main("x.jpg", 1)
        let other = plan {
            ($0.deletion, $0.trash, $0.claims) = (deletion(false), [trashed], [.init(peer: a, info: main)])
        }
        guard case .get(let wish) = other else {
            Issue.record("\(other)")
            return
        }
        #expect(wish.info.form == .reduced)
    }

    @Test("A record that a peer has no more deletes nothing")
    func absence() {
        #expect(plan { $0.own = [own(Sample.main("x.jpg", 1), origin: "x.jpg")] } == .nothing(.holdsMain))
    }

    // MARK: Evicting

    @Test("About an image that is being evicted nothing else is done")
    func evicting() {
        let files = [own(Sample.main("x.jpg", 1)), own(Sample.reduced("x.jpg", 1))]
        #expect(plan { ($0.own, $0.isEvicting) = (files, true) } == .nothing(.evicting))
        #expect(plan { ($0.own, $0.isEvicting, $0.deletion) = (files, true, deletion(true)) } == .nothing(.evicting))
        #expect(plan { $0.own = files } == .dropReduced(file: files[1].file))
    }

    private func evict(
        _ planner: Planner, _ change: (inout Situation) -> Void
    ) -> (candidates: [NodeID]?, obstacle: Eviction.Obstacle?) {
        switch planner.eviction(of: situation(change), name: { _ in "ada" }) {
        case .possible(_, let candidates): (candidates, nil)
        case .stays(let obstacle): (nil, obstacle)
        }
    }

    @Test("Candidates are peers with a main that answer, each once; a reduced copy is none")
    func candidates() {
        let main = Sample.main("x.jpg", 1)
        let planner = Planner(policy: Policy(), reachable: [a, b])
        let claims = [(b, main), (a, main), (a, Sample.main("y.jpg", 1)), (Sample.node(3), Sample.reduced("x.jpg", 1))]
        let plan = evict(planner) {
            $0.own = [own(main)]
            $0.claims = claims.map { .init(peer: $0.0, info: $0.1, isKeeper: true) }
        }
        #expect(plan.candidates == [a, b])
    }

    @Test("Only those whom a person named keepers are asked; where others hold it, the reason says what to do")
    func keepers() {
        let main = Sample.main("x.jpg", 1)
        let planner = Planner(policy: Policy(), reachable: [a, b])
        func plan(_ claims: [Situation.Claim]) -> (candidates: [NodeID]?, obstacle: Eviction.Obstacle?) {
            evict(planner) { ($0.own, $0.claims) = ([own(main)], claims) }
        }
        let stranger = Situation.Claim(peer: a, info: main)
        let alone = plan([stranger])
        #expect(
            alone.obstacle?.description
                == "ada holds the main, but nobody here has said that such copies count; `syncctl allow ada keeps` says so"
        )
        #expect(alone.obstacle?.isPassing == false)
        #expect(plan([stranger, .init(peer: b, info: main, isKeeper: true)]).candidates == [b])
    }

    @Test("A main stays where too few others hold one, and waits for those that do not answer", arguments: [1, 2])
    func tooFew(minimum: Int) {
        var policy = Policy()
        policy.copiesMinimum = minimum
        let main = Sample.main("x.jpg", 1)
        let alone = evict(Planner(policy: policy, reachable: [a, b])) {
            $0.own = [own(main)]
            if minimum == 2 {
                $0.claims = [
                    .init(peer: a, info: main, isKeeper: true),
                    .init(peer: b, info: Sample.reduced("x.jpg", 1), isKeeper: true),
                ]
            }
        }
        #expect(alone.obstacle?.isPassing == true)
        let away = evict(Planner(policy: policy, reachable: [a])) {
            $0.own = [own(main)]
            $0.claims = (minimum == 1 ? [b] : [a, b]).map { .init(peer: $0, info: main, isKeeper: true) }
        }
        #expect(away.obstacle?.isPassing == true)
        #expect(away.obstacle?.description.contains("ada") == true)
    }

    @Test(
        "A main of which no reduced copy can or need be made stays, and so does one that is deleted; one that is here twice goes"
    )
    func unfit() {
        let planner = Planner(policy: Policy(), reachable: [a], reducible: Reducible(own: [.jpeg]))
        let heic = Sample.main("x.heic", 1, type: .heic)
        let small = Sample.main("x.jpg", 1, bytes: 100_000)
        let main = Sample.main("x.jpg", 1)
        for info in [heic, small] {
            let plan = evict(planner) {
                ($0.own, $0.claims) = ([own(info)], [.init(peer: a, info: info, isKeeper: true)])
            }
            #expect(plan.obstacle?.isPassing == false)
        }
        let claims = [Situation.Claim(peer: a, info: main, isKeeper: true)]
        let deleted = evict(planner) { ($0.own, $0.claims, $0.deletion) = ([own(main)], claims, deletion(true)) }
        #expect(deleted.obstacle?.isPassing == false)
        let twice = evict(planner) { ($0.own, $0.claims) = ([own(main), own(Sample.main("y.jpg", 1))], claims) }
        #expect(twice.obstacle == nil)
        let none = evict(planner) { $0.claims = claims }
        #expect(none.obstacle?.isPassing == false)
    }

    // MARK: What a person asked for, and room

    @Test("What a person asks for counts instead of what the node is told to keep", arguments: [Form.main, .reduced])
    func asked(form: Form) {
        var policy = Policy()
        policy.keep = form == .main ? .reduced : .mains
        let decision = plan(Planner(policy: policy)) {
            ($0.claims, $0.asked) = ([.init(peer: a, info: Sample.main("x.jpg", 1))], form)
        }
        guard case .get(let wish) = decision else {
            Issue.record("\(decision)")
            return
        }
        #expect(wish.info.form == form)
    }

    @Test("Without room an archive takes a reduced copy, unless a person asked for the main", arguments: [0, 1])
    func room(missing: Int64) {
        var policy = Policy()
        policy.keep = .mains
        let main = Sample.main("x.jpg", 1)
        let planner = Planner(policy: policy, room: main.bytes - missing)
        let decision = plan(planner) { $0.claims = [.init(peer: a, info: main)] }
        guard case .get(let wish) = decision else {
            Issue.record("\(decision)")
            return
        }
        #expect(wish.info.form == (missing > 0 ? .reduced : .main))
        let asked = plan(planner) { ($0.claims, $0.asked) = ([.init(peer: a, info: main)], .main) }
        guard case .get(let wish) = asked else {
            Issue.record("\(asked)")
            return
        }
        #expect(wish.info.form == .main)
        let copy = own(Sample.reduced("x.jpg", 1), origin: "x.jpg")
        let full = plan(planner) { ($0.claims, $0.own) = ([.init(peer: a, info: main)], [copy]) }
        if missing > 0 { #expect(full == .nothing(.noRoom)) }
    }
}
