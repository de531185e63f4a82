import ArgumentParser
import Settings

/// The flags of the agent, as they were typed. What they mean is decided with the environment's and the file's words.
struct Flags: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of photos (default: ~/Pictures).", valueName: "dir"), completion: .directory)
    var library: String?
    @Option(
        help: ArgumentHelp(
            "The folder of identity and catalogue (default: ~/.local/state/mainstay).", valueName: "dir"),
        completion: .directory)
    var state: String?
    @Option(
        help: ArgumentHelp("The configuration (default: ~/.config/mainstay/syncd.yaml).", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?
    @Option(help: "This machine's name, as others see it (default: the host's).")
    var name: String?
    @Option(
        help: ArgumentHelp(
            "Where to listen for peers (default: [::]:21417, or 0.0.0.0:21417 without IPv6).",
            discussion: "Port 0 takes a free one; ':PORT' alone keeps the default address.", valueName: "host:port"))
    var listen: String?
    @Option(
        help: ArgumentHelp(
            "The control socket (default: $XDG_RUNTIME_DIR/mainstay/syncd.sock, else STATE/syncd.sock).",
            valueName: "socket"), completion: .file())
    var control: String?
    @Option(
        help: ArgumentHelp(
            "What to keep of the images that others hold: mains makes an archive of this machine (default: reduced).",
            valueName: "mains|reduced"), completion: .list(["mains", "reduced"]))
    var keep: String?
    @Flag(name: .customLong("no-mdns"), help: "Do not announce this node, and do not look for others, by mDNS.")
    var noMDNS = false
    @Option(
        help: ArgumentHelp(
            "trace, debug, info, notice, warning, error or critical (default: info).", valueName: "level"),
        completion: .list(["trace", "debug", "info", "notice", "warning", "error", "critical"]))
    var logLevel: String?

    /// What was typed, by key.
    var layer: [Setting.Key: Setting] {
        let typed: [Setting.Key: String?] = [
            .library: library, .state: state, .name: name, .listen: listen, .control: control, .keep: keep,
            .mdns: noMDNS ? "false" : nil, .logLevel: logLevel,
        ]
        return typed.compactMapValues { $0 }.reduce(into: [:]) { layer, entry in
            layer[entry.key] = Setting(
                [entry.value], from: .flag(entry.key == .mdns ? "--no-mdns" : "--\(entry.key.rawValue)"))
        }
    }
}
