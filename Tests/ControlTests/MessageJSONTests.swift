import Control
import Foundation
import Model
import TestSupport
import Testing

@Suite("The JSON of the messages is that of the command-line contract")
struct MessageJSONTests {
    private func text(_ message: some Encodable) throws -> String {
        try String(decoding: ControlJSON.line(message), as: UTF8.self)
    }

    private static let node = "AEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQ"
    private static let peer = "AIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBA"

    @Test("status has the contract's keys, with null where there is no value")
    func status() throws {
        var report = CommandSamples.status
        report.peers = [
            PeerLine(
                id: CommandSamples.peer, name: "laptop", state: .offline, address: nil, images: 3, inSync: false,
                lastSeen: nil)
        ]
        report.work.progress = []
        report.library.limit = nil
        report.safety = .init(atRisk: 120, damaged: 0, paused: nil)
        report.problems = []
        #expect(
            try text(report) == """
                {"library":{"elsewhereBytes":16400000000,"images":12345,"limit":null,"mainBytes":31200000000,\
                "mains":8000,"missing":45,"path":"/srv/Pictures","reduced":4300,"reducedBytes":1900000000,"state":"ok",\
                "trashBytes":24100000,"trashDays":30,"trashImages":3,"versionsBytes":412000000},\
                "node":{"discovery":"on","id":"\(Self.node)","keep":"reduced","name":"desktop","port":21417,\
                "uptimeSeconds":11520,"version":"0.2.0"},\
                "peers":[{"address":null,"asks":false,"id":"\(Self.peer)","images":3,"inSync":false,"lastSeen":null,"name":"laptop",\
                "refused":0,"rights":["sees","shares","speaks"],"state":"offline"}],"problems":[],\
                "safety":{"atRisk":120,"damaged":0,"lastVerified":null,"paused":null,"verifyDone":null,\
                "verifyTotal":null},\
                "work":{"edits":0,"failed":1,"pending":42,"progress":[],"running":2}}
                """)
    }

    @Test("progress, problems and times in status")
    func details() throws {
        let report = CommandSamples.status
        #expect(
            try text(report.work) == """
                {"edits":0,"failed":1,"pending":42,"progress":[{"bytesDone":1240000000,"bytesPerSecond":18300000,\
                "bytesTotal":2000000000,"done":312,"peer":"laptop","phase":"getting","secondsLeft":41.5,"total":500}],\
                "running":2}
                """)
        #expect(
            try text(report.problems[0]) == """
                {"nextTry":"2026-11-22T15:09:05Z","reason":"The main is no whole JPEG (it ends in the middle of a scan): \
                its main is backed up as it is.","since":"2026-11-22T14:04:05Z","subject":"2026/05/IMG_0666.JPG"}
                """)
        #expect(try text(report.peers[0]).contains(#""lastSeen":"2026-11-22T15:04:05Z""#))
    }

    @Test("a line of ls")
    func images() throws {
        let id = { (byte: String) in String(repeating: byte, count: 32) }
        #expect(
            try text(CommandSamples.images[0]) == """
                {"bytes":8100000,"captured":"2026-05-01T09:00:00","form":"main","height":4000,"holders":["desktop"],\
                "image":"\(id("0a"))","mainBytes":8100000,"path":"2026/05/IMG_0001.JPG","width":6000}
                """)
        #expect(
            try text(CommandSamples.images[2]) == """
                {"bytes":0,"captured":null,"form":"none","height":null,"holders":["laptop"],"image":"\(id("0c"))",\
                "mainBytes":2400000,"path":"写真/2026年の夏休み 🏖️.HEIC","width":null}
                """)
    }

    @Test("a line of ls of a photo to which something belongs, and of what does")
    func groups() throws {
        let lines = try CommandSamples.livePhoto.map { try text($0) }
        #expect(lines[0].contains(#""group":"2026/05/IMG_0004.HEIC""#) && !lines[0].contains("parts"))
        #expect(
            lines[1].contains(#""parts":[{"bytes":300000,"form":"reduced","holders":["laptop","attic"],"kind":"film","#)
        )
        #expect(lines[2].contains(#""duration":2.9,"form":"reduced","group":"#))
    }

    @Test("invite and the messages of a pairing")
    func pairing() throws {
        #expect(
            try text(InviteReport(invite: "mainstay://a:1/B#C", expires: CommandSamples.now))
                == #"{"expires":"2026-11-22T15:04:05Z","invite":"mainstay://a:1/B#C"}"#)
        #expect(
            try text(PairingMessage.digits(attempt: "a", digits: "012345", name: "x", id: CommandSamples.node))
                == #"{"attempt":"a","digits":"012345","id":"\#(Self.node)","kind":"digits","name":"x"}"#)
    }

    @Test("work on images: one key tells which message it is")
    func work() throws {
        let id = String(repeating: "0a", count: 32)
        let outcome = ImageOutcome(
            path: CommandSamples.path("a.jpg"), image: CommandSamples.image(10), outcome: .wouldEvict, bytes: 8,
            reason: "So.")
        #expect(
            try text(WorkMessage.image(outcome)) == """
                {"image":{"bytes":8,"image":"\(id)","outcome":"wouldEvict","path":"a.jpg","reason":"So."}}
                """)
        #expect(
            try text(WorkMessage.done(WorkSummary(images: 1, others: 2, bytes: 3, seconds: 0.5, wanted: 4)))
                == #"{"done":{"bytes":3,"images":1,"others":2,"seconds":0.5,"tryAgain":false,"wanted":4}}"#)
        #expect(
            try text(WorkMessage.progress(ActivityProgress(phase: .verifying, done: 1)))
                == #"{"progress":{"bytesDone":0,"done":1,"phase":"verifying"}}"#)
    }

    @Test("a line of trash, with null where nothing is known")
    func trash() throws {
        let id = { (byte: String) in String(repeating: byte, count: 32) }
        #expect(
            try text(CommandSamples.trash[0]) == """
                {"by":"laptop","bytes":8400000,"daysLeft":27,"deleted":"2026-11-19T15:04:05Z","form":"main",\
                "image":"\(id("14"))","path":"2026/05/IMG_0007.JPG"}
                """)
        #expect(try text(CommandSamples.trash[2]).contains(#""by":null,"bytes":1000000,"daysLeft":30,"deleted":null"#))
    }

    @Test("every message reads back as it was written")
    func roundTrips() throws {
        func check<Message: Codable & Equatable>(_ message: Message) throws {
            #expect(try ControlJSON.decode(Message.self, from: ControlJSON.line(message)) == message)
            #expect(try ControlJSON.decode(Message.self, from: ControlJSON.indented(message)) == message)
        }
        try check(CommandSamples.status)
        try CommandSamples.images.forEach(check)
        try CommandSamples.livePhoto.forEach(check)
        try check(CommandSamples.why(CommandSamples.path("a.jpg")))
        try check(CommandSamples.why(folder: "2026"))
        try CommandSamples.nearby.forEach(check)
        try check(PairingMessage.waiting("for it"))
        try check(PairingMessage.digits(attempt: "a", digits: "1", name: "n", id: CommandSamples.node))
        try check(PairingMessage.paired(PairedReport(id: CommandSamples.node, name: "n", address: "a:1")))
        try check(PairingMessage.failed(ControlFailure(.tryAgain, "m")))
        try check(ScanMessage.progress(ActivityProgress(phase: .scanning, done: 1)))
        try check(
            ScanMessage.done(
                ScanReport(images: 1, added: 2, changed: 3, moved: 4, removed: 5, skipped: 6, paused: "p", seconds: 0.5)
            ))
        for outcome in [RestoreLine.Outcome.restored, .here, .undeleted, .gone, .unknown] {
            try check(RestoreLine(path: CommandSamples.path("a/b.jpg"), outcome: outcome))
        }
        for phase in ActivityProgress.Phase.allCases { try check(WorkMessage.progress(.init(phase: phase, done: 1))) }
        for outcome in ImageOutcome.Outcome.allCases {
            try check(WorkMessage.image(ImageOutcome(path: CommandSamples.path("a.jpg"), outcome: outcome)))
        }
        try check(
            WorkMessage.done(
                WorkSummary(
                    images: 1, others: 2, bytes: 3, seconds: 4, wanted: 5, available: 6, tryAgain: true, reason: "r")))
        try CommandSamples.trash.forEach(check)
        try check(EmptiedTrash(images: 1, bytes: 2))
        try check(EvictRequest(paths: [CommandSamples.path("a")], olderThanDays: 3, dryRun: true))
        try check(VerifyRequest(paths: [CommandSamples.path("a")], all: true))
        var why = CommandSamples.why(CommandSamples.path("a.jpg"))
        why.deleted = .init(at: CommandSamples.now, by: nil, inTrashHere: true)
        why.damaged = "a.jpg.1"
        why.holds = [.init(by: "laptop", until: CommandSamples.now)]
        (why.duration, why.parts, why.group) = (1.5, CommandSamples.livePhoto[1].parts, CommandSamples.path("b.jpg"))
        try check(why)
        why.captured = CameraTime(1_714_572_180)
        (why.zone, why.camera) = (ClockZone(minutes: 120), "Apple iPhone 12")
        why.place = Place(latitude: 48.137, longitude: 11.575)
        try check(why)
        try check(EvictRequest(paths: [], olderThanDays: 0, alone: true))
        try check(
            WorkMessage.image(
                ImageOutcome(
                    path: CommandSamples.path("a.mov"), outcome: .fetched,
                    part: .init(of: CommandSamples.path("a.jpg"), kind: .film))))
        try check(CommandSamples.settings)
        try check(DoctorFinding(check: "c", state: .problem, what: "w", remedy: "r"))
    }

    @Test(
        "a path that leads outside is refused wherever it is read",
        arguments: ["../a", "/etc/passwd", "a/../b", "", ".hidden/a"])
    func badPaths(path: String) {
        let line = #"{"path":"\#(path)","outcome":"here"}"#
        #expect(throws: DecodingError.self) { try ControlJSON.decode(RestoreLine.self, from: line.utf8) }
    }
}
