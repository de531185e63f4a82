import Control
import Foundation
import Glibc
import Model
import TestSupport
import Testing

@Suite("The built syncctl edits", .timeLimit(.minutes(2)))
struct EditCommandTests {
    private static let syncctl = CommandProgram(built: "syncctl")

    /// Runs `arguments` against `node`, with no terminal.
    private static func run(
        _ arguments: [String], against node: FakeNode, environment: [String: String] = [:], input: String = ""
    ) async throws -> CommandProgram.Result {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        return try await CommandServed.serve(node, at: socket) { _ in
            try await CommandProgram(path: "/usr/bin/setsid").run(
                ["--wait", syncctl.file, "edit"] + arguments + ["--control", socket], environment: environment,
                input: input)
        }
    }

    private static let first = #""paths":["2026/05/IMG_0001.JPG"]"#

    @Test(
        "what is typed is what is asked for",
        arguments: [
            (
                ["2026/05/IMG_0001.JPG", "--exposure", "-0.5", "--crop", "3:2"],
                #"edit {"crop":"3:2","look":{"exposure":-0.5,"recipe":1},\#(first)}"#
            ),
            (
                ["--auto", "--wait", "2026", "/srv/Pictures/写真"],
                #"edit {"auto":true,"look":{"recipe":1},"paths":["2026","写真"],"wait":true}"#
            ),
            (
                ["2026/05/IMG_0001.JPG.reduced.jpg", "--turn", "left"],
                #"edit {"look":{"recipe":1,"turn":270},\#(first)}"#
            ),
            (
                ["2026/05/IMG_0001.JPG", "--exposure", "0.5", "--png"],
                #"edit {"look":{"exposure":0.5,"png":true,"recipe":1},\#(first)}"#
            ),
            (["2026/05/IMG_0001.JPG", "--undo"], #"edit {\#(first),"undo":true}"#),
            (["--list"], "edits -"), (["--list", "2026", "写真"], "edits 2026 写真"),
        ])
    func requests(arguments: [String], call: String) async throws {
        let node = FakeNode()
        let result = try await Self.run(arguments, against: node)
        #expect(result.status == 0, "\(result.errors)")
        #expect(node.calls.last == call)
    }

    @Test(
        "what cannot be meant is refused before anything is sent",
        arguments: [
            [], ["2026"], ["2026", "--exposure", "7"], ["2026", "--exposure", "0"], ["2026", "--no-mirror"],
            ["2026", "--undo", "--mirror"], ["2026", "--undo", "--wait"], ["2026", "--undo", "--preview"],
            ["--undo"], ["--list", "--auto"], ["--list", "--undo"], ["2026", "--all"], ["--mirror"],
            ["2026", "--save", "a.json"],
            ["2026", "--wait"], ["2026", "--mirror", "-o", "a.jpg"], ["2026", "--mirror", "--force"],
            ["2026", "--preview", "-o", "-", "--json"], [".", "--mirror"], ["/srv/Pictures", "--mirror"],
            ["/etc/passwd", "--mirror"], ["a", "b", "--preview", "-o", "one.jpg"], ["2026", "--crop", "wide"],
        ])
    func usage(arguments: [String]) async throws {
        let node = FakeNode()
        let result = try await Self.run(arguments, against: node)
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.output == "")
        #expect(node.calls.filter { $0 != "status" } == [])
    }

    @Test("a PNG is no operation itself")
    func png() async throws {
        let alone = try await Self.run(["2026/05/IMG_0001.JPG", "--png"], against: FakeNode())
        #expect(alone.status == 64 && alone.errors.contains("change nothing"), "\(alone.errors)")
    }

