import Agent
import Control
import Decoding
import Settings
import Synchronization

/// The settings of the running agent: what it was started with, and what stands in the file now. Flags and environment stay
/// what they were.
final class AgentSettings: SettingsSource {
    private struct State {
        var started: LayeredSettings
        var now: LayeredSettings
    }

    private let load: @Sendable () throws -> LayeredSettings
    private let state: Mutex<State>
    private let restart = ServiceUnit.current?.restart
    /// The level of the log, as it is set now.
    let level: LogLevel

    /// - Parameter load: reads the file, and lays environment and flags over it. Throws `SettingsFault`.
    init(load: @escaping @Sendable () throws -> LayeredSettings) throws {
        self.load = load
        let settings = try load()
        state = Mutex(State(started: settings, now: settings))
        level = LogLevel(settings.logLevel)
    }

    /// What the agent is to be started with.
    var configuration: AgentConfiguration {
        get throws {
            var configuration = try Self.configuration(state.withLock { $0.now })
            configuration.source = self
            return configuration
        }
    }

    func report() -> SettingsReport {
        let known = state.withLock { $0 }
        return known.now.report(started: known.started, restart: restart)
    }

    func reload() throws -> (AgentConfiguration, SettingsReport) {
        let new: LayeredSettings
        do { new = try load() } catch { throw ControlFailure(.failed, "\(error)") }
        let configuration = try Self.configuration(new)
        let known = state.withLock { state in
            defer { state.now = new }
            return state
        }
        level.now = new.logLevel
        var report = new.report(started: known.started, restart: restart)
        report.changed = new.differences(from: known.now)
        return (configuration, report)
    }

    static func configuration(_ settings: LayeredSettings) throws -> AgentConfiguration {
        let values = try settings.values()
        return AgentConfiguration(
            library: values.library, state: values.state, name: values.name, listenHosts: values.listen.hosts,
            port: values.listen.port, controlSocket: values.controlSocket, policy: values.policy,
            discovers: values.discovers, addresses: values.addresses, decoder: DecoderPool.installed)
    }
}
