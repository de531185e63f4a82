import ArgumentParser
import Control
import Model

struct Pair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pair with another machine by comparing six digits.",
        discussion: """
            Run it on both machines. Both show six digits; say yes on both when they are the same. Nothing is paired \
            before that. NAME is one that 'syncctl nearby' shows, or the beginning of the id beside it; without it, \
            this machine waits for the other. Without --as, the other machine is a member here; where it keeps mains, \
            you are asked whether its copies count.

            Examples:
              syncctl pair                       wait here, and on the other machine:
              syncctl pair desktop
              syncctl pair 192.168.1.20:21417    where mDNS does not reach
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @OptionGroup var role: RoleOption
    @Argument(help: "The other machine's name, the beginning of its id, or HOST:PORT.")
    var machine: String?

    func run() async throws {
        let output = shown.output
        guard let terminal = Terminal() else {
            throw ControlFailure(
                .failed,
                "Comparing digits takes a person at a terminal, and there is none: use 'syncctl invite' and 'syncctl join'."
            )
        }
        do {
            let (dialogue, machine) = (
                PairingDialogue(client: agent.client, terminal: terminal, style: output.style), machine
            )
            let rights = role.rights
            let peer = try await Interruptible.run { try await dialogue.pair(with: machine, as: rights) }
            if shown.json { return try output.object(peer) }
            try output.text(output.style.paragraph(peer.sentences) + "\n")
        } catch is CancellationError {
            throw ControlFailure(.failed, "Interrupted: nothing was paired.")
        }
    }
}
