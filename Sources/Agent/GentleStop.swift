import Logging
import ServiceLifecycle

/// Runs a server so that it is asked to stop, not torn down.
///
/// A server that is cancelled while a connection is just being accepted drops that connection half made, for which
/// SwiftNIO ends the whole process ("Deinited NIOAsyncWriter without calling finish()"). Asked to stop, it accepts no
/// more and serves out what it has.
enum GentleStop {
    /// From being asked until it is cancelled after all: well within the five seconds that the whole agent has.
    private static let patience: Duration = .seconds(1)

    private struct Wrapped: Service {
        let body: @Sendable () async throws -> Void
        func run() async throws { try await body() }
    }

    /// Runs `server` until it ends; a cancellation of this task asks it to stop.
    static func run(_ server: @escaping @Sendable () async throws -> Void) async throws {
        var logger = Logger(label: "server")
        logger.logLevel = .critical
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: Wrapped(body: server), successTerminationBehavior: .gracefullyShutdownGroup)
            ], logger: logger)
        configuration.maximumGracefulShutdownDuration = patience
        let group = ServiceGroup(configuration: configuration)
        // A task of its own, because cancellation is what must not reach it.
        let task = Task { try await group.run() }
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            Task { await group.triggerGracefulShutdown() }
        }
    }
}
