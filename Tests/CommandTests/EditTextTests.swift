import Control
import Foundation
import Model
import TestSupport
import Testing

@testable import Console

@Suite("What a person reads of edits")
struct EditTextTests {
    private static let terminal = Style(isTerminal: true, hasColour: false, width: 80)
    private static let file = Style(isTerminal: false, hasColour: false, width: 80)

    @Test(
        "a look in words, in the order in which it is done",
        arguments: [
            (CommandSamples.look(), "unchanged"),
            (CommandSamples.look(turns: 1), "turned right"), (CommandSamples.look(turns: 2), "turned by 180°"),
            (CommandSamples.look(turns: 3, isMirrored: true), "turned left, mirrored"),
            (
                CommandSamples.look(crop: (100_000, 0, 800_000, 888_889), [.straighten: -1500]),
                "straightened -1.5°, cropped to 80% × 88.9%"
            ),
            (
                CommandSamples.look(
                    isBlackAndWhite: true, [.exposure: 500, .tint: -3000, .contrast: 10_000, .sharpen: 30_000]),
                "exposure +0.5, tint -3, contrast +10, black and white, sharpen 30"
            ),
        ])
    func look(look: Look, words: String) { #expect(LookText.words(look) == words) }

    @Test("a crop is called as it was asked for")
    func crop() {
        let look = CommandSamples.look(crop: (0, 55_555, 1_000_000, 888_889), [.exposure: 500])
        #expect(LookText.words(look, crop: .ratio(width: 3, height: 2)) == "cropped to 3:2, exposure +0.5")
    }

    @Test("one image on one line where it fits, whole where no one looks, in parts on 80 columns")
    func one() {
        var edit = CommandSamples.edits[1]
        edit.reason = nil
        #expect(
            EditText.lines(edit, Self.file) == [
                "2026/05/IMG_0002.JPG: turned right, straightened -1.5°, black and white; preview at "
                    + "2026/05/IMG_0002.edited.jpg.reduced.jpg; laptop makes the full picture"
            ])
        #expect(
            EditText.lines(edit, Self.terminal) == [
                "2026/05/IMG_0002.JPG: turned right, straightened -1.5°, black and white",
                "  preview at 2026/05/IMG_0002.edited.jpg.reduced.jpg",
                "  laptop makes the full picture",
            ])
        edit.preview = nil
        edit.look = CommandSamples.look([.exposure: 500])
        #expect(
            EditText.lines(edit, Self.terminal) == [
                "2026/05/IMG_0002.JPG: exposure +0.5; laptop makes the full picture"
            ])
    }

    @Test("each state in words", arguments: EditLine.State.allCases)
    func states(state: EditLine.State) {
        var edit = CommandSamples.edits[1]
        edit.state = state
        edit.rendition = state == .made ? CommandSamples.path("a.edited.jpg") : nil
        let words = [
            EditLine.State.made: "it is a.edited.jpg", .waiting: "it waits: laptop is away, last seen 3 d ago",
            .running: "laptop is making it", .undone: "undone: laptop is away, last seen 3 d ago",
            .failed: "failed: laptop is away, last seen 3 d ago",
            .skipped: "left out: laptop is away, last seen 3 d ago",
            .unknown: "not known: laptop is away, last seen 3 d ago",
        ]
        #expect(EditText.state(edit) == words[state])
        for style in [Self.terminal, Style(isTerminal: true, hasColour: false, width: 40)] {
            let lines =
                EditText.lines(edit, style) + EditTable.listed([edit], all: true, style, now: CommandSamples.now)
                + EditTable.edited([edit, CommandSamples.edits[0]], crop: nil, style)
            #expect(lines.allSatisfy { $0.columns <= style.width }, "\(lines)")
        }
    }

    @Test("several images are a table, with the look once where it is one for all, and alike ones counted")
    func table() {
        var edits = (0..<25).map { number in
            EditLine(
                path: CommandSamples.path("2026/05/IMG_\(1000 + number).JPG"), look: CommandSamples.look([.tint: 3000]),
                state: .waiting, holder: "attic")
        }
        edits[24].state = .failed
        edits[24].reason = "the reduced copy here is no whole JPEG, and attic, which has the main, is away"
        edits[24].look = nil
        let lines = EditTable.edited(edits, crop: nil, Self.terminal)
        #expect(
            lines.prefix(4) == [
                "tint +3", "", "PATH                  FULL PICTURE", "2026/05/IMG_1000.JPG  attic makes it",
            ])
        #expect(
            lines.suffix(3) == [
                "2026/05/IMG_1024.JPG  failed: the reduced copy here is no whole JPEG, and attic,",
                "                      which has the main, is away", "and 4 more alike",
            ])
        #expect(lines.count == 3 + 20 + 2 + 1)
        #expect(lines.allSatisfy { $0.columns <= 80 })
        // Where no one looks, every image is there, each on its line.
        #expect(EditTable.edited(edits, crop: nil, Self.file).count == 3 + 25)
    }

    @Test("looks that differ stand beside their images")
    func looks() {
        let edits = [1, 2].map { number in
            EditLine(
                path: CommandSamples.path("\(number).JPG"), look: CommandSamples.look([.tint: number * 1000]),
                state: .waiting, holder: "attic")
        }
        #expect(
            EditTable.edited(edits, crop: nil, Self.terminal) == [
                "PATH   FULL PICTURE", "1.JPG  tint +1; attic makes it", "2.JPG  tint +2; attic makes it",
            ])
    }

    @Test("a listing: heads stand above their columns, and undone edits are counted unless all are wanted")
    func listing() {
        #expect(
            EditTable.listed(CommandSamples.edits, all: false, Self.terminal, now: CommandSamples.now) == [
                "PATH                  STATE    EDITED     ON",
                "2026/05/IMG_0001.JPG  made     3 h ago    desktop",
                "  cropped to 100% × 88.9%, exposure +0.5",
                "  → 2026/05/IMG_0001.edited.jpg",
                "2026/05/IMG_0002.JPG  waiting  1 min ago  desktop",
                "  turned right, straightened -1.5°, black and white",
                "  the full picture waits: laptop is away, last seen 3 d ago",
                "1 undone edit not shown: --all",
            ])
        #expect(
            EditTable.listed(CommandSamples.edits, all: true, Self.terminal, now: CommandSamples.now).suffix(2) == [
                "2026/05/IMG_0002.JPG  undone   24 h ago   laptop", "  contrast +20",
            ])
        #expect(
            EditTable.listed(CommandSamples.edits, all: true, Self.file, now: CommandSamples.now).suffix(1) == [
                "2026/05/IMG_0002.JPG  undone   24 h ago   laptop   contrast +20"
            ])
    }

    @Test("an edit of a machine that is not known by name has no id among the names")
    func unknownMachine() {
        var edit = CommandSamples.edits[0]
        edit.by = nil
        let lines = EditTable.listed([edit], all: false, Self.terminal, now: CommandSamples.now)
        #expect(lines[1] == "2026/05/IMG_0001.JPG  made   3 h ago  another machine")
    }

    @Test("the progress of an export is told in bytes")
    func export() {
        let progress = ActivityProgress(
            phase: .exporting, peer: "attic", done: 0, bytesDone: 3_100_000, bytesTotal: 8_100_000,
            bytesPerSecond: 18_300_000, secondsLeft: 0.3)
        let line = ProgressText.line(progress, Self.terminal, indent: 0)
        #expect(line.hasPrefix("exporting from attic  █"))
        #expect(line.hasSuffix("  38%  3.1 MB of 8.1 MB  18.3 MB/s  1 s left"))
        #expect(line.columns <= 80)
    }
}
