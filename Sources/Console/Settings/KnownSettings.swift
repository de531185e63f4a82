import Control
import Foundation
import Settings

/// The settings of the agent of this machine: as it has them where it runs, and else as the next one to be started here will.
struct KnownSettings {
    var report: SettingsReport
    /// Whether the agent said so itself.
    var isRunning: Bool

    /// Asks the agent, and where none runs reads the file that it would read.
    static func read(_ client: ControlClient) async throws -> KnownSettings {
        do {
            let report = try await client.settings()
            return KnownSettings(report: report, isRunning: true)
        } catch let failure as ControlFailure where failure.code == .notRunning {
            do {
                let settings = try LayeredSettings.load(
                    flags: [:], file: nil, environment: Environment.current, home: Environment.home)
                return KnownSettings(report: settings.report(), isRunning: false)
            } catch let fault as SettingsFault {
                throw ControlFailure(.failed, fault.message)
            }
        }
    }

    /// The path of the file that is changed where the agent does not run, whatever stands in it.
    static func file(environment: [String: String] = Environment.current, home: String = Environment.home) -> String {
        let named = environment["SYNCD_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let path = named ?? StandardPaths(environment: environment, home: home).configuration
        return path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    subscript(key: Setting.Key) -> SettingLine? { report.settings.first { $0.key == key.rawValue } }
}
