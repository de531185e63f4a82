import ArgumentParser
import Control
import Foundation

struct Why: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What is held of one image, what happens next, and the reason.",
        discussion: """
            PATH is the main's path or the file of its reduced copy: absolute, relative to the library, or relative \
            to where you are when that is in the library.

            Examples:
              syncctl why 2026/05/IMG_0001.JPG
              syncctl why ~/Pictures/2026/05/IMG_0002.HEIC.reduced.jpg
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Argument(help: "An image of the library.", completion: .file())
    var path: String

    func run() async throws {
        let client = agent.client
        let output = shown.output
        let report = try await client.why(LibraryPath(asking: client).image(path))
        if shown.json { return try output.object(report) }
        try output.text(WhyText(report: report, style: output.style, now: Date()).text)
    }
}
