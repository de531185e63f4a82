import Control
import Foundation
import TestSupport
import Testing

@testable import syncctl

@Suite("What a person reads at 80 columns")
struct RenderingTests {
    static let plain = Style(isTerminal: false, hasColour: false, width: 80)
    static let terminal = Style(isTerminal: true, hasColour: true, width: 80)

    @Test("status")
    func status() {
        let text = StatusText(report: CommandSamples.status, style: Self.plain, now: CommandSamples.now).text
        #expect(
            text == """
                Node     desktop (AEAQ-CAIB), keeps reduced copies
                         up 3 h 12 min, port 21417, mDNS on, version 0.2.0
                Library  /srv/Pictures
                         12,345 images known
                         8,000 mains here, 31.2 GB
                         4,300 reduced copies here, 1.9 GB, for 16.4 GB of mains elsewhere
                         45 not here yet

                Peers
                  NAME                   STATE      IMAGES  IN SYNC  SEEN     ADDRESS
                  laptop                 connected   4,345  yes      now      192.168.1.21:21417
                  屋根裏部屋…バー attic  offline     8,000  no       3 d ago  -
                    屋根裏部屋の写真サーバー attic: It has not answered for 3 days: is it
                    switched on?
                    屋根裏部屋の写真サーバー attic: 2 records refused as malformed; see the
                    agent's log.

                Work     2 running, 42 waiting, 1 failed, to be tried again
                  getting from laptop   62%  312/500  18.3 MB/s  42 s left
                At risk  120 mains on fewer machines than copies.target asks for: let another
                         machine keep mains (syncd --keep mains).

                Problems
                  2026/05/IMG_0666.JPG
                    The main is no whole JPEG (it ends in the middle of a scan): its main is
                    backed up as it is. Tried again in 5 min.

                """)
    }

    @Test("a node that has nobody yet is told what to do")
    func alone() {
        var report = CommandSamples.status
        report.peers = []
        report.work = .init(pending: 0, running: 0, failed: 0)
        report.safety.atRisk = 0
        report.problems = []
        let text = StatusText(report: report, style: Self.plain, now: CommandSamples.now).text
        #expect(text.contains("Peers    none yet: run 'syncctl pair' here and on another machine,"))
        #expect(text.contains("Work     nothing to do"))
        #expect(text.contains("Safety   nothing at risk"))
    }

    @Test("no line is wider than the terminal, at any width", arguments: [40, 60, 80, 132])
    func fits(width: Int) {
        var style = Self.plain
        style.width = width
        var report = CommandSamples.status
        report.peers[0].name = String(repeating: "long-name-", count: 12)
        report.node.name = String(repeating: "写", count: 70)
        report.problems[0].subject = String(repeating: "2026/very/deep/", count: 30)
        let lines = StatusText(report: report, style: style, now: CommandSamples.now).lines
        #expect(lines.filter { $0.columns > max(width, 64) } == [])
    }

    @Test("columns align by display width")
    func alignment() {
        var table = Table(columns: [.init(title: "NAME"), .init(title: "N", isRightAligned: true), .init(title: "X")])
        table.rows = [["写真", "1", "a"], ["a", "1000", "b"], ["🏖️ sea", "22", "c"]]
        #expect(
            table.lines(Self.plain, indent: 0) == [
                "NAME       N  X", "写真       1  a", "a       1000  b", "🏖️ sea    22  c",
            ])
    }

    @Test("names cannot steer the terminal")
    func hostile() {
        var report = CommandSamples.status
        report.peers[0].name = "\u{1B}]0;title\u{7}lap\ntop"
        report.problems[0].subject = "a\u{1B}[2J.jpg"
        report.problems[0].reason = "b\u{9B}2J"
        let text = StatusText(report: report, style: Self.plain, now: CommandSamples.now).text
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        #expect(text.contains("␛]0;title␇lap␊top") || text.contains("␛"))
    }

    @Test("progress has a bar on a terminal and none elsewhere")
    func progress() {
        let progress = CommandSamples.status.work.progress[0]
        #expect(
            ProgressText.line(progress, Self.plain) == "  getting from laptop   62%  312/500  18.3 MB/s  42 s left")
        var style = Self.terminal
        style.hasColour = false
        let line = ProgressText.line(progress, style)
        #expect(line == "  getting from laptop  ████████████░░░░░░░░   62%  312/500  18.3 MB/s  42 s left")
        #expect(line.columns == 80)
        #expect(
            ProgressText.line(ActivityProgress(phase: .scanning, done: 1234), style)
                == "  looking at the library  1,234")
    }

    @Test("why")
    func why() {
        let report = CommandSamples.why(CommandSamples.path("2026/05/IMG_0002.JPG"))
        #expect(
            WhyText(report: report, style: Self.plain, now: CommandSamples.now).text == """
                2026/05/IMG_0002.JPG
                  image       jpeg, 4000×6000, 7.9 MB, id 0b0b0b0b0b0b…
                  here        a reduced copy, 412 kB, long edge 2048, as
                              IMG_0002.JPG.reduced.jpg
                  mains at    laptop (connected), attic (last seen 3 d ago, as old/A.JPG)
                  next        nothing: this node keeps reduced copies and has one of the edge it
                              wants
                  in the way  It answered 503. Tried again in 30 s.

                """)
    }

    @Test("a line of ls ends with the whole path")
    func list() {
        #expect(
            ImageText.line(CommandSamples.images[1], Self.plain)
                == "reduced    412 kB    7.9 MB  2026-05-01  laptop,attic    2026/05/IMG_0002.JPG")
        #expect(
            ImageText.line(CommandSamples.images[2], Self.plain)
                == "none            -    2.4 MB  -           laptop          写真/2026年の夏休み 🏖️.HEIC")
        #expect(ImageText.head(Self.plain).hasSuffix("PATH"))
    }

    @Test("the digits are shown in two groups")
    func digits() { #expect(Pair.spaced("012345") == "012 345") }
}
