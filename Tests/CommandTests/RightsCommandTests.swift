import Control
import Foundation
import Model
import TestSupport
import Testing

@testable import Console

@Suite("What a peer may, at the command line", .timeLimit(.minutes(2)))
struct RightsCommandTests {
    private static let syncctl = SyncctlTests.syncctl

    @Test(
        "allow and deny say what they do",
        arguments: [
            (["allow", "laptop", "keeps"], "rights of laptop: allow keeps", "It is an archive here"),
            (["allow", "laptop", "sees", "shares"], "rights of laptop: allow sees,shares", "It is a member here"),
            (["allow", "laptop", "--as", "guest"], "rights of laptop: as sees", "It is a guest here"),
            (["deny", "laptop", "speaks"], "rights of laptop: deny speaks", "It may do this here: sees, shares."),
            (["deny", "laptop", "sees", "shares"], "rights of laptop: deny sees,shares", "It may do nothing here."),
        ])
    func changes(arguments: [String], call: String, sentence: String) async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let node = FakeNode()
        try await CommandServed.serve(node, at: socket) { _ in
            let result = try await Self.syncctl.run(arguments + ["--control", socket])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.hasPrefix("laptop ("))
            #expect(result.output.contains(sentence))
            let json = try await Self.syncctl.run(arguments + ["--json", "--control", socket])
            #expect(json.output.contains("\"rights\""))
        }
        #expect(node.calls == [call, call])
    }

    @Test(
        "what is no right, and nothing, is a mistake in the command",
        arguments: [
            ["allow", "laptop"], ["allow", "laptop", "flies"], ["deny", "laptop"], ["invite", "--as", "king"],
        ])
    func mistakes(arguments: [String]) async throws {
        let result = try await Self.syncctl.run(arguments)
        #expect(result.status == 64)
        #expect(result.errors != "")
    }

    @Test("invite and join pass on what the other machine may")
    func invitations() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let node = FakeNode()
        try await CommandServed.serve(node, at: socket) { _ in
            _ = try await Self.syncctl.run(["invite", "--as", "guest", "--control", socket])
            let line = "mainstay://h:1/I#s"
            let join = try await Self.syncctl.run(["join", line, "--as", "archive", "--control", socket])
            #expect(join.output.contains("It is an archive here"))
            _ = try await Self.syncctl.run(["join", line, "--control", socket])
        }
        let line = "join mainstay://h:1/I#s"
        #expect(node.calls == ["invite as sees", line + " as sees,shares,keeps,speaks", line])
    }

    @Test(
        "pairing with a machine that keeps mains asks whether its copies count",
        arguments: [("y\n", "allow keeps", "It is an archive here"), ("\n", "deny keeps", "It is a member here")])
    func asked(answer: String, change: String, sentence: String) async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let node = FakeNode()
        try await CommandServed.serve(node, at: socket) { _ in
            let result = try await CommandProgram(path: "/usr/bin/script").run(
                ["-qec", "exec \(Self.syncctl.file) pair attic --control \(socket)", "/dev/null"],
                dialogue: [("number? [y/N] ", "y\n"), ("makes room? [y/N] ", answer)])
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains(sentence))
        }
        #expect(node.calls.last == "rights of \(CommandSamples.peer): \(change)")
    }

    @Test(
        "a mass deletion is shown and asked about; only a person's yes deletes",
        arguments: [("y\n", true), ("\n", false), ("n\n", false)])
    func review(answer: String, deletes: Bool) async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let node = FakeNode()
        try await CommandServed.serve(node, at: socket) { _ in
            let result = try await CommandProgram(path: "/usr/bin/script").run(
                ["-qec", "exec \(Self.syncctl.file) review --control \(socket)", "/dev/null"],
                dialogue: [("as well? [y/N] ", answer)])
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains("2024/IMG_1.JPG"))
            #expect(result.output.contains("and 1,184 more"))
            #expect(result.output.contains(deletes ? "in this machine's trash now" : "They stay as they are here."))
        }
        #expect(node.calls == ["review"] + (deletes ? ["answer \(CommandSamples.peer) true"] : []) + ["review"])
    }

    @Test("what waits is told in words of its kind, and where names stay in their folder, without that")
    func kinds() {
        var line = CommandSamples.review
        (line.kind, line.images) = (.renamed, 2)
        line.paths = ["a/1.jpg", "a/2.jpg"].map(CommandSamples.path)
        line.names = ["a/x.jpg", "b/2.jpg"].map(CommandSamples.path)
        let text = Review.text(line, now: CommandSamples.now)
        #expect(text.contains("renamed 2 images that stand here too"))
        #expect(text.hasSuffix(":\n  a/1.jpg → x.jpg\n  a/2.jpg → b/2.jpg\n"))
        line.names = nil
        var told: Set<String> = []
        for kind in ReviewLine.Kind.allCases {
            line.kind = kind
            told.insert(Review.text(line, now: CommandSamples.now))
            #expect(Review.question(line).hasSuffix("? [y/N] "))
            #expect(Review.remedy(kind).contains("'syncctl review --no'"))
            #expect(Review.outcome(line, accepted: true) != Review.outcome(line, accepted: false))
        }
        #expect(told.count == ReviewLine.Kind.allCases.count)
        (line.kind, line.since) = (.claimed, nil)
        #expect(Review.text(line, now: CommandSamples.now).contains("and was never seen to have them:\n"))
    }

    @Test("without a person at a terminal the answer is a flag")
    func reviewFlags() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let node = FakeNode()
        try await CommandServed.serve(node, at: socket) { _ in
            for arguments in [["review", "laptop", "--yes"], ["review", "--no"]] {
                #expect(try await Self.syncctl.run(arguments + ["--control", socket]).status == 0)
            }
            #expect(try await Self.syncctl.run(["review", "--yes", "--no", "--control", socket]).status == 64)
            let json = try await Self.syncctl.run(["review", "--json", "--control", socket])
            #expect(json.output.contains("\"images\":1204"))
        }
        #expect(node.calls == ["answer laptop true", "answer all false", "review"])
    }

    @Test("a question that is open is told below the peer, with both answers")
    func open() {
        var peer = CommandSamples.status.peers[0]
        (peer.name, peer.asks) = ("attic", true)
        let style = Style(isTerminal: false, hasColour: false, width: 120)
        let text = PeerTable.lines([peer], style, now: CommandSamples.now).joined(separator: "\n")
        #expect(text.contains("'syncctl allow attic keeps'"))
        #expect(text.contains("'syncctl deny attic keeps'"))
    }
}
