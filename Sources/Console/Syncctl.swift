import ArgumentParser
import Control
import Glibc

/// Runs `syncctl` as the command line says; ends the process where its exit code is not 0.
public func runSyncctl() async { await Syncctl.main() }

/// `syncctl`: what a person types to see and to steer the agent of this machine.
struct Syncctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "syncctl",
        abstract: "See and steer Mainstay, which keeps the photos of a household on all its machines.",
        discussion: """
            The agent, syncd, runs on every machine. syncctl talks to the one of this machine through its control \
            socket and shows what is held where, why, and what happens next.

            'syncctl setup' sets a machine up. Two machines become a pair in one of two ways:
              at both terminals:     syncctl pair
              with ssh, in one line: syncctl join "$(ssh other syncctl invite)"

            Exit codes: 0 done; 1 it could not be done; 64 wrong usage; 69 the agent is not running or does not \
            answer; 75 try again later; 77 not allowed.

            Completions: syncctl --generate-completion-script bash|zsh|fish
            """,
        version: MainstayVersion.current,
        subcommands: [],
        groupedSubcommands: [
            CommandGroup(
                name: "Looking", subcommands: [Status.self, List.self, Why.self, Doctor.self]),
            CommandGroup(
                name: "Machines",
                subcommands: [
                    Nearby.self, Pair.self, Invite.self, Join.self, Peers.self, Allow.self, Deny.self,
                    Unpair.self,
                ]),
            CommandGroup(
                name: "The library",
                subcommands: [
                    Scan.self, Fetch.self, Evict.self, Free.self, Dismiss.self, Delete.self, Trash.self, Restore.self,
                    Review.self, Verify.self, Library.self,
                ]),
            CommandGroup(name: "Pictures", subcommands: [Edit.self, Export.self]),
            CommandGroup(name: "This machine", subcommands: [Setup.self, Change.self]),
            CommandGroup(name: "Trying it out", subcommands: [Demo.self]),
        ])

    static func main() async {
        // A reader that went away shows as EPIPE, which ends the command without a word.
        signal(SIGPIPE, SIG_IGN)
        do {
            let arguments = LeadingOptions.behindVerb(Array(CommandLine.arguments.dropFirst()))
            try VerbGuess.check(arguments, verbs: configuration.subcommands.map { $0._commandName })
            try await run(arguments)
        } catch {
            Exit.end(error, as: self)
        }
    }

    private nonisolated static func run(_ arguments: [String]) async throws {
        var command = try parseAsRoot(arguments)
        let line = WaitingLine.shared
        (command as? any Verb)?.prepare(line)
        if var asynchronous = command as? any AsyncParsableCommand {
            try await line.running { try await asynchronous.run() }
        } else {
            try command.run()
        }
    }
}
