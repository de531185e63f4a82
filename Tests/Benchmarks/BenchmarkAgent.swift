import Control
import Foundation
import TestSupport

/// An agent in a process of its own, as it is installed: on loopback, without mDNS.
struct BenchmarkAgent {
    let folder: URL
    let process: BenchmarkProcess
    /// Seconds from its start until it was ready.
    let start: Double
    var library: URL { folder.library }
    var control: ControlClient { ControlClient(socketPath: folder.appending(path: "s").path) }

    /// Starts one whose library, state and socket lie in `folder`, and waits until it is ready.
    init(in folder: URL, name: String, _ more: [String] = []) async throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder.library, withIntermediateDirectories: true)
        let socket = folder.appending(path: "ready")
        try? FileManager.default.removeItem(at: socket)
        let ready = try HostReadySocket(at: socket)
        let began = ContinuousClock.now
        process = try BenchmarkProcess(
            HostBinaries.syncd,
            [
                "--library", folder.library.path, "--state", folder.appending(path: "state").path, "--name", name,
                "--listen", "127.0.0.1:0", "--control", folder.appending(path: "s").path, "--no-mdns",
                "--log-level", "error",
            ] + more, environment: ["NOTIFY_SOCKET": ready.path], log: folder.appending(path: "log"))
        do {
            try await ready.line("READY=1")
        } catch {
            process.end()
            throw HostFailure("an agent did not start: see \(folder.appending(path: "log").path)")
        }
        start = (ContinuousClock.now - began) / .seconds(1)
    }

    /// Runs one while `body` runs.
    static func run<T>(
        in folder: URL, name: String, _ more: [String] = [], _ body: (BenchmarkAgent) async throws -> T
    ) async throws -> T {
        let agent = try await BenchmarkAgent(in: folder, name: name, more)
        defer { agent.process.end() }
        return try await body(agent)
    }

    /// Runs two, which are not paired yet.
    static func pair<T>(
        in folder: URL, _ more: [String] = [], _ body: (BenchmarkAgent, BenchmarkAgent) async throws -> T
    ) async throws -> T {
        try await run(in: folder.appending(path: "a"), name: "a") { a in
            try await run(in: folder.appending(path: "b"), name: "b", more) { b in try await body(a, b) }
        }
    }

    func join(_ host: BenchmarkAgent) async throws {
        _ = try await control.join(try await host.control.invite().invite)
    }

    /// Waits until the node's status is as wanted.
    func wait(until isSo: (StatusReport) -> Bool) async throws {
        for try await status in control.statusChanges() where isSo(status) { return }
        throw HostFailure("an agent ended: see \(folder.appending(path: "log").path)")
    }

    /// Waits until nothing is left to do, and as long again as an agent keeps memory that it may need.
    func rest() async throws {
        try await wait { $0.work.pending + $0.work.running == 0 && $0.work.progress.isEmpty }
        var before = -1.0
        while try process.processorTime() - before > 0.05 {
            before = try process.processorTime()
            try await ContinuousClock().sleep(for: .seconds(6))
        }
    }

    /// Megabytes resident now.
    func memory() throws -> Double { try process.status("VmRSS") * 1024 / 1e6 }
}
