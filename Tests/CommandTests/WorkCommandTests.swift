import Control
import Foundation
import TestSupport
import Testing

@Suite("The built syncctl at work on images", .timeLimit(.minutes(2)))
struct WorkCommandTests {
    private static let syncctl = CommandProgram(built: "syncctl")

    /// Runs `arguments` against `node`, with no terminal.
    private static func run(
        _ arguments: [String], against node: FakeNode, input: String = ""
    ) async throws -> CommandProgram.Result {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        return try await CommandServed.serve(node, at: socket) { _ in
            try await CommandProgram(path: "/usr/bin/setsid").run(
                ["--wait", syncctl.file] + arguments + ["--control", socket], input: input)
        }
    }

    /// Runs `arguments` at a terminal where a person answers as `dialogue` says.
    private static func runAtTerminal(
        _ arguments: String, against node: FakeNode, dialogue: [(prompt: String, answer: String)] = []
    ) async throws -> CommandProgram.Result {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        return try await CommandServed.serve(node, at: socket) { _ in
            try await CommandProgram(path: "/usr/bin/script").run(
                ["-qec", "exec \(syncctl.file) \(arguments) --control \(socket)", "/dev/null"], dialogue: dialogue)
        }
    }

    @Test(
        "what is typed is what is asked for",
        arguments: [
            (["fetch", "2026", "/srv/Pictures/写真"], "fetch 2026 写真"), (["fetch", "/srv/Pictures"], "fetch -"),
            (["fetch", "2026/05/IMG_0002.JPG.reduced.jpg"], "fetch 2026/05/IMG_0002.JPG"),
            (["evict", "2026"], "evict 2026"), (["evict", "--older-than", "90"], "evict - older 90"),
            (["evict", "2026", "--older-than", "0", "--dry-run"], "evict 2026 older 0 dry"),
            (["evict", "/srv/Pictures/"], "evict - older 0"),
            (["free", "8MB"], "free 8000000"), (["free", "7.5", "MiB", "--dry-run"], "free 7864320 dry"),
            (["delete", "--yes", "2026/05/IMG_0001.JPG"], "delete 2026/05/IMG_0001.JPG"),
            (["delete", "--dry-run", "2026"], "delete 2026 dry"),
            (["dismiss", "2026"], "dismiss 2026"), (["dismiss", "--alone", "2026"], "dismiss 2026 alone"),
            (["fetch", "--alone", "2026/05/IMG_0001.JPG"], "fetch 2026/05/IMG_0001.JPG alone"),
            (["evict", "--alone", "2026/05/IMG_0001.JPG"], "evict 2026/05/IMG_0001.JPG alone"),
            (["delete", "--yes", "--alone", "2026/05/IMG_0001.JPG"], "delete 2026/05/IMG_0001.JPG alone"),
            (["delete", "--dry-run", "--alone", "2026"], "delete 2026 dry alone"),
            (["restore", "--alone", "2026/05/IMG_0001.JPG"], "restore 2026/05/IMG_0001.JPG alone"),
            (["restore", "2026/05/IMG_0001.JPG"], "restore 2026/05/IMG_0001.JPG"),
            (["restore", "--deleted", "2026/05/IMG_0001.JPG"], "restore 2026/05/IMG_0001.JPG deleted"),
            (["library", "new", "--yes"], "newLibrary"),
            (["verify"], "verify -"), (["verify", "--all"], "verify - all"), (["verify", "2026"], "verify 2026"),
            (["verify", "/srv/Pictures"], "verify - all"), (["trash"], "trash"),
            (["trash", "--empty", "--yes"], "emptyTrash -"),
            (["trash", "--empty", "-y", "2026"], "emptyTrash 2026"),
        ])
    func requests(arguments: [String], call: String) async throws {
        let node = FakeNode()
        let result = try await Self.run(arguments, against: node)
        #expect(result.status == 0, "\(result.errors)")
        #expect(node.calls.last == call)
        #expect(result.output.hasSuffix("\n"))
    }

