import Control
import Foundation
import Subprocess
import SystemPackage

/// A whole agent of its own for the demo: own folder, own state, own port, own process.
struct DemoAgent: Sendable {
    let name: String
    let library: String
    let client: ControlClient
    private let ready: ReadySocket
    private let log: String

    /// Runs `syncd` with everything below `folder`, for as long as `body` takes.
    ///
    /// However `body` ends, the agent is asked to end and waited for, and killed when it takes twice the time that it is
    /// allowed: nothing is left behind.
    static func run<Result: Sendable>(
        name: String, folder: String, syncd: String, discovers: Bool, _ body: (DemoAgent) async throws -> Result
    ) async throws -> Result {
        let agent = try DemoAgent(name: name, folder: folder)
        let log = try FileDescriptor.open(
            FilePath(agent.log), .writeOnly, options: [.create, .truncate, .append, .closeOnExec],
            permissions: [.ownerReadWrite])
        defer { try? log.close() }
        let stop = [TeardownStep.gracefulShutDown(allowedDurationToNextStep: .seconds(10))]
        var options = PlatformOptions()
        options.teardownSequence = stop
        // Ctrl-C is for the demo, which then stops its agents in order.
        options.processGroupID = 0
        do {
            return try await Subprocess.run(
                .path(FilePath(syncd)), arguments: agent.arguments(folder, discovers),
                environment: .custom(agent.environment), platformOptions: options, input: .none, output: .sequence,
                error: .fileDescriptor(log, closeAfterSpawningProcess: false)
            ) { execution in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        // Its end is the agent's.
                        for try await _ in execution.standardOutput {}
                        agent.ready.giveUp()
                    }
                    let result = try await body(agent)
                    await execution.teardown(using: stop)
                    try await group.waitForAll()
                    return result
                }
            }.closureResult
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw ControlFailure(.failed, "\(syncd) cannot be run: \(error)")
        }
    }

    private init(name: String, folder: String) throws {
        self.name = name
        library = folder + "/Pictures"
        log = folder + "/log"
        client = ControlClient(socketPath: folder + "/syncd.sock")
        try FileManager.default.createDirectory(atPath: library, withIntermediateDirectories: true)
        ready = try ReadySocket(path: folder + "/notify")
    }

    private func arguments(_ folder: String, _ discovers: Bool) -> Arguments {
        Arguments(
            [
                "--library", library, "--state", folder + "/state", "--control", folder + "/syncd.sock", "--name", name,
                "--config", "/dev/null",
                // Without mDNS nothing but this machine need reach it.
                "--listen", discovers ? ":0" : "127.0.0.1:0",
            ] + (discovers ? [] : ["--no-mdns"]))
    }

    /// What a person set for the own agent is not meant for this one.
    private var environment: [Subprocess.Environment.Key: String] {
        Environment.current.filter { !$0.key.hasPrefix("SYNCD_") && !$0.key.hasPrefix("WATCHDOG_") }
            .merging(["NOTIFY_SOCKET": ready.path]) { $1 }
            .reduce(into: [:]) { $0[Subprocess.Environment.Key(stringLiteral: $1.key)] = $1.value }
    }

    /// Waits until the agent answers. Throws `failed` with the end of its log when it does not.
    func waitUntilReady() async throws {
        let ready = ready
        let isReady = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A start opens two folders and a database: half a minute is for a machine that is very busy.
                ReadingThread.start { continuation.resume(returning: ready.waitUntilReady(seconds: 30)) }
            }
        } onCancel: {
            ready.giveUp()
        }
        try Task.checkCancellation()
        guard isReady else {
            throw ControlFailure(.failed, "The agent '\(name)' did not start. The end of its log:\n\(logEnd)")
        }
    }

    /// The last lines that the agent logged.
    var logEnd: String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(8).map { "    " + String($0).printable }.joined(separator: "\n")
    }
}
