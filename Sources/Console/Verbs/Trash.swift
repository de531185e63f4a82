import ArgumentParser
import Control
import Foundation
import Model

struct Trash: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What was deleted and is still in this machine's trash.",
        discussion: """
            Lists the images, when and on which machine each was deleted, how long it stays, and where it was; with \
            PATHs, those that were there or below. 'syncctl restore PATH' takes one back on every machine.

            --empty removes them from this machine's trash for good, before their time. It asks first; --yes \
            answers, and is needed where there is no terminal.

            Examples:
              syncctl trash
              syncctl trash --empty
              syncctl trash --empty 2026/05/blurred
              syncctl trash --json | jq -r 'select(.daysLeft < 7) | .path'
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Flag(help: "Remove them from this machine's trash for good.")
    var empty = false
    @Flag(name: .shortAndLong, help: "Do not ask before --empty.")
    var yes = false
    @Argument(help: "Images or folders, by where they were.", completion: .file())
    var paths: [String] = []

    func validate() throws {
        if yes, !empty { throw ValidationError("--yes goes with --empty: listing asks nothing.") }
    }

    func run() async throws {
        let question = empty ? try Question(yes: yes, what: "Emptying the trash") : nil
        do {
            try await Interruptible.run {
                let client = agent.client
                let places = try await LibraryPath(asking: client).places(paths, known: client.known)
                let lines = try await client.trash().filter { line in
                    places.isEmpty
                        || places.contains {
                            line.path.isWithin($0.description)
                                || $0.mainOfReduced.map { line.path.isWithin($0.description) } ?? false
                        }
                }
                if !places.isEmpty, lines.isEmpty {
                    throw ControlFailure(
                        .notFound, "Nothing from there is in the trash: 'syncctl trash' lists all that is.")
                }
                if let question {
                    try await empty(places, lines, question, client)
                } else {
                    try show(lines)
                }
            }
        } catch is CancellationError {
            throw ControlFailure(.failed, "Interrupted: the trash is as it was.")
        }
    }

    private func show(_ lines: [TrashLine]) throws {
        let output = shown.output
        if shown.json { return try lines.forEach(output.line) }
        guard !lines.isEmpty else { return Output.note("The trash is empty.") }
        try output.text(
            TrashTable.lines(lines, output.style, now: Date()).joined(separator: "\n") + """


                \(TrashTable.total(lines)). 'syncctl restore PATH' takes one back everywhere.

                """)
    }

    private func empty(
        _ places: [RelativePath], _ lines: [TrashLine], _ question: Question, _ client: ControlClient
    ) async throws {
        let output = shown.output
        if lines.isEmpty, !shown.json { return Output.note("The trash is empty.") }
        try await question.ask(
            "Remove \(TrashTable.total(lines)), from this machine's trash? That is for good.",
            otherwise: "The trash is as it was.")
        let gone = try await client.emptyTrash(places)
        if shown.json {
            try output.object(gone)
        } else {
            try output.text(
                "Removed \(Quantity.count(gone.images, "image")) (\(Quantity.bytes(gone.bytes))) from this machine's trash.\n"
            )
        }
        let rest = lines.count - gone.images
        guard rest > 0 else { return }
        throw ControlFailure(
            gone.images == 0 ? .tryAgain : .failed,
            "\(Quantity.count(rest, "image stays", "images stay")) in the trash, promised to another machine for now: "
                + "try again in an hour.")
    }
}
