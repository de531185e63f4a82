import Foundation
import TestSupport

/// Two Syncthings that know each other's address on loopback and nobody else: discovery, relays, NAT and every kind of
/// reporting are off. With curl, for their REST interface.
struct SyncthingTransfer: Transfer {
    let name = "Syncthing"
    let program: String
    let curl: String

    private static let key = "benchmark"

    func run(_ corpus: MainsCorpus, in folder: URL) async throws -> TransferTime {
        let (a, b) = (try Node("a", in: folder, program), try Node("b", in: folder, program))
        try a.configure(knowing: b, isPaused: false)
        try b.configure(knowing: a, isPaused: true)
        let (sender, receiver) = (try a.start(program), try b.start(program))
        defer {
            sender.end()
            receiver.end()
            for node in [a, b] { node.clear() }
        }
        for node in [a, b] { try await LoopbackPort.wait(for: node.rest) }
        while try await !a.isIdle(curl, holding: corpus.count) {
            try await ContinuousClock().sleep(for: .milliseconds(100))
        }
        let arrivals = try corpus.watch(b.library)
        // Events are kept from the first time on that somebody asks for their kind.
        _ = try b.ask(curl, "GET", "events?events=DeviceConnected&timeout=1")
        let before = sender.cpu + receiver.cpu
        _ = try b.ask(curl, "POST", "system/resume?device=\(a.id)")
        let start = try await connected(b)
        let end = try await arrivals.last()
        return TransferTime(seconds: end - start, cpu: sender.cpu + receiver.cpu - before)
    }

    /// Seconds from the start of one that knows nothing to its having scanned `folder/library`.
    func firstScan(of count: Int, in folder: URL) async throws -> Double {
        let root = folder.deletingLastPathComponent()
        let node = try Node(folder.lastPathComponent, in: root, program)
        try node.configure(knowing: node, isPaused: true)
        let start = Arrivals.now
        let process = try node.start(program)
        defer {
            process.end()
            node.clear()
        }
        try await LoopbackPort.wait(for: node.rest)
        while try await !node.isIdle(curl, holding: count) {
            try await ContinuousClock().sleep(for: .milliseconds(20))
        }
        return Arrivals.now - start
    }

    /// When the other one was connected, by the program's own clock.
    private func connected(_ node: Node) async throws -> Double {
        struct Event: Decodable { var time: String }
        let events = try node.ask(curl, "GET", "events?events=DeviceConnected&timeout=60")
        // Nine digits of a second, which is more than the standard format reads.
        guard let time = try JSONDecoder().decode([Event].self, from: events).last?.time,
            let match = time.firstMatch(of: /^([^.]*)(\.\d+)?(Z|[+-].*)$/),
            let date = try? Date("\(match.1)\(match.3)", strategy: .iso8601)
        else { throw HostFailure("the two Syncthings did not connect") }
        return date.timeIntervalSince1970 + (match.2.flatMap { Double("0\($0)") } ?? 0)
    }

    private struct Node {
        let home: URL
        let library: URL
        let id: String
        let rest: UInt16
        let port: UInt16

        init(_ name: String, in folder: URL, _ program: String) throws {
            home = folder.appending(path: "\(name)/syncthing")
            library = folder.appending(path: name).library
            (rest, port) = (try LoopbackPort.free(), try LoopbackPort.free())
            try BenchmarkProcess.run(program, ["generate", "--no-default-folder", "--home", home.path])
            let text = try String(contentsOf: home.appending(path: "config.xml"), encoding: .utf8)
            guard let match = text.firstMatch(of: /<device id="([A-Z0-9-]+)"/) else {
                throw HostFailure("Syncthing's configuration is not as expected")
            }
            id = String(match.1)
        }

        /// Everything else is as it comes, but for its low priority: both sides are to have the machine alike.
        func configure(knowing other: Node, isPaused: Bool) throws {
            try """
            <configuration version="36">
                <folder id="m" path="\(library.path)" type="sendreceive">
                    <device id="\(id)"></device><device id="\(other.id)"></device>
                </folder>
                <device id="\(id)"><address>tcp://127.0.0.1:\(port)</address></device>
                <device id="\(other.id)">
                    <address>tcp://127.0.0.1:\(other.port)</address><paused>\(isPaused)</paused>
                </device>
                <gui enabled="true"><address>127.0.0.1:\(rest)</address><apikey>\(SyncthingTransfer.key)</apikey></gui>
                <options>
                    <listenAddress>tcp://127.0.0.1:\(port)</listenAddress>
                    <globalAnnounceEnabled>false</globalAnnounceEnabled>
                    <localAnnounceEnabled>false</localAnnounceEnabled>
                    <relaysEnabled>false</relaysEnabled>
                    <natEnabled>false</natEnabled>
                    <stunKeepaliveStartS>0</stunKeepaliveStartS>
                    <urAccepted>-1</urAccepted>
                    <crashReportingEnabled>false</crashReportingEnabled>
                    <autoUpgradeIntervalH>0</autoUpgradeIntervalH>
                    <startBrowser>false</startBrowser>
                    <setLowPriority>false</setLowPriority>
                </options>
            </configuration>
            """.write(to: home.appending(path: "config.xml"), atomically: true, encoding: .utf8)
        }

        func start(_ program: String) throws -> BenchmarkProcess {
            try BenchmarkProcess(
                program, ["serve", "--home", home.path, "--no-browser", "--no-restart", "--no-upgrade"],
                environment: ["STNOUPGRADE": "1", "HOME": home.path], log: home.appending(path: "log"))
        }

        func clear() {
            for left in [home, library.appending(path: ".stfolder")] { try? FileManager.default.removeItem(at: left) }
        }

        func ask(_ curl: String, _ method: String, _ path: String) throws -> Data {
            try BenchmarkProcess.output(
                curl,
                [
                    "-sf", "--noproxy", "*", "-X", method, "-H", "X-API-Key: \(SyncthingTransfer.key)",
                    "http://127.0.0.1:\(rest)/rest/\(path)",
                ])
        }

        func isIdle(_ curl: String, holding count: Int) async throws -> Bool {
            struct Status: Decodable { var state: String, localFiles: Int }
            // Nothing sensible is answered while it starts.
            guard let status = try? JSONDecoder().decode(Status.self, from: ask(curl, "GET", "db/status?folder=m"))
            else { return false }
            return status.state == "idle" && status.localFiles == count
        }
    }
}
