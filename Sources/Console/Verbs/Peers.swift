import ArgumentParser
import Control
import Foundation

struct Peers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The paired peers.",
        discussion: """
            IN SYNC says whether this node's picture of a peer's library is the peer's own, fingerprint for fingerprint. \
            MAY says what it may here; 'syncctl help allow' explains that.

            Example:
              syncctl peers
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions

    func run() async throws {
        let output = shown.output
        let peers = try await agent.client.peers()
        if shown.json { return try peers.forEach(output.line) }
        guard !peers.isEmpty else {
            return Output.note("No peers yet: run 'syncctl pair' here and on another machine.")
        }
        try output.text(PeerTable.lines(peers, output.style, now: Date()).joined(separator: "\n") + "\n")
    }
}
