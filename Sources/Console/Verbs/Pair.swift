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
            try await Interruptible.run { try await pair(terminal, output) }
        } catch is CancellationError {
            throw ControlFailure(.failed, "Interrupted: nothing was paired.")
        }
    }

    private func pair(_ terminal: Terminal, _ output: Output) async throws {
        let client = agent.client
        try await withThrowingTaskGroup(of: Void.self) { group in
            for try await message in client.pair(with: machine, as: role.rights) {
                switch message {
                case .waiting(let reason):
                    Output.note("Waiting \(reason.printable)…")
                case .digits(let attempt, let digits, let name, let id):
                    Output.note("\n  \(output.style.paint(Self.spaced(digits), .heading))\n")
                    // The question must not keep a failure at the other end from being shown.
                    group.addTask {
                        let yes = try await terminal.confirms(
                            "\(name.printable) (\(id.short)): do both machines show this number? [y/N] ")
                        try await client.confirmPairing(attempt: attempt, yes: yes)
                    }
                case .paired(let peer):
                    group.cancelAll()
                    let asked = try await ask(about: peer, terminal, client)
                    if shown.json { return try output.object(asked) }
                    return try output.text(output.style.paragraph(asked.sentences) + "\n")
                case .failed(let failure):
                    throw failure
                }
            }
            // A stream that is given up ends as one that is over.
            try Task.checkCancellation()
            throw ControlFailure(.tryAgain, "The agent stopped before the machines were paired: try again.")
        }
    }

    /// Whether the copies of a machine that keeps mains count.
    private func ask(
        about peer: PairedReport, _ terminal: Terminal, _ client: ControlClient
    ) async throws -> PairedReport {
        guard peer.isOpen, peer.keep == .mains else { return peer }
        let yes = try await terminal.confirms(
            "\(peer.name.printable) keeps mains: do its copies count when this machine makes room? [y/N] ")
        let id = peer.id.description
        let line = try await client.change(
            RightsRequest(peer: id, allow: yes ? .keeps : [], deny: yes ? [] : .keeps))
        var answered = peer
        (answered.rights, answered.isOpen) = (line.rights, false)
        return answered
    }

    /// `123 456`: easier to read aloud.
    static func spaced(_ digits: String) -> String { digits.prefix(3) + " " + digits.dropFirst(3) }
}
