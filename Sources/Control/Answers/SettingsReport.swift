/// The settings of an agent: each with what it comes to and where it was set.
public struct SettingsReport: Hashable, Sendable, Codable {
    /// The settings file, an absolute path, whether it is there or not.
    public var file: String
    /// The command that restarts this agent; nil where no service manager runs it.
    public var restart: String?
    /// All that can be set.
    public var settings: [SettingLine]
    /// The keys that have changed by the request that this answers.
    public var changed: [String]

    public init(file: String, restart: String? = nil, settings: [SettingLine], changed: [String] = []) {
        self.file = file
        self.restart = restart
        self.settings = settings
        self.changed = changed
    }
}

/// One setting.
public struct SettingLine: Hashable, Sendable, Codable {
    /// Where it was set: each beats those below it.
    public enum Origin: String, Sendable, Codable, CaseIterable {
        case flag, environment, file
        case standard = "default"
    }

    /// Its key in the file, with a dot where it is inside another: `reduced.edge`.
    public var key: String
    /// What it is set to; none for an empty list, and where there is no limit.
    public var values: [String]
    /// Where.
    public var from: Origin
    /// The flag, the variable, or `line 3`; nil for a default.
    public var place: String?
    /// Whether a running agent takes another value over at once.
    public var live: Bool
    /// What it will be from the next start of the agent on; nil where that is the same.
    public var next: [String]?

    public init(
        key: String, values: [String], from: Origin, place: String? = nil, live: Bool, next: [String]? = nil
    ) {
        self.key = key
        self.values = values
        self.from = from
        self.place = place
        self.live = live
        self.next = next
    }
}
