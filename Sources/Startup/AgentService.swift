import Logging
import ServiceLifecycle

/// The agent as a service, with its news passed on to the service manager.
struct AgentService: Service {
    let entry: AgentEntry
    let notice: ServiceNotice
    let logger: Logger

    func run() async throws {
        try await entry.run(
            onReady: { [notice] in notice.ready() },
            onStatus: { [notice] text in notice.status(text) })
    }
}
