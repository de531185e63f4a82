import ArgumentParser
import Control
import Model

struct Allow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a peer may do here.",
        discussion: """
            A peer may do what a person at this machine said, and what it says of itself changes nothing:

              sees      it gets reduced copies and, where it asks, mains
              shares    its images come here
              keeps     its copies count when a main is to leave this machine
              speaks    its words count here: deleting, naming, editing

            A member has all but 'keeps', an archive has all, a guest only 'sees'. Without 'shares' there is neither \
            'keeps' nor 'speaks'. 'syncctl peers' shows what each may, 'syncctl deny' takes rights back.

            Examples:
              syncctl allow attic keeps          evict mains here that attic proves to hold
              syncctl allow phone --as guest     exactly that, whatever it might before
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @OptionGroup var role: RoleOption
    @Argument(help: "The peer's name, its id, or the beginning of its id.")
    var peer: String
    @Argument(help: "What it may: sees, shares, keeps, speaks.", completion: .list(RightName.all))
    var rights: [RightName] = []

    func validate() throws {
        guard !rights.isEmpty || role.rights != nil else {
            throw ValidationError("Say what \(peer.printable) may: sees, shares, keeps, speaks; or --as a role.")
        }
    }

    func run() async throws {
        let request = RightsRequest(peer: peer, allow: rights.joined, rights: role.rights)
        try shown.output.changed(try await agent.client.change(request), isJSON: shown.json)
    }
}
