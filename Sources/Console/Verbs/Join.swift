import ArgumentParser
import Control
import Model

struct Join: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Accept an invitation that another machine made.",
        discussion: """
            The line contains '#': put it in quotes.

            Examples:
              syncctl join 'mainstay://192.168.1.20:21417/K7QA…#…'
              syncctl join "$(ssh desktop syncctl invite)"
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Argument(help: "The line that 'syncctl invite' printed.")
    var line: String

    func validate() throws {
        guard line.hasPrefix("mainstay://") else {
            throw ValidationError(
                "'\(line.printable)' is no invitation: it begins with mainstay:// and 'syncctl invite' prints it.")
        }
        guard line.contains("#") else {
            throw ValidationError("The invitation lacks its last part, from '#' on: put the line in quotes.")
        }
    }

    func run() async throws {
        let output = shown.output
        let peer = try await agent.client.join(line)
        if shown.json { return try output.object(peer) }
        try output.text(
            "Paired with \(peer.name.printable) (\(peer.id.short)). 'syncctl status --follow' shows what happens now.\n"
        )
    }
}
