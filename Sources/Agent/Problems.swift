import Control
import Foundation
import Synchronization

/// What is in the way of single items at present, each under the subject that a person would look for.
///
/// Everything else goes on (safety rule S9). A problem is withdrawn by whoever reported it, as soon as it is over.
final class Problems: Sendable {
    /// Problems that are kept; more of them are left out. A broken disk can have one for each photo.
    static let most = 300

    private struct State {
        var lines: [String: ProblemLine] = [:]
        /// Those that the next look at the whole library finds again, if they are still there.
        var passing: Set<String> = []
    }

    private let state = Mutex(State())
    private let bulletin: Bulletin

    init(bulletin: Bulletin) { self.bulletin = bulletin }

    /// Reports a problem, or what has become of one.
    ///
    /// - Parameter isPassing: the next look at the whole library finds it again, if it is still there.
    /// - Returns: true when nothing was known of it, or another reason: the moment to log it once.
    @discardableResult
    func report(_ subject: String, _ reason: String, nextTry: Date? = nil, isPassing: Bool = false) -> Bool {
        let isNew: Bool? = state.withLock { state in
            let known = state.lines[subject]
            if known == nil && state.lines.count >= Self.most {
                return nil
            }
            state.lines[subject] = ProblemLine(
                subject: subject, reason: reason, since: known?.since ?? .now, nextTry: nextTry)
            if isPassing { state.passing.insert(subject) } else { state.passing.remove(subject) }
            return known?.reason != reason
        }
        if isNew != nil { bulletin.post() }
        return isNew ?? false
    }

    /// Says that there is no problem with `subject` any more.
    func withdraw(_ subject: String) {
        let isKnown = state.withLock { state in
            state.passing.remove(subject)
            return state.lines.removeValue(forKey: subject) != nil
        }
        if isKnown { bulletin.post() }
    }

    /// Says that there is no such problem any more: with anything, as the whole library is looked at, or with `subject`.
    func withdrawPassing(_ subject: String? = nil) {
        let isAny = state.withLock { state in
            let over = subject.map { state.passing.intersection([$0]) } ?? state.passing
            for subject in over { state.lines[subject] = nil }
            state.passing.subtract(over)
            return !over.isEmpty
        }
        if isAny { bulletin.post() }
    }

    /// The problem with `subject`, if there is one.
    subscript(subject: String) -> ProblemLine? { state.withLock { $0.lines[subject] } }

    /// All of them, the newest first.
    var lines: [ProblemLine] {
        state.withLock { state in
            state.lines.values.sorted { ($0.since, $0.subject) > ($1.since, $1.subject) }
        }
    }
}
