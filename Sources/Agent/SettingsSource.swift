public import Control

/// Where the settings of a running node come from.
public protocol SettingsSource: Sendable {
    /// The settings as they were last read.
    func report() -> SettingsReport

    /// Reads them again: what they are now, and which of them have changed. Blocks. Throws `ControlFailure` where they are
    /// not right; those before hold then.
    func reload() throws -> (AgentConfiguration, SettingsReport)
}
