import ArgumentParser
import Control
import Model

struct Deny: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take rights back from a peer.",
        discussion: """
            The rights are those of 'syncctl allow'. Without 'shares' there is neither 'keeps' nor 'speaks', so these go \
            with it. What came from the peer stays; 'syncctl unpair' ends all.

            Examples:
              syncctl deny attic keeps      nothing is evicted against attic any more
              syncctl deny phone speaks     what is deleted or renamed there is not followed here
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Argument(help: "The peer's name, its id, or the beginning of its id.")
    var peer: String
    @Argument(help: "What it may no more: sees, shares, keeps, speaks.", completion: .list(RightName.all))
    var rights: [RightName]

    func run() async throws {
        let request = RightsRequest(peer: peer, deny: rights.joined)
        try shown.output.changed(try await agent.client.change(request), isJSON: shown.json)
    }
}
