import ArgumentParser
import Control
import Model

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring back images that were removed here.",
        discussion: """
            A file that you remove here is kept elsewhere and does not come back by itself. This makes the node want \
            it again and get it from a holder.

            Examples:
              syncctl restore 2026/05/IMG_0001.JPG
              cd ~/Pictures/2026/05 && syncctl restore IMG_0001.JPG IMG_0002.JPG
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Argument(help: "Images of the library.", completion: .file())
    var paths: [String]

    func run() async throws {
        let client = agent.client
        let output = shown.output
        let place = try await LibraryPath(asking: client)
        let lines = try await client.restore(paths.map(place.image))
        for line in lines {
            if shown.json {
                try output.line(line)
            } else {
                try output.text("\(line.path.description.printable): \(word(line.outcome))\n")
            }
        }
        let unknown = lines.filter { $0.outcome == .unknown }
        if let first = unknown.first {
            throw ControlFailure(
                .notFound,
                "\(Quantity.count(unknown.count, "path is", "paths are")) not known (such as '\(first.path)'): see 'syncctl ls'."
            )
        }
    }

    private func word(_ outcome: RestoreLine.Outcome) -> String {
        switch outcome {
        case .restored: "comes back"
        case .here: "is here already"
        case .undeleted: "is no longer deleted"
        case .gone: "was deleted longer ago than the trash keeps"
        case .unknown: "is not known"
        }
    }
}
