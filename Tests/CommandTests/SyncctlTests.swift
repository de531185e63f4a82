import Control
import Foundation
import TestSupport
import Testing

@testable import Console

@Suite("The built syncctl, against an agent that answers what it is told", .timeLimit(.minutes(2)))
struct SyncctlTests {
    static let syncctl = CommandProgram(built: "syncctl")

    @Test(
        "wrong usage exits 64 and says so on standard error",
        arguments: [
            ["bogus"], ["ls", "--form", "huge"], ["why"], ["join"], ["join", "http://x"],
            ["join", "mainstay://h:1/ID"],
            ["restore"], ["status", "--nope"], ["unpair"], ["fetch"], ["evict"], ["free", "much"],
            ["verify", "a", "--all"], ["edit"], ["edit", "a"], ["export", "a"], ["export", "-o", "b"],
        ])
    func usage(arguments: [String]) async throws {
        let result = try await Self.syncctl.run(arguments)
        #expect(result.status == 64)
        #expect(result.output == "")
        #expect(result.errors.contains("Usage: syncctl"))
    }

    @Test(
        "without an agent every verb exits 69 in one sentence",
        arguments: [
            ["status"], ["status", "--follow"], ["ls"], ["ls", "2026"], ["why", "a.jpg"], ["nearby"], ["invite"],
            ["join", "mainstay://h:1/I#s"],
            ["peers"], ["unpair", "x"], ["scan"], ["restore", "a.jpg"], ["doctor"], ["fetch", "a.jpg"],
            ["evict", "a.jpg"], ["evict", "--older-than", "9", "--dry-run"], ["free", "1GB"],
            ["delete", "a.jpg", "--yes"], ["trash"], ["trash", "--empty", "--yes"], ["verify"],
            ["edit", "a.jpg", "--auto"], ["edit", "a.jpg", "--undo"], ["edit", "--list"],
            ["edit", "a.jpg", "--preview"],
            ["export", "a.jpg", "-o", "/nonexistent/b.jpg"],
        ])
    func notRunning(arguments: [String]) async throws {
        let result = try await Self.syncctl.run(arguments + ["--control", "/nonexistent/s"])
        #expect(result.status == 69)
        #expect(result.output == "")
        #expect(result.errors == "syncctl: The agent is not running (no socket at /nonexistent/s): start syncd.\n")
    }

    @Test(
        "the socket is found as the agent puts it",
        arguments: [
            (["SYNCD_CONTROL": "/a/b"], "/a/b"), (["XDG_RUNTIME_DIR": "/r"], "/r/mainstay/syncd.sock"),
            (["SYNCD_STATE": "/st"], "/st/syncd.sock"), (["XDG_STATE_HOME": "/x"], "/x/mainstay/syncd.sock"),
            ([:], "/nonexistent/.local/state/mainstay/syncd.sock"),
        ])
    func socket(environment: [String: String], path: String) async throws {
        let result = try await Self.syncctl.run(["peers"], environment: environment)
        #expect(result.errors.contains("no socket at \(path))"))
    }

