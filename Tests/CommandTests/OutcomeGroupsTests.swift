import Control
import TestSupport
import Testing

@testable import Console

@Suite("Images of which one tells about all are told of together")
struct OutcomeGroupsTests {
    private static let file = Style(isTerminal: false, hasColour: false, width: 80)

    private static func groups(_ images: [(ImageOutcome.Outcome, String?)]) -> OutcomeGroups {
        var groups = OutcomeGroups()
        for (number, image) in images.enumerated() {
            groups.add(
                ImageOutcome(path: CommandSamples.path("\(number).jpg"), outcome: image.0, reason: image.1))
        }
        return groups
    }

    @Test("the largest group first, with some of its paths")
    func order() {
        let images = [(ImageOutcome.Outcome.kept, "x" as String?)] + .init(repeating: (.kept, "y"), count: 5)
        #expect(
            Self.groups(images).lines(undone: true, Self.file) == [
                "5 stay: y", "  1.jpg", "  2.jpg", "  3.jpg", "  and 2 more", "0.jpg stays: x",
            ])
    }

    @Test("of what is wrong, every path is named up to twenty")
    func wrong() {
        let lines = Self.groups(.init(repeating: (.damaged, "z"), count: 20)).lines(undone: true, Self.file)
        #expect(lines.first == "20 are damaged: z")
        #expect(lines.count == 21)
    }

    @Test("reasons without end are counted")
    func many() {
        let lines = Self.groups((0..<50).map { (.kept, "reason \($0)") }).lines(undone: true, Self.file)
        #expect(lines.count == 21)
        #expect(lines.last == "and 30 more, for 30 other reasons: --json lists all")
    }

    @Test("what is done is told apart from what is not")
    func done() {
        let groups = Self.groups([(.repaired, nil), (.repaired, nil), (.damaged, nil)])
        #expect(
            groups.lines(undone: false, Self.file) == ["2 were damaged and are repaired", "  0.jpg", "  1.jpg"])
        #expect(groups.lines(undone: true, Self.file) == ["2.jpg is damaged"])
    }
}
