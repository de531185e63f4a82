import ArgumentParser
import Control
import Foundation
import Glibc
import Settings

/// Runs `syncd` as the command line says; ends the process where its exit code is not 0.
public func runSyncd() async { await Syncd.main() }

/// `syncd`: the agent, in the foreground.
struct Syncd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "syncd",
        abstract: "The Mainstay agent: keeps the photos of a household on all its machines.",
        usage: "syncd [<options>]",
        discussion: """
            Runs in the foreground until SIGTERM or SIGINT; systemd, or a terminal, keeps it. People talk to it with \
            syncctl.

            Every flag can also stand in the environment (SYNCD_LIBRARY, SYNCD_LOG_LEVEL, …) or in the configuration \
            file; a flag beats the environment, which beats the file. The file knows these keys:

              library: ~/Pictures           state: ~/.local/state/mainstay
              name: desktop                 listen: "[::]:21417"
              keep: reduced                 mdns: true
              log-level: info               control: /run/user/1000/mainstay/syncd.sock
              peers: [attic:21417]          limit: 200 GB
              reduced: {edge: 2048, quality: 85}
              copies: {minimum: 1, target: 2}
              trash: {days: 30}             ignore: ["*.bak", "2019/raw"]

            Exit codes: 0 stopped when asked to; 1 could not go on; 64 wrong usage; 75 another agent has the library \
            or the state; 78 a fault in the configuration.

            Examples:
              syncd
              syncd --library /srv/photos --keep mains --name attic
              SYNCD_LOG_LEVEL=debug syncd --listen 192.168.1.20:21417
            """,
        version: MainstayVersion.current,
        subcommands: [MakePhotos.self])

    @OptionGroup var flags: Flags

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as StartFailure {
            StandardError.write("syncd: \(failure.message)\n")
            Glibc.exit(failure.exitCode)
        } catch let fault as SettingsFault {
            StandardError.write("syncd: \(fault.message)\n")
            Glibc.exit(fault.exitCode)
        } catch {
            exit(withError: error)
        }
    }

    func run() async throws {
        let (layer, file) = (flags.layer, flags.config)
        // Where it was started is where relative paths of its flags are, for as long as it runs.
        let folder = FileManager.default.currentDirectoryPath
        let settings = try AgentSettings { try LayeredSettings.load(flags: layer, file: file, current: folder) }
        try await Daemon(settings: settings, logs: LogFormat.current).run()
    }
}
