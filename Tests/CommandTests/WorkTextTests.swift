import Control
import Foundation
import Model
import TestSupport
import Testing

@testable import Console

@Suite("What a person reads of work on images")
struct WorkTextTests {
    private static let terminal = Style(isTerminal: true, hasColour: false, width: 80)
    private static let file = Style(isTerminal: false, hasColour: false, width: 80)
    private static let long = "Only attic holds it besides this node, and it has not answered for 3 days: switch it on."

    private static func outcome(
        _ outcome: ImageOutcome.Outcome, _ path: String = "2026/05/IMG_0001.JPG", reason: String? = nil
    ) -> ImageOutcome {
        ImageOutcome(
            path: CommandSamples.path(path), image: CommandSamples.image(1), outcome: outcome, bytes: 7_700_000,
            reason: reason)
    }

    /// The tally of so many images of each outcome.
    private static func tally(
        _ counts: KeyValuePairs<ImageOutcome.Outcome, Int>, bytes: Int64 = 12_400_000_000, seconds: Double = 2,
        wanted: Int64? = nil, available: Int64? = nil, tryAgain: Bool = false, reason: String? = nil
    ) -> WorkTally {
        var tally = WorkTally()
        var (done, others) = (0, 0)
        for (outcome, count) in counts {
            for _ in 0..<count { tally.add(Self.outcome(outcome, reason: outcome.isUndone ? "So." : nil)) }
            if outcome.isUndone { others += count } else if outcome != .here { done += count }
        }
        tally.end(
            WorkSummary(
                images: done, others: others, bytes: bytes, seconds: seconds, wanted: wanted, available: available,
                tryAgain: tryAgain, reason: reason))
        return tally
    }

    @Test("what was taken together is said: of one photo by name, of several by their number")
    func together() {
        func part(_ name: String, _ kind: FileGroup.Kind, of lead: String) -> ImageOutcome {
            ImageOutcome(
                path: CommandSamples.path(name), outcome: .fetched,
                part: ImageOutcome.Part(of: CommandSamples.path(lead), kind: kind))
        }
        var tally = WorkTally()
        tally.add(Self.outcome(.fetched))
        #expect(WorkText.together(tally) == nil)
        tally.add(part("a.MOV", .film, of: "2026/a.HEIC"))
        #expect(WorkText.together(tally) == "Together: 2026/a.HEIC and its film.")
        for name in ["a.xmp", "a.AAE"] { tally.add(part(name, .sidecar, of: "2026/a.HEIC")) }
        #expect(WorkText.together(tally) == "Together: 2026/a.HEIC, its film and its 2 sidecars.")
        tally.add(part("b.CR2", .raw, of: "b.jpg"))
        #expect(WorkText.together(tally) == "Together: 2 images and 4 files that belong to them.")
    }

