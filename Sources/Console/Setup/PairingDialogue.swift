import Control
import Model

/// Pairing by six digits, as the person at this terminal sees it.
struct PairingDialogue: Sendable {
    let client: ControlClient
    let terminal: Terminal
    let style: Style

    /// Pairs with a machine nearby, or waits for one to begin.
    ///
    /// Throws the agent's `ControlFailure`, and `CancellationError` when it was interrupted: nothing is paired then.
    func pair(with machine: String?, as rights: PeerRights? = nil) async throws -> PairedReport {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for try await message in client.pair(with: machine, as: rights) {
                switch message {
                case .waiting(let reason):
                    Output.note("Waiting \(reason.printable)…")
                case .digits(let attempt, let digits, let name, let id):
                    Output.note("\n  \(style.paint(Self.spaced(digits), .heading))\n")
                    // The question must not keep a failure at the other end from being shown.
                    group.addTask {
                        let yes = try await terminal.confirms(
                            "\(name.printable) (\(id.short)): do both machines show this number? [y/N] ")
                        try await client.confirmPairing(attempt: attempt, yes: yes)
                    }
                case .paired(let peer):
                    group.cancelAll()
                    return try await ask(about: peer)
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
    private func ask(about peer: PairedReport) async throws -> PairedReport {
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
