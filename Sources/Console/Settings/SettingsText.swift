import Control

/// Settings in words.
enum SettingsText {
    /// `*.bak, 2019/raw`.
    static func value(_ values: [String]) -> String {
        values.isEmpty ? "none" : values.map(\.printable).joined(separator: ", ")
    }

    static func place(_ line: SettingLine) -> String {
        switch line.from {
        case .file: line.place.map { "file, \($0)" } ?? "file"
        case .environment, .flag: line.place ?? line.from.rawValue
        case .standard: "default"
        }
    }

    static func table(_ lines: [SettingLine]) -> Table {
        var table = Table(columns: [
            .init(title: "SETTING"), .init(title: "VALUE", gives: 16), .init(title: "FROM", rank: 1),
        ])
        table.rows = lines.map { line in
            let next = line.next.map { " (from the next start: \(value($0)))" } ?? ""
            return [
                .init(line.key), .init(value(line.values) + next),
                .init(place(line), line.from == .standard ? .faint : nil),
            ]
        }
        return table
    }

    /// What a change came to, in a sentence or two.
    static func sentences(_ change: SettingsChange) -> String {
        let value = "is \(Self.value(change.values))"
        var text: String
        switch (change.effect, change.running) {
        case (.now, _):
            text =
                change.changed || !change.others.isEmpty
                ? "\(change.key) \(value) from now on." : "\(change.key) \(value) already."
        case (.nextStart, true):
            text =
                "\(change.key) \(value) from the agent's next start on: "
                + (change.restart.map { "'\($0)'." } ?? "stop syncd and start it again.")
        case (.nextStart, false):
            text = "\(change.key) \(value) from the agent's next start on; it does not run now."
        }
        if let more = consequence(change) { text += " " + more }
        if !change.others.isEmpty {
            text +=
                " What else had changed in \(change.file.printable) was taken over, too: "
                + change.others.joined(separator: ", ") + "."
        }
        return text
    }

    /// What somebody who sets it would want to know.
    private static func consequence(_ change: SettingsChange) -> String? {
        guard change.changed else { return nil }
        switch (change.key, change.values) {
        case ("keep", ["mains"]):
            return
                "This machine gets every original that the others have. For its copies to count when they make room, say "
                + "'syncctl allow NAME keeps' there."
        case ("keep", ["reduced"]): return "Originals that are here stay, until 'evict', 'free' or a limit."
        case ("trash.days", _):
            return "What has been in the trash for longer than that is removed for good within the hour."
        case ("library", _): return "The photos stay where they are: nothing is moved."
        default: return nil
        }
    }
}
