import Control
import Foundation
import TestSupport
import Testing

@Suite("What doctor collects for somebody who helps", .timeLimit(.minutes(2)))
struct BundleTests {
    private static let syncctl = CommandProgram(built: "syncctl")

    private static var node: FakeNode {
        var status = CommandSamples.status
        status.problems.append(
            ProblemLine(
                subject: "secret party/it's 1.jpg",
                reason:
                    "It should be called 'secret party/it's 2.jpg', and secret party/it's 1.jpg could not be renamed.",
                since: CommandSamples.now, nextTry: nil))
        status.problems.append(
            ProblemLine(
                subject: "watch", reason: "/srv/Pictures/secret has too many folders.", since: CommandSamples.now))
        let node = FakeNode()
        node.publish(status)
        return node
    }

    @Test("It has what doctor and status say and what system this is, and no names of files unless they are asked for")
    func bundle() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try await CommandServed.serve(Self.node, at: socket) { _ in
            let hidden = try await Self.syncctl.run(["doctor", "--bundle", "-", "--control", socket])
            #expect(hidden.status == 0, "\(hidden.errors)")
            for text in [
                "Mainstay 0.2.0", "cores", "== doctor\nok ", "\"mains\" : 8000", "It leaves out the names of files.",
            ] {
                #expect(hidden.output.contains(text), "\(text)")
            }
            for name in ["secret", "it's", "IMG_0666", "/srv/Pictures", "party"] {
                #expect(!hidden.output.contains(name), "\(name)")
            }
            let shown = try await Self.syncctl.run(["doctor", "--bundle", "-", "--names", "--control", socket])
            // JSON writes a slash as it is.
            #expect(shown.output.contains("secret party/it's 1.jpg") && shown.output.contains("/srv/Pictures"))
        }
    }

    @Test("It becomes a new file, and replaces one with --force only")
    func file() async throws {
        let scratch = try CommandScratch()
        let (socket, file) = (scratch("s"), scratch("help.txt"))
        try await CommandServed.serve(Self.node, at: socket) { _ in
            let bundle = ["doctor", "--bundle", file, "--control", socket]
            #expect(
                try await Self.syncctl.run(bundle).output == "\(file) is written. Read it before you give it away.\n")
            let again = try await Self.syncctl.run(bundle)
            #expect(again.status == 1 && again.errors.contains("is there already"))
            #expect(try await Self.syncctl.run(bundle + ["--force"]).status == 0)
            #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("Mainstay "))
            #expect(try await Self.syncctl.run(["doctor", "--names", "--control", socket]).status == 64)
            #expect(
                try await Self.syncctl.run(["doctor", "--json", "--bundle", file, "--control", socket]).status == 64)
        }
    }
}
