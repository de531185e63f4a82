import Model
import Planning
import TestSupport
import Testing

@Suite("The planner and names")
struct PlannerNamesTests {
    /// A file of the image: its path, the generation of that, and whether a main or a reduced copy has it.
    fileprivate struct File: Sendable {
        var path: String
        var generation: Int64?
        var form = Form.main
        var peer: UInt8 = 1

        init(_ path: String, _ generation: Int64? = nil, _ form: Form = .main, at peer: UInt8 = 1) {
            (self.path, self.generation, self.form, self.peer) = (path, generation, form, peer)
        }

        var info: FileInfo {
            var info = form == .main ? Sample.main(path, 1) : Sample.reduced(path, 1)
            info.generation = generation
            return info
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        fileprivate var what: String
        fileprivate var own: [File]
        fileprivate var origin: String?
        fileprivate var claims: [File]
        /// Where the own file is to go; nil where it stays.
        fileprivate var goes: (path: String, generation: Int64?)?
        var testDescription: String { what }
    }

    private static let cases = [
        Case(
            what: "a person's main follows a later word", own: [File("a.jpg")], claims: [File("b.jpg", 1)],
            goes: ("b.jpg", 1)),
        Case(
            what: "an older word moves nothing", own: [File("a.jpg", 2)], origin: "a.jpg", claims: [File("b.jpg", 1)]),
        Case(
            what: "where nobody said anything, a person's main stays", own: [File("b.jpg")], claims: [File("a.jpg")]),
        Case(
            what: "where nobody said anything, what was placed follows", own: [File("b.jpg")], origin: "b.jpg",
            claims: [File("c.jpg")], goes: ("c.jpg", nil)),
        Case(
            what: "of two words said apart, the name that sorts first counts", own: [File("b.jpg", 1)],
            claims: [File("a.jpg", 1)], goes: ("a.jpg", 1)),
        Case(
            what: "of two words said apart, the name that sorts first stays", own: [File("a.jpg", 1)],
            claims: [File("b.jpg", 1)]),
        Case(
            what: "the latest word of several counts", own: [File("a.jpg", 1)],
            claims: [File("b.jpg", 2), File("c.jpg", 3, .main, at: 2), File("d.jpg", nil, .main, at: 3)],
            goes: ("c.jpg", 3)),
        Case(
            what: "a reduced copy's name counts as well", own: [File("a.jpg", 1)], claims: [File("b.jpg", 2, .reduced)],
            goes: ("b.jpg", 2)),
        Case(
            what: "the same name takes on the word", own: [File("a.jpg")], origin: "a.jpg", claims: [File("a.jpg", 4)],
            goes: ("a.jpg", 4)),
        Case(
            what: "a peer that has it at two paths moves nothing that stands at one of them", own: [File("a.jpg")],
            claims: [File("a.jpg"), File("b.jpg", 1)]),
        Case(
            what: "what stands beside a taken name wants that name", own: [File("a (desk).jpg")], origin: "a.jpg",
            claims: [File("a.jpg", 1)], goes: ("a.jpg", 1)),
        Case(
            what: "what stands beside a taken name wants it without any word too", own: [File("a (desk).jpg")],
            origin: "a.jpg", claims: [File("a.jpg")], goes: ("a.jpg", nil)),
        Case(
            what: "a reduced copy follows a later word", own: [File("a.jpg", nil, .reduced)], origin: "a.jpg",
            claims: [File("a.jpg"), File("b.jpg", 1, .main, at: 2)], goes: ("b.jpg", 1)),
        Case(
            what: "a reduced copy that a person renamed stays against older words", own: [File("b.jpg", 2, .reduced)],
            origin: "a.jpg", claims: [File("a.jpg", 1)]),
        Case(
            what: "letters' case is a name like any other", own: [File("a.JPG", 1)], claims: [File("a.jpg", 2)],
            goes: ("a.jpg", 2)),
        Case(
            what: "so is the form of an accent", own: [File("\u{e9}.jpg", 1)], claims: [File("e\u{301}.jpg", 2)],
            goes: ("e\u{301}.jpg", 2)),
    ]

    @Test("Whose name counts", arguments: cases)
    func names(given: Case) {
        let situation = Situation(
            image: Sample.image(1),
            own: given.own.map { .init(info: $0.info, file: $0.info.file, origin: given.origin.map(Sample.path)) },
            claims: given.claims.map { .init(peer: Sample.node($0.peer), info: $0.info) })
        let decision = Planner(policy: Policy()).decide(situation)
        guard let goes = given.goes else {
            if case .move = decision { Issue.record("\(decision)") }
            return
        }
        var there = given.own[0].info
        (there.path, there.generation) = (Sample.path(goes.path), goes.generation)
        if there.file == given.own[0].info.file, there.form == .reduced { return }
        #expect(decision == .move(from: given.own[0].info.file, to: there))
    }

    @Test("Whatever two nodes that know of each other are called, they come to one name and stay there")
    func agreement() {
        let planner = Planner(policy: Policy())
        for (mine, its) in [(1, 1), (1, 2), (2, 1), (0, 1), (1, 0)] as [(Int64, Int64)] {
            var nodes = [File("x.jpg", mine > 0 ? mine : nil).info, File("y.jpg", its > 0 ? its : nil).info]
            for _ in 0..<4 {
                for index in 0..<2 {
                    let situation = Situation(
                        image: Sample.image(1), own: [.init(info: nodes[index], file: nodes[index].file)],
                        claims: [.init(peer: Sample.node(1), info: nodes[1 - index])])
                    if case .move(_, let to) = planner.decide(situation) { nodes[index] = to }
                }
            }
            #expect(nodes[0] == nodes[1])
        }
    }

    @Test("What is got comes under the latest name")
    func got() {
        let claims = [File("a.jpg"), File("b.jpg", 3, .main, at: 2), File("c.jpg", 2, .main, at: 3)]
        let situation = Situation(
            image: Sample.image(1), claims: claims.map { .init(peer: Sample.node($0.peer), info: $0.info) })
        guard case .get(let wish) = Planner(policy: Policy()).decide(situation) else {
            Issue.record("nothing is got")
            return
        }
        #expect(wish.info.path == Sample.path("b.jpg") && wish.info.generation == 3)
    }
}
