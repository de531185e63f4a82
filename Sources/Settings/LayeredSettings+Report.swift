public import Control

extension LayeredSettings {
    /// All settings, for a person.
    ///
    /// - Parameters:
    ///   - started: those that the agent was started with: what it does not take over while it runs is as it was then.
    ///   - restart: the command that restarts the agent.
    public func report(started: LayeredSettings? = nil, restart: String? = nil) -> SettingsReport {
        SettingsReport(
            file: file, restart: restart,
            settings: Setting.Key.allCases.map { key in
                guard let started, !key.isLive else { return line(key) }
                var line = started.line(key)
                let next = words(of: key)
                if next != line.values { line.next = next }
                return line
            })
    }

    /// The keys that are something else than in `other`.
    public func differences(from other: LayeredSettings) -> [String] {
        Setting.Key.allCases.filter { words(of: $0) != other.words(of: $0) }.map(\.rawValue)
    }

    /// What a key is set to, or what it is by default.
    public func words(of key: Setting.Key) -> [String] {
        if let setting = self[key], !key.isFolder { return setting.words }
        return (try? values())?.words(of: key) ?? []
    }

    private func line(_ key: Setting.Key) -> SettingLine {
        var line = SettingLine(key: key.rawValue, values: words(of: key), from: .standard, live: key.isLive)
        switch self[key]?.origin {
        case .flag(let flag): (line.from, line.place) = (.flag, flag)
        case .variable(let name): (line.from, line.place) = (.environment, name)
        case .file(_, let number): (line.from, line.place) = (.file, "line \(number)")
        case .typed, nil: break
        }
        return line
    }
}
