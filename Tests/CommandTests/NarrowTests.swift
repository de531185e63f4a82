import Control
import Foundation
import TestSupport
import Testing

@testable import Console

@Suite("Tables fit the terminal, with fewer columns rather than with broken words")
struct NarrowTests {
    private static func style(_ width: Int) -> Style { Style(isTerminal: true, hasColour: false, width: width) }

    /// A table that a person reads, at some width.
    struct Shown: CustomTestStringConvertible, Sendable {
        var name: String
        var lines: @Sendable (Style) -> [String]
        var testDescription: String { name }
    }

    static let outcomes = [
        ImageOutcome(
            path: CommandSamples.path("2026/05/IMG_0001.JPG"), outcome: .wouldEvict, bytes: 7_700_000,
            reason: "once laptop proves to hold the main"),
        ImageOutcome(
            path: CommandSamples.path("写真/2026年の夏休み/IMG_0003.JPG"), outcome: .kept,
            reason: "only attic holds it besides this node, and it has not answered for 3 days"),
    ]

    static let tables = [
        Shown(name: "status") {
            StatusText(report: CommandSamples.status, style: $0, now: CommandSamples.now).lines
        },
        Shown(name: "ls") { style in
            let layout = ImageText.layout(CommandSamples.images, style)
            return [layout.head] + CommandSamples.images.map { layout.line(ImageText.row($0)) }
        },
        Shown(name: "peers") { PeerTable.lines(CommandSamples.status.peers, $0, now: CommandSamples.now) },
        Shown(name: "nearby") { Nearby.table(CommandSamples.nearby).lines($0, indent: 0) },
        Shown(name: "trash") { TrashTable.lines(CommandSamples.trash, $0, now: CommandSamples.now) },
        Shown(name: "edit --list") {
            EditTable.listed(CommandSamples.edits, all: true, $0, now: CommandSamples.now)
        },
        Shown(name: "edit") { EditTable.edited(CommandSamples.edits, crop: nil, $0) },
        Shown(name: "evict --dry-run") { OutcomeTable.lines(outcomes, $0) },
        Shown(name: "evict") { style in
            var groups = OutcomeGroups()
            for outcome in outcomes + outcomes + outcomes { groups.add(outcome) }
            return groups.lines(undone: true, style)
        },
    ]

    @Test("no line is wider than the terminal, and every word is whole or says that it is not", arguments: tables)
    func whole(table: Shown) {
        let words = Set(table.lines(Self.style(1000)).flatMap { $0.split(separator: " ") })
        for width in [40, 80, 120] {
            let lines = table.lines(Self.style(width))
            #expect(lines.filter { $0.columns > width } == [], "\(width) columns")
            let broken = lines.flatMap { $0.split(separator: " ") }.filter { word in
                !words.contains(word) && !word.contains("…") && !word.contains("░") && !word.contains("█")
                    && word != "\""
            }
            #expect(broken == [], "\(width) columns")
        }
    }

    @Test("what is needed least is left out first")
    func dropped() {
        func head(_ name: String, _ width: Int) -> String? {
            Self.tables.first { $0.name == name }?.lines(Self.style(width)).first?
                .split(separator: " ").joined(separator: " ")
        }
        #expect(head("peers", 120) == "NAME STATE IMAGES IN SYNC SEEN MAY ADDRESS")
        #expect(head("peers", 80) == "NAME STATE IMAGES IN SYNC SEEN MAY")
        #expect(head("peers", 40) == "NAME STATE IN SYNC")
        #expect(head("nearby", 40) == "NAME ID PAIRED")
        #expect(head("ls", 120) == "FORM HERE MAIN TAKEN MAINS AT PATH")
        #expect(head("ls", 80) == "FORM HERE MAIN TAKEN MAINS AT PATH")
        #expect(head("ls", 40) == "FORM PATH")
        #expect(head("trash", 80) == "DELETED BY LEFT SIZE PATH")
        #expect(head("trash", 40) == "LEFT PATH")
        #expect(head("edit --list", 80) == "PATH STATE EDITED ON")
        #expect(head("edit --list", 40) == "PATH STATE ON")
        #expect(head("evict --dry-run", 80) == "PATH WOULD SIZE WHY")
        #expect(head("evict --dry-run", 40) == "PATH WOULD")
    }

    @Test("the dry run at 40 columns: the reason stands below its image")
    func dryRun() {
        #expect(
            OutcomeTable.lines(Self.outcomes, Self.style(40)) == [
                "PATH                              WOULD", "2026/05/IMG_0001.JPG              evict",
                "  once laptop proves to hold the main", "写真/2026年の夏休み/IMG_0003.JPG  stay",
                "  only attic holds it besides this node,", "  and it has not answered for 3 days",
            ])
    }

    @Test(
        "progress loses its rate first, then its time left and its counts, and keeps the share",
        arguments: [
            (120, "getting from laptop  ████████████████████████   62%  312/500  18.3 MB/s  42 s left"),
            (60, "getting from laptop   62%  312/500  18.3 MB/s  42 s left"),
            (50, "getting from laptop   62%  312/500  42 s left"), (40, "getting from laptop   62%  312/500"),
            (28, "getting from laptop   62%"), (12, "getting"),
        ])
    func progress(width: Int, text: String) {
        let line = ProgressText.line(CommandSamples.status.work.progress[0], Self.style(width), indent: 0)
        #expect(line.replacing("░", with: "█") == text)
    }

    @Test("off a terminal nothing is left out or shortened, however narrow")
    func elsewhere() {
        let style = Style(isTerminal: false, hasColour: false, width: 40)
        let lines = PeerTable.lines(CommandSamples.status.peers, style, now: CommandSamples.now)
        #expect(lines[0].hasSuffix("ADDRESS"))
        #expect(lines[1].hasSuffix("192.168.1.21:21417"))
    }
}
