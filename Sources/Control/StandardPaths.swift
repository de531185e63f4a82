/// Where things lie when nobody says otherwise. The one place of these rules, for the agent and for the command.
public struct StandardPaths: Sendable {
    /// The person's folder of images: `~/Pictures`.
    public let library: String
    /// Identity and catalogue: `$XDG_STATE_HOME/mainstay`, or `~/.local/state/mainstay`.
    public let state: String
    /// The configuration: `$XDG_CONFIG_HOME/mainstay/syncd.yaml`, or `~/.config/mainstay/syncd.yaml`.
    public let configuration: String
    private let runtime: String?

    /// The paths for a person with this environment and home folder.
    public init(environment: [String: String], home: String) {
        // The XDG base directory specification has relative paths ignored.
        func folder(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        library = home + "/Pictures"
        state = (folder("XDG_STATE_HOME") ?? home + "/.local/state") + "/mainstay"
        configuration = (folder("XDG_CONFIG_HOME") ?? home + "/.config") + "/mainstay/syncd.yaml"
        runtime = folder("XDG_RUNTIME_DIR")
    }

    /// The control socket of an agent with this state folder: `$XDG_RUNTIME_DIR/mainstay/syncd.sock`, or
    /// `STATE/syncd.sock` where there is no runtime folder.
    public func controlSocket(state: String) -> String {
        (runtime.map { $0 + "/mainstay" } ?? state) + "/syncd.sock"
    }
}
