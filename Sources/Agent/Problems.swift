import Control
import Foundation
import Model

/// What is in the way of single items at present, each under the subject that a person would look for.
///
/// Everything else goes on (safety rule S9). A problem is withdrawn by whoever reported it, as soon as it is over.
final class Problems: Sendable {
    /// Problems that are kept; more of them are left out. A broken disk can have one for each photo.
    static let most = 300
    /// Of what one peer causes. What is this machine's own concern finds a place whatever peers cause.
    static let mostOfPeer = 60
    /// Of what the next look finds again: mostly names that peers gave to files, with nobody to be told whose.
    static let mostPassing = 100

    private struct Problem {
        var line: ProblemLine
        var peer: NodeID?
        /// Whether the next look at the whole library finds it again, if it is still there.
        var isPassing: Bool

        var share: Share? { peer.map { .peer($0) } ?? (isPassing ? .passing : nil) }
    }

    /// Problems that have so many places, and no more.
    private enum Share: Hashable {
        case peer(NodeID), passing

        var most: Int {
            switch self {
            case .peer: Problems.mostOfPeer
            case .passing: Problems.mostPassing
            }
        }
    }

    private struct State {
        private(set) var all: [String: Problem] = [:]
        private(set) var taken: [Share: Int] = [:]

        subscript(subject: String) -> Problem? {
            get { all[subject] }
            set {
                if let share = all[subject]?.share {
                    let left = (taken[share] ?? 0) - 1
                    taken[share] = left > 0 ? left : nil
                }
                if let share = newValue?.share { taken[share, default: 0] += 1 }
                all[subject] = newValue
            }
        }

        /// Whether there is a place for one more; makes one for what is nobody's share.
        mutating func hasPlace(for share: Share?) -> Bool {
            if let share { return taken[share] ?? 0 < share.most && all.count < Problems.most }
            guard all.count >= Problems.most else { return true }
            guard let fullest = taken.max(by: { $0.value < $1.value })?.key,
                let last = all.filter({ $0.value.share == fullest })
                    .max(by: { ($0.value.line.since, $0.key) < ($1.value.line.since, $1.key) })?.key
            else { return false }
            self[last] = nil
            return true
        }
    }

    private let state: Shown<State>

    init(status: Status) { state = Shown(State(), in: status) }

    /// Reports a problem, or what has become of one.
    ///
    /// - Parameters:
    ///   - peer: by whose doing there is one; nil for what is of this machine.
    ///   - isPassing: the next look at the whole library finds it again, if it is still there.
    /// - Returns: true when nothing was known of it, or another reason: the moment to log it once.
    @discardableResult
    func report(
        _ subject: String, _ reason: String, nextTry: Date? = nil, by peer: NodeID? = nil, isPassing: Bool = false
    ) -> Bool {
        let isNew: Bool? = state.change(tellingIf: { $0 != nil }) { state in
            let known = state[subject]
            var problem = Problem(
                line: ProblemLine(subject: subject, reason: reason, since: known?.line.since ?? .now, nextTry: nextTry),
                peer: peer, isPassing: isPassing)
            if let known {
                // It keeps the place that it has, and does not leave a share that way.
                if problem.share != known.share, !state.hasPlace(for: problem.share) {
                    (problem.peer, problem.isPassing) = (known.peer, known.isPassing)
                }
            } else if !state.hasPlace(for: problem.share) {
                return nil
            }
            state[subject] = problem
            return known?.line.reason != reason
        }
        return isNew ?? false
    }

    /// Says that there is no problem with `subject` any more.
    func withdraw(_ subject: String) {
        state.change(tellingIf: { $0 }) { state in
            defer { state[subject] = nil }
            return state[subject] != nil
        }
    }

    /// A file has another name now: what is in its way goes with it.
    func rename(_ subject: String, to name: String) {
        state.change(tellingIf: { $0 }) { state in
            guard var problem = state[subject] else { return false }
            state[subject] = nil
            problem.line.subject = name
            state[name] = problem
            return true
        }
    }

    /// Says that there is no such problem any more: with anything, as the whole library is looked at, or with `subject`.
    func withdrawPassing(_ subject: String? = nil) {
        state.change(tellingIf: { $0 }) { state in
            let over = (subject.map { [$0] } ?? Array(state.all.keys)).filter { state[$0]?.isPassing == true }
            for subject in over { state[subject] = nil }
            return !over.isEmpty
        }
    }

    /// The problem with `subject`, if there is one.
    subscript(subject: String) -> ProblemLine? { state.read { $0[subject]?.line } }

    /// All of them, the newest first.
    var lines: [ProblemLine] {
        state.read { state in
            state.all.values.map(\.line).sorted { ($0.since, $0.subject) > ($1.since, $1.subject) }
        }
    }
}