    @Test(
        "a slip that would mean everything is refused, and so is what cannot be meant",
        arguments: [
            ["fetch"], ["fetch", "."], ["fetch", ""], ["evict"], ["evict", ".", "--dry-run"], ["evict", ""],
            ["evict", "--older-than", "-1"], ["evict", "--older-than", "soon"], ["evict", "/etc/passwd"],
            ["free"], ["free", "lots"], ["free", "20"], ["free", "20G"], ["free", "20000000000"], ["free", "0GB"],
            ["delete"],
            ["delete", "--yes"],
            ["delete", "--yes", ""], ["delete", "--yes", "/srv/Pictures"], ["delete", "--yes", "."],
            ["delete", "2026/05/IMG_0001.JPG"], ["trash", "--yes"], ["trash", "--empty"], ["verify", "2026", "--all"],
            ["verify", "."], ["restore", "."], ["dismiss"], ["dismiss", "."], ["library"], ["library", "new"],
        ])
    func usage(arguments: [String]) async throws {
        let node = FakeNode()
        let result = try await Self.run(arguments, against: node)
        #expect(result.status == 64)
        #expect(result.output == "")
        #expect(node.calls.filter { $0 != "status" } == [])
    }

    @Test("a bad size is answered with examples")
    func sizes() async throws {
        let result = try await Self.run(["free", "20", "apples"], against: FakeNode())
        #expect(result.errors.contains("'20 apples' is not a size: write 200 GB, 500 MB or 1.5 TiB, for example."))
        let unit = try await Self.run(["free", "20"], against: FakeNode())
        #expect(unit.errors.contains("'20' has no unit: write 20 GB, or 20 MB."))
    }

    @Test("JSON is every message, a line each", arguments: [["fetch", "2026"], ["evict", "2026"], ["free", "1MB"]])
    func json(arguments: [String]) async throws {
        let result = try await Self.run(arguments + ["--json"], against: FakeNode())
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.lines
        #expect(lines.first?.hasPrefix(#"{"progress":"#) == true)
        #expect(lines.dropFirst().dropLast().allSatisfy { $0.hasPrefix(#"{"image":"#) })
        #expect(lines.last?.hasPrefix(#"{"done":"#) == true)
        #expect(result.errors == "")
    }

    private static func kept(_ path: String, _ reason: String) -> WorkMessage {
        .image(ImageOutcome(path: CommandSamples.path(path), outcome: .kept, bytes: 9, reason: reason))
    }

    private static func done(
        _ images: Int, _ others: Int, wanted: Int64? = nil, tryAgain: Bool = false
    ) -> WorkMessage {
        .done(
            WorkSummary(
                images: images, others: others, bytes: Int64(images) * 1_000_000, seconds: 1, wanted: wanted,
                available: wanted.map { _ in Int64(images) * 1_000_000 }, tryAgain: tryAgain))
    }

    private static let evicted = WorkMessage.image(
        ImageOutcome(path: CommandSamples.path("b.jpg"), outcome: .evicted, bytes: 1_000_000))

    @Test("one image that stays is one sentence on standard error")
    func oneKept() async throws {
        let node = FakeNode(script: .init([Self.kept("a.jpg", "Attic is off."), Self.done(0, 1, tryAgain: true)]))
        let result = try await Self.run(["evict", "a.jpg"], against: node)
        #expect(result.status == 75)
        #expect(result.output == "")
        #expect(result.errors == "syncctl: a.jpg stays: Attic is off.\n")
    }

