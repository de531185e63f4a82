import ArgumentParser
import Control
import Foundation
import Model

struct Why: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What is held of an image or a folder, what happens next, and the reason.",
        discussion: """
            PATH is the main's path or the file of its reduced copy, as the shell means it or else relative to the \
            library. Of a folder, all below it is counted: what is held here in which form, who holds the mains, how \
            many are at risk, and what happens next, equal reasons together.

            Examples:
              syncctl why 2026/05
              syncctl why 2026/05/IMG_0001.JPG
              syncctl why ~/Pictures/2026/05/IMG_0002.HEIC.reduced.jpg
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Argument(help: "An image or a folder of the library.", completion: .file())
    var path: String

    func run() async throws {
        let client = agent.client
        let output = shown.output
        guard let place = try await LibraryPath(asking: client).place(path, known: client.known) else {
            return try show(try await client.why(folder: ""), output)
        }
        do {
            let report = try await client.why(place)
            if shown.json { return try output.object(report) }
            try output.text(WhyText(report: report, style: output.style, now: Date()).text)
        } catch let unknown as ControlFailure where unknown.code == .notFound {
            let folder: FolderReport
            do { folder = try await client.why(folder: place.description) } catch let failure as ControlFailure {
                throw failure.code == .notFound ? unknown : failure
            }
            try show(folder, output)
        }
    }

    private func show(_ report: FolderReport, _ output: Output) throws {
        if shown.json { return try output.object(report) }
        try output.text(FolderText(report: report, style: output.style, now: Date()).text)
    }
}
