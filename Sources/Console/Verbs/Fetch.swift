import ArgumentParser
import Control
import Model

struct Fetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring mains to this machine.",
        discussion: """
            Gets the original files of images that are here as reduced copies, or not at all, from the machines that \
            hold them. A PATH is an image or a folder with all below it, as the shell means it or else relative to the \
            library; the file of a reduced copy stands for its image. With a photo come its RAW, its film and its sidecars.

            Ctrl-C stops it: what has arrived stays, and the same command goes on with the rest.

            Examples:
              syncctl fetch 2026/05/IMG_0001.JPG
              syncctl fetch 2026/05
              syncctl fetch ~/Pictures/2026/05
              cd ~/Pictures/2026/05 && syncctl fetch IMG_0002.HEIC.reduced.jpg
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Flag(help: "Only what is named, and not the RAW, film and sidecars that belong to it.")
    var alone = false
    @Argument(help: "Images or folders of the library.", completion: .file())
    var paths: [String]

    func run() async throws {
        let client = agent.client
        let places = try await LibraryPath(asking: client).places(paths, known: client.known)
        let run = WorkRun(
            output: shown.output, interrupted: "the agent stops fetching; what has arrived stays here.")
        try await Interruptible.run { [alone] in
            try await run.run(client.fetch(places, alone: alone), WorkText.fetched) { tally in
                "\(Quantity.count(tally.undone, "main was", "mains were")) not fetched, for the reasons above."
            }
        }
    }
}
