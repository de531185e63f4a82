import ArgumentParser
import Control
import Model

struct Free: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make that much room: evict the mains of the oldest pictures.",
        discussion: """
            Evicts mains, those of the pictures taken first before all others, until SIZE is free more than now. \
            Each goes only against proof that others hold it, as with 'syncctl evict'. When less than SIZE can be \
            freed, it says how much, and exits 1.

            SIZE is a number with its unit: kB, MB, GB or TB, or KiB, MiB, GiB or TiB.

            Examples:
              syncctl free 20GB
              syncctl free 500 MB --dry-run
              syncctl free 1.5TiB
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Flag(help: "Say for each image what would happen and why, and change nothing.")
    var dryRun = false
    @Argument(help: "How much room to make, such as 20GB.", completion: .list(["1GB", "10GB", "100GB"]))
    var size: [String]

    func validate() throws { _ = try bytes() }

    /// The size, which a person may have written as two words. Throws `ValidationError`.
    private func bytes() throws -> Int64 {
        let text = size.joined(separator: " ")
        do { return try ByteSize.bytes(text) } catch { throw ValidationError("'\(text.printable)' \(error).") }
    }

    func run() async throws {
        let client = agent.client
        let bytes = try bytes()
        let run = WorkRun(
            output: shown.output, isDryRun: dryRun,
            interrupted: "the agent stops; mains evicted so far are reduced copies here.")
        try await Interruptible.run { [dryRun] in
            try await run.run(client.free(bytes: bytes, dryRun: dryRun)) { tally in
                WorkText.evicted(tally, isDryRun: dryRun)
            } otherwise: { tally in
                Self.shortfall(tally, wanted: bytes)
            }
        }
    }

    static func shortfall(_ tally: WorkTally, wanted: Int64) -> String {
        let most = tally.summary?.available ?? tally.bytes
        guard most < wanted else {
            return
                "\(Quantity.bytes(tally.bytes)) of \(Quantity.bytes(wanted)) was freed, for the reasons above: try again."
        }
        return
            "\(Quantity.bytes(wanted)) was asked for, and \(Quantity.bytes(most)) is the most that can be freed now: "
            + "let another machine keep mains (syncd --keep mains), and see 'syncctl why PATH' for what stays."
    }
}