    @Test(
        "each failure has its exit code",
        arguments: [
            (ControlFailure.Code.failed, Int32(1)), (.notFound, 1), (.usage, 64), (.tryAgain, 75), (.notAllowed, 77),
        ])
    func failures(code: ControlFailure.Code, status: Int32) async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try await CommandServed.serve(FakeNode(failure: ControlFailure(code, "So it is.")), at: socket) { _ in
            for verb in [
                ["status"], ["ls"], ["doctor"], ["scan"], ["free", "1GB"], ["verify", "--all"], ["trash"],
                ["delete", "-y", "a"],
            ] {
                let result = try await Self.syncctl.run(verb + ["--control", socket])
                #expect(result.status == status, "\(verb)")
                #expect(result.errors == "syncctl: So it is.\n")
                #expect(result.output == "")
            }
        }
    }

    @Test(
        "JSON: an object for one thing, a line for each of several",
        arguments: [
            (["status"], 1, "\"node\""), (["ls"], 3, "\"path\""), (["ls", "--form", "main"], 1, "IMG_0001"),
            (["ls", "2026"], 2, "2026"),
            (["why", "2026/05/IMG_0001.JPG"], 1, "\"next\""), (["nearby"], 2, "\"addresses\""),
            (["peers"], 2, "\"inSync\""),
            (["invite"], 1, "\"invite\":\"mainstay://"), (["join", "mainstay://h:1/I#s"], 1, "\"laptop\""),
            (["unpair", "laptop"], 1, "\"laptop\""),
            (["scan"], 2, "{"), (["restore", "2026/05/IMG_0001.JPG"], 1, "\"restored\""), (["doctor"], 2, "\"check\""),
            (["trash"], 3, "\"daysLeft\""), (["trash", "--empty", "--yes"], 1, "\"images\":3"),
            (["delete", "--yes", "2026/05/IMG_0001.JPG"], 3, "{"), (["verify"], 5, "{"),
        ])
    func json(arguments: [String], lines: Int, text: String) async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try await CommandServed.serve(FakeNode(), at: socket) { _ in
            let result = try await Self.syncctl.run(arguments + ["--json"], environment: ["SYNCD_CONTROL": socket])
            #expect(result.status == 0, "\(result.errors)")
            let objects = result.lines
            #expect(objects.count == lines)
            for object in objects {
                #expect(object.contains(text))
                _ = try JSONSerialization.jsonObject(with: Data(object.utf8))
            }
        }
    }

    @Test("invite prints the line alone, so that it can be put into join")
    func invite() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try await CommandServed.serve(FakeNode(), at: socket) { _ in
            let result = try await Self.syncctl.run(["invite", "--control", socket])
            #expect(result.output == "mainstay://192.168.1.20:21417/\(CommandSamples.node)#c2VjcmV0\n")
            #expect(result.errors.contains("syncctl join"))
        }
    }

    @Test("a path nobody knows exits 1, one outside the library 64")
    func paths() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try await CommandServed.serve(FakeNode(), at: socket) { _ in
            for verb in ["why", "ls", "restore"] {
                #expect(try await Self.syncctl.run([verb, "nowhere.jpg", "--control", socket]).status == 1, "\(verb)")
                #expect(try await Self.syncctl.run([verb, "/etc/passwd", "--control", socket]).status == 64, "\(verb)")
            }
            let why = try await Self.syncctl.run([
                "why", "/srv/Pictures/2026/05/IMG_0002.JPG.reduced.jpg", "--control", socket,
            ])
            #expect(why.output.hasPrefix("2026/05/IMG_0002.JPG\n"))
        }
    }

    @Test(
        "every verb takes a path as the shell completes it from the folder above the library, and what lies in no folder",
        arguments: [
            ("ls", "", "images '2026/05/IMG_0002.JPG' any"), ("why", "", "why 2026/05/IMG_0002.JPG"),
            ("fetch", "", "fetch 2026/05/IMG_0002.JPG"), ("evict", "", "evict 2026/05/IMG_0002.JPG"),
            ("delete", "--yes", "delete 2026/05/IMG_0002.JPG"), ("restore", "", "restore 2026/05/IMG_0002.JPG"),
            ("trash", "", "trash"), ("verify", "", "verify 2026/05/IMG_0002.JPG"),
            ("edit", "--auto", "edit {"), ("export", "-o copy.jpg", "export 2026/05/IMG_0002.JPG"),
        ])
    func completed(verb: String, options: String, call: String) async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let node = FakeNode()
        var status = CommandSamples.status
        status.library.path = scratch("Pictures")
        node.publish(status)
        for folder in ["Pictures", "elsewhere"] {
            try FileManager.default.createDirectory(atPath: scratch(folder), withIntermediateDirectories: false)
        }
        try FileManager.default.createSymbolicLink(
            atPath: scratch("elsewhere/link"), withDestinationPath: scratch("Pictures"))
        try await CommandServed.serve(node, at: socket) { _ in
            let shell = CommandProgram(path: "/bin/sh")
            for (folder, path) in [
                ("", "Pictures/2026/05/IMG_0002.JPG"), ("elsewhere", "link/2026/05/IMG_0002.JPG"),
                ("Pictures", "2026/05/IMG_0002.JPG"), ("elsewhere", "2026/05/IMG_0002.JPG"),
            ] {
                let before = node.calls.count
                let line = "cd '\(scratch(folder))' && exec '\(Self.syncctl.file)' \(verb) \(path) \(options)"
                _ = try await shell.run(["-c", line], environment: ["SYNCD_CONTROL": socket])
                let calls = node.calls[before...].filter { $0 != "status" && !$0.hasPrefix("known") }
                #expect(calls.first?.hasPrefix(call) == true, "\(folder) \(path): \(calls)")
                if verb == "edit" { #expect(calls.first?.contains("[\"2026/05/IMG_0002.JPG\"]") == true, "\(calls)") }
            }
        }
    }

    @Test(
        "a verb that there is not is answered with the one that was meant",
        arguments: [
            (["statsu"], "There is no verb 'statsu': did you mean 'status'?"),
            (["stauts", "--json"], "There is no verb 'stauts': did you mean 'status'?"),
            (["--json", "STATUS"], "There is no verb 'STATUS': did you mean 'status'?"),
            (["list"], "There is no verb 'list': did you mean 'ls'?"), (["sl"], "did you mean 'ls'?"),
            (["fecth", "a.jpg"], "did you mean 'fetch'?"), (["pears"], "did you mean 'peers'?"),
            (["veri"], "did you mean 'verify'?"), (["re"], "did you mean 'restore' or 'review'?"),
            (["un"], "did you mean 'unpair'?"), (["help", "statsu"], "did you mean 'status'?"),
            (["rm", "a.jpg"], "'evict' makes room here and keeps the photo on other machines, 'delete' deletes it"),
            (["remove"], "'delete' deletes it on every machine."), (["version"], "did you mean '--version'?"),
            (["bogus"], "There is no verb 'bogus': 'syncctl --help' lists those that there are."),
            (["x\u{1B}[31m"], "There is no verb 'x"), (["status", "--jsno"], "Did you mean '--json'?"),
            (["status", "--folow"], "Did you mean '--follow'?"),
            (["evict", "a", "--dryrun"], "Did you mean '--dry-run'?"),
        ])
    func guessed(arguments: [String], answer: String) async throws {
        let result = try await Self.syncctl.run(arguments)
        #expect(result.status == 64)
        #expect(result.output == "")
        #expect(result.errors.contains(answer), "\(result.errors)")
        #expect(result.errors.contains("Usage: syncctl"))
        #expect(!result.errors.contains("\u{1B}"))
    }

    @Test("help is no verb that is missing")
    func help() async throws {
        for arguments in [[], ["help"], ["help", "ls"], ["--help"], ["--version"]] {
            #expect(try await Self.syncctl.run(arguments).status == 0, "\(arguments)")
        }
    }

    @Test("why sums up a folder, and the whole library")
    func whyFolder() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let node = FakeNode()
        try await CommandServed.serve(node, at: socket) { _ in
            let folder = try await Self.syncctl.run(["why", "2026/05", "--control", socket])
            #expect(folder.status == 0)
            #expect(folder.output.hasPrefix("2026/05/\n  images      1,240"))
            let whole = try await Self.syncctl.run(["why", "/srv/Pictures", "--json", "--control", socket])
            #expect(whole.output.contains("\"atRisk\":12"))
            let nowhere = try await Self.syncctl.run(["why", "nowhere", "--control", socket])
            #expect(nowhere.status == 1)
            #expect(nowhere.errors == "syncctl: No image is known at 'nowhere'.\n")
            #expect(
                node.calls.filter { $0.hasPrefix("why") } == [
                    "why 2026/05", "why folder '2026/05'", "why folder ''", "why nowhere", "why folder 'nowhere'",
                ])
        }
    }

    @Test(
        "a scan says what it found, or that the library is paused and why, never both",
        arguments: [
            (
                ScanReport(images: 2110, added: 0, changed: 0, moved: 0, removed: 0, skipped: 0, seconds: 0.5),
                "2,110 images in 0.5 s: nothing new.\n"
            ),
            (
                ScanReport(images: 1, added: 1, changed: 0, moved: 2, removed: 0, skipped: 1, unsettled: 1, seconds: 2),
                "1 image in 2 s: 1 new, 2 moved.\n1 file is still being written, and looked at as soon as that is over.\n"
                    + "1 file left alone; 'syncctl status' says which and why.\n"
            ),
            (
                ScanReport(
                    images: 2107, added: 0, changed: 0, moved: 0, removed: 0, skipped: 0,
                    paused: "2000 of 2107 files vanished at once.", seconds: 0.5),
                "Paused after a look of 0.5 s: 2000 of 2107 files vanished at once.\n"
            ),
            (
                ScanReport(
                    images: 2107, added: 3, changed: 0, moved: 0, removed: 0, skipped: 0, paused: "Gone.", seconds: 1),
                "Paused after a look of 1 s: Gone.\nElse: 3 new.\n"
            ),
        ])
    func scanned(report: ScanReport, text: String) { #expect(Scan.text(report) == text) }

    @Test("restore says what becomes of each, and exits 1 where one does not come back")
    func restore() async throws {
        func line(_ path: String, _ outcome: RestoreLine.Outcome) -> RestoreLine {
            RestoreLine(path: CommandSamples.path(path), outcome: outcome)
        }
        #expect(Restore.failure([line("a", .restored), line("b", .undeleted), line("c", .here)]) == nil)
        #expect(Restore.failure([line("a", .restored), line("b", .gone)])?.code == .failed)
        #expect(Restore.failure([line("a", .gone), line("b", .unknown)])?.code == .notFound)
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try await CommandServed.serve(FakeNode(), at: socket) { _ in
            let result = try await Self.syncctl.run([
                "restore", "2026/05/IMG_0001.JPG", "x.jpg", "--control", socket,
            ])
            #expect(result.output == "2026/05/IMG_0001.JPG comes back\nx.jpg is not known\n")
            #expect(result.status == 1)
        }
    }

    @Test("nothing on standard output is coloured when it is no terminal, and on one it is unless NO_COLOR says not")
    func colour() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try await CommandServed.serve(FakeNode(), at: socket) { _ in
            let piped = try await Self.syncctl.run(["status", "--control", socket], environment: ["TERM": "xterm"])
            #expect(!piped.output.contains("\u{1B}"))
            let script = CommandProgram(path: "/usr/bin/script")
            let command = "\(Self.syncctl.file) status --control \(socket)"
            let shown = try await script.run(["-qec", command, "/dev/null"], environment: ["TERM": "xterm"])
            #expect(shown.output.contains("\u{1B}[1mNode"))
            #expect(shown.output.contains("█"))
            let plain = try await script.run(
                ["-qec", command, "/dev/null"], environment: ["TERM": "xterm", "NO_COLOR": "1"])
            #expect(!plain.output.contains("\u{1B}["))
        }
    }

    @Test("a reader that has enough ends the command without a word")
    func brokenPipe() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let many = (0..<20_000).map { index in
            ImageLine(
                path: CommandSamples.path("2026/IMG_\(index).JPG"), image: CommandSamples.image(1), form: .main,
                bytes: 1,
                mainBytes: 1, size: nil, captured: nil, holders: [])
        }
        try await CommandServed.serve(FakeNode(images: many), at: socket) { _ in
            let shell = CommandProgram(path: "/bin/bash")
            let result = try await shell.run([
                "-c", "set -o pipefail; \(Self.syncctl.file) ls --control \(socket) | head -1",
            ])
            #expect(result.status == 0)
            #expect(result.errors == "")
            #expect(result.output.hasSuffix("PATH\n"))
        }
    }

    @Test(
        "pairing asks the person at the terminal",
        arguments: [
            ("y\n", Int32(0), "confirm a1 true"), ("\n", 1, "confirm a1 false"), ("n\n", 1, "confirm a1 false"),
        ])
    func pair(answer: String, status: Int32, call: String) async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let node = FakeNode()
        try await CommandServed.serve(node, at: socket) { _ in
            let result = try await CommandProgram(path: "/usr/bin/script").run(
                ["-qec", "exec \(Self.syncctl.file) pair laptop --control \(socket)", "/dev/null"],
                dialogue: [("[y/N] ", answer)])
            #expect(result.status == status)
            #expect(result.output.contains("012 345"))
            #expect(result.output.contains("do both machines show this number? [y/N]"))
            #expect(result.output.contains(status == 0 ? "Paired with laptop" : "nothing was paired"))
        }
        #expect(Set(node.calls) == ["pair laptop", call])
    }

    @Test("pairing without a person at a terminal is refused, whatever a pipe says")
    func pairWithoutTerminal() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let node = FakeNode()
        try await CommandServed.serve(node, at: socket) { _ in
            let result = try await CommandProgram(path: "/usr/bin/setsid").run(
                ["--wait", Self.syncctl.file, "pair", "--control", socket], input: "y\n")
            #expect(result.status == 1)
            #expect(result.errors.contains("a person at a terminal"))
        }
        #expect(node.calls == [])
    }

    @Test("interrupting a pairing ends it on the agent, too")
    func interrupt() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let node = FakeNode()
        try await CommandServed.serve(node, at: socket) { _ in
            // The character that a terminal turns into SIGINT.
            let result = try await CommandProgram(path: "/usr/bin/script").run(
                ["-qec", "exec \(Self.syncctl.file) pair --control \(socket)", "/dev/null"],
                dialogue: [("[y/N] ", "\u{3}")])
            #expect(result.status == 1)
            #expect(result.output.contains("nothing was paired"))
            var ended = node.endedStreams.makeAsyncIterator()
            #expect(await ended.next() == "pair")
        }
    }

    @Test("following goes on over a restart of the agent, until it is interrupted")
    func follow() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let (first, second) = (FakeNode(), FakeNode())
        var status = CommandSamples.status
        status.node.name = "restarted"
        second.publish(status)
        let (stopping, stop) = AsyncStream.makeStream(of: Void.self)
        async let result = {
            for await _ in stopping {}
            // The character that a terminal turns into SIGINT.
            return try await CommandProgram(path: "/usr/bin/script").run(
                ["-qec", "exec \(Self.syncctl.file) status --follow --json --control \(socket)", "/dev/null"],
                dialogue: [("restarted", "\u{3}")])
        }()
        try await CommandServed.serve(first, at: socket) { _ in
            stop.finish()
            var followers = first.followers.makeAsyncIterator()
            await followers.next()
        }
        try await CommandServed.serve(second, at: socket) { _ in
            var ended = second.endedStreams.makeAsyncIterator()
            #expect(await ended.next() == "status")
        }
        let ended = try await result
        #expect(ended.output.hasPrefix("{\"library\""))
        #expect(ended.output.contains(#""name":"desktop""#))
        #expect(ended.status == 130)
        #expect(!ended.output.contains("syncctl:"))
    }

    @Test("completion scripts are whole", arguments: [("bash", "/bin/bash")])
    func completions(shell: String, path: String) async throws {
        let script = try await Self.syncctl.run(["--generate-completion-script", shell])
        #expect(script.status == 0)
        #expect(script.output.contains("nearby"))
        let check = try await CommandProgram(path: path).run(["-n"], input: script.output)
        #expect(check.status == 0)
        #expect(check.errors == "")
    }

    @Test(
        "every verb's help teaches with an example",
        arguments: [
            "status", "ls", "why", "nearby", "pair", "invite", "join", "peers", "unpair", "scan", "restore", "doctor",
            "demo", "fetch", "evict", "free", "delete", "trash", "verify", "edit", "export", "dismiss", "library new",
            "set", "setup",
        ])
    func help(verb: String) async throws {
        let result = try await Self.syncctl.run(verb.split(separator: " ").map(String.init) + ["--help"])
        #expect(result.status == 0)
        #expect(result.output.contains("Example"))
        #expect(result.output.contains("syncctl \(verb)"))
    }

    @Test("the version")
    func version() async throws {
        let result = try await Self.syncctl.run(["--version"])
        #expect(result.output == MainstayVersion.current + "\n")
    }
}
