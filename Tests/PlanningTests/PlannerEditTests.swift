import Model
import Planning
import TestSupport
import Testing

@Suite("The planner: who runs a recipe")
struct PlannerEditTests {
    private static let (own, b, c) = (Sample.node(1), Sample.node(2), Sample.node(3))

    /// An edit of image 1 that was said at a node which holds nothing of it, unless another is named.
    private static func edit(
        by: NodeID = Sample.node(99), exposure: Int = 500, generation: Int64 = 1, undone: Bool = false,
        made: Edit.Made? = nil
    ) throws -> Edit {
        Edit(
            recipe: Recipe(image: Sample.image(1), look: try Look([.exposure: Amount(thousandths: exposure)])),
            path: Sample.path("x.jpg"), generation: generation, isUndone: undone, at: 0, by: by, made: made)
    }

    private static func situation(
        here: Bool = true, at peers: [NodeID] = [], reducedAt others: [NodeID] = [], type: ImageType = .jpeg
    ) -> Situation {
        let main = Sample.main("x.jpg", 1, type: type)
        var situation = Situation(image: Sample.image(1))
        if here { situation.own = [Situation.Own(info: main, file: main.file)] }
        situation.claims = peers.map { .init(peer: $0, info: main) }
        situation.claims += others.map { .init(peer: $0, info: Sample.reduced("x.jpg", 1)) }
        return situation
    }

    private static func step(
        _ edit: Edit, _ situation: Situation, answering: Set<NodeID> = [], waited: Duration = .zero
    ) -> EditStep {
        Planner(policy: Policy(), reachable: answering).run(edit, situation, own: own, waited: waited)
    }

    @Test("The only holder runs it at once, whoever has reduced copies")
    func alone() throws {
        let others = Self.situation(reducedAt: [Self.b, Self.c])
        #expect(Self.step(try Self.edit(), Self.situation()) == .run)
        #expect(Self.step(try Self.edit(by: Self.b), others, answering: [Self.b]) == .run)
    }

    @Test("The holder at which the person edits comes first")
    func preferred() throws {
        let both = Self.situation(at: [Self.b])
        #expect(Self.step(try Self.edit(by: Self.own), both, answering: [Self.b]) == .run)
        let there = try Self.edit(by: Self.b)
        #expect(Self.step(there, both, answering: [Self.b]) == .wait(for: Self.b, Planner.patience))
    }

    @Test(
        "A holder that comes later takes over: soon from one that does not answer, after patience from one that does",
        arguments: [
            (true, 0, 120), (true, 50, 70), (true, 119, 1), (true, 120, nil), (true, 9999, nil), (false, 0, 5),
            (false, 4, 1), (false, 5, nil),
        ] as [(Bool, Int, Int?)])
    func takeover(answers: Bool, waited: Int, left: Int?) throws {
        let step = Self.step(
            try Self.edit(by: Self.b), Self.situation(at: [Self.b]), answering: answers ? [Self.b] : [],
            waited: .seconds(waited))
        #expect(step == left.map { .wait(for: Self.b, .seconds($0)) } ?? .run)
    }

