import Model
import Planning
import TestSupport
import Testing

@Suite("The planner, and images at several paths")
struct PlannerPathsTests {
    /// A name with the generation of it, as `b.jpg@2`.
    private static func file(_ name: String, _ form: Form = .main) -> FileInfo {
        let parts = name.split(separator: "@")
        var info = form == .main ? Sample.main(String(parts[0]), 1) : Sample.reduced(String(parts[0]), 1)
        info.generation = parts.count > 1 ? Int64(parts[1]) : nil
        return info
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var what: String
        /// Names of own files, and those of each peer.
        var own: [String]
        var isPerson = false
        var claims: [[String]]
        var keep = Policy.Keep.mains
        var form = Form.main
        var refused: [String: Int64] = [:]
        /// What is done until nothing is to be done any more: `copy b.jpg`, `a.jpg to b.jpg`.
        var steps: [String]
        /// Whether it is one of one path then, and so not told on here.
        var isSingle = false
        var testDescription: String { what }
    }

    private static let cases = [
        Case(
            what: "an album of copies is one here, too", own: ["2024/a.jpg"],
            claims: [["2024/a.jpg", "album/a.jpg"]], steps: ["copy album/a.jpg"]),
        Case(
            what: "as reduced copies", own: ["2024/a.jpg"], claims: [["2024/a.jpg", "album/a.jpg"]], keep: .reduced,
            form: .reduced, steps: ["copy album/a.jpg"]),
        Case(
            what: "where reduced copies are kept, one main is enough", own: ["2024/a.jpg"],
            claims: [["2024/a.jpg", "album/a.jpg"]], keep: .reduced, steps: []),
        Case(
            what: "a renamed album is followed by what stands in it", own: ["2024/a.jpg", "album/a.jpg"],
            claims: [["2024/a.jpg", "trip/a.jpg@1"]], steps: ["album/a.jpg to trip/a.jpg"]),
        Case(
            what: "and by what has another name than before", own: ["a.jpg", "b.jpg@1"],
            claims: [["a.jpg", "d.jpg@2"]], steps: ["b.jpg to d.jpg"]),
        Case(
            what: "what a later word does not name any more goes", own: ["a.jpg", "b.jpg@1"],
            claims: [["a.jpg@2"], ["a.jpg", "b.jpg@1"]], steps: ["b.jpg goes"]),
        Case(
            what: "but what a person put here stays", own: ["a.jpg", "b.jpg@1"], isPerson: true,
            claims: [["a.jpg@2"]], steps: []),
        Case(
            what: "and has another name only where that is plain", own: ["a.jpg", "b.jpg"], isPerson: true,
            claims: [["c.jpg@1"]], steps: ["copy c.jpg"]),
        Case(
            what: "as here", own: ["a.jpg", "b.jpg"], isPerson: true, claims: [["a.jpg", "c.jpg@1"]],
            steps: ["b.jpg to c.jpg"]),
        Case(
            what: "and where it is the only one: it is called otherwise now", own: ["t.jpg@1"], isPerson: true,
            claims: [["a.jpg@2", "b.jpg@3"]], steps: ["t.jpg to a.jpg", "copy b.jpg"]),
        Case(
            what: "of two that have no name any more one is renamed and one goes", own: ["a.jpg", "b.jpg"],
            claims: [["c.jpg@1"]], steps: ["b.jpg goes"], isSingle: true),
        Case(
            what: "a file with the very name that is missing moves, whichever sorts first",
            own: ["a.jpg", "x/b.jpg"], claims: [["y/b.jpg@1", "z/c.jpg@1"]],
            steps: ["x/b.jpg to y/b.jpg", "a.jpg to z/c.jpg"]),
        Case(
            what: "an earlier word says nothing", own: ["a.jpg", "c.jpg@3"], claims: [["a.jpg", "b.jpg@2"]], steps: []),
        Case(
            what: "words as late as each other count both", own: ["a.jpg", "c.jpg@2"], claims: [["a.jpg", "b.jpg@2"]],
            steps: ["copy b.jpg"]),
        Case(
            what: "where nobody said anything, one path is no word", own: ["a.jpg"],
            claims: [["a.jpg", "b.jpg"], ["c.jpg"]], steps: ["copy b.jpg"]),
        Case(
            what: "fewer paths take none away", own: ["a.jpg", "b.jpg"], claims: [["a.jpg"]], steps: []),
        Case(
            what: "a name beside a taken one is nobody's wish", own: ["a.jpg"],
            claims: [["a.jpg", "b.jpg"], ["a.jpg", "b (desk).jpg"]], steps: ["copy b.jpg"]),
        Case(
            what: "what a person removed here does not come back", own: ["a.jpg"], claims: [["a.jpg", "b.jpg@1"]],
            refused: ["b.jpg": 1], steps: []),
        Case(
            what: "what a person put here and stands beside a taken name has it once that is free",
            own: ["a.jpg", "b (desk).jpg"], isPerson: true, claims: [["a.jpg@2", "b.jpg@2"]],
            steps: ["b (desk).jpg to b.jpg"]),
        Case(
            what: "but by a later word", own: ["a.jpg"], claims: [["a.jpg", "b.jpg@2"]], refused: ["b.jpg": 1],
            steps: ["copy b.jpg"]),
    ]

