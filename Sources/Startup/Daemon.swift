import Agent
import Dispatch
import Glibc
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The process around the agent: its log, its signals, its service manager.
struct Daemon {
    let settings: AgentSettings
    let logs: LogFormat

    /// From the signal to the end, at most: 5 s is what the contract (`Control.docc/Contract.md`) gives, and the last of them
    /// is for the kernel.
    private static let patience = DispatchTimeInterval.milliseconds(4500)
    /// From the signal until what has not ended by itself is cancelled.
    private static let grace = Duration.seconds(3)

    /// Runs until SIGTERM or SIGINT. Throws ``StartFailure`` for an end that nobody asked for.
    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        Limits.raiseOpenFiles()
        let shares = StandardErrorLog.Shares()
        LoggingSystem.bootstrap { [logs, settings] _ in
            StandardErrorLog(format: logs, level: settings.level, shares: shares)
        }
        let configuration = try settings.configuration
        let logger = Logger(label: "syncd")
        try StateFolder.prepare(configuration.state)
        let notice = ServiceNotice()
        let stop = Stop()
        let agent = AgentService(
            entry: AgentEntry(configuration: configuration, logger: logger), notice: notice, logger: logger)
        // The framework's own words about starting and stopping say nothing that ours do not.
        var quiet = logger
        quiet.logLevel = max(settings.level.now, .error)
        var group = ServiceGroupConfiguration(
            // They are asked to end in reverse order, each after the one before: the watch on the time first.
            services: [
                .init(service: agent, successTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: Heartbeat(notice: notice)), .init(service: stop),
            ], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        group.maximumGracefulShutdownDuration = Self.grace
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            // What is cancelled on the way out ends with an error that says just that.
            guard stop.wasAsked else { throw error }
            logger.debug("ended with: \(error)")
        }
        logger.info("stopped")
    }

    /// Notices the wish to stop; and where the agent does not end by itself, ends it in time. Every durable step of
    /// the agent bears a crash, so an end in the middle of its work loses nothing.
    private final class Stop: Service {
        private let asked = Atomic(false)
        var wasAsked: Bool { asked.load(ordering: .acquiring) }

        func run() async throws {
            // Cancelled, when the agent fails by itself: that is no wish to stop.
            do { try await gracefulShutdown() } catch { return }
            asked.store(true, ordering: .releasing)
            ServiceNotice().stopping()
            DispatchQueue.global().asyncAfter(deadline: .now() + Daemon.patience) {
                StandardError.write("syncd: what was under way did not end in time and was left.\n")
                _exit(0)
            }
        }
    }
}
