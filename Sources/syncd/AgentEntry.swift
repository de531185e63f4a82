import Agent
import Logging

/// The one place where the agent's own code is called.
struct AgentEntry: Sendable {
    let configuration: AgentConfiguration
    let logger: Logger

    /// Runs the agent until the surrounding service group shuts down. Throws ``StartFailure``.
    ///
    /// - Parameters:
    ///   - onReady: called once, when the agent takes requests.
    ///   - onStatus: called with what goes on, in one line, whenever that changes.
    func run(onReady: @escaping @Sendable () -> Void, onStatus: @escaping @Sendable (String) -> Void) async throws {
        throw StartFailure(.failed, "This build has no agent in it.")
    }
}