    private static func planner(_ keep: Policy.Keep, edge: Int? = nil, room: Int64? = nil) -> Planner {
        var policy = Policy()
        policy.keep = keep
        policy.edge = edge ?? policy.edge
        return Planner(policy: policy, room: room)
    }

    @Test("Where an image comes to stand", arguments: cases)
    func paths(given: Case) throws {
        var situation = Situation(
            image: Sample.image(1),
            own: given.own.map { name in
                let info = Self.file(name, given.form)
                return .init(info: info, file: info.file, origin: given.isPerson ? nil : info.path)
            },
            claims: given.claims.enumerated().flatMap { number, names in
                names.map { .init(peer: Sample.node(UInt8(number) + 1), info: Self.file($0)) }
            },
            refused: Dictionary(uniqueKeysWithValues: given.refused.map { (Sample.path($0), $1) }))
        var steps: [String] = []
        let planner = Self.planner(given.keep)
        for _ in 0..<10 {
            switch planner.decide(situation) {
            case .move:
                for (from, to) in planner.moves(situation) {
                    let index = try #require(situation.own.firstIndex { $0.file == from })
                    if situation.own[index].info.path != to.path {
                        steps.append("\(situation.own[index].info.path) to \(to.path)")
                    }
                    situation.own[index] = .init(info: to, file: to.file, origin: to.path)
                }
            case .copy(_, let copies):
                steps += copies.map { "copy \($0.path)" }
                situation.own += copies.map { .init(info: $0, file: $0.file, origin: $0.path) }
            case .dropCopy(let file):
                let index = try #require(situation.own.firstIndex { $0.file == file })
                steps.append("\(situation.own.remove(at: index).info.path) goes")
                if given.isSingle {
                    #expect(steps == given.steps)
                    return
                }
            case .nothing:
                #expect(steps == given.steps)
                return
            case let other:
                Issue.record("\(other)")
                return
            }
        }
        Issue.record("it does not end: \(steps)")
    }

    @Test("Copies are not made where there is no room under the limit, and as many as there is room for")
    func room() {
        let main = Self.file("a.jpg")
        let situation = Situation(
            image: Sample.image(1), own: [.init(info: main, file: main.file, origin: main.path)],
            claims: ["a.jpg", "b.jpg", "c.jpg"].map { .init(peer: Sample.node(1), info: Self.file($0)) })
        func copies(_ room: Int64?) -> Int {
            let decision = Self.planner(.mains, room: room).decide(situation)
            guard case .copy(_, let copies) = decision else { return 0 }
            return copies.count
        }
        #expect(copies(nil) == 2)
        #expect(copies(main.bytes - 1) == 0)
        #expect(copies(main.bytes) == 1)
        #expect(copies(main.bytes * 5) == 2)
    }

    @Test("A smaller reduced copy at a second path is written over by the better one")
    func smaller() {
        let best = Self.file("a.jpg", .reduced)
        var small = Self.file("b.jpg", .reduced)
        small.edge = 512
        let situation = Situation(
            image: Sample.image(1), own: [best, small].map { .init(info: $0, file: $0.file, origin: $0.path) },
            claims: ["a.jpg", "b.jpg"].map { .init(peer: Sample.node(1), info: Self.file($0)) })
        guard case .copy(let from, let to) = Self.planner(.reduced, edge: best.edge).decide(situation) else {
            Issue.record("nothing is copied")
            return
        }
        #expect(from == best.file)
        #expect(to.map(\.path) == [small.path] && to.map(\.edge) == [best.edge])
    }
}
