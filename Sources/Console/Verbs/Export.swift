import ArgumentParser
import Control
import Crypto
import Foundation
import Model

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the full-quality picture to a file.",
        discussion: """
            Of an image that was edited, the rendition of its latest edit that is not undone; of any other, and with \
            --original of every one, the main, byte for byte. What is not here comes from a machine that holds it, \
            and the library here stays as it is.

            FILE appears when all of it is written, compared with what it must be, and safe on the disk; whatever \
            comes between leaves nothing. A folder takes the picture's own name, and - is standard output. A file \
            that is there already is replaced with --force only.

            Exits 75 while the machine that holds the picture is away, or the rendition is not made yet; --wait waits.

            Examples:
              syncctl export 2026/05/IMG_0001.JPG -o ~/print.jpg
              syncctl export 2026/05/IMG_0001.JPG -o /media/stick/ --original
              syncctl export 2026/05/IMG_0001.JPG -o - | lp
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("The file or folder to write to; - for standard output.", valueName: "file"),
        completion: .file())
    var file: String
    @Flag(help: "The main, whether it was edited or not.")
    var original = false
    @Flag(help: "Wait for a machine that is away, and for a rendition that is not made yet.")
    var wait = false
    @Flag(name: .shortAndLong, help: "Replace FILE where it is there already.")
    var force = false
    @Argument(help: "An image of the library.", completion: .file())
    var path: String

    func validate() throws {
        if file.isEmpty { throw ValidationError("-o takes a file, such as -o picture.jpg.") }
        if file == "-", shown.json {
            throw ValidationError("--json says what was written, and the picture itself goes to -: leave out one.")
        }
    }

    /// What `--json` tells.
    private struct Report: Encodable {
        var path: RelativePath
        var image: ImageID
        var bytes: Int64
        var from: String?
        var file: String

        enum CodingKeys: CodingKey { case path, image, bytes, from, file }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(path, forKey: .path)
            try container.encode(image, forKey: .image)
            try container.encode(bytes, forKey: .bytes)
            try container.encode(from, forKey: .from)
            try container.encode(file, forKey: .file)
        }
    }

    func run() async throws {
        let client = agent.client
        let library = try await client.status().library
        let image = try await LibraryPath(of: library).image(path, known: client.known)
        let request = ExportRequest(path: image, original: original, wait: wait)
        let place = try FilePlace(file, replaces: force, library: library.path)
        // A stream has nothing to clean up, and may block for ever: a signal ends the command as usual.
        guard place.path != nil else { return try await write(client, request, place) }
        do {
            try await Interruptible.run { try await write(client, request, place) }
        } catch is CancellationError {
            throw ControlFailure(.failed, "Interrupted: nothing was written.")
        }
    }

    private func write(_ client: ControlClient, _ request: ExportRequest, _ place: FilePlace) async throws {
        let export = try await client.export(request)
        let head = export.head
        let place = try place.named(head.path.name)
        var progress = ExportProgress(head)
        do {
            try await NewFile.write(to: place, bytes: head.bytes) { file in
                var hash = SHA256()
                for try await chunk in export.bytes {
                    hash.update(data: chunk)
                    try await file.write(chunk)
                    progress.add(chunk.count)
                }
                progress.isWhole()
                guard hash.finalize().elementsEqual(head.image.bytes.bytes) else {
                    let written = place.path == nil ? "do not use what was written" : "nothing was written"
                    throw ControlFailure(
                        .failed,
                        "What came is not the picture (its SHA-256 is another), and \(written): run 'syncctl verify' "
                            + "\(head.from.map { "on \($0)" } ?? "here"), and try again.")
                }
            }
        } catch {
            progress.clear()
            throw error
        }
        progress.clear()
        try say(head, place, progress.seconds)
    }

    private func say(_ head: Control.Export.Head, _ place: FilePlace, _ seconds: Double) throws {
        guard let file = place.path else { return }
        let output = shown.output
        if shown.json {
            return try output.object(
                Report(path: head.path, image: head.image, bytes: head.bytes, from: head.from, file: file))
        }
        let from = head.from.map { " from \($0)" } ?? ""
        try output.text(
            output.style.paragraph(
                "Wrote \(head.path), \(Quantity.bytes(head.bytes))\(from), to \(file) in \(Quantity.span(seconds))."
                    .printable)
                + "\n")
    }
}
