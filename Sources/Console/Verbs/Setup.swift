import ArgumentParser
import Control
import Foundation
import Glibc
import Model
import Settings

struct Setup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Set this machine up: its folder, what it keeps, whom it joins.",
        discussion: """
            Asks three things: which folder has your photos, whether this machine keeps the originals of all, and which \
            machine nearby to join. It writes the settings, starts the agent now and at each login, and pairs. Run it \
            again at any time: what is set already is what Enter takes.

            To join a machine nearby, run 'syncctl pair' there, too: both show six digits. The line that 'syncctl invite' \
            prints there does without.

            Without a terminal, say all three by flags, or --yes for the guesses.

            Examples:
              syncctl setup
              syncctl setup --library ~/Photos --keep mains --join none
              syncctl setup --yes --join "$(ssh attic syncctl invite)"
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Option(help: ArgumentHelp("The folder of your photos.", valueName: "dir"), completion: .directory)
    var library: String?
    @Option(
        help: ArgumentHelp("Whether this machine keeps the originals of all.", valueName: "mains|reduced"),
        completion: .list(["mains", "reduced"]))
    var keep: String?
    @Option(
        help: ArgumentHelp("A machine nearby, HOST:PORT, a line of 'syncctl invite', or none.", valueName: "name|line"))
    var join: String?
    @Option(help: "What people see of this machine.")
    var name: String?
    @Flag(name: .shortAndLong, help: "Do not ask: take what is set, or the guess; join nobody but by --join.")
    var yes = false

    func validate() throws {
        guard let keep, Policy.Keep(rawValue: keep) == nil else { return }
        throw ValidationError("--keep is mains or reduced, not '\(keep.printable)'.")
    }

    /// What was done, for scripts.
    struct Report: Encodable {
        var library: String
        var keep: Policy.Keep
        var name: String
        /// Whether the agent was started by this command.
        var started: Bool
        var joined: PairedReport?
    }

    func run() async throws {
        try Self.checkPerson(isRoot: geteuid() == 0, environment: Environment.current)
        let isAnswered = yes || (library != nil && keep != nil && join != nil)
        let terminal = isAnswered ? nil : Terminal()
        guard isAnswered || terminal != nil else {
            throw ControlFailure(
                .usage,
                "Setting up asks the person at the terminal, and there is none: say --library DIR, --keep mains|reduced and --join "
                    + "NAME|LINE|none, or --yes to take the guesses.")
        }
        let style = Style(of: STDERR_FILENO, environment: Environment.current)
        let dialogue = SetupDialogue(terminal: terminal, style: style, takesGuesses: yes)
        let client = agent.client
        let known = try await KnownSettings.read(client)
        let present = known.chosen
        let (folder, count) = try await dialogue.library(library, present: present.library)
        let keep = try await dialogue.keep(
            keep.flatMap(Policy.Keep.init), present: present.keep, folder: folder, count: count)
        let isStarted = try await settle(known, folder, keep, dialogue, client)
        let joined = try await pair(dialogue, client)
        let status = try await client.status()
        if status.library.state == .missing {
            throw ControlFailure(
                .failed, "The settings are written, and the library is not there: \(status.safety.paused ?? "")")
        }
        if shown.json {
            return try shown.output.object(
                Report(library: folder, keep: keep, name: status.node.name, started: isStarted, joined: joined))
        }
        let text = Self.summary(status, folder: SetupDialogue.short(folder))
        try shown.output.text(shown.output.style.paragraph(text) + "\n")
    }

    /// Settings, photos and agent are a person's own: those of root help nobody who has come by sudo.
    static func checkPerson(isRoot: Bool, environment: [String: String]) throws {
        guard isRoot, let person = environment["SUDO_USER"], !person.isEmpty, person != "root" else { return }
        throw ControlFailure(
            .usage,
            "Run it as \(person), without sudo. For an agent that runs also while nobody is logged in: 'sudo systemctl enable "
                + "--now syncd@\(person)', and then 'syncctl setup' as \(person).")
    }

    /// Writes what is different, and sees to it that an agent runs with it.
    ///
    /// - Returns: whether one was started.
    private func settle(
        _ known: KnownSettings, _ folder: String, _ keep: Policy.Keep, _ dialogue: SetupDialogue,
        _ client: ControlClient
    ) async throws -> Bool {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) {
            guard isFolder.boolValue else {
                throw ControlFailure(.failed, "\(folder.printable) is a file: name a folder.")
            }
        } else if folder == known.chosen.library {
            throw ControlFailure(
                .tryAgain,
                "The folder \(folder.printable) is not there: mount its disk, or name another; nothing was changed.")
        } else {
            do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
                throw ControlFailure(
                    .failed,
                    "The folder \(folder) cannot be made: look at the rights of the one above it; nothing was changed.")
            }
        }
        var changes: [(key: Setting.Key, words: [String]?)] = []
        let wanted: [(Setting.Key, String?)] = [(.library, folder), (.keep, keep.rawValue), (.name, name)]
        for (key, word) in wanted {
            guard let word else { continue }
            let line = known[key]
            // What was answered is written down, also where it is so by default today.
            guard line?.from == .standard || line?.next ?? line?.values != [word] else { continue }
            changes.append((key, [word]))
        }
        let start = AgentStart(client: client)
        var restart: SettingsChange?
        if !changes.isEmpty {
            let made = try await SettingsChange.make(changes, client)
            restart = made.first { $0.running && $0.effect == .nextStart }
        }
        if !known.isRunning {
            try await start.start()
            return true
        }
        if let restart, try await !start.restart(restart.restart) {
            let how = restart.restart.map { "'\($0)'" } ?? "stop syncd and start it again"
            throw ControlFailure(
                .tryAgain,
                "The settings are written. The agent takes the folder at its next start: \(how), and run 'syncctl setup' again."
            )
        }
        return false
    }

    /// How long machines nearby have to be seen: they answer within a second.
    private static let looking: Duration = .seconds(3)

    private func pair(_ dialogue: SetupDialogue, _ client: ControlClient) async throws -> PairedReport? {
        var join = join
        while true {
            let nearby = join == nil && !yes ? try await look(client) : []
            let peers = try await client.peers()
            guard let target = try await dialogue.join(join, nearby: nearby, paired: peers) else { return nil }
            if let known = peers.first(where: { $0.name == target }) {
                dialogue.tell("\(known.name.printable) is joined already.")
                return nil
            }
            do {
                if target.hasPrefix("mainstay://") { return try await client.join(target) }
                guard let terminal = Terminal() else {
                    throw ControlFailure(
                        .failed,
                        "Comparing digits takes a person at a terminal, and there is none: give --join the line that 'syncctl invite' prints."
                    )
                }
                dialogue.tell("On \(target.printable), run 'syncctl pair'.")
                let pairing = PairingDialogue(client: client, terminal: terminal, style: dialogue.style)
                return try await Interruptible.run { try await pairing.pair(with: target) }
            } catch is CancellationError {
                throw ControlFailure(.failed, "Interrupted: the settings are written, and nothing was paired.")
            } catch let failure as ControlFailure where self.join == nil {
                // The rest stands; a person can try that again, or leave it.
                dialogue.tell(failure.message.printable)
                join = nil
            }
        }
    }

    private func look(_ client: ControlClient) async throws -> [NearbyLine] {
        let deadline = ContinuousClock.now + Self.looking
        return try await WaitingLine.shared.during("looking for machines nearby") {
            while true {
                let nearby = try await client.nearby()
                if nearby.contains(where: { !$0.paired }) || .now >= deadline { return nearby }
                try await ContinuousClock().sleep(for: .milliseconds(200))
            }
        }
    }

    /// What will be where, in one line.
    static func summary(_ status: StatusReport, folder: String) -> String {
        let others = status.peers.map(\.name.printable)
        let them = others.isEmpty ? "other machines, once you join one," : others.joined(separator: " and ")
        let form = status.node.keep == .mains ? "as originals" : "as reduced copies"
        return "\(status.node.name.printable): your photos stay in \(folder), and those of \(them) come there \(form)."
    }
}

extension KnownSettings {
    /// What a person has chosen before: not what is so by default.
    fileprivate var chosen: (library: String?, keep: Policy.Keep?) {
        let (library, keep) = (self[.library], self[.keep])
        let isChosen: (SettingLine?) -> Bool = { isRunning || ($0?.from ?? .standard) != .standard }
        return (
            isChosen(library) ? library?.next?.first ?? library?.values.first : nil,
            isChosen(keep) ? keep?.values.first.flatMap(Policy.Keep.init) : nil
        )
    }
}
