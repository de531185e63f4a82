import ArgumentParser
import Control
import Model

struct Dismiss: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say that images are not wanted on this machine.",
        discussion: """
            The images stay on the other machines. Here their reduced copies go, and nothing of them comes again until \
            'syncctl restore', 'syncctl fetch', or until you put the file back. A main that is here stays: remove its \
            file yourself, now or later. A PATH is an image or a folder with all below it.

            On a machine that keeps reduced copies, removing a file by hand says the same. One that keeps mains gets \
            again what was removed by hand, so this is how to say that it is not to.

            Examples:
              syncctl dismiss 2019/screenshots
              syncctl dismiss 2026/05/IMG_0001.JPG
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
        guard !places.isEmpty else {
            throw ControlFailure(.usage, "That is the whole library: name the images or folders in it to dismiss.")
        }
        let lines = try await client.dismiss(places, alone: alone)
        for line in lines {
            if shown.json {
                try shown.output.line(line)
            } else {
                try shown.output.text(Self.text(line) + "\n")
            }
        }
        let unknown = lines.filter { $0.images == 0 && $0.isShared != true }
        guard let first = unknown.first else { return }
        throw ControlFailure(
            .notFound,
            "\(Quantity.count(unknown.count, "path is", "paths are")) not known (such as '\(first.path)'): see "
                + "'syncctl ls'.")
    }

    static func text(_ line: DismissLine) -> String {
        let path = line.path.description.printable
        if line.isShared == true { return "\(path) stays: another photo has the same file" }
        guard line.images > 0 else { return "\(path) is not known" }
        let images = Quantity.count(line.images, "image is", "images are")
        let mains =
            line.mains > 0
            ? "; \(Quantity.count(line.mains, "main stays", "mains stay")) here until you remove the file" : ""
        return "\(path): \(images) not wanted here any more\(mains)"
    }
}
