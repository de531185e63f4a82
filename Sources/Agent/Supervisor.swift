import Foundation
import Logging
import Planning

/// Runs what is to run for as long as the node does. Where that ends early it says so, and begins it again after a wait.
struct Supervisor: Sendable {
    let problems: Problems
    let logger: Logger
    /// Waits before it is begun again.
    var waits = Backoff(first: .seconds(1), longest: .seconds(300))
    /// For how long it must run until it counts as well again.
    var recovery: Duration = .seconds(60)

    /// Runs `body` until this task is cancelled, or it ends and `isOver` says that it should have.
    ///
    /// - Parameters:
    ///   - name: what it is, in words for a person, and no other like it: "the link to attic (ABCD-EFGH)".
    ///   - ending: posted when `isOver` may say so.
    func keep(
        _ name: String, ending: Bulletin = Bulletin(), isOver: @Sendable () -> Bool = { false },
        _ body: @escaping @Sendable () async throws -> Void
    ) async {
        let subject = "service: \(name)"
        var failures = 0
        while !Task.isCancelled && !isOver() {
            let (edition, began) = (ending.edition, ContinuousClock.now)
            let reason = await end(of: body, withdrawing: failures > 0 ? subject : nil)
            if Task.isCancelled || isOver() { break }
            failures = ContinuousClock.now - began > recovery ? 1 : failures + 1
            let wait = waits.wait(afterFailures: failures, spread: .random(in: 0...1))
            problems.report(
                subject,
                "It ended by itself (\(reason)) and is begun again. If this stays, tell the developers: it is a fault.",
                nextTry: .now + wait / .seconds(1))
            logger.error("a service ended", metadata: ["service": "\(name)", "reason": "\(reason)"])
            await ending.wait(past: edition, until: .now + wait)
        }
        problems.withdraw(subject)
    }

    /// Runs `body` once, and withdraws the problem once that has run for a while.
    ///
    /// - Returns: why it ended.
    private func end(
        of body: @escaping @Sendable () async throws -> Void, withdrawing subject: String?
    ) async -> String {
        await withTaskGroup(of: String?.self) { group in
            group.addTask {
                do {
                    try await body()
                    return "it said nothing of why"
                } catch {
                    return "\(error)"
                }
            }
            if let subject {
                group.addTask { [problems, recovery] in
                    try? await ContinuousClock().sleep(for: recovery)
                    if !Task.isCancelled { problems.withdraw(subject) }
                    return nil
                }
            }
            var reason: String?
            while reason == nil, let ended = await group.next() { reason = ended }
            group.cancelAll()
            return reason ?? ""
        }
    }
}
