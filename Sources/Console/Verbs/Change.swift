import ArgumentParser
import Control
import Foundation
import Glibc
import Settings

struct Change: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Show the settings, or change one.",
        discussion: """
            Writes to the agent's settings file, ~/.config/mainstay/syncd.yaml by default, and leaves all else in it as it \
            stands. The agent takes it over at once; library, state, listen, control and mdns hold from its next start. A \
            flag or a variable that the agent was started with beats the file, and then nothing is changed.

            Examples:
              syncctl set                          all settings, and where each is from
              syncctl set keep mains               this machine gets the originals
              syncctl set name attic
              syncctl set limit 200GB              the oldest originals go beyond that
              syncctl set copies.minimum 2
              syncctl set ignore '*.bak' 2019/raw  a list: all its values
              syncctl set limit --default          takes it out of the file
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Flag(name: .customLong("default"), help: "Take the setting out of the file.")
    var isDefault = false
    @Argument(help: "Which: keep, name, limit and so on.", completion: .list(Setting.Key.allCases.map(\.rawValue)))
    var key: String?
    @Argument(help: "What it is to be; of 'ignore' and 'peers', all values.")
    var values: [String] = []

    func validate() throws {
        if let key, Setting.Key(rawValue: key) == nil {
            let all = Setting.Key.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("There is no setting '\(key.printable)'. There are: \(all).")
        }
        guard isDefault else { return }
        guard key != nil else { throw ValidationError("Say which setting is to have its default.") }
        guard values.isEmpty else { throw ValidationError("A setting has a value or its default, not both.") }
    }

    func run() async throws {
        let client = agent.client
        guard let key = key.flatMap(Setting.Key.init), isDefault || !values.isEmpty else {
            return try await show(client)
        }
        let person = Environment.current["SUDO_USER"] ?? ""
        if geteuid() == 0, !person.isEmpty, person != "root" {
            throw ControlFailure(.usage, "Run it as \(person), without sudo: the settings are that person's.")
        }
        let changes = try await SettingsChange.make([(key, isDefault ? nil : Self.words(values, of: key))], client)
        guard let change = changes.first else { return }
        let output = shown.output
        if shown.json { return try output.object(change) }
        try output.text(output.style.paragraph(SettingsText.sentences(change)) + "\n")
    }

    /// What was typed, as it stands in the file: `200 GB` is one value, and a path is meant from here.
    static func words(
        _ typed: [String], of key: Setting.Key, folder: String = FileManager.default.currentDirectoryPath
    ) -> [String] {
        if key.isList { return typed }
        let word = typed.joined(separator: " ")
        guard key.isFolder, !word.isEmpty, !word.hasPrefix("/"), word != "~", !word.hasPrefix("~/") else {
            return [word]
        }
        return [URL(fileURLWithPath: folder + "/" + word).standardizedFileURL.path]
    }

    private func show(_ client: ControlClient) async throws {
        let known = try await KnownSettings.read(client)
        let output = shown.output
        if let key = key.flatMap(Setting.Key.init) {
            guard let line = known[key] else {
                throw ControlFailure(
                    .failed, "This agent does not know '\(key.rawValue)': restart it after the update.")
            }
            if shown.json { return try output.object(line) }
            return try output.text(SettingsText.value(line.values) + "\n")
        }
        if shown.json { return try known.report.settings.forEach(output.line) }
        let table = SettingsText.table(known.report.settings)
        try output.text(table.lines(output.style, indent: 0).joined(separator: "\n") + "\n")
        Output.note(
            output.style.paragraph(
                (known.isRunning ? "" : "The agent does not run; this is what it would start with. ")
                    + "The file: \(known.report.file.printable)"))
    }
}
