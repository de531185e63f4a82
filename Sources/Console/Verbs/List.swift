public import ArgumentParser
public import Control

struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "The images: which form is held here, who holds the mains, how large they are.",
        discussion: """
            Lists every image that is known here, or those at or below PATH: absolute, relative to the library, or \
            relative to where you are when that is in the library. Each line ends with the main's path.

            Forms: main, the original file; reduced, a smaller copy of a main that is elsewhere; none, known but not \
            here (yet).

            Examples:
              syncctl ls
              syncctl ls 2026/05
              syncctl ls --form none
              syncctl ls --json | jq -r 'select(.holders | length < 2) | .path'
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Option(help: "Only images held here in this form: main, reduced or none.")
    var form: HeldForm?
    @Argument(help: "A file or a folder of the library.", completion: .file())
    var path: String?

    func run() async throws {
        let client = agent.client
        let output = shown.output
        let under = if let path { try await LibraryPath(asking: client).resolve(path) } else { "" }
        var isFirst = true
        for try await image in client.images(under: under, form: form) {
            if shown.json {
                try output.line(image)
            } else {
                try output.text(
                    (isFirst ? ImageText.head(output.style) + "\n" : "") + ImageText.line(image, output.style) + "\n")
            }
            isFirst = false
        }
        if isFirst { try reportNothing(path, under) }
    }

    private func reportNothing(_ path: String?, _ under: String) throws {
        if let path, !under.isEmpty, form == nil {
            throw ControlFailure(
                .notFound, "No image is known at or below '\(path)': see 'syncctl ls' for those that are.")
        }
        if !shown.json { Output.note("No images.") }
    }
}

extension HeldForm: ExpressibleByArgument {}
