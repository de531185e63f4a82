import Control
import Foundation
import Settings
import TestSupport
import Testing

@testable import Console
@testable import Startup

@Suite("syncctl set", .timeLimit(.minutes(2)))
struct SetCommandTests {
    private static let syncctl = SyncctlTests.syncctl

    /// Runs it where no agent runs, in a home of its own.
    private static func alone(
        _ arguments: [String], _ scratch: CommandScratch, environment: [String: String] = [:]
    ) async throws -> CommandProgram.Result {
        try await syncctl.run(
            arguments + ["--control", scratch("none")],
            environment: ["HOME": scratch.path].merging(environment) { $1 })
    }

    private static func file(_ scratch: CommandScratch) -> String { scratch(".config/mainstay/syncd.yaml") }

    @Test("it lists what the agent has, and where each is from")
    func list() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try await CommandServed.serve(FakeNode(), at: socket) { _ in
            let all = try await Self.syncctl.run(["set", "--control", socket])
            #expect(all.status == 0)
            let rows = all.output.split(separator: "\n").map { $0.replacing(#/ {2,}/#, with: " | ") }
            #expect(
                rows == [
                    "SETTING | VALUE | FROM",
                    "library | /home/u/Pictures (from the next start: /srv/photos) | default",
                    "name | attic | file, line 3", "keep | mains | --keep", "limit | none | default",
                    "ignore | *.bak, 2019/raw | file, line 5", "log-level | debug | SYNCD_LOG_LEVEL",
                ])
            #expect(all.errors.contains("/home/u/.config/mainstay/syncd.yaml"))
            let one = try await Self.syncctl.run(["set", "ignore", "--control", socket])
            #expect(one.output == "*.bak, 2019/raw\n")
            let json = try await Self.syncctl.run(["set", "--json", "--control", socket])
            #expect(json.lines.count == 6)
            #expect(json.lines[1] == #"{"from":"file","key":"name","live":true,"place":"line 3","values":["attic"]}"#)
            let object = try await Self.syncctl.run(["set", "keep", "--json", "--control", socket])
            #expect(
                object.output == #"{"from":"flag","key":"keep","live":true,"place":"--keep","values":["mains"]}"# + "\n"
            )
        }
    }

    @Test(
        "what beats the file is named, and nothing is changed",
        arguments: [("keep", "reduced", "--keep"), ("log-level", "info", "SYNCD_LOG_LEVEL in its environment")])
    func beaten(key: String, value: String, what: String) async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let node = FakeNode()
        try await CommandServed.serve(node, at: socket) { _ in
            let result = try await Self.syncctl.run(["set", key, value, "--control", socket])
            #expect(result.status == 1)
            #expect(result.errors.contains("the agent was started with \(what), which beats"), "\(result.errors)")
        }
        #expect(node.calls == ["settings"])
        let alone = try await Self.alone(["set", "keep", "mains"], scratch, environment: ["SYNCD_KEEP": "reduced"])
        #expect(alone.status == 1)
        #expect(alone.errors.contains("SYNCD_KEEP is set in your environment, to reduced, and beats"))
        #expect(!FileManager.default.fileExists(atPath: Self.file(scratch)))
    }

    @Test("without an agent the file is changed, and it says when that holds")
    func alone() async throws {
        let scratch = try CommandScratch()
        let set = try await Self.alone(["set", "limit", "200", "GB"], scratch)
        #expect(set.status == 0)
        #expect(set.output == "limit is 200 GB from the agent's next start on; it does not run now.\n")
        _ = try await Self.alone(["set", "ignore", "*.bak", "2019/raw"], scratch)
        _ = try await Self.alone(["set", "library", "photos"], scratch)
        let text = try String(contentsOfFile: Self.file(scratch), encoding: .utf8)
        #expect(text.contains("limit: 200 GB\nignore: [\"*.bak\", 2019/raw]\nlibrary: /"))
        let list = try await Self.alone(["set"], scratch)
        #expect(list.output.contains("200 GB"))
        #expect(list.errors.contains("The agent does not run"))
        let json = try await Self.alone(["set", "limit", "--default", "--json"], scratch)
        #expect(
            json.output
                == #"{"changed":true,"effect":"nextStart","file":"\#(Self.file(scratch))","key":"limit","others":[],"#
                + #""running":false,"values":[]}"# + "\n")
    }

    @Test(
        "what is no setting and no value is a mistake in the command",
        arguments: [
            (["set", "banana", "1"], "There is no setting 'banana'"), (["set", "keep", "banana"], "mains or reduced"),
            (["set", "limit", "200"], "'200' has no unit: write 200 GB"), (["set", "--default"], "which setting"),
            (["set", "keep", "mains", "--default"], "not both"),
        ])
    func mistakes(arguments: [String], sentence: String) async throws {
        let scratch = try CommandScratch()
        let result = try await Self.alone(arguments, scratch)
        #expect(result.status == 64)
        #expect(result.errors.contains(sentence), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: Self.file(scratch)))
    }

    @Test("a path is meant from here, several words are one value, and a list has one a word")
    func words() {
        #expect(Change.words(["photos"], of: .library, folder: "/home/u") == ["/home/u/photos"])
        #expect(Change.words(["../x"], of: .library, folder: "/home/u") == ["/home/x"])
        #expect(Change.words(["~/x"], of: .state, folder: "/home/u") == ["~/x"])
        #expect(Change.words(["my", "attic"], of: .name, folder: "/") == ["my attic"])
        #expect(Change.words(["a b", "c"], of: .ignore, folder: "/") == ["a b", "c"])
    }

    @Test(
        "an agent knows how it is restarted where systemd runs it",
        arguments: [
            (
                "0::/user.slice/user-1000.slice/user@1000.service/app.slice/syncd.service", "7",
                "systemctl --user restart syncd"
            ),
            ("0::/system.slice/system-syncd.slice/syncd@anna.service", "7", "sudo systemctl restart syncd@anna"),
            ("12:pids:/x\n0::/system.slice/syncd@anna.service\n", "7", "sudo systemctl restart syncd@anna"),
            ("0::/user.slice/user-1000.slice/session-2.scope", "7", nil),
            ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/term.service", "8", nil),
        ])
    func unit(groups: String, process: String, command: String?) {
        let unit = ServiceUnit(environment: ["SYSTEMD_EXEC_PID": process], process: 7, groups: groups)
        #expect(unit?.restart == command)
    }
}
