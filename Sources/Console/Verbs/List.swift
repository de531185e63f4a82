public import ArgumentParser
public import Control
import Model

struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "The images: which form is held here, who holds the mains, how large they are.",
        discussion: """
            Lists every image that is known here, or those at or below PATH, which is as the shell means it or else \
            relative to the library. Each line ends with the main's path.

            Forms: main, the original file; reduced, a smaller copy of a main that is elsewhere; none, known but not \
            here (yet); mixed, a photo and its RAW or film of which some is a main here and some is not.

            A photo, its RAW, its film and its sidecars are one line, with their sizes together; WITH says what belongs \
            to it. They are files of one folder whose names differ in their endings, such as IMG_1.HEIC, IMG_1.MOV and \
            IMG_1.AAE. With --form each is for itself.

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
        let place =
            if let path {
                try await LibraryPath(asking: client).place(path, known: client.known)
            } else { nil as RelativePath? }
        let under = place?.description ?? ""
        var isEmpty = true
        var sample: [ImageLine] = []
        var layout: Table.Layout?
        for try await image in client.images(under: under, form: form) {
            isEmpty = false
            if shown.json {
                try output.line(image)
            } else if image.group != nil {
                // The line of what it belongs to says it.
                continue
            } else if let layout {
                try output.text(layout.line(ImageText.row(image)) + "\n")
            } else {
                sample.append(image)
                if sample.count == ImageText.sample { layout = try Self.begin(&sample, output, isAll: false) }
            }
        }
        if !sample.isEmpty { _ = try Self.begin(&sample, output, isAll: true) }
        if isEmpty { try reportNothing(path, under) }
    }

    /// Writes the head and the first images.
    private static func begin(
        _ sample: inout [ImageLine], _ output: Output, isAll: Bool
    ) throws -> Table.Layout {
        let layout = ImageText.layout(sample, output.style, isAll: isAll)
        let lines = [layout.head] + sample.map { layout.line(ImageText.row($0)) }
        try output.text(lines.joined(separator: "\n") + "\n")
        sample = []
        return layout
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
