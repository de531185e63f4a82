import Control

/// One piece of work on images: shows how far it is, and each image that a person should know of.
///
/// What stays undone goes to standard error, as all that is no result; where that is the only image that the work is
/// about, it is the sentence that the command ends with.
struct WorkRun: Sendable {
    let output: Output
    /// Whether it is a dry run: every image is a row of a table then.
    var isDryRun = false
    /// What is said when a person interrupts it.
    let interrupted: String

    /// Runs it, says what it came to, and throws ``ControlFailure`` where that is less than was asked.
    ///
    /// - Parameters:
    ///   - text: the last line.
    ///   - sentence: why it is less, where the agent gives no reason.
    func run(
        _ messages: AsyncThrowingStream<WorkMessage, any Error>, _ text: @Sendable (WorkTally) -> String,
        otherwise sentence: @Sendable (WorkTally) -> String
    ) async throws {
        var show = WorkScreen(output: output, isDryRun: isDryRun)
        do {
            for try await message in messages { try show.add(message) }
        } catch {
            show.clear()
            // Whichever way the stream ends when a person interrupts it.
            guard Task.isCancelled else { throw error }
        }
        show.clear()
        if Task.isCancelled {
            try show.tell()
            let after = show.tally.total > 0 ? " after \(Quantity.count(show.tally.total, "image"))" : ""
            throw ControlFailure(.failed, "Interrupted\(after): \(interrupted)")
        }
        guard show.tally.summary != nil else {
            throw ControlFailure(.tryAgain, "The agent stopped before it was done: ask again when it runs.")
        }
        let failure = show.tally.failure(sentence(show.tally))
        try show.end(text(show.tally), isExplained: failure != nil)
        // A dry run has done what was asked when it has said what would happen, unless it was asked for an amount.
        if isDryRun, show.tally.summary?.wanted == nil, show.tally.count(.unknown, .failed) == 0 { return }
        if let failure { throw failure }
    }
}
