import ArgumentParser
import Control

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Two whole agents on this machine, paired and syncing before your eyes.",
        discussion: """
            Starts two agents of its own, one with photos and one empty, in a folder for temporary files; each has \
            its own identity, port and database, and they talk as two machines would. Then it pairs them, shows the \
            exchange, both statuses, both folders and what was saved, and leaves nothing behind. Your own agent and \
            library are not touched.

            Examples:
              syncctl demo
              syncctl demo --photos ~/Pictures/2026
              syncctl demo --keep
            """)

    @Option(
        help: ArgumentHelp(
            "Use the photos in this folder. They are copied, and only read.",
            discussion: "Without it, two dozen photo-like pictures are made.", valueName: "dir"),
        completion: .directory)
    var photos: String?
    @Flag(help: "Leave the folders, and say where they are.")
    var keep = false

    func run() async throws {
        let output = Output()
        let folder = try DemoFolder()
        let demo = DemoRun(photos: photos, folder: folder.path, output: output)
        defer {
            if keep {
                Output.note("\nThe folders are left in \(folder.path): desktop/Pictures and laptop/Pictures.")
            } else {
                folder.remove()
            }
        }
        do {
            try await Interruptible.run { try await demo.run() }
        } catch is CancellationError {
            throw ControlFailure(
                .failed, "Interrupted: both agents are stopped" + (keep ? "." : ", and nothing is left."))
        }
    }
}