    @Test("a dry run is a table that fits the screen, and says a reason that repeats itself once")
    func table() {
        let rows = [
            Self.outcome(.wouldEvict, reason: "laptop and attic hold it."),
            Self.outcome(.wouldEvict, "2026/05/IMG_0002.JPG", reason: "laptop and attic hold it."),
            Self.outcome(.kept, "写真/2026年の夏休み/とても長い名前のフォルダ/IMG_0003.JPG", reason: Self.long),
            ImageOutcome(path: CommandSamples.path("typo.jpg"), outcome: .unknown),
        ]
        let lines = OutcomeTable.lines(rows, Self.terminal)
        #expect(
            lines.prefix(3) == [
                "PATH                                 WOULD        SIZE  WHY",
                "2026/05/IMG_0001.JPG                 evict      7.7 MB  laptop and attic hold",
                "                                                        it.",
            ])
        #expect(lines[3] == "2026/05/IMG_0002.JPG                 evict      7.7 MB  \"")
        #expect(lines.allSatisfy { $0.columns <= 80 })
        #expect(lines[4].contains("…") && lines[4].contains("IMG_0003.JPG  stay       7.7 MB  Only attic holds it"))
        #expect(lines.last?.hasPrefix("typo.jpg ") == true)
        #expect(lines.last?.hasSuffix("  unknown         -") == true)
    }

    @Test("and where no one reads it on a screen, each line is whole")
    func wholeTable() {
        let path = "2026/a folder with a long name for what it is/IMG_0003.JPG"
        let rows = [Self.outcome(.kept, path, reason: Self.long), Self.outcome(.kept, path, reason: Self.long)]
        let lines = OutcomeTable.lines(rows, Self.file)
        #expect(lines.dropFirst() == .init(repeating: "\(path)  stay       7.7 MB  \(Self.long)", count: 2))
    }

    @Test("a dry run's table fits any terminal", arguments: [60, 80, 132])
    func fits(width: Int) {
        let path = String(repeating: "long-name/", count: 20) + "a.jpg"
        var style = Self.terminal
        style.width = width
        let lines = OutcomeTable.lines([Self.outcome(.kept, path, reason: Self.long)], style)
        #expect(lines.filter { $0.columns > width } == [])
    }

    @Test("an image that needs a word has a line, with its reason below where it does not fit")
    func lines() {
        #expect(
            OutcomeText.lines(Self.outcome(.kept, "a.jpg", reason: "It is held."), Self.terminal)
                == ["a.jpg stays: It is held."])
        #expect(
            OutcomeText.lines(Self.outcome(.kept, reason: Self.long), Self.terminal) == [
                "2026/05/IMG_0001.JPG stays:",
                "  Only attic holds it besides this node, and it has not answered for 3 days:",
                "  switch it on.",
            ])
        #expect(
            OutcomeText.lines(Self.outcome(.kept, reason: Self.long), Self.file)
                == ["2026/05/IMG_0001.JPG stays: \(Self.long)"])
        #expect(OutcomeText.lines(Self.outcome(.unknown, "a.jpg"), Self.file) == ["a.jpg is not known"])
    }

    @Test("names and reasons cannot steer the terminal")
    func hostile() {
        let image = Self.outcome(.kept, "a\u{202E}gpj.jpg", reason: "b\u{1B}[2J\u{9B}2J")
        let trash = TrashLine(
            path: CommandSamples.path("a\u{202E}b.jpg"), image: CommandSamples.image(1), bytes: 1, deleted: nil,
            by: "x\u{1B}]0;y\u{7}", daysLeft: 1, form: .main)
        let shown =
            OutcomeText.lines(image, Self.terminal) + OutcomeTable.lines([image], Self.terminal)
            + TrashTable.lines([trash], Self.terminal, now: CommandSamples.now)
            + [WorkText.deleted(Self.tally([.deleted: 1]), days: 30, paths: ["a\u{1B}b"])]
        let unwanted = shown.joined().unicodeScalars.filter {
            $0 != "\n" && [.control, .format].contains($0.properties.generalCategory)
        }
        #expect(unwanted.isEmpty)
    }

    @Test("only what a person should know of has a line")
    func telling() {
        let told = ImageOutcome.Outcome.allCases.filter { OutcomeText.isWorthTelling(Self.outcome($0)) }
        #expect(Set(told) == [.kept, .failed, .unknown, .damaged, .repaired])
        #expect(OutcomeText.isWorthTelling(Self.outcome(.deleted, reason: "It is also at b.jpg.")))
    }

    @Test("the last line of evict and free")
    func evicted() {
        #expect(
            WorkText.evicted(Self.tally([.evicted: 1204, .kept: 3]), isDryRun: false)
                == "Freed 12.4 GB: 1,204 mains evicted; 3 kept.")
        #expect(
            WorkText.evicted(Self.tally([.wouldEvict: 1, .failed: 1, .here: 2], bytes: 5), isDryRun: true)
                == "Would free 5 B: 1 main evicted; 1 failed, 2 not here as mains anyway.")
        #expect(WorkText.evicted(Self.tally([.kept: 1]), isDryRun: false) == "Nothing was freed: 1 kept.")
        #expect(WorkText.evicted(Self.tally([:]), isDryRun: true) == "Nothing would be freed: no main here is meant.")
    }

    @Test("the last line of fetch")
    func fetched() {
        #expect(
            WorkText.fetched(Self.tally([.fetched: 3, .here: 1, .failed: 1], bytes: 24_000_000))
                == "Fetched 3 mains, 24.0 MB, in 2 s (12.0 MB/s); 1 was here already, 1 not fetched.")
        #expect(WorkText.fetched(Self.tally([.here: 2])) == "Nothing was fetched: 2 were here already.")
    }

    @Test("the last line of verify")
    func verified() {
        #expect(
            WorkText.verified(Self.tally([.verified: 8000], bytes: 31_200_000_000, seconds: 300))
                == "Verified 8,000 mains, 31.2 GB, in 5 min (104 MB/s): all are as they should be.")
        #expect(
            WorkText.verified(Self.tally([.verified: 2, .repaired: 1, .damaged: 1, .failed: 1], bytes: 4, seconds: 0))
                == "Verified 4 mains, 4 B, in 0 s: 1 damaged and repaired, 1 damaged and not repaired, 1 not readable.")
        #expect(WorkText.verified(Self.tally([:])).hasPrefix("Nothing to verify: "))
    }

    @Test("after delete, the line to undo it can be copied into a shell")
    func deleted() {
        let tally = Self.tally([.deleted: 2], bytes: 16_000_000)
        #expect(
            WorkText.deleted(tally, days: 30, paths: ["a.jpg", "it's $HOME"]) == """
                Deleted 2 images (16.0 MB) here; the other machines follow as they hear of it.
                To undo, for 30 days: syncctl restore --deleted a.jpg 'it'\\''s $HOME'
                """)
        let many = (0..<40).map { "IMG_\($0).JPG" }
        #expect(
            WorkText.deleted(tally, days: 1, paths: many).hasSuffix(
                "1 day: syncctl restore --deleted PATH   ('syncctl trash' lists them)"))
    }

    @Test(
        "exit codes: 0 all, 1 partly, 75 nothing at all that may work later",
        arguments: [
            ([.evicted: 2], false, nil), ([.here: 2], true, nil), ([:], false, nil),
            ([.evicted: 1, .kept: 1], false, .failed), ([.evicted: 1, .kept: 1], true, .failed),
            ([.kept: 2], false, .failed), ([.kept: 2], true, .tryAgain), ([.unknown: 2], false, .notFound),
            ([.fetched: 1, .unknown: 1], false, .notFound), ([.unknown: 1, .kept: 1], false, .failed),
            ([.verified: 3, .repaired: 1], false, nil), ([.verified: 3, .damaged: 1], false, .failed),
        ] as [(KeyValuePairs<ImageOutcome.Outcome, Int>, Bool, ControlFailure.Code?)])
    func codes(
        counts: KeyValuePairs<ImageOutcome.Outcome, Int>, tryAgain: Bool, code: ControlFailure.Code?
    ) {
        #expect(Self.tally(counts, tryAgain: tryAgain).failure("Because.")?.code == code)
    }

    @Test("the sentence at the end is the agent's, else the only image's, else the verb's")
    func sentences() {
        #expect(Self.tally([.kept: 2], reason: "All wait.").failure("Because.")?.message == "All wait.")
        #expect(Self.tally([.kept: 1]).failure("Because.")?.message == "2026/05/IMG_0001.JPG stays: So.")
        #expect(Self.tally([.kept: 2]).failure("Because.")?.message == "Because.")
        #expect(Self.tally([.unknown: 2]).failure("Because.")?.message.hasPrefix("2 paths are not known:") == true)
    }

    @Test("free is done when it freed enough, whatever it passed over, and says what it could free at most")
    func free() {
        let enough = Self.tally([.evicted: 1, .kept: 5], bytes: 20, wanted: 20, available: 30)
        #expect(enough.failure("Because.") == nil)
        let short = Self.tally([.evicted: 1], bytes: 7_000_000, wanted: 20_000_000_000, available: 7_000_000)
        #expect(short.failure("Because.")?.code == .failed)
        #expect(
            Free.shortfall(short, wanted: 20_000_000_000).hasPrefix(
                "20.0 GB was asked for, and 7.0 MB is the most that can be freed now: "))
        let none = Self.tally([:], bytes: 0, wanted: 20, available: 0, tryAgain: true)
        #expect(none.failure("Because.")?.code == .tryAgain)
    }

    @Test("the trash as a table, with the path last and whole")
    func trash() {
        #expect(
            TrashTable.lines(CommandSamples.trash, Self.file, now: CommandSamples.now) == [
                "DELETED   BY          LEFT    SIZE  PATH",
                "3 d ago   laptop   27 days  8.4 MB  2026/05/IMG_0007.JPG",
                "30 d ago  desktop    today  412 kB  2025/写真/IMG_0008.HEIC (reduced copy)",
                "-         -        30 days  1.0 MB  old.jpg",
            ])
        #expect(TrashTable.total(CommandSamples.trash) == "3 images, 9.8 MB")
    }

    @Test("what the terminal would cut within words is cut at spaces")
    func paragraph() {
        var style = Self.terminal
        style.width = 20
        #expect(style.paragraph("one two three four five\n  six") == "one two three four\nfive\n  six")
        style.isTerminal = false
        #expect(style.paragraph("one two three four five") == "one two three four five")
    }
}
