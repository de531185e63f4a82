import ArgumentParser
import Control
import Foundation

struct Scan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at the library now.",
        discussion: """
            The agent sees changes by itself; this is for when it could not, and to be sure. It waits until the look \
            is done and says what it found.

            When much of the library was gone at once, the agent pauses instead of believing it. If you did remove \
            those files, --accept-removals says so; they are removed here only.

            Examples:
              syncctl scan
              syncctl scan --accept-removals
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Flag(help: "Take over the removals for which the library is paused.")
    var acceptRemovals = false

    func run() async throws {
        let output = shown.output
        for try await message in agent.client.scan(acceptRemovals: acceptRemovals) {
            switch message {
            case .progress(let progress):
                if shown.json { try output.line(message) } else { WaitingLine.shared.show(progress) }
            case .done(let report):
                if shown.json { return try output.line(message) }
                return try output.text(Self.text(report))
            }
        }
        throw ControlFailure(.tryAgain, "The agent stopped before the scan was done: start it, and scan again.")
    }

    static func text(_ report: ScanReport) -> String {
        let parts = [
            (report.added, "new"), (report.changed, "changed"), (report.moved, "moved"), (report.removed, "removed"),
        ]
        .filter { $0.0 > 0 }.map { "\(Quantity.count($0.0)) \($0.1)" }.joined(separator: ", ")
        let (images, time) = (Quantity.count(report.images, "image"), Quantity.span(report.seconds))
        var text: String
        if let paused = report.paused {
            text = "Paused after a look of \(time): \(paused.printable)\n"
            if !parts.isEmpty { text += "Else: \(parts).\n" }
        } else {
            text = "\(images) in \(time): \(parts.isEmpty ? "nothing new" : parts).\n"
        }
        if report.unsettled > 0 {
            text +=
                "\(Quantity.count(report.unsettled, "file is", "files are")) still being written, and "
                + "looked at as soon as that is over.\n"
        }
        if report.skipped > 0 {
            text += "\(Quantity.count(report.skipped, "file")) left alone; 'syncctl status' says which and why.\n"
        }
        return text
    }
}
