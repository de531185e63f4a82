public import Logging
public import Model

/// What the settings come to, with the defaults where nothing was set.
public struct SettingsValues: Sendable {
    public var library: String
    public var state: String
    public var name: String
    public var listen: ListenAddress
    public var controlSocket: String
    public var policy: Policy
    public var discovers: Bool
    public var addresses: [String]
    public var logLevel: Logger.Level

    /// The words that a person would write for it; none for a list without values, and for no limit.
    func words(of key: Setting.Key) -> [String] {
        switch key {
        case .library: [library]
        case .state: [state]
        case .name: [name]
        case .listen: [listen.description]
        case .control: [controlSocket]
        case .keep: [policy.keep.rawValue]
        case .mdns: [discovers ? "true" : "false"]
        case .peers: addresses
        case .limit: policy.limit.map { ["\($0) B"] } ?? []
        case .ignore: policy.ignoring.patterns
        case .logLevel: [logLevel.rawValue]
        case .reducedEdge: ["\(policy.edge)"]
        case .reducedQuality: ["\(policy.quality)"]
        case .trashDays: ["\(policy.trashDays)"]
        case .copiesMinimum: ["\(policy.copiesMinimum)"]
        case .copiesTarget: ["\(policy.copiesTarget)"]
        }
    }
}
