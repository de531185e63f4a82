import Control
import Foundation
import Model
import TestSupport
import Testing

@testable import Control

@Suite("Edits on the control socket", .timeLimit(.minutes(2)))
struct EditRequestTests {
    private static let path = CommandSamples.path("2026/05/IMG_0001.JPG")
    private static let look = CommandSamples.look(
        turns: 3, isMirrored: true, crop: (1, 2, 333_333, 999_998), isBlackAndWhite: true,
        [.exposure: 1, .tint: -99_999, .sharpen: 100_000])

    @Test("a request has the look as an object of exact decimals")
    func requests() throws {
        let request = EditRequest(
            paths: [Self.path],
            action: .apply(
                .init(look: CommandSamples.look([.exposure: 500]), auto: true, crop: .ratio(width: 3, height: 2))),
            wait: true)
        #expect(
            try String(decoding: ControlJSON.line(request), as: UTF8.self) == """
                {"auto":true,"crop":"3:2","look":{"exposure":0.5,"recipe":1},"paths":["2026/05/IMG_0001.JPG"],"wait":true}
                """)
        #expect(
            try String(decoding: ControlJSON.line(EditRequest(paths: [Self.path], action: .undo)), as: UTF8.self)
                == #"{"paths":["2026/05/IMG_0001.JPG"],"undo":true}"#)
    }

    @Test("what is written is read as it was, to the last thousandth")
    func roundTrip() throws {
        func check<Message: Codable & Equatable>(_ message: Message) throws {
            #expect(try ControlJSON.decode(Message.self, from: ControlJSON.line(message)) == message)
        }
        try check(EditRequest(paths: [Self.path], action: .undo))
        try check(EditRequest(paths: [Self.path], action: .apply(.init(look: Self.look))))
        for thousandths in -5000...5000 {
            try check(
                EditRequest(
                    paths: [Self.path],
                    action: .apply(
                        .init(
                            look: CommandSamples.look([.exposure: thousandths]), auto: true,
                            crop: .pixels(left: 1, top: 2, width: 3, height: 4)))))
        }
        try CommandSamples.edits.forEach(check)
        try check(EditLine(path: Self.path, state: .unknown, reason: "so"))
        for state in EditLine.State.allCases {
            var edit = CommandSamples.edits[0]
            edit.state = state
            try check(EditMessage.edit(edit))
        }
        try check(EditMessage.progress(ActivityProgress(phase: .previewing, done: 1)))
        try check(EditMessage.done(WorkSummary(images: 1, others: 0, bytes: 2, seconds: 0.5)))
    }

    @Test("a line of a listing has all keys, with null where there is no value")
    func line() throws {
        let id = String(repeating: "0b", count: 32)
        let recipe = try #require(CommandSamples.edits[1].recipe)
        #expect(
            try String(decoding: ControlJSON.line(CommandSamples.edits[1]), as: UTF8.self) == """
                {"at":"2026-11-22T15:03:05Z","by":"desktop","holder":"laptop","image":"\(id)",\
                "look":{"blackAndWhite":true,"recipe":1,"straighten":-1.5,"turn":90},\
                "path":"2026/05/IMG_0002.JPG","preview":"2026/05/IMG_0002.edited.jpg.reduced.jpg",\
                "reason":"laptop is away, last seen 3 d ago","recipe":"\(recipe)","rendition":null,"state":"waiting"}
                """)
        #expect(
            try String(decoding: ControlJSON.line(EditLine(path: Self.path, state: .unknown)), as: UTF8.self) == """
                {"at":null,"by":null,"holder":null,"image":null,"look":null,"path":"2026/05/IMG_0001.JPG","preview":null,\
                "reason":null,"recipe":null,"rendition":null,"state":"unknown"}
                """)
    }

    @Test(
        "what a program asks for in error is refused with the reason",
        arguments: [
            (#"{"paths":["a"]}"#, "The request asks for no operation"),
            (#"{"paths":["a"],"look":{"recipe":1}}"#, "The request asks for no operation"),
            (#"{"paths":["a"],"look":{"recipe":1,"exposure":7}}"#, "exposure 7 is not between -5 and 5"),
            (#"{"paths":["a"],"look":{"recipe":1,"blur":1}}"#, "this node knows no operation 'blur'"),
            (#"{"paths":["a"],"look":{"recipe":2}}"#, "is of a version that this node does not know"),
            (#"{"paths":["a"],"look":{"recipe":1,"exposure":"much"}}"#, "exposure is not a number"),
            (#"{"paths":["a"],"look":{"recipe":1,"exposure":1e9}}"#, "more than seven digits"),
            (#"{"paths":["a"],"look":{"recipe":1,"a\"b":1}}"#, "The recipe is refused"),
            (#"{"paths":["a"],"undo":true,"auto":true}"#, "'undo' goes with no operation"),
            (#"{"paths":["a"],"crop":"3:0"}"#, "'crop' is written 3:2"),
            (
                #"{"paths":["a"],"crop":"3:2","look":{"recipe":1,"crop":{"left":0,"top":0,"width":0.5,"height":1}}}"#,
                "The request crops twice"
            ),
            (#"{"paths":[],"auto":true}"#, "Nothing is named"), (#"{"auto":true}"#, "it lacks 'paths'"),
            (#"{"paths":["../a"],"auto":true}"#, "a path that"),
        ])
    func refused(body: String, message: String) async throws {
        let scratch = try CommandScratch()
        let node = FakeNode()
        let socket = scratch("s")
        let answer = try await CommandServed.serve(node, at: socket) { _ in
            try await CommandProgram(path: "/usr/bin/curl").run(
                ["-s", "-w", "%{http_code}", "--unix-socket", socket, "-d", body, "http://x/v1/edit"])
        }
        #expect(answer.output.contains(message), "\(answer.output)")
        #expect(answer.output.hasSuffix("400"))
        #expect(node.calls == [])
    }

    @Test("an edit is one call, its messages are the node's, and a reader that goes away ends it")
    func edit() async throws {
        let scratch = try CommandScratch()
        let lines = CommandSamples.edits.map { EditMessage.edit($0) }
        let node = FakeNode(edits: lines, isEditEndless: true)
        try await CommandServed.serve(node, at: scratch("s")) { client async throws in
            var read: [EditMessage] = []
            let request = EditRequest(paths: [Self.path.reduced], action: .undo)
            for try await message in client.edit(request) {
                read.append(message)
                if read.count == lines.count { break }
            }
            #expect(read == lines)
            var ended = node.endedStreams.makeAsyncIterator()
            #expect(await ended.next() == "edit")
        }
        // The file of a reduced copy stands for its main.
        #expect(node.calls.last == #"edit {"paths":["2026/05/IMG_0001.JPG"],"undo":true}"#)
    }

    @Test("the edits below paths, by either method")
    func edits() async throws {
        let scratch = try CommandScratch()
        let node = FakeNode()
        let socket = scratch("s")
        try await CommandServed.serve(node, at: socket) { client async throws in
            var all: [EditLine] = []
            for try await edit in client.edits(under: []) { all.append(edit) }
            #expect(all == CommandSamples.edits)
            var one: [EditLine] = []
            for try await edit in client.edits(under: [Self.path]) { one.append(edit) }
            #expect(one == [CommandSamples.edits[0]])
            let answer = try await CommandProgram(path: "/usr/bin/curl").run(
                ["-s", "--unix-socket", socket, "http://x/v1/edits?path=a&path=b%20c"])
            #expect(answer.output == "")
        }
        #expect(node.calls == ["edits -", "edits 2026/05/IMG_0001.JPG", "edits a b c"])
    }
}
