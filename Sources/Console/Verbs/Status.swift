import ArgumentParser
import Control
import Foundation

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The node, its library, its peers, the work, and what is at risk.",
        discussion: """
            Everything at one glance: what is held here, which peers are in sync, what is being got and how long it \
            will take, and each problem with what to do about it.

            With --follow, it goes on over a restart of the agent: it says that it waits, and shows the new one.

            Examples:
              syncctl status
              syncctl status --follow
              syncctl status --json | jq '.peers[] | {name, inSync}'
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Flag(name: .shortAndLong, help: "Show it again whenever it changes, until interrupted.")
    var follow = false

    func run() async throws {
        let output = shown.output
        guard follow else {
            let report = try await agent.client.status()
            if shown.json { return try output.object(report) }
            return try output.text(StatusText(report: report, style: output.style, now: Date()).text)
        }
        var screen = Screen(output: output)
        try await StatusFollowing(client: agent.client).run { report in
            if shown.json {
                try output.line(report)
            } else {
                try screen.show(StatusText(report: report, style: output.style, now: Date()).lines)
            }
        }
    }
}
