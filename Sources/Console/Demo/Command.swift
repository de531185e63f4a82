import Control
import Subprocess
import SystemPackage

/// Another program, run to its end.
enum Command {
    /// Throws `failed` when it does not end well. Ended when the task is cancelled.
    ///
    /// - Parameter onLines: called with how many lines it has written, as they come.
    static func run(_ path: String, _ arguments: [String], onLines: (Int) throws -> Void) async throws {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        let ended: TerminationStatus
        do {
            ended = try await Subprocess.run(
                .path(FilePath(path)), arguments: Arguments(arguments), platformOptions: options, input: .none,
                output: .sequence, error: .currentStandardError
            ) { execution in
                for try await chunk in execution.standardOutput {
                    try onLines(chunk.withUnsafeBytes { $0.count { $0 == UInt8(ascii: "\n") } })
                }
            }.terminationStatus
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw ControlFailure(.failed, "\(path) cannot be run: \(error)")
        }
        try Task.checkCancellation()
        guard ended.isSuccess else {
            throw ControlFailure(.failed, "\(path) \(arguments.first ?? "") failed: what it says stands above.")
        }
    }
}