    @Test("no operation is answered with an example")
    func example() async throws {
        let result = try await Self.run(["IMG 1.JPG"], against: FakeNode())
        #expect(
            result.errors.hasPrefix(
                "Error: Say what to do with it: syncctl edit 'IMG 1.JPG' --exposure +0.5, for example.\n"))
    }

    @Test("one image is a line, several are a table, and undoing says so")
    func text() async throws {
        let image = try await Self.run(["2026/05/IMG_0001.JPG", "--crop", "3:2"], against: FakeNode())
        #expect(
            image.output == """
                2026/05/IMG_0001.JPG: cropped to 3:2; preview at 2026/05/IMG_0001.JPG.edited.jpg.reduced.jpg; \
                attic makes the full picture

                """)
        let several = try await Self.run(["2026", "--tint", "-3"], against: FakeNode())
        #expect(
            several.output == """
                tint -3

                PATH                  FULL PICTURE
                2026/05/IMG_0001.JPG  attic makes it
                2026/05/IMG_0002.JPG  attic makes it

                Edited 2 images in 0.2 s; 2 full pictures are still to be made.

                """)
        let undone = try await Self.run(["2026/05/IMG_0001.JPG", "--undo"], against: FakeNode())
        #expect(undone.output == "2026/05/IMG_0001.JPG: undone\n")
        let list = try await Self.run(["--list", "2026/05/IMG_0002.JPG"], against: FakeNode())
        #expect(list.output.split(separator: "\n").count == 3)
        #expect(list.output.hasSuffix("\n1 undone edit not shown: --all\n"))
        let all = try await Self.run(["--list", "--all", "2026/05/IMG_0002.JPG"], against: FakeNode())
        #expect(all.output.split(separator: "\n").count == 3)
        #expect(all.output.contains("undone"))
        #expect(!all.output.contains("not shown"))
    }

    @Test("JSON is every message, a line each; of a listing, every edit")
    func json() async throws {
        let edit = try await Self.run(["2026", "--mirror", "--json"], against: FakeNode())
        let lines = edit.lines
        #expect(lines.map { String($0.prefix(8)) } == [#"{"progre"#, #"{"edit":"#, #"{"edit":"#, #"{"done":"#])
        let list = try await Self.run(["--list", "--json"], against: FakeNode())
        #expect(list.output.split(separator: "\n").allSatisfy { $0.hasPrefix(#"{"at":"2026-11-2"#) })
    }

    @Test("an unknown path exits 1 with the reason, one that can be tried again 75")
    func failures() async throws {
        let unknown = try await Self.run(["no.jpg", "--mirror"], against: FakeNode())
        #expect(unknown.status == 1)
        #expect(unknown.errors == "syncctl: no.jpg is not known: No image is known there.\n")
        #expect(unknown.output == "")
        let busy = FakeNode(edits: [
            .edit(EditLine(path: CommandSamples.path("a.jpg"), state: .failed, reason: "attic is away")),
            .done(WorkSummary(images: 0, others: 1, bytes: 0, seconds: 1, tryAgain: true)),
        ])
        let away = try await Self.run(["a.jpg", "--mirror"], against: busy)
        #expect(away.status == 75)
        #expect(away.errors == "syncctl: a.jpg is not edited: attic is away.\n")
        let broken = try await Self.run(["a.jpg", "--mirror"], against: FakeNode(edits: []))
        #expect(broken.status == 75)
        #expect(broken.errors.contains("The agent stopped before it was done"))
    }

    @Test("a look is saved, and read again from a file and from standard input")
    func recipes() async throws {
        let folder = try CommandScratch()
        let saved = try await Self.run(
            ["2026", "--temperature", "12", "--save", folder("warm.json")], against: FakeNode())
        #expect(saved.status == 0, "\(saved.errors)")
        let text = try String(contentsOfFile: folder("warm.json"), encoding: .utf8)
        #expect(text == #"{"recipe":1,"temperature":12}"# + "\n")
        let again = try await Self.run(["2026", "--tint", "1", "--save", folder("warm.json")], against: FakeNode())
        #expect(again.status == 1)
        #expect(again.errors.contains("is there already"))
        let file = FakeNode()
        _ = try await Self.run(
            ["2026/05/IMG_0001.JPG", "--recipe", folder("warm.json"), "--tint", "1"], against: file)
        #expect(file.calls.last == #"edit {"look":{"recipe":1,"temperature":12,"tint":1},\#(Self.first)}"#)
        let input = FakeNode()
        _ = try await Self.run(["2026/05/IMG_0001.JPG", "--recipe", "-"], against: input, input: text)
        #expect(input.calls.last == #"edit {"look":{"recipe":1,"temperature":12},\#(Self.first)}"#)
    }

    @Test(
        "a recipe that is refused is told by its reason, and nothing is sent",
        arguments: [
            (#"{"recipe":1"#, "its JSON is broken or cut off"),
            (#"{"recipe":1,"blur":3}"#, "this node knows no operation 'blur'"),
            (#"{"recipe":1,"exposure":9}"#, "exposure 9 is not between -5 and 5"),
            (#"{"recipe":1}"#, "The recipe changes nothing"),
            (String(repeating: " ", count: 5000), "more than 4096"),
        ])
    func refused(text: String, reason: String) async throws {
        let node = FakeNode()
        let result = try await Self.run(["a.jpg", "--recipe", "-"], against: node, input: text)
        #expect(result.status == 64)
        #expect(result.errors.contains(reason), "\(result.errors)")
        #expect(node.calls == [])
    }

    @Test("a recipe that is not there exits 1")
    func missing() async throws {
        let result = try await Self.run(["a.jpg", "--recipe", "/nonexistent/a.json"], against: FakeNode())
        #expect(result.status == 1)
        #expect(result.errors.contains("cannot be read (No such file or directory)"))
    }

    /// A node whose library is `library`, with the preview of its first edit in it.
    private static func node(library: CommandScratch) throws -> FakeNode {
        let node = FakeNode()
        var status = CommandSamples.status
        status.library.path = library.path
        node.publish(status)
        try FileManager.default.createDirectory(atPath: library("2026/05"), withIntermediateDirectories: true)
        for name in ["IMG_0001.edited.jpg", "IMG_0001.JPG.edited.jpg.reduced.jpg"] {
            try Data(name.utf8).write(to: URL(fileURLWithPath: library("2026/05/\(name)")))
        }
        return node
    }

    @Test("the preview goes to a file, into a folder, or to standard output with nothing beside it")
    func previewFile() async throws {
        let (library, folder) = (try CommandScratch(), try CommandScratch())
        let node = try Self.node(library: library)
        let path = "2026/05/IMG_0001.JPG"
        let latest = try await Self.run([path, "--preview", "-o", folder("a.jpg")], against: node)
        #expect(latest.status == 0, "\(latest.errors)")
        #expect(try String(contentsOfFile: folder("a.jpg"), encoding: .utf8) == "IMG_0001.edited.jpg")
        let edited = try await Self.run([path, "--mirror", "--preview", "-o", folder.path], against: node)
        #expect(edited.status == 0, "\(edited.errors)")
        let name = "IMG_0001.JPG.edited.jpg.reduced.jpg"
        #expect(try String(contentsOfFile: folder(name), encoding: .utf8) == name)
        let output = try await Self.run([path, "--mirror", "--preview", "-o", "-"], against: node)
        #expect(output.output == name)
        #expect(output.errors.contains("attic makes the full picture"))
    }

    @Test("the preview is opened where there is a display, and named where there is none")
    func previewShown() async throws {
        let (library, folder) = (try CommandScratch(), try CommandScratch())
        let node = try Self.node(library: library)
        let file = library("2026/05/IMG_0001.edited.jpg")
        let path = "2026/05/IMG_0001.JPG"
        let blind = try await Self.run([path, "--preview"], against: node)
        #expect(blind.errors == "there is no display here: the preview is \(file)\n")
        // Opening is seen through a named pipe, as the command does not wait for it.
        let opener = folder("xdg-open")
        try Data("#!/bin/sh\nprintf %s \"$1\" > \(folder("opened"))\n".utf8).write(to: URL(fileURLWithPath: opener))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: opener)
        #expect(mkfifo(folder("opened"), 0o600) == 0)
        async let opened = CommandProgram(path: "/bin/cat").run([folder("opened")])
        let shown = try await Self.run(
            [path, "--preview"], against: node, environment: ["DISPLAY": ":0", "PATH": "\(folder.path):/usr/bin:/bin"])
        #expect(shown.status == 0 && shown.errors == "", "\(shown.errors)")
        #expect(try await opened.output == file)
    }

    @Test("interrupting a wait leaves the full pictures to be made, and says so")
    func interrupt() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let node = FakeNode(
            edits: [
                .edit(CommandSamples.edits[1]),
                .progress(ActivityProgress(phase: .rendering, peer: "laptop", done: 1, total: 4)),
            ], isEditEndless: true)
        try await CommandServed.serve(node, at: socket) { _ in
            let result = try await CommandProgram(path: "/usr/bin/script").run(
                ["-qec", "exec \(Self.syncctl.file) edit 2026 --mirror --wait --control \(socket)", "/dev/null"],
                dialogue: [("1/4", "\u{3}")])
            #expect(result.status == 1)
            #expect(result.output.contains("making the full pictures on laptop"))
            #expect(result.output.contains("Interrupted: 1 image is edited, and the full pictures are made"))
            var ended = node.endedStreams.makeAsyncIterator()
            #expect(await ended.next() == "edit")
        }
    }
}
