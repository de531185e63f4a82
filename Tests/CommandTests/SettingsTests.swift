import Agent
import Foundation
import Logging
import Model
import TestSupport
import Testing

@testable import Settings
@testable import Startup

extension LayeredSettings {
    /// What an agent with these settings is started with.
    fileprivate func configuration() throws -> AgentConfiguration { try AgentSettings.configuration(self) }
}

@Suite("Flag over environment over file over default")
struct SettingsTests {
    private static func load(
        _ flags: [Setting.Key: String] = [:], environment: [String: String] = [:], file: String? = nil
    ) throws -> LayeredSettings {
        let scratch = try CommandScratch()
        var path: String?
        if let file {
            path = scratch("syncd.yaml")
            try Data(file.utf8).write(to: URL(fileURLWithPath: scratch("syncd.yaml")))
        }
        let layer = flags.reduce(into: [Setting.Key: Setting]()) { layer, flag in
            layer[flag.key] = Setting([flag.value], from: .flag("--\(flag.key.rawValue)"))
        }
        return try LayeredSettings.load(
            flags: layer, file: path, environment: environment, home: "/home/u", current: "/cwd", host: "thishost")
    }

    @Test("the defaults of the contract")
    func defaults() throws {
        let configuration = try Self.load().configuration()
        #expect(configuration.library == "/home/u/Pictures")
        #expect(configuration.state == "/home/u/.local/state/mainstay")
        #expect(configuration.name == "thishost")
        #expect(configuration.listenHosts == ["::", "0.0.0.0"])
        #expect(configuration.port == 21_417)
        #expect(configuration.controlSocket == "/home/u/.local/state/mainstay/syncd.sock")
        #expect(configuration.policy == Policy())
        #expect(configuration.discovers)
        #expect(configuration.addresses == [])
        #expect(try Self.load().logLevel == .info)
    }

