import Control
import Foundation
import Model
import TestSupport
import Testing

@testable import Console

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
                         limit 50.0 GB  66% used
                         3 images in the trash, 24.1 MB
                         earlier versions, 412 MB

                Peers
                  NAME                            STATE      IMAGES  IN SYNC  SEEN     MAY      ADDRESS
                  laptop                          connected   4,345  yes      now      member   192.168.1.21:21417
                  屋根裏部屋の写真サーバー attic  offline     8,000  no       3 d ago  archive  -
                    屋根裏部屋の写真サーバー attic: It has not answered for 3 days: is it
                    switched on?
                    屋根裏部屋の写真サーバー attic: 2 records refused as malformed; see the
                    agent's log.

                Work     2 running, 42 waiting, 1 failed, to be tried again
                  getting from laptop   62%  312/500  18.3 MB/s  42 s left
                At risk  120 mains on fewer machines than copies.target asks for: let another
                         machine keep mains (syncd --keep mains).
                Verified every main here, 12 d ago
                         this round: 4,200 of 8,000 re-read, 52%

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
        let style = Style(isTerminal: true, hasColour: false, width: width)
        var report = CommandSamples.status
        report.peers[0].name = String(repeating: "long-name-", count: 12)
        report.node.name = String(repeating: "写", count: 70)
        report.problems[0].subject = String(repeating: "2026/very/deep/", count: 30)
        let lines = StatusText(report: report, style: style, now: CommandSamples.now).lines
        #expect(lines.filter { $0.columns > width } == [])
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
                  mains at    laptop (connected, proved it 3 d ago)
                              attic (last seen 3 d ago, has not proved it yet, as old/A.JPG)
                  next        nothing: this node keeps reduced copies and has one of the edge it
                              wants
                  in the way  It answered 503. Tried again in 30 s.

                """)
    }

    @Test("why, of a film")
    func whyFilm() {
        var report = CommandSamples.why(CommandSamples.path("a.mov"))
        (report.type, report.duration) = (.mov, 3_723)
        let text = WhyText(report: report, style: Self.plain, now: CommandSamples.now).text
        #expect(text.contains("\n  image       mov, 4000×6000, 1:02:03 long, 7.9 MB, id "))
    }

    @Test("why says when, where and with what a picture was taken, as far as that is known")
    func whyTaken() {
        var report = CommandSamples.why(CommandSamples.path("a.jpg"))
        func line() -> String? {
            WhyText(report: report, style: Self.plain, now: CommandSamples.now).text.split(separator: "\n")
                .first { $0.hasPrefix("  taken") }.map { String($0.dropFirst(14)) }
        }
        #expect(line() == nil)
        report.captured = CameraTime(1_714_572_180)
        #expect(line() == "2024-05-01 14:03 by the camera's clock")
        report.zone = ClockZone(minutes: 120)
        report.camera = "Apple iPhone 12"
        #expect(line() == "2024-05-01 14:03 +02:00 with an Apple iPhone 12")
        report.place = Place(latitude: 48.137, longitude: 11.575)
        #expect(line() == "2024-05-01 14:03 +02:00 with an Apple iPhone 12, at 48.137, 11.575")
        (report.captured, report.zone, report.camera) = (nil, nil, "Canon\u{202E} EOS")
        #expect(line() == "with a Canon\u{FFFD} EOS, at 48.137, 11.575")
        report.camera = nil
        #expect(line() == "at 48.137, 11.575")
    }

    @Test("why, of a picture whose end is missing")
    func whyCut() {
        var report = CommandSamples.why(CommandSamples.path("a.jpg"))
        report.endIsMissing = true
        let text = WhyText(report: report, style: Self.plain, now: CommandSamples.now).text
        #expect(text.contains("\n  picture     its end is missing; what there is of it is shown\n  here "))
    }

    @Test("two peers of one name are listed with the beginning of their ids, and nobody else is")
    func namesakes() {
        var peers = CommandSamples.status.peers
        #expect(!PeerTable.lines(peers, Self.plain, now: CommandSamples.now).joined().contains("ID"))
        var other = peers[0]
        (other.id, other.problem) = (CommandSamples.id(9), "laptop cannot be reached at 10.77.0.5:21417.")
        peers.append(other)
        let lines = PeerTable.lines(peers, Self.plain, now: CommandSamples.now)
        #expect(lines[0].split(separator: " ").prefix(2) == ["NAME", "ID"])
        #expect(lines.contains { $0.contains("laptop") && $0.contains(CommandSamples.peer.short) })
        #expect(lines.contains { $0.contains("laptop") && $0.contains(CommandSamples.id(9).short) })
        #expect(!lines.joined().contains(CommandSamples.id(3).short))
        // A problem that names its peer needs no other name before it.
        #expect(lines.contains { $0.hasPrefix("    laptop cannot be reached") })
    }

    @Test("why, of a folder")
    func whyFolder() {
        let report = CommandSamples.why(folder: "2026")
        #expect(
            FolderText(report: report, style: Self.plain, now: CommandSamples.now).text == """
                2026/
                  images      1,240, their mains 9.8 GB
                  here        800 mains, 6.3 GB; 395 reduced copies, 160 MB; nothing of 45
                              images
                  mains at    attic (last seen 3 d ago): 1,228 mains
                              laptop (connected): 440 mains
                  reduced at  laptop (connected): 788 reduced copies
                  at risk     12 images of which fewer than 2 mains exist
                  next        788 × nothing: the main is here; it may be evicted once attic
                              proves to hold it
                              395 × nothing: a reduced copy of 2048 px is here
                              1 × get a reduced copy of 2048 px from laptop: the main lies
                              elsewhere and nothing of it is here
                  in the way  2 × The main is no whole JPEG: it is backed up as it is.
                              (2026/05/IMG_0666.JPG, for one)

                """)
        var many = FolderReport(path: "", target: 1)
        many.next = (1...20).map { FolderReport.Step(what: "nothing", reason: "reason \($0)", images: 2) }
        let text = FolderText(report: many, style: Self.plain, now: CommandSamples.now).text
        #expect(text.hasPrefix("The whole library\n"))
        #expect(text.contains("reason 12\n") && !text.contains("reason 13"))
        #expect(text.hasSuffix("16 more, for 8 other reasons\n"))
    }

    @Test("why, of an image that was deleted and of one that was damaged")
    func whyDeleted() {
        var report = CommandSamples.why(CommandSamples.path("a.jpg"))
        report.here = .init(form: .none, file: nil, bytes: 0, edge: nil)
        report.elsewhere = []
        report.obstacles = []
        report.deleted = .init(at: CommandSamples.now - 7200, by: "laptop", inTrashHere: true)
        report.damaged = "a.jpg.0b0b"
        #expect(
            WhyText(report: report, style: Self.plain, now: CommandSamples.now).text == """
                a.jpg
                  image       jpeg, 4000×6000, 7.9 MB, id 0b0b0b0b0b0b…
                  here        nothing
                  damaged     the main here was, and is set aside as
                              .mainstay/damaged/a.jpg.0b0b
                  deleted     everywhere, 2 h ago on laptop; it is in the trash here, and
                              'syncctl restore' takes it back everywhere
                  mains at    nobody else
                  next        nothing: this node keeps reduced copies and has one of the edge it
                              wants

                """)
    }

    @Test("why, of a deleted main that a peer relies on: who waits for whom, and for how long")
    func whyHeld() {
        var report = CommandSamples.why(CommandSamples.path("a.jpg"))
        report.elsewhere = []
        report.obstacles = []
        report.next = .init(what: "move the file to the trash", reason: "it was deleted")
        report.holds = [.init(by: "laptop", until: CommandSamples.now + 200)]
        #expect(
            WhyText(report: report, style: Self.plain, now: CommandSamples.now).text == """
                a.jpg
                  image       jpeg, 4000×6000, 7.9 MB, id 0b0b0b0b0b0b…
                  here        a reduced copy, 412 kB, long edge 2048, as a.jpg.reduced.jpg
                  mains at    nobody else
                  next        move the file to the trash: it was deleted
                  waits       until laptop, which relies on this main while it evicts its own,
                              gives it back: in 3 min 20 s at the latest

                """)
    }

    @Test(
        "status says how far re-reading is, where there is something to re-read",
        arguments: [
            (8, nil, nil, "Verified never yet: 'syncctl verify --all' re-reads every main"),
            (8, nil, 2, "Verified never yet\n         this round: 2 of 8 re-read, 25%\n"),
            (8, -86_400.0 * 70, nil, "Verified every main here, 2026-09-13\n"), (0, nil, nil, nil),
        ])
    func verified(mains: Int, last: Double?, done: Int?, text: String?) {
        var report = CommandSamples.status
        report.library.mains = mains
        report.safety = .init(
            atRisk: 0, damaged: 0, paused: nil, lastVerified: last.map { CommandSamples.now + $0 }, verifyDone: done,
            verifyTotal: done.map { _ in 8 })
        let shown = StatusText(report: report, style: Self.plain, now: CommandSamples.now).text
        #expect(text.map { shown.contains($0) } ?? !shown.contains("Verified"))
    }

    @Test("a library over its limit says by how much, and one without a limit or trash says nothing of them")
    func limit() {
        var report = CommandSamples.status
        report.library.limit = 30_000_000_000
        var style = Self.terminal
        style.hasColour = false
        let over = StatusText(report: report, style: style, now: CommandSamples.now).text
        #expect(over.contains("\n         limit 30.0 GB  ████████████████████  3.1 GB over it\n"))
        report.library.limit = nil
        report.library.trashImages = 0
        report.library.versionsBytes = 0
        let none = StatusText(report: report, style: style, now: CommandSamples.now).text
        #expect(!none.contains("limit") && !none.contains("trash") && !none.contains("versions"))
    }

    @Test("a line of ls ends with the path, whole where no one reads it on a screen")
    func list() {
        let layout = ImageText.layout(CommandSamples.images, Self.plain)
        #expect(
            [layout.head] + CommandSamples.images.map { layout.line(ImageText.row($0)) } == [
                "FORM        HERE     MAIN  TAKEN       MAINS AT      PATH",
                "main      8.1 MB   8.1 MB  2026-05-01  desktop       2026/05/IMG_0001.JPG",
                "reduced   412 kB   7.9 MB  2026-05-01  laptop,attic  2026/05/IMG_0002.JPG",
                "none           -   2.4 MB  -           laptop        写真/2026年の夏休み 🏖️.HEIC",
            ])
    }

    @Test(
        "a live photo is one line, with the sizes of all, and where the mains are, all are; why says what belongs to it"
    )
    func groups() {
        let images = CommandSamples.images.prefix(1) + CommandSamples.livePhoto.filter { $0.group == nil }
        func lines(_ width: Int, _ images: [ImageLine]) -> [String] {
            let style = Style(isTerminal: true, hasColour: false, width: width)
            let layout = ImageText.layout(images, style)
            return [layout.head] + images.map { layout.line(ImageText.row($0)) }
        }
        #expect(
            lines(120, Array(images)) == [
                "FORM        HERE     MAIN  TAKEN       MAINS AT  WITH     PATH",
                "main      8.1 MB   8.1 MB  2026-05-01  desktop            2026/05/IMG_0001.JPG",
                "reduced   701 kB   6.0 MB  2026-05-01  laptop    MOV,AAE  2026/05/IMG_0004.HEIC",
            ])
        #expect(
            lines(80, Array(images))[2]
                == "reduced   701 kB   6.0 MB  2026-05-01  laptop    MOV,AAE  2026/05/IMG_0004.HEIC")
        #expect(lines(40, Array(images))[2] == "reduced  MOV,AAE  2026/05/IMG_0004.HEIC")
        var mixed = images[1]
        mixed.parts?[0].form = .main
        mixed.parts?[1].path = CommandSamples.path("2026/05/IMG_O0004.AAE")
        #expect(
            lines(120, [mixed])[1]
                == "mixed     701 kB   6.0 MB  2026-05-01  laptop    MOV,IMG_O0004.AAE  2026/05/IMG_0004.HEIC")
        var why = CommandSamples.why(images[1].path)
        why.parts = images[1].parts
        let text = WhyText(report: why, style: Self.plain, now: CommandSamples.now).text
        #expect(
            text.contains(
                """
                  with        IMG_0004.MOV, its film: a reduced copy is here
                              IMG_0004.AAE, its sidecar: the main is here
                """))
        (why.parts, why.group) = (nil, images[1].path)
        let part = WhyText(report: why, style: Self.plain, now: CommandSamples.now).text
        #expect(part.contains("\n  belongs to  IMG_0004.HEIC\n"))
    }

    @Test("a list with a film has a column for lengths, which stands where the time of its taking has no room")
    func films() {
        var images = CommandSamples.images
        images[1].duration = 71.6
        func lines(_ width: Int) -> [String] {
            let style = Style(isTerminal: true, hasColour: false, width: width)
            let layout = ImageText.layout(images, style)
            return [layout.head] + images.map { layout.line(ImageText.row($0)) }
        }
        #expect(
            lines(120) == [
                "FORM        HERE     MAIN  TAKEN       LENGTH  MAINS AT      PATH",
                "main      8.1 MB   8.1 MB  2026-05-01       -  desktop       2026/05/IMG_0001.JPG",
                "reduced   412 kB   7.9 MB  2026-05-01    1:12  laptop,attic  2026/05/IMG_0002.JPG",
                "none           -   2.4 MB  -                -  laptop        写真/2026年の夏休み 🏖️.HEIC",
            ])
        #expect(lines(80)[2] == "reduced   412 kB   7.9 MB    1:12  laptop,attic  2026/05/IMG_0002.JPG")
        #expect(lines(40)[2] == "reduced  2026/05/IMG_0002.JPG")
        #expect(
            [0.2, 59.4, 60, 3599.6, 86_400].map(Quantity.length) == ["0:01", "0:59", "1:00", "1:00:00", "24:00:00"])
    }

    @Test("the digits are shown in two groups")
    func digits() { #expect(PairingDialogue.spaced("012345") == "012 345") }
}
