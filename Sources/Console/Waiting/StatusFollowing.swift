import Control

/// The status as it changes, also over a restart of the agent.
struct StatusFollowing {
    let client: ControlClient
    var line = WaitingLine.shared
    /// Between two looks whether the agent runs again: a person hardly notices, and a look costs next to nothing.
    var pause: @Sendable () async throws -> Void = { try await ContinuousClock().sleep(for: .milliseconds(300)) }

    /// Shows each report, until `show` throws or the task is cancelled.
    ///
    /// - Throws: ``ControlFailure`` where the agent does not run at the beginning, or refuses.
    func run(_ show: (StatusReport) throws -> Void) async throws {
        var reports = client.statusChanges().makeAsyncIterator()
        var next = try await reports.next()
        while true {
            // A stream that is given up ends as one that is over.
            try Task.checkCancellation()
            if let report = next {
                try show(report)
                next = try await Self.passing { try await reports.next() }
                continue
            }
            next = try await line.during("the agent does not run; waiting for it") {
                while true {
                    try await pause()
                    reports = client.statusChanges().makeAsyncIterator()
                    if let report = try await Self.passing({ try await reports.next() }) { return report }
                    try Task.checkCancellation()
                }
            }
        }
    }

    /// What `body` gives; nil where the agent is not there for now.
    private static func passing(_ body: () async throws -> StatusReport?) async throws -> StatusReport? {
        do { return try await body() } catch let failure as ControlFailure
            where [.notRunning, .tryAgain].contains(failure.code)
        {
            try Task.checkCancellation()
            return nil
        }
    }
}
