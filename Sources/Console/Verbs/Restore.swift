import ArgumentParser
import Control
import Model

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring back images that were removed here, or deleted everywhere.",
        discussion: """
            A file that you remove here by hand, or dismiss, is kept elsewhere and does not come back by itself: this \
            makes the node want it again and get it from a holder.

            An image that was deleted with 'syncctl delete' comes out of the trash again, on every machine that has \
            it there. 'syncctl trash' lists those of this machine, by the path to give here. A folder stands for all \
            that was removed below it; if nothing was, for all that was deleted, and with --deleted for both. With a photo come back its RAW, its film \
            and its sidecars.

            Examples:
              syncctl restore 2026/05/IMG_0001.JPG
              syncctl restore 2026/05
              syncctl restore --deleted 2026/05
              cd ~/Pictures/2026/05 && syncctl restore IMG_0001.JPG IMG_0002.JPG
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Flag(help: "Also take back, on every machine, what was deleted below a folder.")
    var deleted = false
    @Flag(help: "Only what is named, and not the RAW, film and sidecars that belong to it.")
    var alone = false
    @Argument(help: "Images or folders of the library, by where they were.", completion: .file())
    var paths: [String]

    func run() async throws {
        let client = agent.client
        let output = shown.output
        let places = try await LibraryPath(asking: client).places(paths, known: client.known)
        guard !places.isEmpty else {
            throw ControlFailure(
                .usage, "That is the whole library: name the images or folders in it to bring back.")
        }
        let lines = try await client.restore(places, deleted: deleted, alone: alone)
        for line in lines {
            if shown.json {
                try output.line(line)
            } else {
                try output.text("\(line.path.description.printable) \(Self.word(line.outcome))\n")
            }
        }
        if let failure = Self.failure(lines) { throw failure }
        let still = lines.count { $0.outcome == .stillDeleted }
        if still > 0 && !shown.json {
            Output.note(
                "\(Quantity.count(still, "image stays", "images stay")) deleted on every machine: give its path, or "
                    + "--deleted, to take that back.")
        }
    }

    static func failure(_ lines: [RestoreLine]) -> ControlFailure? {
        let gone = lines.filter { $0.outcome == .gone }
        let unknown = lines.filter { $0.outcome == .unknown }
        if let first = unknown.first {
            return ControlFailure(
                .notFound,
                "\(Quantity.count(unknown.count, "path is", "paths are")) not known (such as '\(first.path)'): see "
                    + "'syncctl ls' and 'syncctl trash'.")
        }
        guard let first = gone.first else { return nil }
        return ControlFailure(
            .failed,
            "\(Quantity.count(gone.count, "image is", "images are")) in no machine's trash any more (such as "
                + "'\(first.path)'): a copy of your own, put into the library, is all that brings one back.")
    }

    private static func word(_ outcome: RestoreLine.Outcome) -> String {
        switch outcome {
        case .restored: "comes back"
        case .here: "is here already"
        case .undeleted: "comes back on every machine"
        case .stillDeleted: "stays deleted on every machine"
        case .gone: "is gone"
        case .unknown: "is not known"
        }
    }
}
