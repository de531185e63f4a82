import Foundation
import Synchronization
import TestSupport

/// A host with a library and an agent, all where they are by default, and the command line to talk to it.
final class Machine: Sendable {
    let host: TestSupport.Host
    /// The folder of images.
    let library: URL
    private let keep: String?
    private let ready: HostReadySocket
    private let running = Mutex<HostProcess?>(nil)

    /// - Parameters:
    ///   - host: its name is the node's too.
    ///   - keep: `mains` or `reduced`; nil leaves it to the configuration file.
    init(_ host: TestSupport.Host, keep: String? = "reduced") throws {
        self.host = host
        self.keep = keep
        library = host.folder.appending(path: "Pictures")
        try FileManager.default.createDirectory(at: library, withIntermediateDirectories: true)
        ready = try HostReadySocket(at: host.folder.appending(path: "ready.sock"))
    }

    /// The node's name.
    var name: String { host.name }

    // MARK: The agent

    /// Starts the agent; returns while it still starts.
    @discardableResult
    func launchAgent() async throws -> HostProcess {
        let agent = try await host.start(
            [HostBinaries.syncd] + (keep.map { ["--keep", $0] } ?? []), environment: ["NOTIFY_SOCKET": ready.path])
        running.withLock { $0 = agent }
        return agent
    }

    /// Starts the agent; returns when it says that it is ready.
    @discardableResult
    func startAgent() async throws -> HostProcess {
        let start = ready.count
        let agent = try await launchAgent()
        try await withThrowingTaskGroup { group in
            group.addTask { [ready] in try await ready.line("READY=1", from: start) }
            group.addTask {
                let output = try await agent.waitForEnd(within: .seconds(120))
                throw HostFailure("\(agent.name) ended before it was ready:\n\(output.lines.joined(separator: "\n"))")
            }
            try await group.next()
            group.cancelAll()
        }
        return agent
    }

    /// SIGKILL for the agent, whatever it does at the moment; returns when it is gone.
    func killAgent() async throws {
        let agent = running.withLock { $0 }
        agent?.kill()
        _ = try await agent?.waitForEnd()
    }

    /// SIGTERM for the agent; returns when it has ended.
    func stopAgent() async throws {
        let agent = running.withLock { $0 }
        agent?.terminate()
        _ = try await agent?.waitForEnd()
    }

