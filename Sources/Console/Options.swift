import ArgumentParser
import Control
import Foundation
import Glibc

/// Which agent to talk to.
struct AgentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The agent's control socket (or SYNCD_CONTROL).",
            discussion: """
                Default: $XDG_RUNTIME_DIR/mainstay/syncd.sock, else syncd.sock in the agent's state folder; where \
                neither is there, that of your syncd@.service.
                """,
            valueName: "socket"),
        completion: .file())
    var control: String?

    /// The socket: the flag, else the environment, else where the agent puts it by itself.
    func socketPath(environment: [String: String] = Environment.current, home: String = Environment.home) -> String {
        if let control { return control }
        if let path = environment["SYNCD_CONTROL"], !path.isEmpty { return path }
        let paths = StandardPaths(environment: environment, home: home)
        let own = paths.controlSocket(
            state: environment["SYNCD_STATE"].flatMap { $0.isEmpty ? nil : $0 } ?? paths.state)
        // Where the template unit puts it (systemd/syncd@.service).
        let service = "/run/mainstay-\(NSUserName())/syncd.sock"
        return access(own, F_OK) != 0 && access(service, F_OK) == 0 ? service : own
    }

    var client: ControlClient { ControlClient(socketPath: socketPath(), watch: WaitingLine.shared) }
}

/// How to show what was read.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Write JSON: an object, or one object a line for lists and streams.")
    var json = false

    var output: Output { Output(isJSON: json) }
}