    @Test("several that stay for one reason are counted together on standard error, with examples, and exit 1")
    func severalKept() async throws {
        let many = (0..<25).map { Self.kept("\($0).jpg", "Attic is off.") }
        let node = FakeNode(
            script: .init(
                [Self.kept("c.jpg", "It is new.")] + many + [Self.evicted, Self.done(1, 26, tryAgain: true)]))
        let result = try await Self.run(["evict", "2026"], against: node)
        #expect(result.status == 1)
        #expect(result.output == "Freed 1.0 MB: 1 main evicted; 26 kept.\n")
        #expect(
            result.errors == """
                25 stay: Attic is off.
                  0.jpg
                  1.jpg
                  2.jpg
                  and 22 more
                c.jpg stays: It is new.
                syncctl: 26 mains stay here, for the reasons above.

                """)
    }

    @Test("2,000 photos that stay are told in a few lines, and in JSON each on its own")
    func manyKept() async throws {
        let kept = (0..<2000).map { Self.kept("\($0).jpg", $0 < 1980 ? "nobody else holds it" : "attic is away") }
        let script = FakeNode.Script(kept + [Self.done(0, 2000)])
        let text = try await Self.run(["evict", "2026"], against: FakeNode(script: script))
        #expect(text.output == "Nothing was freed: 2,000 kept.\n")
        let lines = text.errors.split(separator: "\n")
        #expect(lines.count == 11)
        #expect(lines.first == "1,980 stay: nobody else holds it")
        #expect(lines[5] == "20 stay: attic is away")
        let json = try await Self.run(["evict", "2026", "--json"], against: FakeNode(script: script))
        #expect(json.output.split(separator: "\n").count { $0.hasPrefix(#"{"image":"#) } == 2000)
    }

    @Test("a dry run that says what would happen has done what was asked")
    func dryRun() async throws {
        let node = FakeNode(script: .init([Self.kept("a.jpg", "Attic is off."), Self.done(0, 1, tryAgain: true)]))
        let result = try await Self.run(["evict", "a.jpg", "--dry-run"], against: node)
        #expect(result.status == 0)
        #expect(result.errors == "")
        #expect(
            result.output == """
                PATH   WOULD        SIZE  WHY
                a.jpg  stay          9 B  Attic is off.

                Nothing would be freed: 1 kept.

                """)
    }

    @Test(
        "less room than was asked for exits 1 and says how much there is",
        arguments: ["free 2GB", "free 2GB --dry-run"])
    func free(command: String) async throws {
        let node = FakeNode(
            script: .init([Self.evicted, Self.kept("a.jpg", "x."), Self.done(1, 1, wanted: 2_000_000_000)]))
        let result = try await Self.run(command.split(separator: " ").map(String.init), against: node)
        #expect(result.status == 1)
        #expect(result.errors.contains("syncctl: 2.0 GB was asked for, and 1.0 MB is the most that can be freed now:"))
    }

    @Test("damage that could not be repaired exits 1, and what could does not")
    func verify() async throws {
        let repaired = WorkMessage.image(
            ImageOutcome(path: CommandSamples.path("b.jpg"), outcome: .repaired, reason: "Laptop gave a whole one."))
        let damaged = WorkMessage.image(
            ImageOutcome(path: CommandSamples.path("a.jpg"), outcome: .damaged, reason: "Nobody else has it."))
        let whole = try await Self.run(["verify"], against: FakeNode(script: .init([repaired, Self.done(1, 0)])))
        #expect(whole.status == 0)
        #expect(whole.output.hasPrefix("b.jpg was damaged and is repaired: Laptop gave a whole one.\n"))
        let lost = try await Self.run(
            ["verify"], against: FakeNode(script: .init([repaired, damaged, Self.done(1, 1)])))
        #expect(lost.status == 1)
        #expect(lost.errors.hasPrefix("a.jpg is damaged: Nobody else has it.\n"))
    }

    @Test("an agent that ends in the middle is no success")
    func brokenOff() async throws {
        let result = try await Self.run(["fetch", "2026"], against: FakeNode(script: .init([Self.evicted])))
        #expect(result.status == 75)
        #expect(result.errors.contains("The agent stopped before it was done"))
    }

    @Test(
        "delete asks the person at the terminal, with what it means",
        arguments: [("y\n", Int32(0), true), ("\n", 1, false), ("n\n", 1, false), ("\u{3}", 1, false)])
    func delete(answer: String, status: Int32, isDone: Bool) async throws {
        let node = FakeNode()
        let result = try await Self.runAtTerminal("delete 2026", against: node, dialogue: [("[y/N] ", answer)])
        #expect(result.status == status)
        #expect(
            result.output.contains(
                "  2026/05/IMG_0002.JPG: it is the same image as copy.JPG, which goes too\r\n"
                    + "  2026/05/IMG_0001.JPG\r\n"))
        #expect(
            result.output.contains(
                "Delete 2 images (16.0 MB) on every machine? They stay in the trash for 30 days.\r\n[y/N] "))
        #expect(node.calls.contains("delete 2026 agreed") == isDone)
        #expect(
            result.output.contains(
                isDone ? "To undo, for 30 days: syncctl restore --deleted 2026" : "othing was deleted."))
    }

    @Test("one path that means nothing stops a delete before it asks")
    func deleteOfNothing() async throws {
        let node = FakeNode()
        let result = try await Self.runAtTerminal("delete 2026 typo.jpg", against: node)
        #expect(result.status == 1)
        #expect(result.output.contains("No image is known at or below 'typo.jpg', so nothing was deleted"))
        #expect(!result.output.contains("[y/N]"))
        #expect(!node.calls.contains { $0.hasPrefix("delete") && !$0.hasSuffix(" dry") })
    }

    @Test("without a person delete and emptying need --yes, whatever a pipe says")
    func withoutTerminal() async throws {
        for arguments in [["delete", "2026"], ["trash", "--empty"]] {
            let node = FakeNode()
            let result = try await Self.run(arguments, against: node, input: "y\ny\n")
            #expect(result.status == 64)
            #expect(result.errors.contains("add --yes"))
            #expect(node.calls == [])
        }
    }

    @Test("--yes is not asked", arguments: ["delete 2026 --yes", "trash --empty --yes"])
    func yes(command: String) async throws {
        let result = try await Self.runAtTerminal(command, against: FakeNode())
        #expect(result.status == 0)
        #expect(!result.output.contains("[y/N]"))
    }

    @Test(
        "emptying the trash asks, and says that it is for good",
        arguments: [("y\n", Int32(0), "emptyTrash -"), ("\n", 1, "trash")])
    func emptyTrash(answer: String, status: Int32, call: String) async throws {
        let node = FakeNode()
        let result = try await Self.runAtTerminal("trash --empty", against: node, dialogue: [("[y/N] ", answer)])
        #expect(result.status == status)
        #expect(result.output.contains("Remove 3 images, 9.8 MB, from this machine's trash? That is for good."))
        #expect(node.calls.last == call)
    }

    @Test("the trash by where things were: a folder, the file of a reduced copy, nothing")
    func trash() async throws {
        let folder = try await Self.run(["trash", "2026/05"], against: FakeNode())
        #expect(folder.output.contains("\n\n1 image, 8.4 MB. "))
        let reduced = try await Self.run(["trash", "old.jpg.reduced.jpg"], against: FakeNode())
        #expect(reduced.output.contains("  old.jpg\n"))
        let none = try await Self.run(["trash", "2024", "--empty", "--yes"], against: FakeNode())
        #expect(none.status == 1)
        #expect(none.errors.contains("Nothing from there is in the trash"))
    }

    @Test("interrupting a fetch ends it on the agent, too, and says so")
    func interrupt() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let progress = WorkMessage.progress(
            ActivityProgress(phase: .fetching, peer: "laptop", done: 1, total: 4, bytesPerSecond: 5e6))
        let node = FakeNode(script: .init([Self.evicted, progress], isEndless: true))
        try await CommandServed.serve(node, at: socket) { _ in
            let result = try await CommandProgram(path: "/usr/bin/script").run(
                ["-qec", "exec \(Self.syncctl.file) fetch 2026 --control \(socket)", "/dev/null"],
                dialogue: [("1/4", "\u{3}")])
            #expect(result.status == 1)
            #expect(result.output.contains("fetching from laptop"))
            #expect(result.output.contains("Interrupted after 1 image: the agent stops fetching"))
            var ended = node.endedStreams.makeAsyncIterator()
            #expect(await ended.next() == "fetch")
        }
    }
}
