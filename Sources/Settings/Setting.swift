/// One thing that a person set: its words, and where they stand.
public struct Setting: Equatable, Sendable {
    /// What can be set. The raw value is the key in the file, with a dot where one is inside another.
    public enum Key: String, CaseIterable, Sendable {
        case library, name, keep, limit, ignore
        case reducedEdge = "reduced.edge"
        case reducedQuality = "reduced.quality"
        case copiesMinimum = "copies.minimum"
        case copiesTarget = "copies.target"
        case trashDays = "trash.days"
        case peers, listen, mdns
        case logLevel = "log-level"
        case state, control

        /// Whether it takes any number of values.
        public var isList: Bool { self == .peers || self == .ignore }

        /// Whether it is a path of the file system.
        public var isFolder: Bool { self == .library || self == .state || self == .control }

        /// Whether a running agent takes it over at once. The others are what an agent is started on: its folders, its port,
        /// its socket.
        public var isLive: Bool { !isFolder && self != .listen && self != .mdns }

        /// `SYNCD_LOG_LEVEL`.
        public var variable: String {
            "SYNCD_" + rawValue.uppercased().map { $0 == "-" || $0 == "." ? "_" : String($0) }.joined()
        }
    }

    /// Where the words stand.
    public enum Origin: Equatable, Sendable {
        case flag(String)
        case variable(String)
        case file(String, line: Int)
        /// Typed just now, to be written to the file.
        case typed
    }

    /// One text; for a list any number.
    public var words: [String]
    public var origin: Origin

    public init(_ words: [String], from origin: Origin) {
        self.words = words
        self.origin = origin
    }

    /// A fault in this setting: names the key, where it stands, and what would be right.
    func fault(_ key: Key, _ what: String) -> SettingsFault {
        switch origin {
        case .flag(let flag): SettingsFault(.usage, "\(flag): \(what).")
        case .variable(let name): SettingsFault(.configuration, "\(name) in the environment: \(what).")
        case .file(let path, let line):
            SettingsFault(.configuration, "\(path), line \(line): \(key.rawValue): \(what).")
        case .typed: SettingsFault(.usage, "\(key.rawValue): \(what).")
        }
    }
}
