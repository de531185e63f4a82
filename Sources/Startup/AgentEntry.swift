import Agent
import Logging

/// The one place where the agent's own code is called, and where its errors become this process's.
struct AgentEntry: Sendable {
    let configuration: AgentConfiguration
    let logger: Logger

    /// Runs the agent until the surrounding service group shuts down. Throws ``StartFailure``.
    ///
    /// - Parameters:
    ///   - onReady: called once, when the agent takes requests.
    ///   - onStatus: called with what goes on, in one line, whenever that changes.
    func run(onReady: @escaping @Sendable () -> Void, onStatus: @escaping @Sendable (String) -> Void) async throws {
        let node = MainstayNode(
            configuration: configuration, logger: logger,
            onReady: { [logger] info in
                logger.notice(
                    "ready",
                    metadata: ["port": "\(info.port)", "control": "\(info.controlSocket)", "files": "\(info.images)"])
                onReady()
            }, onStatus: onStatus)
        do {
            try await node.run()
        } catch let error as AgentError {
            switch error.code {
            case .alreadyRunning: throw StartFailure(.alreadyRunning, error.message)
            case .configuration: throw StartFailure(.configuration, error.message)
            case .failed: throw StartFailure(.failed, error.message)
            }
        }
    }
}
