import ArgumentParser
import Control
import Foundation

struct Invite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make an invitation for one other machine.",
        discussion: """
            Prints one line to give to 'syncctl join' on the other machine: good for one use and ten minutes. Who has \
            it can become a peer, so hand it over where nobody else reads. The line alone goes to standard output. \
            Without --as, the machine that comes is an archive here if it says then that it keeps mains, and else a \
            member.

            Examples:
              syncctl invite
              syncctl invite --as guest
              ssh attic syncctl join "$(syncctl invite)"
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @OptionGroup var role: RoleOption

    func run() async throws {
        let output = shown.output
        let report = try await agent.client.invite(as: role.rights)
        if shown.json { return try output.object(report) }
        Output.note(
            "On the other machine, within \(Quantity.span(report.expires.timeIntervalSinceNow.rounded())):  syncctl join LINE"
        )
        try output.text(report.invite + "\n")
    }
}
