/// One thing that a person set: its words, and where they stand.
struct Setting: Equatable {
    /// What can be set. The raw value is the key in the file, with a dot where one is inside another.
    enum Key: String, CaseIterable {
        case library, state, name, listen, control, keep, mdns, peers, limit, ignore
        case logLevel = "log-level"
        case reducedEdge = "reduced.edge"
        case reducedQuality = "reduced.quality"
        case trashDays = "trash.days"
        case copiesMinimum = "copies.minimum"
        case copiesTarget = "copies.target"

        /// Whether it takes any number of values.
        var isList: Bool { self == .peers || self == .ignore }

        /// `SYNCD_LOG_LEVEL`.
        var variable: String {
            "SYNCD_" + rawValue.uppercased().map { $0 == "-" || $0 == "." ? "_" : String($0) }.joined()
        }
    }

    /// Where the words stand.
    enum Origin: Equatable {
        case flag(String)
        case variable(String)
        case file(String, line: Int)
    }

    /// One text; for a list any number.
    var words: [String]
    var origin: Origin

    init(_ words: [String], from origin: Origin) {
        self.words = words
        self.origin = origin
    }

    /// A fault in this setting: names the key, where it stands, and what would be right.
    func fault(_ key: Key, _ what: String) -> StartFailure {
        switch origin {
        case .flag(let flag): StartFailure(.usage, "\(flag): \(what).")
        case .variable(let name): StartFailure(.configuration, "\(name) in the environment: \(what).")
        case .file(let path, let line): StartFailure(.configuration, "\(path), line \(line): \(key.rawValue): \(what).")
        }
    }
}
