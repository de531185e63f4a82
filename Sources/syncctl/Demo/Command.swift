import Control
import Foundation
import Synchronization

/// Another program, run to its end.
enum Command {
    /// Throws `failed` with what it said when it does not end well. Ended when the task is cancelled.
    static func run(_ path: String, _ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let (exits, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            continuation.yield(process.terminationStatus)
            continuation.finish()
        }
        do { try process.run() } catch {
            throw ControlFailure(.failed, "\(path) cannot be started: \(error.localizedDescription)")
        }
        let identifier = process.processIdentifier
        let status = await withTaskCancellationHandler {
            await exits.first { _ in true }
        } onCancel: {
            kill(identifier, SIGTERM)
        }
        try Task.checkCancellation()
        guard status == 0 else {
            throw ControlFailure(.failed, "\(path) \(arguments.first ?? "") failed: what it says stands above.")
        }
    }
}
