import Control
import Foundation
import Synchronization

/// Another program, run to its end.
enum Command {
    /// Throws `failed` when it does not end well. Ended when the task is cancelled.
    ///
    /// - Parameter onLines: called with how many lines it has written, as they come.
    static func run(_ path: String, _ arguments: [String], onLines: (Int) throws -> Void) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        let (exits, exit) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            exit.yield(process.terminationStatus)
            exit.finish()
        }
        let (lines, line) = AsyncStream.makeStream(of: Int.self)
        do { try process.run() } catch {
            throw ControlFailure(.failed, "\(path) cannot be started: \(error.localizedDescription)")
        }
        let output = pipe.fileHandleForReading
        ReadingThread.start {
            while case let chunk = output.availableData, !chunk.isEmpty {
                line.yield(chunk.count { $0 == UInt8(ascii: "\n") })
            }
            line.finish()
        }
        let identifier = process.processIdentifier
        let status = try await withTaskCancellationHandler {
            for await count in lines { try onLines(count) }
            return await exits.first { _ in true }
        } onCancel: {
            kill(identifier, SIGTERM)
        }
        try Task.checkCancellation()
        guard status == 0 else {
            throw ControlFailure(.failed, "\(path) \(arguments.first ?? "") failed: what it says stands above.")
        }
    }
}
