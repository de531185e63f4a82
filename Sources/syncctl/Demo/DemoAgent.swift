import Control
import Dispatch
import Foundation
import Glibc
import Synchronization

/// A whole agent of its own for the demo: own folder, own state, own port, own process.
final class DemoAgent: Sendable {
    let name: String
    let library: String
    let client: ControlClient
    private let process: Mutex<Process>
    private let ended = DispatchSemaphore(value: 0)
    private let ready: ReadySocket
    private let log: String

    /// Starts `syncd` with everything below `folder`.
    init(name: String, folder: String, syncd: String, discovers: Bool) throws {
        self.name = name
        library = folder + "/Pictures"
        log = folder + "/log"
        client = ControlClient(socketPath: folder + "/syncd.sock")
        try FileManager.default.createDirectory(atPath: library, withIntermediateDirectories: true)
        ready = try ReadySocket(path: folder + "/notify")
        guard FileManager.default.createFile(atPath: log, contents: nil), let output = FileHandle(forWritingAtPath: log)
        else {
            throw ControlFailure(.failed, "The demo's log \(log) cannot be written.")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: syncd)
        process.arguments =
            [
                "--library", library, "--state", folder + "/state", "--control", folder + "/syncd.sock", "--name", name,
                "--config", "/dev/null",
                // Without mDNS nothing but this machine need reach it.
                "--listen", discovers ? ":0" : "127.0.0.1:0",
            ] + (discovers ? [] : ["--no-mdns"])
        // What a person set for the own agent is not meant for these.
        process.environment = Environment.current.filter {
            !$0.key.hasPrefix("SYNCD_") && !$0.key.hasPrefix("WATCHDOG_")
        }
        .merging(["NOTIFY_SOCKET": ready.path]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        process.terminationHandler = { [ready, ended] _ in
            ready.giveUp()
            ended.signal()
        }
        do { try process.run() } catch {
            throw ControlFailure(.failed, "\(syncd) cannot be started: \(error.localizedDescription)")
        }
        self.process = Mutex(process)
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

    /// Stops the agent and waits for it; kills it when it takes twice the time that it is allowed. Not cut short by an
    /// interruption: nothing may be left behind.
    func stop() async {
        let identifier = process.withLock { $0.isRunning ? $0.processIdentifier : 0 }
        guard identifier > 0 else { return }
        kill(identifier, SIGTERM)
        let ended = ended
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            ReadingThread.start {
                if ended.wait(timeout: .now() + .seconds(10)) == .timedOut {
                    kill(identifier, SIGKILL)
                    ended.wait()
                }
                continuation.resume()
            }
        }
    }
}
