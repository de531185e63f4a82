import Control
import Foundation
import Glibc
import Subprocess
import SystemPackage

/// Starting the agent where none answers, and starting it anew where a setting takes that.
struct AgentStart {
    let client: ControlClient

    /// How long an agent that was just started has to answer: a large catalogue on a slow disk takes some seconds.
    private static let patience: Duration = .seconds(60)
    private static let unit = "syncd.service"

    /// Whether one answers now.
    func isRunning() async throws -> Bool {
        do {
            _ = try await client.settings()
            return true
        } catch let failure as ControlFailure where failure.code == .notRunning {
            return false
        }
    }

    /// Has the person's service manager start it, now and at each login. Throws `tryAgain` with what to do where there is none.
    func start() async throws {
        // One that a person has started meanwhile may have read the settings before they were written.
        if try await isRunning() {
            _ = try await client.reloadSettings()
            return
        }
        guard await Self.succeeds("show-environment") else {
            throw ControlFailure(
                .tryAgain,
                "The settings are written. No service manager of yours runs here to start the agent: start 'syncd' yourself, or on a "
                    + "machine where nobody logs in 'sudo systemctl enable --now syncd@\(NSUserName())', and run 'syncctl "
                    + "setup' again.")
        }
        guard await Self.succeeds("cat", Self.unit) else {
            throw ControlFailure(
                .tryAgain,
                "The settings are written. The service manager does not know syncd.service: start 'syncd' yourself, and run 'syncctl "
                    + "setup' again.")
        }
        guard await Self.succeeds("enable", "--now", Self.unit) else {
            throw ControlFailure(
                .failed,
                "The settings are written, but the agent does not start: 'journalctl --user -u syncd -n 20' says why.")
        }
        try await waitUntilItAnswers()
    }

    /// Restarts an agent that the person's service manager runs. False where somebody else runs it.
    func restart(_ command: String?) async throws -> Bool {
        guard let command, command.hasPrefix("systemctl --user restart ") else { return false }
        guard await Self.succeeds("restart", Self.unit) else { return false }
        try await waitUntilItAnswers()
        return true
    }

    private func waitUntilItAnswers() async throws {
        let deadline = ContinuousClock.now + Self.patience
        try await WaitingLine.shared.during("waiting until the agent answers") {
            while true {
                if try await isRunning() { return }
                guard .now < deadline else {
                    throw ControlFailure(
                        .tryAgain, "The agent does not answer: 'journalctl --user -u syncd -n 20' says why.")
                }
                try await ContinuousClock().sleep(for: .milliseconds(100))
            }
        }
    }

    private static func succeeds(_ arguments: String...) async -> Bool {
        let ended = try? await Subprocess.run(
            .name("systemctl"), arguments: Arguments(["--user", "--quiet"] + arguments), input: .none,
            output: .discarded,
            error: .discarded
        ).terminationStatus
        return ended?.isSuccess == true
    }
}
