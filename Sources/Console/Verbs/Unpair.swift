import ArgumentParser
import Control
import Model

struct Unpair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trust a peer no more.",
        discussion: """
            From now on the peer is a stranger: it is let in nowhere and asked for nothing. What it gave stays; \
            nothing is removed from either library. Run it on the other machine, too.

            Examples:
              syncctl unpair laptop
              syncctl unpair K7QA-2M3X
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Argument(help: "The peer's name, its id, or the beginning of its id.")
    var peer: String

    func run() async throws {
        let output = shown.output
        let gone = try await agent.client.unpair(peer)
        if shown.json { return try output.object(gone) }
        try output.text("\(gone.name.printable) (\(gone.id.short)) is no longer a peer of this node.\n")
    }
}
