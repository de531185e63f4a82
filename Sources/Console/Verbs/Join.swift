import ArgumentParser
import Control
import Model

struct Join: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Accept an invitation that another machine made.",
        discussion: """
            The line contains '#': put it in quotes. Without --as, the other machine is an archive here if it says that \
            it keeps mains, and else a member; the answer tells.

            Examples:
              syncctl join 'mainstay://192.168.1.20:21417/K7QA…#…'
              syncctl join "$(ssh desktop syncctl invite)"
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @OptionGroup var role: RoleOption
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
        let peer = try await agent.client.join(line, as: role.rights)
        if shown.json { return try output.object(peer) }
        try output.text(
            output.style.paragraph(
                "\(peer.sentences) 'syncctl status --follow' shows what happens now.") + "\n"
        )
    }
}
