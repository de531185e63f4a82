import ArgumentParser
import Control
import Foundation

struct Library: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what became of the library's disk.",
        subcommands: [New.self])

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The disk was replaced, or put back from a backup: fill it again.",
            discussion: """
                The agent pauses when the library's folder is not the one that it knows, or when much of it is gone. \
                This says that nobody removed what is missing: it comes again from the other machines, in the form \
                that this machine keeps. A main that stood only here and is gone stays gone.

                It asks first; --yes answers, and is needed where there is no terminal.

                Example:
                  syncctl library new
                """)

        @OptionGroup var agent: AgentOptions
        @OptionGroup var shown: OutputOptions
        @Flag(name: .shortAndLong, help: "Do not ask.")
        var yes = false

        func run() async throws {
            let question = try Question(yes: yes, what: "Taking a folder for the library")
            let status = try await agent.client.status()
            let path = status.library.path
            let space = try? FileManager.default.attributesOfFileSystem(forPath: path)[.systemFreeSize] as? Int64
            let free = space.map { " (\(Quantity.bytes($0)) free)" } ?? ""
            try await question.ask(
                "Is '\(path.printable)'\(free) the library from now on, and what is missing in it to come again?",
                otherwise: "Nothing was changed.")
            for try await message in agent.client.newLibrary() {
                switch message {
                case .progress(let progress):
                    if shown.json { try shown.output.line(message) } else { WaitingLine.shared.show(progress) }
                case .done(let report):
                    if shown.json { return try shown.output.line(message) }
                    return try shown.output.text(
                        "\(Quantity.count(report.images, "image is", "images are")) here. "
                            + "\(Quantity.count(report.removed, "file is", "files are")) missing, and what the other "
                            + "machines have of them comes again.\n")
                }
            }
            throw ControlFailure(.tryAgain, "The agent stopped before the look was done: start it, and ask again.")
        }
    }
}