    @Test("Every holder before this one has its time, and the first that answers is the one waited for")
    func several() throws {
        // Of many recipes one has this node last; where c edits, c is the first.
        let edit = try #require(
            try (1...200).map { try Self.edit(by: Self.c, exposure: $0) }.first { edit in
                let due = Planner(policy: Policy()).run(
                    edit, Self.situation(at: [Self.b, Self.c]), own: Self.own, waited: .zero)
                return due == .wait(for: Self.c, .seconds(10))
            })
        let situation = Self.situation(at: [Self.b, Self.c])
        #expect(Self.step(edit, situation, answering: [Self.b, Self.c]) == .wait(for: Self.c, .seconds(240)))
        #expect(Self.step(edit, situation, answering: [Self.b]) == .wait(for: Self.b, .seconds(125)))
        #expect(Self.step(edit, situation, answering: [Self.b], waited: .seconds(125)) == .run)
    }

    @Test("Of holders that all see each other exactly one runs it at once, each recipe another, and all agree which")
    func shared() throws {
        let nodes = (1...4).map { Sample.node(UInt8($0) &* 63) }
        var runs: [NodeID: Int] = [:]
        for exposure in 1...100 {
            let edit = try Self.edit(exposure: exposure)
            let steps = nodes.map { node in
                let others = nodes.filter { $0 != node }
                return Planner(policy: Policy(), reachable: Set(others))
                    .run(edit, Self.situation(at: others), own: node, waited: .zero)
            }
            let runner = try #require(zip(nodes, steps).first { $0.1 == .run }?.0)
            runs[runner, default: 0] += 1
            let waits = steps.compactMap { step in
                if case .wait(let first, let due) = step, first == runner { due } else { nil }
            }
            #expect(waits.sorted() == [1, 2, 3].map { Planner.patience * $0 })
        }
        #expect(runs.count == nodes.count)
    }

    @Test("Without a main here it is run elsewhere: at the first that answers, else at the first, else nowhere")
    func elsewhere() throws {
        let edit = try Self.edit(by: Self.b)
        let there = Self.situation(here: false, at: [Self.b, Self.c])
        #expect(Self.step(edit, there, answering: [Self.b]) == .nothing(.elsewhere(Self.b, answers: true)))
        #expect(Self.step(edit, there, answering: [Self.c]) == .nothing(.elsewhere(Self.c, answers: true)))
        #expect(Self.step(edit, there) == .nothing(.elsewhere(Self.b, answers: false)))
        let nobody = Self.situation(here: false, reducedAt: [Self.b])
        #expect(Self.step(edit, nobody, answering: [Self.b]) == .nothing(.noHolder))
    }

    @Test("A main that is being evicted is not run on")
    func evicting() throws {
        var situation = Self.situation(at: [Self.b])
        situation.isEvicting = true
        let edit = try Self.edit(by: Self.own)
        #expect(Self.step(edit, situation, answering: [Self.b]) == .nothing(.elsewhere(Self.b, answers: true)))
        situation.claims = []
        #expect(Self.step(edit, situation) == .nothing(.noHolder))
    }

    @Test("What is undone, made for the latest word, or of a deleted image is not run; after a new word it is")
    func over() throws {
        let made = Edit.Made(image: Sample.image(5), generation: 1)
        let here = Self.situation()
        #expect(Self.step(try Self.edit(undone: true), here) == .nothing(.undone))
        #expect(Self.step(try Self.edit(generation: 2, undone: true, made: made), here) == .nothing(.undone))
        #expect(Self.step(try Self.edit(made: made), here) == .nothing(.made(made.image)))
        #expect(Self.step(try Self.edit(generation: 3, made: made), here) == .run)
        var deleted = here
        let word = Deletion(
            image: Sample.image(1), path: Sample.path("x.jpg"), generation: 1, isDeleted: true, at: 0, by: Self.b)
        deleted.deletion = word
        #expect(Self.step(try Self.edit(), deleted) == .nothing(.deleted))
        #expect(Self.step(try Self.edit(made: made), deleted) == .nothing(.made(made.image)))
        deleted.deletion?.isDeleted = false
        #expect(Self.step(try Self.edit(), deleted) == .run)
    }

    @Test("A main of a type that cannot be edited is said so, wherever it lies", arguments: [true, false])
    func types(here: Bool) throws {
        let situation = Self.situation(here: here, at: here ? [] : [Self.b], type: .mp4)
        #expect(Self.step(try Self.edit(), situation, answering: [Self.b]) == .nothing(.notEditableYet(.mp4)))
    }

    @Test("A recipe is run by a holder that decodes the main, and by nobody where there is none")
    func decoders() throws {
        let situation = Self.situation(at: [Self.b], type: .heic)
        func step(own: Set<ImageType>, there: Set<ImageType>) throws -> EditStep {
            let reducible = Reducible(own: own, peers: [Self.b: there])
            return Planner(policy: Policy(), reachable: [Self.b], reducible: reducible)
                .run(try Self.edit(), situation, own: Self.own, waited: .zero)
        }
        // The other one would come first, were it able.
        #expect(try step(own: [.jpeg, .heic], there: [.jpeg]) == .run)
        #expect(try step(own: [.jpeg], there: [.jpeg, .heic]) == .nothing(.elsewhere(Self.b, answers: true)))
        #expect(try step(own: [.jpeg], there: [.jpeg]) == .nothing(.notDecoded(.heic)))
    }
}
