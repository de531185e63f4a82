public import Control
import Logging
import ServiceLifecycle

/// A node behind a control socket, served while a test's body runs.
public enum CommandServed {
    /// Serves `node` at `socket`, runs `body` once requests are taken, and stops the server as an agent would.
    public static func serve<Result: Sendable>(
        _ node: any NodeControl, at socket: String, _ body: @escaping @Sendable (ControlClient) async throws -> Result
    ) async throws -> Result {
        let (serving, continuation) = AsyncStream.makeStream(of: Void.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = ControlServer(socketPath: socket, node: node, logger: logger) { continuation.finish() }
        let group = ServiceGroup(services: [server], logger: logger)
        return try await withThrowingTaskGroup(of: Result?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                for await _ in serving {}
                do {
                    let result = try await body(ControlClient(socketPath: socket))
                    await group.triggerGracefulShutdown()
                    return result
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
            }
            var found: Result?
            while let next = try await tasks.next() { found = next ?? found }
            guard let found else { throw ControlFailure(.failed, "the server ended before the test") }
            return found
        }
    }
}