    /// Bytes of memory that the agent has now, and that it had at most.
    func memory() throws -> (now: Int, most: Int) {
        let pid = running.withLock { $0 }.map { "\($0.pid)" } ?? "none"
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        func bytes(_ key: String) throws -> Int {
            guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) }),
                let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
            else { throw HostFailure("no \(key) in the status of process \(pid)") }
            return kilobytes * 1024
        }
        return (try bytes("VmRSS:"), try bytes("VmHWM:"))
    }

    // MARK: The command line

    /// Runs `syncctl`.
    func syncctl(_ arguments: String..., within limit: Duration = .seconds(60)) async throws -> HostResult {
        try await host.run([HostBinaries.syncctl] + arguments, environment: ["NO_COLOR": "1"], within: limit)
    }

    /// Runs `syncctl`, which must succeed.
    @discardableResult
    func require(_ arguments: String...) async throws -> String {
        let result = try await host.run([HostBinaries.syncctl] + arguments, environment: ["NO_COLOR": "1"])
        guard result.status == 0 else {
            throw HostFailure(
                "syncctl \(arguments.joined(separator: " ")) on \(name) exits \(result.status): \(result.out)\(result.err)"
            )
        }
        return result.out
    }

    /// Runs a verb that works on images, with `--json`.
    func work(_ arguments: String..., within limit: Duration = .seconds(120)) async throws -> WorkResult {
        WorkResult(
            try await host.run(
                [HostBinaries.syncctl] + arguments + ["--json"], environment: ["NO_COLOR": "1"], within: limit))
    }

    /// What `syncctl why` says of an image, as one line.
    func why(_ path: String) async throws -> String {
        try await require("why", path).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Starts `syncctl`.
    func startSyncctl(_ arguments: [String]) async throws -> HostProcess {
        try await host.start([HostBinaries.syncctl] + arguments, environment: ["NO_COLOR": "1"])
    }

    /// Starts `syncctl` at a terminal of its own.
    func syncctlOnTerminal(_ arguments: String...) async throws -> HostProcess {
        try await host.startOnTerminal([HostBinaries.syncctl] + arguments, environment: ["NO_COLOR": "1"])
    }

    /// The status now.
    func status() async throws -> StatusLine {
        try JSONDecoder().decode(StatusLine.self, from: Data(try await require("status", "--json").utf8))
    }

    /// Waits for a status that `matches`, as `syncctl status --follow` reports them.
    @discardableResult
    func status(
        _ what: String, within limit: Duration = .seconds(120), _ matches: @escaping @Sendable (StatusLine) -> Bool
    ) async throws -> StatusLine {
        let follower = try await host.start([HostBinaries.syncctl, "status", "--follow", "--json"])
        defer { follower.kill() }
        let decode: @Sendable (String) -> StatusLine? = {
            try? JSONDecoder().decode(StatusLine.self, from: Data($0.utf8))
        }
        let line = try await follower.line("the status that \(what)", within: limit) {
            decode($0).map(matches) ?? false
        }
        guard let status = decode(line) else { throw HostFailure("a status that is none: \(line)") }
        return status
    }

    /// The lines that a verb prints with `--json`.
    func lines<Line: Decodable>(of verb: String, as type: Line.Type) async throws -> [Line] {
        try await require(verb, "--json").split(separator: "\n")
            .map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
    }

    /// Asks `syncctl nearby` until it lists `other`, with at least one address.
    @discardableResult
    func waitUntilNearby(_ other: Machine, within limit: Duration = .seconds(60)) async throws -> NearbyLine {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        var seen: [NearbyLine] = []
        repeat {
            seen = try await lines(of: "nearby", as: NearbyLine.self)
            if let line = seen.first(where: { $0.name == other.name && !$0.addresses.isEmpty }) { return line }
        } while clock.now < deadline
        throw HostFailure("\(other.name) is not nearby \(name) within \(limit); nearby are: \(seen)")
    }

    // MARK: The library

    /// Makes photos in a folder of the library.
    func makePhotos(_ count: Int, seed: Int, in folder: String) async throws {
        try await host.require([
            HostBinaries.syncd, "make-photos", library.appending(path: folder).path, "--count", "\(count)", "--seed",
            "\(seed)", "--width", "2400", "--height", "1600",
        ])
    }

    /// The visible files of the library, as paths below it.
    func files() throws -> Set<String> {
        guard let walk = FileManager.default.enumerator(at: library, includingPropertiesForKeys: [.isRegularFileKey])
        else { throw HostFailure("\(library.path) cannot be read") }
        var found: Set<String> = []
        for case let url as URL in walk {
            let path = String(url.path.dropFirst(library.path.count + 1))
            if path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) { continue }
            if try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true { found.insert(path) }
        }
        return found
    }

    /// The visible reduced copies.
    func reducedCopies() throws -> Set<String> { try files().filter { $0.hasSuffix(".reduced.jpg") } }

    /// A fingerprint of all visible files that are no reduced copies: path to SHA-256.
    func mains() async throws -> [String: String] {
        let paths = try files().filter { !$0.hasSuffix(".reduced.jpg") }.sorted()
        guard !paths.isEmpty else { return [:] }
        let sums = try await host.require(
            ["sha256sum", "--zero", "--"] + paths.map { library.appending(path: $0).path })
        let pairs = zip(paths, sums.split(separator: "\0")).map { ($0, String($1.prefix(64))) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// All files of the library and of the agent's folders in it, by their content, as the host sees them.
    func census() async throws -> Census {
        let sums = try await host.require([
            "sh", "-c",
            // A file may go while it is being looked for.
            "cd \"$1\" && find . -type f -print0 | { xargs -0r sha256sum --zero -- 2>/dev/null || true; }", "sh",
            library.path,
        ])
        return Census(sums: sums)
    }

    /// Runs a shell script in the library; it must succeed.
    @discardableResult
    func inLibrary(_ script: String) async throws -> String {
        try await host.require(["sh", "-ec", "cd \"$1\" && \(script)", "sh", library.path])
    }
}
