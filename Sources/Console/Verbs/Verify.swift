import ArgumentParser
import Control
import Model

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Re-read mains, and repair those that are damaged.",
        discussion: """
            Reads mains from the disk and compares them with what they were. A damaged one is set aside in \
            .mainstay/damaged and got again from another machine that holds it. The agent does so by itself, once in \
            30 days at idle times; 'syncctl status' says when the last full round ended.

            Without a PATH, it reads what is due now; with --all, every main. Exits 1 when damage was found that \
            could not be repaired.

            Examples:
              syncctl verify
              syncctl verify 2026/05
              syncctl verify --all
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Flag(help: "Re-read every main, due or not.")
    var all = false
    @Argument(help: "Images or folders of the library.", completion: .file())
    var paths: [String] = []

    func validate() throws {
        if all, !paths.isEmpty { throw ValidationError("--all is every main already: leave out the paths, or --all.") }
    }

    func run() async throws {
        let client = agent.client
        let places = try await LibraryPath(asking: client).places(paths, known: client.known)
        let request = VerifyRequest(paths: places, all: all || (places.isEmpty && !paths.isEmpty))
        let run = WorkRun(
            output: shown.output, interrupted: "the agent stops reading; the same command reads the rest.")
        try await Interruptible.run {
            try await run.run(client.verify(request), WorkText.verified) { tally in
                "\(Quantity.count(tally.undone, "main is", "mains are")) damaged or not readable, and could not be "
                    + "repaired: see the reasons above."
            }
        }
    }
}
