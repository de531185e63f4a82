import ArgumentParser
import Control
import Model

struct Evict: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make room: replace mains here by reduced copies, where others hold the mains.",
        discussion: """
            A main goes only after enough other machines (copies.minimum) have each re-read theirs and promised to \
            keep it; otherwise it stays, and the reason is said. The picture stays visible as a reduced copy, and \
            'syncctl fetch' brings the main back.

            A PATH is an image or a folder with all below it. --older-than goes by when the picture was taken, and \
            is for the whole library when no PATH is given. An image that stands at several paths goes from all of them.

            A photo, its RAW and its film go together, or stay together where one of them may not go; --alone takes what \
            is named and nothing else. Sidecars stay: they are small.

            Examples:
              syncctl evict 2024
              syncctl evict --older-than 365 --dry-run
              syncctl evict 2025/raw --older-than 90
              syncctl evict --alone 2026/05/IMG_0001.JPG
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Option(help: ArgumentHelp("Only pictures taken at least this many days ago.", valueName: "days"))
    var olderThan: Int?
    @Flag(help: "Only what is named, and not the RAW, film and sidecars that belong to it.")
    var alone = false
    @Flag(help: "Say for each image what would happen and why, and change nothing.")
    var dryRun = false
    @Argument(help: "Images or folders of the library.", completion: .file())
    var paths: [String] = []

    func validate() throws {
        if let olderThan, !(0...100_000).contains(olderThan) {
            throw ValidationError("--older-than takes a number of days, such as 365, not \(olderThan).")
        }
        if paths.isEmpty, olderThan == nil {
            throw ValidationError("Say what to evict: images or folders, or --older-than DAYS.")
        }
    }

    func run() async throws {
        let client = agent.client
        let places = try await LibraryPath(asking: client).places(paths, known: client.known)
        // The library itself is every picture in it, however old.
        let days = olderThan ?? (places.isEmpty ? 0 : nil)
        let request = EvictRequest(paths: places, olderThanDays: days, dryRun: dryRun, alone: alone ? true : nil)
        let run = WorkRun(
            output: shown.output, isDryRun: dryRun,
            interrupted: "the agent stops; mains evicted so far are reduced copies here.")
        try await Interruptible.run { [dryRun] in
            try await run.run(client.evict(request)) { tally in
                WorkText.evicted(tally, isDryRun: dryRun)
            } otherwise: { tally in
                "\(Quantity.count(tally.undone, "main stays", "mains stay")) here, for the reasons above."
            }
        }
    }
}