    @Test("each layer beats the one below it")
    func precedence() throws {
        let file = "keep: mains\nname: fromfile\n"
        #expect(try Self.load(file: file).configuration().policy.keep == .mains)
        #expect(
            try Self.load(environment: ["SYNCD_KEEP": "reduced"], file: file).configuration().policy.keep == .reduced)
        #expect(
            try Self.load([.keep: "mains"], environment: ["SYNCD_KEEP": "reduced"]).configuration().policy.keep
                == .mains)
        #expect(try Self.load([.name: "flag"], file: file).configuration().name == "flag")
        #expect(try Self.load(environment: ["SYNCD_NAME": ""], file: file).configuration().name == "fromfile")
    }

    @Test("every key of the file")
    func everyKey() throws {
        let settings = try Self.load(
            file: """
                # comment
                library: ~/photos/
                state: /var/lib/mainstay
                name: attic 屋根裏
                listen: "[fd00::1]:4000"
                control: /run/s
                keep: mains
                mdns: no
                log-level: debug
                peers: [desktop:21417, "[fd00::2]:21417"]
                limit: 200 GB
                ignore: ["*.bak", 2019/raw]
                reduced:
                  edge: 3072
                  quality: 90
                copies: {minimum: 2, target: 3}
                """)
        let configuration = try settings.configuration()
        #expect(configuration.library == "/home/u/photos")
        #expect(configuration.state == "/var/lib/mainstay")
        #expect(configuration.name == "attic 屋根裏")
        #expect(configuration.listenHosts == ["fd00::1"])
        #expect(configuration.port == 4000)
        #expect(configuration.controlSocket == "/run/s")
        #expect(!configuration.discovers)
        #expect(configuration.addresses == ["desktop:21417", "[fd00::2]:21417"])
        #expect(settings.logLevel == .debug)
        var policy = Policy()
        policy.keep = .mains
        policy.edge = 3072
        policy.quality = 90
        policy.copiesMinimum = 2
        policy.copiesTarget = 3
        policy.limit = 200_000_000_000
        policy.ignoring = try IgnoreRules(["*.bak", "2019/raw"])
        #expect(configuration.policy == policy)
    }

    @Test("an empty file is no fault", arguments: ["", "# nothing\n", "---\n", "{}\n", "\n\n"])
    func empty(file: String) throws {
        #expect(try Self.load(file: file).configuration().policy == Policy())
    }

    @Test(
        "a fault in the file names the key, the file and the line",
        arguments: [
            ("keep: mains\nqeep: mains\n", 2, "unknown key 'qeep'"),
            ("\n\nkeep: banana\n", 3, "keep: 'banana' is not mains or reduced"),
            ("reduced:\n  edge: 2048\n  qality: 1\n", 3, "unknown key 'reduced.qality'"),
            ("reduced: 5\n", 1, "reduced must hold keys"),
            ("reduced.edge: 2048\n", 1, "unknown key 'reduced.edge'"),
            ("reduced:\n  edge: big\n", 2, "reduced.edge: 'big'"),
            ("reduced:\n  quality: 101\n", 2, "from 1 to 100"), ("limit: lots\n", 1, "limit: 'lots' is not a size"),
            ("name: a\nlimit: 200\n", 2, "limit: '200' has no unit: write 200 GB, or 200 MB."),
            ("limit: '200'\n", 1, "limit: '200' has no unit"), ("limit: 200000000000\n", 1, "has no unit"),
            ("mdns: perhaps\n", 1, "mdns: 'perhaps' is not true or false"),
            ("keep: mains\n\nlisten: here\n", 3, "listen: 'here' is not HOST:PORT"),
            ("library: photos\n", 1, "library: 'photos' is not an absolute path"),
            ("peers: [a]\n", 1, "peers: 'a' is not HOST:PORT"),
            ("peers:\n  - a:1\n  - {b: c}\n", 3, "peers: each is HOST:PORT"),
            ("ignore:\n  - a\n  - {b: c}\n", 3, "ignore: each is a pattern"),
            ("ignore: ['!a']\n", 1, "ignore: '!a' begins with '!'"),
            ("keep: [mains]\n", 1, "keep: takes one value"),
            ("keep:\n", 1, "keep: takes one value"), ("log-level: loud\n", 1, "log-level: 'loud' is not one of"),
            ("- keep\n", 1, "the file must hold keys"), ("keep: mains\nkeep: reduced\n", 2, "twice"),
            ("keep: \"mains\n", 2, "not YAML"),
            ("keep: mains\n  name: x\n", 2, "not YAML"), ("name: \"a\\nb\"\n", 1, "without control characters"),
        ])
    func faults(file: String, line: Int, what: String) throws {
        let failure = #expect(throws: SettingsFault.self) { try Self.load(file: file) }
        #expect(failure?.exitCode == 78)
        #expect(failure?.message.contains("/syncd.yaml, line \(line):") == true, "\(failure?.message ?? "")")
        #expect(failure?.message.contains(what) == true, "\(failure?.message ?? "")")
    }

    @Test("a fault in the environment names the variable, one in a flag the flag")
    func otherFaults() throws {
        let variable = #expect(throws: SettingsFault.self) { try Self.load(environment: ["SYNCD_LOG_LEVEL": "loud"]) }
        #expect(variable?.exitCode == 78)
        #expect(variable?.message.hasPrefix("SYNCD_LOG_LEVEL") == true)
        let limit = #expect(throws: SettingsFault.self) { try Self.load(environment: ["SYNCD_LIMIT": "200"]) }
        #expect(limit?.exitCode == 78)
        #expect(
            limit?.message == "SYNCD_LIMIT in the environment: '200' has no unit: write 200 GB, or 200 MB.")
        let flag = #expect(throws: SettingsFault.self) { try Self.load([.keep: "all"]) }
        #expect(flag?.exitCode == 64)
        #expect(flag?.message.hasPrefix("--keep") == true)
    }

    @Test("a file that was named must be there")
    func missing() throws {
        let failure = #expect(throws: SettingsFault.self) {
            try LayeredSettings.load(
                flags: [:], file: "/nonexistent/x.yaml", environment: [:], home: "/h", current: "/", host: "h")
        }
        #expect(failure?.exitCode == 78)
    }

    @Test(
        "addresses to listen at",
        arguments: [
            ("[::]:21417", ["::"], 21_417), ("0.0.0.0:0", ["0.0.0.0"], 0), ("host.local:65535", ["host.local"], 65_535),
            (":0", ["::", "0.0.0.0"], 0), ("[fe80::1%eth0]:1", ["fe80::1%eth0"], 1),
        ])
    func addresses(text: String, hosts: [String], port: Int) {
        #expect(ListenAddress(text) == ListenAddress(hosts: hosts, port: port))
    }

    @Test(
        "what is no address",
        arguments: [
            "", "host", "host:", "host:x", "host:65536", "::1:80", "[::1]", "[host]:1", "a b:1", "host:-1", "host:+1",
            "a/b:1",
        ])
    func noAddresses(text: String) { #expect(ListenAddress(text) == nil) }
}
