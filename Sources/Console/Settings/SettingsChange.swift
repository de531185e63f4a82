import Control
import Foundation
import Settings

/// What `syncctl set` did.
struct SettingsChange: Encodable {
    /// When it counts.
    enum Effect: String, Encodable { case now, nextStart }

    var key: String
    var values: [String]
    /// The settings file.
    var file: String
    /// Whether the file is another than before.
    var changed: Bool
    var effect: Effect
    /// Whether an agent runs.
    var running: Bool
    /// What restarts it, where that is needed and a service manager runs it.
    var restart: String?
    /// Other keys that had changed in the file and were taken over along with this one.
    var others: [String]
}

extension SettingsChange {
    /// Writes the settings file, and has the agent that runs take it over.
    ///
    /// Throws `usage` for a value that cannot be, and `failed` where something beats the file, or it cannot be changed: nothing
    /// is changed then.
    static func make(
        _ changes: [(key: Setting.Key, words: [String]?)], _ client: ControlClient
    ) async throws -> [SettingsChange] {
        let running: SettingsReport?
        do {
            running = try await client.settings()
        } catch let failure as ControlFailure where failure.code == .notRunning {
            running = nil
        }
        if let report = running {
            for (key, _) in changes { try Self.check(key, report) }
        } else {
            for (key, _) in changes { try Self.check(key, Environment.current) }
        }
        let store = SettingsStore(path: running?.file ?? KnownSettings.file())
        let outcome: SettingsStore.Outcome
        do { outcome = try store.change(changes) } catch let fault as SettingsFault {
            throw ControlFailure(fault.code == .usage ? .usage : .failed, fault.message)
        }
        var report: SettingsReport
        if running != nil {
            do { report = try await client.reloadSettings() } catch let failure as ControlFailure {
                guard failure.code == .failed, case .changed(let text) = outcome else { throw failure }
                try? store.putBack(text)
                throw ControlFailure(
                    .failed, "\(store.path) is as it was: the agent did not take the change. \(failure)")
            }
        } else {
            do {
                report = try LayeredSettings.load(
                    flags: [:], file: nil, environment: Environment.current, home: Environment.home
                ).report()
            } catch let fault as SettingsFault {
                throw ControlFailure(.failed, fault.message)
            }
        }
        let named = Set(changes.map(\.key.rawValue))
        let others = report.changed.filter { !named.contains($0) }
        return try changes.map { key, words in
            let line = report.settings.first { $0.key == key.rawValue }
            if running != nil, words != nil, key.isLive, let line, line.from != .file {
                throw ControlFailure(
                    .failed,
                    "\(key.rawValue) is written to \(store.path.printable), and the agent does not see it there: start the agent again"
                        + (report.restart.map { ", with '\($0)'." } ?? "."))
            }
            let isLater = running == nil || line?.next != nil
            return SettingsChange(
                key: key.rawValue, values: line?.next ?? line?.values ?? [], file: store.path,
                changed: outcome != .same,
                effect: isLater ? .nextStart : .now, running: running != nil,
                restart: isLater ? report.restart : nil, others: others)
        }
    }

    /// What beats the file of a running agent.
    private static func check(_ key: Setting.Key, _ report: SettingsReport) throws {
        guard let line = report.settings.first(where: { $0.key == key.rawValue }), let place = line.place else {
            return
        }
        let what: String
        switch line.from {
        case .flag: what = "the agent was started with \(place)"
        case .environment: what = "the agent was started with \(place) in its environment"
        case .file, .standard: return
        }
        throw ControlFailure(
            .failed,
            "\(key.rawValue) is \(SettingsText.value(line.values)): \(what), which beats \(report.file). Start it without that to "
                + "have the file count; nothing was changed.")
    }

    private static func check(_ key: Setting.Key, _ environment: [String: String]) throws {
        guard let value = environment[key.variable], !value.isEmpty else { return }
        throw ControlFailure(
            .failed,
            "\(key.variable) is set in your environment, to \(value.printable), and beats the settings file: take it out first; "
                + "nothing was changed.")
    }
}
