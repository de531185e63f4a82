import ArgumentParser
import Control
import Model

struct Pair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pair with another machine by comparing six digits.",
        discussion: """
            Run it on both machines. Both show six digits; say yes on both when they are the same. Nothing is paired \
            before that. NAME is one that 'syncctl nearby' shows, or the beginning of the id beside it; without it, \
            this machine waits for the other.

            Examples:
              syncctl pair                       wait here, and on the other machine:
              syncctl pair desktop
              syncctl pair 192.168.1.20:21417    where mDNS does not reach
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
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
            for try await message in client.pair(with: machine) {
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
                    if shown.json { return try output.object(peer) }
                    return try output.text("Paired with \(peer.name.printable) (\(peer.id.short)).\n")
                case .failed(let failure):
                    throw failure
                }
            }
            // A stream that is given up ends as one that is over.
            try Task.checkCancellation()
            throw ControlFailure(.tryAgain, "The agent stopped before the machines were paired: try again.")
        }
    }

    /// `123 456`: easier to read aloud.
    static func spaced(_ digits: String) -> String { digits.prefix(3) + " " + digits.dropFirst(3) }
}
