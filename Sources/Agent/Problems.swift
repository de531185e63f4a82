import Control
import Foundation
import Synchronization

/// What is in the way of single items at present, each under the subject that a person would look for.
///
/// Everything else goes on (safety rule S9). A problem is withdrawn by whoever reported it, as soon as it is over.
final class Problems: Sendable {
    /// Problems that are kept; more of them are only counted. A broken disk can have one for each photo.
    static let most = 300

    private struct State {
        var lines: [String: ProblemLine] = [:]
        var more = 0
    }

    private let state = Mutex(State())
    private let bulletin: Bulletin

    init(bulletin: Bulletin) { self.bulletin = bulletin }

    /// Reports a problem, or what has become of one.
    ///
    /// - Returns: true when nothing was known of it, or another reason: the moment to log it once.
    @discardableResult
    func report(_ subject: String, _ reason: String, nextTry: Date? = nil) -> Bool {
        let isNew = state.withLock { state in
            let known = state.lines[subject]
            if known == nil && state.lines.count >= Self.most {
                state.more += 1
                return false
            }
            state.lines[subject] = ProblemLine(
                subject: subject, reason: reason, since: known?.since ?? .now, nextTry: nextTry)
            return known?.reason != reason
        }
        bulletin.post()
        return isNew
    }

    /// Says that there is no problem with `subject` any more.
    func withdraw(_ subject: String) {
        if state.withLock({ $0.lines.removeValue(forKey: subject) }) != nil { bulletin.post() }
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
